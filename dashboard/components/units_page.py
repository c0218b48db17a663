"""The page /departments 部门: tabs over league, rework, sign-for queue, whistle calls and items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import case_href
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import moment_text, number_text
from dashboard.components.units_items import items_card
from dashboard.components.units_league import league_card, unit_href
from dashboard.components.work_page import LIVE, nothing, pager, scroll_table, work_card
from dashboard.readings.departments_page import TABS
from dashboard.readings.unit_queues import STEP
from dashboard.words import word

_BAD_TABS = {"unsigned": "past", "whistle": "late"}


def departments_page(shown: Any, frame: PageFrame, *, more: Mapping[str, str]) -> html.Div:
    """The page of the document that ``readings.departments_page`` makes; ``more``: what its address
    says beside area, period and language."""
    lang, tab = shown["lang"], shown["tab"]
    place = Place(page="departments", more=more)
    cards: list[Component]
    if tab == "league":
        cards = [_rework_on_top(shown, frame), league_card(shown)]
    elif tab == "items":
        cards = [items_card(shown, frame)]
    else:
        cards = _QUEUES[tab](shown, frame, place)
    content = [_tabs(shown), html.Div(cards, className="work-cards")]
    key = "|".join(f"{name}={text}" for name, text in more.items())
    title = word("units.title", lang)
    return page(shown, frame, content, place=place, title=title, key=key, attributes=LIVE)


def _tabs(shown: Any) -> html.Nav:
    lang, counts = shown["lang"], shown["counts"]
    links = []
    for tab in TABS:
        more = {} if tab == TABS[0] else {"tab": tab}
        number = [] if tab == "items" else [
            html.Span(number_text(counts[tab]), className="work-tab-number")
        ]  # fmt: skip
        bad = _BAD_TABS.get(tab)
        if bad and counts[bad]:
            text = word(f"units.tab_note.{bad}", lang, n=counts[bad])
            number.append(html.Span(text, className="state-mark lv-bad"))
        chosen = {"aria-current": "page"} if tab == shown["tab"] else {}
        links.append(
            html.A(
                [html.Span(word(f"units.tab.{tab}", lang)), html.Span(number)],
                href=place_href(shown, Place(page="departments", more=more)),
                className="work-tab",
                **{"data-nav": "", "data-tab": tab, "data-key": tab},
                **chosen,
            )
        )
    label = word("units.tabs", lang)
    return html.Nav(links, className="work-tabs units-tabs", **{"aria-label": label})


def _case_link(row: Mapping[str, Any], lang: str) -> html.Td:
    urgent = [html.Span(word("overdue.urgent", lang), className="urgent")]
    link = html.A(row["case_code"], href=case_href(row, lang), className="code", **{"data-nav": ""})
    return html.Td([*(urgent if row["is_urgent"] else []), link])


def _unit_cell(shown: Any, row: Mapping[str, Any]) -> html.Td:
    if not row["department_code"]:
        return html.Td(row["department"])
    href = unit_href(shown, row["department_code"])
    return html.Td(html.A(row["department"], href=href, **{"data-nav": ""}))


def _rework_on_top(shown: Any, frame: PageFrame) -> html.Section:
    """退回重办 before everything else: what came back unsatisfied is the first thing to ask for."""
    lang, rows = shown["lang"], shown["rework"]
    title, total = word("units.rework", lang), shown["counts"]["rework"]
    note = word("units.cases", lang, n=number_text(total))
    hint = word("units.rework_hint", lang)
    if not rows:
        body: list[Component] = [nothing(word("units.rework_none", lang))]
        return work_card(title, body, part="units-rework", note=note, span=12)
    body = [_rework_table(shown, rows, frame, title)]
    if total > len(rows):
        href = place_href(shown, Place(page="departments", more={"tab": "rework"}))
        text = word("units.rework_all", lang, n=number_text(total))
        body.append(html.P(html.A(text, href=href, **{"data-nav": ""}), className="work-foot"))
    return work_card(title, body, part="units-rework", note=note, hint=hint, span=12)


def _rework_table(
    shown: Any, rows: Sequence[Mapping[str, Any]], frame: PageFrame, label: str
) -> html.Div:
    lang = shown["lang"]
    names = ("unit", "col.case", "col.category", "col.cycle", "col.reason", "col.since",
             "col.state", "col.place")  # fmt: skip
    columns = [("", word(f"units.{name}", lang)) for name in names]
    lines = [
        html.Tr(
            [
                _unit_cell(shown, row),
                _case_link(row, lang),
                html.Td(row["category"]),
                html.Td(word("units.cycle", lang, n=row["cycle"])),
                html.Td(row["reason"], className="wide"),
                html.Td(moment_text(row["since_ms"], frame.zone)),
                html.Td(row["state"]),
                html.Td(row["place"], className="wide"),
            ],
            **{"data-key": str(row["case_id"]), "data-case": str(row["case_id"])},
        )
        for row in rows
    ]
    return scroll_table(columns, lines, label=label, kind="finding-table queue-table")


def _queue_card(shown: Any, place: Place, tab: str, table: html.Div, *, hint: str) -> html.Section:
    """A list with its length, the unit it is cut to and its pages."""
    lang = shown["lang"]
    title = word(f"units.{tab}", lang)
    counted = "units.calls" if tab == "whistle" else "units.cases"
    note = word(counted, lang, n=number_text(shown["total"]))
    body: list[Component] = []
    if shown["unit"]:
        clear = {name: text for name, text in place.more.items() if name not in ("unit", "offset")}
        href = place_href(shown, Place(page="departments", more=clear))
        label = word("units.clear", lang)
        off = html.A("×", href=href, **{"data-nav": "", "aria-label": label})
        name = html.Span(shown["unit"]["name"], className="work-filter-name")
        body.append(html.P(html.Span([name, off], className="work-filter"), className="units-cut"))
    if shown["rows"]:
        length = len(shown["rows"])
        body.append(table)
        body.append(
            pager(
                shown, place, "offset",
                offset=shown["offset"], shown=length, step=STEP, total=shown["total"],
            )
        )  # fmt: skip
    else:
        body.append(nothing(word(f"units.{tab}_none", lang)))
    return work_card(title, body, part=f"units-{tab}", note=note, hint=hint, span=8)


def _cut_link(shown: Any, tab: str, code: str, text: str, **more: str) -> html.A:
    asked = {"tab": tab, "unit": code} | more
    href = place_href(shown, Place(page="departments", more=asked))
    return html.A(text, href=href, **{"data-nav": "", "data-cut-to": code})


def _by_unit_card(shown: Any, tab: str) -> html.Section:
    lang, rows = shown["lang"], shown["by_unit"]
    is_signing = tab == "unsigned"
    names = ("count", "near", "past", "longest") if is_signing else ("count",)
    title = word("units.by_unit", lang)
    columns = [("name", word("units.unit", lang))]
    columns += [("num", word(f"units.col.{name}", lang)) for name in names]
    lines = []
    for row in rows:
        count = _cut_link(shown, tab, row["code"], number_text(row["count"]))
        cells = [html.Td(count, className="num")]
        if is_signing:
            longest = _minutes(row["longest"], lang)
            cells += [
                html.Td(number_text(row["near"]), className=f"num{_level('warn', row['near'])}"),
                html.Td(number_text(row["past"]), className=f"num{_level('bad', row['past'])}"),
                html.Td(longest, className="num"),
            ]
        name = html.Th(row["name"], className="name", scope="row")
        lines.append(html.Tr([name, *cells], **{"data-key": row["code"]}))
    if not lines:
        none = [nothing(word(f"units.{tab}_none", lang))]
        return work_card(title, none, part="units-by-unit", span=4)
    table = scroll_table(columns, lines, label=title, kind="sticky-name")
    return work_card(title, [table], part="units-by-unit", span=4)


def _minutes(minutes: float | None, lang: str) -> str:
    return "—" if minutes is None else word("units.minutes", lang, n=number_text(round(minutes)))


def _level(name: str, count: int) -> str:
    return f" lv-{name}" if count else " is-zero"


def _rework(shown: Any, frame: PageFrame, place: Place) -> list[Component]:
    lang = shown["lang"]
    table = _rework_table(shown, shown["rows"], frame, word("units.rework", lang))
    card = _queue_card(shown, place, "rework", table, hint=word("units.rework_hint", lang))
    return [card, _by_unit_card(shown, "rework")]


def _unsigned(shown: Any, frame: PageFrame, place: Place) -> list[Component]:
    lang = shown["lang"]
    names = ("col.light", "col.waited", "col.limit", "unit", "col.case", "col.category",
             "col.sent", "col.place")  # fmt: skip
    columns = [("", word(f"units.{name}", lang)) for name in names]
    lines = []
    for row in shown["rows"]:
        mark = word(f"units.sign.{row['level']}", lang)
        css = "lv-good" if row["level"] == "none" else f"lv-{row['level']}"
        lines.append(
            html.Tr(
                [
                    html.Td(html.Span(mark, className=f"state-mark {css}")),
                    html.Td(word("units.minutes", lang, n=number_text(row["minutes"])),
                            className="waited"),
                    html.Td(word("units.minutes", lang, n=row["limit"])),
                    _unit_cell(shown, row),
                    _case_link(row, lang),
                    html.Td(row["category"]),
                    html.Td(moment_text(row["sent_ms"], frame.zone)),
                    html.Td(row["place"], className="wide"),
                ],
                **{"data-key": str(row["case_id"]), "data-case": str(row["case_id"])},
            )
        )  # fmt: skip
    table = scroll_table(
        columns, lines, label=word("units.unsigned", lang), kind="finding-table queue-table"
    )
    plain, urgent = shown["limits"]
    hint = word("units.unsigned_hint", lang, plain=plain, urgent=urgent)
    card = _queue_card(shown, place, "unsigned", table, hint=hint)
    return [card, _by_unit_card(shown, "unsigned")]


def _whistle(shown: Any, frame: PageFrame, place: Place) -> list[Component]:
    lang = shown["lang"]
    names = ("col.called", "unit", "col.arrive_by", "col.arrived", "col.waited", "col.outcome",
             "col.matter", "col.case", "col.place")  # fmt: skip
    columns = [("", word(f"units.{name}", lang)) for name in names]
    lines = [_call_row(shown, row, frame) for row in shown["rows"]]
    table = scroll_table(
        columns, lines, label=word("units.whistle", lang), kind="finding-table queue-table"
    )
    hint = word("units.whistle_hint", lang)
    card = _queue_card(shown, place, "whistle", table, hint=hint)
    return [card, html.Div([_rate_card(shown), _named_card(shown)], className="work-column span-4")]


def _call_row(shown: Any, row: Mapping[str, Any], frame: PageFrame) -> html.Tr:
    lang, outcome = shown["lang"], row["outcome"]
    css = {"in_time": "lv-good", "late": "lv-bad", "absent": "lv-bad"}.get(outcome, "")
    case = (
        html.Td("—")
        if row["case_code"] is None
        else html.Td(
            html.A(
                row["case_code"], href=case_href(row, lang), className="code", **{"data-nav": ""}
            )
        )
    )
    return html.Tr(
        [
            html.Td(moment_text(row["called_ms"], frame.zone)),
            _unit_cell(shown, row),
            html.Td(moment_text(row["due_ms"], frame.zone)),
            html.Td(moment_text(row["arrived_ms"], frame.zone)),
            html.Td(word("units.minutes", lang, n=number_text(row["minutes"])), className="waited"),
            html.Td(
                html.Span(word(f"units.outcome.{outcome}", lang), className=f"state-mark {css}")
            ),
            html.Td(row["matter"]),
            case,
            html.Td(row["place"], className="wide"),
        ],
        **{"data-key": str(row["call_id"]), "data-call": str(row["call_id"])},
    )


def _rate_card(shown: Any) -> html.Section:
    lang, rate, calls = shown["lang"], shown["rate"], shown["calls"]
    average = shown["average"]
    late = "0" if not calls["late"] else number_text(calls["late"])
    facts = [
        (rate["name"], [html.Button(
            f"{rate['text']}%" if rate["state"] != "empty" else rate["text"],
            className=f"cell-open lv-{rate['level']}", type="button",
            **{"data-kpi": "whistle.arrival_rate", "aria-haspopup": "dialog"},
        )]),
        (word("units.average", lang),
         [_minutes(average, lang)]),
        (word("units.called", lang), [number_text(calls["called"])]),
        (word("units.late", lang), [_late_link(shown, late)]),
    ]  # fmt: skip
    rows = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts]
    switch = _late_switch(shown)
    body = [html.Dl(rows, className="unit-facts"), switch]
    return work_card(word("units.tab.whistle", lang), body, part="units-rate", span=4)


def _late_link(shown: Any, text: str) -> html.A:
    more = {"tab": "whistle", "late": "1"}
    return html.A(
        text, href=place_href(shown, Place(page="departments", more=more)), **{"data-nav": ""}
    )


def _late_switch(shown: Any) -> html.Nav:
    lang, unit = shown["lang"], shown["unit"]
    links = []
    for name, late in (("units.whistle_all", ""), ("units.whistle_late", "1")):
        more = {"tab": "whistle"} | ({"late": late} if late else {})
        more |= {"unit": unit["code"]} if unit else {}
        chosen = {"aria-current": "true"} if bool(late) is shown["late"] else {}
        href = place_href(shown, Place(page="departments", more=more))
        links.append(
            html.A(word(name, lang), href=href, className="seg", **{"data-nav": ""}, **chosen)
        )
    return html.Nav(links, className="segs", **{"aria-label": word("units.col.outcome", lang)})


def _named_card(shown: Any) -> html.Section:
    lang, rows = shown["lang"], shown["named"]
    title, hint = word("units.named", lang), word("units.named_hint", lang)
    if not rows:
        none = [nothing(word("units.named_none", lang))]
        return work_card(title, none, part="units-named", hint=hint, span=4)
    names = ("late", "called", "average")
    columns = [("name", word("units.unit", lang))]
    columns += [("num", word(f"units.{name}", lang)) for name in names]
    lines = []
    for row in rows:
        link = html.A(row["name"], href=unit_href(shown, row["code"]), **{"data-nav": ""})
        late = _cut_link(shown, "whistle", row["code"], number_text(row["late"]), late="1")
        called = _cut_link(shown, "whistle", row["code"], number_text(row["called"]))
        average = _minutes(row["average"], lang)
        lines.append(
            html.Tr(
                [
                    html.Th(link, className="name", scope="row"),
                    html.Td(late, className="num lv-bad"),
                    html.Td(called, className="num"),
                    html.Td(average, className="num"),
                ],
                **{"data-key": row["code"]},
            )
        )
    table = scroll_table(columns, lines, label=title, kind="sticky-name")
    note = word("units.count", lang, n=len(rows))
    return work_card(title, [table], part="units-named", note=note, hint=hint, span=4)


_QUEUES = {"rework": _rework, "unsigned": _unsigned, "whistle": _whistle}
