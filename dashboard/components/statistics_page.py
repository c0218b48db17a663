"""Opened statistics about single persons 个人统计开放: the views, the openings, opening and ending.

Every view carries the banner of the opening that permits it: for what, approved by whom, until.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_actions import ANSWER, REQUEST
from dashboard.components.form import choice, editing_note, field, form
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import clock_text, number_text, year_moment_text
from dashboard.components.work_page import nothing, scroll_table, work_card
from dashboard.readings.acting import LONGEST_NAME, LONGEST_TEXT
from dashboard.readings.opened_statistics import STATISTICS
from dashboard.readings.opening_acting import LONGEST_PURPOSE
from dashboard.words import WORDS, word

STATISTICS_PLACE = Place(page="statistics")
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "online": ("shifts", "begun", "hours"),
    "points": ("points", "patrols", "visits", "cases"),
    "tracks": ("time", "kind", "place", "metres"),
}


def statistics_page(shown: Any, frame: PageFrame) -> html.Div:
    """The page of an area: what is open, what was, and the form where editing is on."""
    lang = shown["lang"]
    content = [
        html.P(word("opened.rule", lang, n=shown["most_days"]), className="note limits-note"),
        html.Div(
            [
                *(view_card(one, lang, frame) for one in shown["views"]),
                _openings_card(shown, frame),
                _form_card(shown),
            ],
            className="work-cards",
        ),
    ]
    marks = "|".join(f"{one['opening_id']}{one['state']}" for one in shown["openings"])
    return page(
        shown, frame, content, place=STATISTICS_PLACE, title=word("opened.title", lang), key=marks
    )


def opened_cards(shown: Any, frame: PageFrame) -> list[Component]:
    """What stands open for an area, on the duty page; nothing as a rule."""
    return [view_card(one, shown["lang"], frame) for one in shown["opened"]]


def statistics_link(shown: Any) -> html.A:
    """The way to the openings of the page's area."""
    href = place_href(shown, STATISTICS_PLACE)
    return html.A(word("opened.link", shown["lang"]), href=href, **{"data-nav": ""})


def view_card(view: Mapping[str, Any], lang: str, frame: PageFrame) -> html.Section:
    """One opened statistic below its banner."""
    name = view["statistic"]
    title = word(f"opened.{name}", lang)
    body: list[Component] = [banner(view["opening"], lang, frame)]
    if view["rows"]:
        columns = [("name", word("opened.col.worker", lang)), ("", word("opened.col.role", lang))]
        columns += [
            ("num" if one != "kind" else "", word(f"opened.col.{one}", lang))
            for one in _COLUMNS[name]
        ]
        rows = [_person(number, row, name, lang, frame) for number, row in enumerate(view["rows"])]
        body.append(scroll_table(columns, rows, label=title, kind="sticky-name"))
    else:
        body.append(nothing(word("opened.nobody", lang)))
    if view["is_cut"]:
        body.append(html.P(word("opened.cut", lang, n=len(view["rows"])), className="work-foot"))
    return work_card(title, body, part=f"opened-{name}", note=view["day"], span=12)


def banner(opening: Mapping[str, Any], lang: str, frame: PageFrame) -> html.P:
    """opened for … approved by … until …"""
    text = word(
        "opened.banner", lang, area=opening["area"]["name"], purpose=opening["purpose"],
        reason=opening["reason"], approver=opening["approver"],
        until=year_moment_text(opening["ends_ms"], frame.zone),
    )  # fmt: skip
    return html.P(text, className="note opened-banner", role="note")


def _person(number: int, row: Mapping[str, Any], name: str, lang: str, frame: PageFrame) -> html.Tr:
    cells = [html.Td(_text(row, one, lang, frame), className="" if one == "kind" else "num")
             for one in _COLUMNS[name]]  # fmt: skip
    who = html.Th(f"{row['code']} {row['name']}", className="name", scope="row")
    return html.Tr([who, html.Td(row["role"]), *cells], **{"data-key": f"{name}{number}"})


