"""The working calendar 工作日历 of a year: twelve months, holidays, working hours, editing."""

from __future__ import annotations

from datetime import date

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import PageHead
from dashboard.components.calendar_shape import CalendarYear, DayCell, Holiday, Month
from dashboard.components.form import choice, editing_note, field, form
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import moment_text, number_text
from dashboard.words import word

KINDS = ("working", "makeup", "holiday", "weekend")
MARKED = ("holiday", "makeup")
CHOICES = ("holiday", "working", "plain")  # plain: as the day of the week says
LONGEST_DOCUMENT = 500
LONGEST_NAME = 60


def calendar_page(
    head: PageHead, year: CalendarYear, frame: PageFrame, *, request: str, answer: str
) -> html.Div:
    """The page; ``request`` and ``answer`` are the ids behind its forms."""
    lang = head["lang"]
    place = Place(page="calendar", more={"year": str(year["year"])})
    content = [
        _year_bar(head, year),
        html.Div(
            [
                html.Div(
                    [_month(month, year, lang) for month in year["months"]],
                    className="months",
                    **{"data-part": "months"},
                ),
                html.Div(
                    [
                        _state(year, lang),
                        _hours(year, lang),
                        _holidays(year, lang),
                        _moves(year, lang, frame),
                    ],
                    className="calendar-side",
                ),
                _editing(year, lang, request=request, answer=answer),
            ],
            className="calendar",
        ),
    ]
    return page(
        head,
        frame,
        content,
        place=place,
        title=word("calendar.title", lang),
    )


def _year_bar(head: PageHead, year: CalendarYear) -> html.Nav:
    lang, shown = head["lang"], year["year"]

    def step(other: int, sign: str, name: str) -> html.A | html.Span:
        if not year["first_year"] <= other <= year["last_year"]:
            return html.Span(sign, className="step is-off", **{"aria-hidden": "true"})
        href = place_href(head, Place(page="calendar", more={"year": str(other)}))
        label = {"aria-label": word(name, lang, year=other)}
        return html.A(sign, href=href, className="step", **{"data-nav": ""}, **label)

    legend = html.Ul(
        [
            html.Li(
                [
                    html.Span(_mark(kind, lang), className=f"day-sample day-{kind}"),
                    html.Span(word(f"calendar.kind.{kind}", lang)),
                    html.Span(number_text(year["counts"][kind]), className="legend-number"),
                ]
            )
            for kind in KINDS
        ],
        className="legend day-legend",
    )
    steps = [
        step(shown - 1, "‹", "calendar.before"),
        html.H2(word("calendar.year", lang, year=shown)),
        step(shown + 1, "›", "calendar.after"),
    ]
    return html.Nav(
        [html.Div(steps, className="year-steps"), legend],
        className="year-bar",
        **{"aria-label": word("calendar.years", lang)},
    )


def _mark(kind: str, lang: str) -> str:
    return word(f"calendar.mark.{kind}", lang) if kind in MARKED else ""


def _month(month: Month, year: CalendarYear, lang: str) -> html.Table:
    head = html.Tr(
        [html.Th(word(f"calendar.weekday.{day}", lang), scope="col") for day in range(1, 8)]
    )
    rows = [
        html.Tr([html.Td() if day is None else _day(day, year, lang) for day in week])
        for week in month["weeks"]
    ]
    name = word(f"calendar.month.{month['month']}", lang)
    return html.Table(
        [html.Caption(name), html.Thead(head), html.Tbody(rows)], className="month card"
    )


def _day(day: DayCell, year: CalendarYear, lang: str) -> html.Td:
    told = [day["on"], word(f"calendar.kind.{day['kind']}", lang), day["name"]]
    title = " · ".join(part for part in told if part)
    number: list[Component | str] = [html.Span(str(date.fromisoformat(day["on"]).day))]
    if day["kind"] in MARKED:
        number.append(html.Span(_mark(day["kind"], lang), className="day-mark"))
    if year["can_edit"]:
        inner: Component = html.Button(
            number,
            title=title,
            **{
                "data-day": day["on"],
                "data-kind": day["kind"],
                "data-name": day["name"],
                "aria-label": title,
            },
        )
    else:
        inner = html.Span(number, title=title, className="day-plain")
    marks = " is-today" * day["is_today"] + " is-edited" * day["is_edited"]
    return html.Td(inner, className=f"day day-{day['kind']}{marks}")


def _card(name: str, lang: str, body: list[Component], more: str = "") -> html.Section:
    head = html.Header(html.H2(word(name, lang)), className="card-head")
    return html.Section([head, *body], className=f"card {more}".strip())


