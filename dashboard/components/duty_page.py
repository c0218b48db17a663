"""The duty page 值守页: states by area, vacant grids, roles, patrols of today, due visits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.duty_officers import officers_card
from dashboard.components.duty_visits import classes_card, overdue_card
from dashboard.components.frame import PageFrame
from dashboard.components.grid_registers import attendance_card, completeness_card
from dashboard.components.hrefs import Place, area_href, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import clock_text, number_text, span_text
from dashboard.components.statistics_page import opened_cards, statistics_link
from dashboard.components.work_page import (
    LIVE,
    area_link,
    count_cell,
    kpi_cell,
    nothing,
    scroll_table,
    work_card,
    work_tiles,
)
from dashboard.words import word

DUTY = Place(page="duty")
# Which definition stands behind each count of people.
_STATES = {
    "rostered": "duty.on_duty_rate",
    "on_duty": "duty.on_duty",
    "in_field": "duty.on_duty",
    "on_leave": "duty.on_duty_rate",
    "offline": "duty.on_duty",
    "absent": "duty.on_duty_rate",
    "expected": "duty.on_duty_rate",
}
_RATES = ("duty.on_duty_rate", "duty.grid_coverage_rate", "duty.load")


def duty_page(shown: Any, frame: PageFrame) -> html.Div:
    """The whole page of the document that ``readings.duty_page`` makes."""
    lang, offset = shown["lang"], shown["visits"]["offset"]
    place = Place(page="duty", more={"visits": str(offset)} if offset else {})
    cards = [
        *opened_cards(shown, frame),
        _areas_card(shown),
        _vacant_card(shown, frame),
        officers_card(shown, DUTY, frame),
        _patrols_card(shown),
        _roles_card(shown),
        html.Div(classes_card(shown), className="work-column span-5"),
        overdue_card(shown, place, frame),
        completeness_card(shown, DUTY, frame),
        attendance_card(shown, DUTY),
    ]
    content = [
        work_tiles(shown["tiles"], lang, word("dutypage.tiles", lang)),
        html.P(
            [word("dutypage.limits", lang), " ", statistics_link(shown)],
            className="note limits-note",
        ),
        html.Div(cards, className="work-cards"),
    ]
    return page(
        shown,
        frame,
        content,
        place=place,
        title=word("dutypage.title", lang),
        key=str(offset),
        attributes=LIVE,
    )


def _areas_card(shown: Any) -> html.Section:
    lang = shown["lang"]
    title, hint = word("dutypage.areas", lang), word("dutypage.areas_hint", lang)
    if shown["total"]["rostered"] is None:
        empty = nothing(word("dutypage.no_duty", lang))
        return work_card(title, [empty], part="duty-areas", hint=hint, span=8)
    names = [word(f"duty.{name}", lang) for name in ("rostered", "on_duty", "in_field", "on_leave")]
    names += [word("dutypage.offline", lang), word("duty.absent", lang)]
    names += [word(f"dutypage.{name}", lang) for name in ("expected", "uncovered")]
    names += [word(f"dutypage.{name}", lang) for name in ("on_duty_rate", "coverage", "load")]
    columns = [("name", word("dutypage.area", lang)), *(("num", name) for name in names)]
    own = _area_row(shown, shown["total"], html.B(word("dutypage.own", lang)), "total")
    rows = [own]
    if not shown["is_grid"]:
        rows += [
            _area_row(shown, row, area_link(shown, DUTY, row["code"], row["name"]))
            for row in shown["areas"]
        ]
    body: list[Component] = [scroll_table(columns, rows, label=title, kind="sticky-name")]
    body.append(html.P(_elsewhere(shown), className="work-foot"))
    return work_card(title, body, part="duty-areas", hint=hint, span=8)


def _elsewhere(shown: Any) -> html.A:
    """From a grid to its portrait, from anywhere else to the police grids 警格."""
    href, name = place_href(shown, Place(page="police")), "police.link"
    if shown["is_grid"]:
        href, name = area_href(shown, shown["area"]["code"]), "dutypage.to_area"
    return html.A(word(name, shown["lang"]), href=href, **{"data-nav": ""})


def _area_row(shown: Any, row: Mapping[str, Any], name: Component, kind: str = "") -> html.Tr:
    lang, cells = shown["lang"], row["cells"]
    bad = {"absent": "lv-warn", "uncovered": "lv-bad"}
    counts = [
        count_cell(row[state], kpi, mark=bad.get(state, "") if row[state] else "")
        for state, kpi in _STATES.items()
    ]
    counts.append(
        count_cell(
            row["uncovered"],
            "duty.grid_coverage_rate",
            mark=bad["uncovered"] if row["uncovered"] else "",
        )
    )
    helping = []
    if row["needs_help"]:
        helping = [
            html.Span(
                word("dutypage.help", lang),
                className="help-mark",
                title=word("dutypage.help_hint", lang),
            )
        ]
    rates = [
        kpi_cell(cells[key], key, more=helping if key == "duty.load" else ()) for key in _RATES
    ]
    return html.Tr(
        [html.Th(name, className="name", scope="row"), *counts, *rates],
        className=kind,
        **{"data-code": row["code"], "data-key": f"{kind}{row['code']}"},
    )


def _vacant_card(shown: Any, frame: PageFrame) -> html.Section:
    lang, vacant = shown["lang"], shown["vacant"]
    title = word("vacant.title", lang)
    if not vacant["total"]:
        return work_card(title, [nothing(word("vacant.none", lang))], part="vacant", span=4)
    note = word(
        "vacant.count",
        lang,
        total=number_text(vacant["total"]),
        vacant=number_text(vacant["vacant"]),
    )
    items = [_vacant_item(shown, row, frame) for row in vacant["rows"]]
    body: list[Component] = [
        html.Div(html.Ul(items, className="work-list"), className="table-box", tabIndex=0)
    ]
    if vacant["total"] > len(items):
        more = word("vacant.more", lang, n=len(items))
        body.append(html.P(more, className="work-foot"))
    return work_card(title, body, part="vacant", note=note, span=4)


def _vacant_item(shown: Any, row: Mapping[str, Any], frame: PageFrame) -> html.Li:
    lang = shown["lang"]
    name = "vacant.mark" if row["is_vacant"] else "vacant.waiting"
    since = word(
        "vacant.since",
        lang,
        time=clock_text(row["since_ms"], frame.zone)[:5],
        span=span_text(shown["computed_ms"] - row["since_ms"], lang),
    )
    who = word("vacant.no_contact", lang)
    if row["contacts"]:
        who = word("vacant.contact", lang, who="、".join(row["contacts"]))
    return html.Li(
        [
            html.Div(
                [
                    html.Span(
                        word(name, lang),
                        className="state-mark " + ("lv-bad" if row["is_vacant"] else "lv-warn"),
                    ),
                    area_link(shown, DUTY, row["code"], row["name"]),
                ],
                className="work-line",
            ),
            html.Div(
                [html.Span(row["reason"]), html.Span(since)], className="work-line work-minor"
            ),
            html.Div(who, className="work-minor"),
        ],
        **{"data-key": row["code"]},
    )


def _roles_card(shown: Any) -> html.Section:
    lang, roles = shown["lang"], shown["roles"]
    title, hint = word("roles.title", lang), word("roles.hint", lang)
    if not roles["roles"] or not roles["rows"]:
        empty = nothing(word("roles.none", lang))
        return work_card(title, [empty], part="roles", hint=hint)
    columns = [("name", word("dutypage.area", lang)), ("num", word("roles.grids", lang))]
    columns += [("num", name) for name in roles["roles"]]
    rows = [
        html.Tr(
            [
                html.Th(row["name"], className="name", scope="row"),
                count_cell(row["grids"], "duty.staffed_grid_rate"),
                *(_role_cell(filled, row["grids"], lang) for filled in row["filled"]),
            ],
            **{"data-key": row["code"], "data-code": row["code"]},
        )
        for row in roles["rows"]
    ]
    table = scroll_table(columns, rows, label=title, kind="sticky-name")
    return work_card(title, [table], part="roles", hint=hint)


def _role_cell(filled: int, grids: int, lang: str) -> html.Td:
    missing = grids - filled
    parts: list[Component] = [html.Span(number_text(filled))]
    if missing > 0:
        text = word("roles.missing", lang, n=number_text(missing))
        parts.append(html.Span(text, className="cell-minor"))
    share = round(filled / grids, 3) if grids else 0
    return html.Td(
        parts,
        className="num count" + (" is-short" if missing > 0 else ""),
        style={"--share": f"{share}"},
    )


def _patrols_card(shown: Any) -> html.Section:
    lang, rows = shown["lang"], shown["patrols"]
    title, hint = word("patrols.title", lang), word("patrols.hint", lang)
    if not any(row["required"] for row in rows):
        empty = nothing(word("patrols.none", lang))
        return work_card(title, [empty], part="patrols", hint=hint)
    halves = ("morning", "later", "both")
    columns = [("name", word("dutypage.area", lang))]
    columns += [("num", word(f"patrols.{half}", lang)) for half in halves]
    lines = [
        html.Tr(
            [
                html.Th(area_link(shown, DUTY, row["code"], row["name"]), className="name"),
                *(_patrol_cell(row[half], row["required"], half, lang) for half in halves),
            ],
            **{"data-key": row["code"], "data-code": row["code"]},
        )
        for row in rows
        if row["required"]
    ]
    table = scroll_table(columns, lines, label=title, kind="sticky-name")
    return work_card(title, [table], part="patrols", hint=hint)


def _patrol_cell(done: int, required: int, half: str, lang: str) -> html.Td:
    """How many of the grids; for a single grid whether it was patrolled, by shape and word."""
    is_done = done >= required
    if required == 1:
        said = word("patrols.done" if is_done else "patrols.open", lang)
        text = f"{'●' if is_done else '○'} {said}"
    else:
        text = f"{number_text(done)} / {number_text(required)}"
    return html.Td(
        text,
        className=f"num strip strip-{half}" + (" is-done" if is_done else ""),
        style={"--share": f"{round(done / required, 3)}"},
        **{"data-col": "patrol.twice_daily_rate"},
    )