def _text(row: Mapping[str, Any], name: str, lang: str, frame: PageFrame) -> str:
    if name == "time":
        return clock_text(row["at_ms"], frame.zone)
    value = row[name]
    if name == "kind":
        key = f"opened.kind.{value}"
        return word(key, lang) if key in WORDS else str(value)
    if isinstance(value, str):
        return value or "—"
    return number_text(value)


def _openings_card(shown: Any, frame: PageFrame) -> html.Section:
    """Every opening near the area, standing or past, with its button."""
    lang = shown["lang"]
    title = word("opened.list", lang)
    if not shown["openings"]:
        return work_card(title, [nothing(word("opened.none", lang))], part="openings", span=7)
    items = [_opening(one, shown, frame) for one in shown["openings"]]
    note = number_text(len(items))
    box = html.Ul(items, className="work-list")
    return work_card(title, [box], part="openings", note=note, span=7)


def _opening(one: Mapping[str, Any], shown: Any, frame: PageFrame) -> html.Li:
    lang, state = shown["lang"], one["state"]
    mark = html.Span(
        word(f"opened.state.{state}", lang),
        className="state-mark" + (" lv-warn" if state == "open" else ""),
    )
    what = html.B(f"{word('opened.' + one['statistic'], lang)} · {one['area']['name']}")
    said = word(
        "opened.who", lang, by=one["opened_by"], at=year_moment_text(one["opened_ms"], frame.zone)
    )
    parts: list[Component] = [
        html.Div([mark, what], className="work-line"),
        html.Div(banner(one, lang, frame).children, className="work-minor"),
        html.Div(said, className="work-minor"),
    ]
    if state == "ended":
        text = word("opened.ended_by", lang, by=one["ended_by"],
                    at=year_moment_text(one["ended_ms"], frame.zone))  # fmt: skip
        parts.append(html.Div(text, className="work-minor"))
    if state == "open" and shown["can_edit"]:
        parts.append(_end_form(one, lang))
    return html.Li(parts, **{"data-key": str(one["opening_id"]), "data-state": state})


def _end_form(one: Mapping[str, Any], lang: str) -> html.Div:
    return _acting(
        "end_statistic",
        {"subject": str(one["opening_id"])},
        [_actor(lang)],
        submit=word("opened.end", lang),
        lang=lang,
    )


def _form_card(shown: Any) -> html.Section:
    lang = shown["lang"]
    title = word("opened.new", lang)
    if not shown["can_edit"]:
        return work_card(title, [editing_note(lang, is_on=False)], part="open-form", span=5)
    if shown["is_root"]:
        return work_card(title, [nothing(word("opened.choose", lang))], part="open-form", span=5)
    options = [(one, word(f"opened.{one}", lang)) for one in STATISTICS]
    fields = [
        choice("statistic", word("opened.field.statistic", lang), options, STATISTICS[0]),
        field("purpose", word("opened.field.purpose", lang), most=LONGEST_PURPOSE),
        field("reason", word("opened.field.reason", lang), kind="long", most=LONGEST_TEXT),
        field("approver", word("opened.field.approver", lang), most=LONGEST_NAME),
        field(
            "ends_on", word("opened.field.ends_on", lang, last=shown["last_on"]), kind="date"
        ),
        _actor(lang),
    ]  # fmt: skip
    made = _acting(
        "open_statistic",
        {"area": shown["area"]["code"]},
        fields,
        submit=word("opened.open", lang),
        lang=lang,
    )
    hint = word("opened.for", lang, area=shown["area"]["name"])
    return work_card(title, [made], part="open-form", hint=hint, span=5)


def _actor(lang: str) -> html.Label:
    return field("actor", word("act.field.actor", lang), most=LONGEST_NAME)


def _acting(
    action: str, fixed: Mapping[str, str], fields: Sequence[Component], *, submit: str, lang: str
) -> html.Div:
    """A form whose act counts once: the script makes its key."""
    made = form(
        fields, request=REQUEST, answer=ANSWER, lang=lang, submit=submit, title=submit,
        fixed={**fixed, "action": action},
    )  # fmt: skip
    return html.Div(made, **{"data-part": "act-inline"})