def _state(year: CalendarYear, lang: str) -> html.Section:
    """Whether the year's notice is entered, with a warning in words where it is not."""
    if year["is_complete"]:
        entered = [year["document"], year["entered_by"], year["entered_on"]]
        text = " · ".join(part for part in entered if part)
        said = [
            html.P(word("calendar.complete", lang, year=year["year"]), className="state-good"),
            html.P(text, className="card-hint"),
        ]
    else:
        said = [
            html.P(
                word("calendar.notice", lang, year=year["year"]),
                className="state-warn",
                role="alert",
            ),
            html.P(word("calendar.missing", lang), className="card-hint"),
        ]
    return _card("calendar.state", lang, said, "calendar-state")


def _hours(year: CalendarYear, lang: str) -> html.Section:
    text = word("calendar.hours_of", lang, slots=", ".join(year["slots"]), n=f"{year['hours']:g}")
    return _card("calendar.hours", lang, [html.P(text)])


def _holidays(year: CalendarYear, lang: str) -> html.Section:
    """The holidays of the year as the notice lists them."""
    if not year["holidays"]:
        none = html.P(word("calendar.no_holidays", lang), className="nothing")
        return _card("calendar.holidays", lang, [none])
    rows = [_holiday(one, lang) for one in year["holidays"]]
    return _card("calendar.holidays", lang, [html.Ul(rows, className="holidays")])


def _holiday(one: Holiday, lang: str) -> html.Li:
    span = _short(one["from_on"], lang)
    if one["to_on"] != one["from_on"]:
        span = f"{span} – {_short(one['to_on'], lang)}"
    parts = [
        html.Span(one["name"] or word("calendar.kind.holiday", lang), className="holiday-name"),
        html.Span(f"{span} · {word('calendar.days', lang, n=one['days'])}"),
    ]
    if one["makeups"]:
        days = ", ".join(_short(day, lang) for day in one["makeups"])
        parts.append(
            html.Span(word("calendar.makeups", lang, days=days), className="holiday-makeups")
        )
    return html.Li(parts)


def _short(day: str, lang: str) -> str:
    on = date.fromisoformat(day)
    return f"{on.month}月{on.day}日" if lang == "zh" else f"{on:%-d %b}"


def _moves(year: CalendarYear, lang: str, frame: PageFrame) -> html.Section:
    """How many open deadlines the last changes moved."""
    if not year["moves"]:
        none = html.P(word("calendar.no_moves", lang), className="nothing")
        return _card("calendar.moves", lang, [none])
    rows = [
        html.Li(
            [
                html.Span(moment_text(move["at_ms"], frame.zone)),
                html.Span(word("calendar.moved", lang, n=number_text(move["cases"]))),
            ],
            **{"data-moved": str(move["cases"])},
        )
        for move in year["moves"]
    ]
    return _card("calendar.moves", lang, [html.Ul(rows, className="moves")])


def _editing(year: CalendarYear, lang: str, *, request: str, answer: str) -> html.Section:
    """Both forms, or how editing is switched on."""
    note = editing_note(lang, is_on=year["can_edit"])
    if not year["can_edit"]:
        return _card("calendar.edit", lang, [note])
    asked = "calendar.reopen_year" if year["is_complete"] else "calendar.edit_year"
    days = [
        html.H3(word("calendar.edit_days", lang)),
        html.P(word("calendar.edit_hint", lang), className="card-hint"),
        _days_form(lang, request, answer),
    ]
    whole = [
        html.H3(word(asked, lang, year=year["year"])),
        _year_form(year, lang, request, answer),
    ]
    both = html.Div([html.Div(days), html.Div(whole)], className="forms-beside")
    return _card("calendar.edit", lang, [note, both], "calendar-edit")


def _days_form(lang: str, request: str, answer: str) -> html.Form:
    kinds = [(kind, word(f"calendar.choice.{kind}", lang)) for kind in CHOICES]
    return form(
        [
            field("from_on", word("calendar.field.from", lang), kind="date"),
            field("to_on", word("calendar.field.to", lang), kind="date"),
            choice("kind", word("calendar.field.kind", lang), kinds, CHOICES[0]),
            field("name", word("calendar.field.name", lang), most=LONGEST_NAME),
            field("entered_by", word("form.who", lang), most=LONGEST_NAME),
        ],
        request=request,
        answer=answer,
        lang=lang,
        fixed={"form": "days"},
        title=word("calendar.edit_days", lang),
    )


def _year_form(year: CalendarYear, lang: str, request: str, answer: str) -> html.Form:
    """Marks the year as entered, or takes that back."""
    hint = word("calendar.hint.document", lang)
    document = field(
        "document",
        word("form.document", lang),
        value=year["document"] or "",
        hint=hint,
        most=LONGEST_DOCUMENT,
    )
    return form(
        [document, field("entered_by", word("form.who", lang), most=LONGEST_NAME)],
        request=request,
        answer=answer,
        lang=lang,
        fixed={
            "form": "year",
            "year": str(year["year"]),
            "is_complete": "" if year["is_complete"] else "1",
        },
        title=word("calendar.edit_year", lang, year=year["year"]),
    )
