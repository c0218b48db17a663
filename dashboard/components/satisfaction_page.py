"""The satisfaction page 群众满意页: rates with sample and interval, months, waves, rework list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_actions import send_back_button, send_back_dialog, target_text
from dashboard.components.case_marks import case_href
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import number_text, year_moment_text
from dashboard.components.work_page import (
    LIVE,
    area_link,
    nothing,
    pager,
    scroll_table,
    work_card,
    work_tiles,
)
from dashboard.readings.case_acts import ActTarget
from dashboard.words import word

OWN = Place(page="satisfaction")
STEP = 20
_SAMPLED = ("visit.response_rate", "visit.solution_rate", "visit.satisfaction_rate")
_MARKS = {"not_sent_back": "lv-bad", "in_rework": "lv-warn", "rated_again": "lv-good"}


def satisfaction_page(shown: Any, frame: PageFrame) -> html.Div:
    """The whole page of the document that ``readings.satisfaction_page`` makes."""
    lang, rework = shown["lang"], shown["rework"]
    more = {"stage": rework["stage"], "offset": str(rework["offset"] or "")}
    place = Place(page="satisfaction", more={name: text for name, text in more.items() if text})
    cards = [
        _areas_card(shown),
        _months_card(shown),
        _waves_card(shown),
        _rework_card(shown, place, frame),
    ]
    content = [
        work_tiles(shown["tiles"], lang, word("satisfaction.tiles", lang)),
        html.P(word("satisfaction.how", lang), className="note limits-note"),
        html.Div(cards, className="work-cards"),
    ]
    if rework["can_act"]:
        content.append(send_back_dialog(lang))
    return page(
        shown,
        frame,
        content,
        place=place,
        title=word("satisfaction.title", lang),
        key=f"{rework['stage']}|{rework['offset']}",
        attributes=LIVE,
    )


def _floor(rows: Sequence[Mapping[str, Any]]) -> float:
    """Where the axis of the intervals begins: the lowest bound, down to a multiple of ten."""
    lows = [
        row["cells"][key]["low"]
        for row in rows
        for key in _SAMPLED
        if row["cells"][key]["low"] is not None
    ]
    return min(lows, default=0) // 10 * 10


def _rate_columns(shown: Any, first: str) -> list[tuple[str, str]]:
    names = [("num", name) for name in shown["names"]]
    return [("name", first), ("num", word("satisfaction.n", shown["lang"])), *names]


def _areas_card(shown: Any) -> html.Section:
    lang, rows = shown["lang"], shown["areas"]
    floor = _floor(rows)
    title = word("satisfaction.by_area", lang)
    lines = []
    for number, row in enumerate(rows):
        is_own = number == 0
        name: Component = (
            html.B(word("dutypage.own", lang))
            if is_own
            else area_link(shown, OWN, row["code"], row["name"])
        )
        lines.append(
            html.Tr(
                [html.Th([name, *_hint(row, lang)], className="name"), *_cells(row, floor, lang)],
                className="total" if is_own else "",
                **{"data-key": f"{'own' if is_own else ''}{row['code']}", "data-code": row["code"]},
            )
        )
    columns = _rate_columns(shown, word("dutypage.area", lang))
    table = scroll_table(columns, lines, label=title, kind="sticky-name rates")
    hint = word("satisfaction.axis", lang, floor=f"{floor:.0f}")
    return work_card(title, [table], part="satisfaction-areas", hint=hint)


def _hint(row: Mapping[str, Any], lang: str) -> list[html.Span]:
    """Looks too good: a hint to look closer, not a verdict."""
    if not row["is_suspicious"]:
        return []
    mark = html.Span(
        word("satisfaction.too_good", lang),
        className="help-mark",
        title=word("satisfaction.too_good_hint", lang),
    )
    return [mark]


def _cells(row: Mapping[str, Any], floor: float, lang: str, *, opens: bool = True) -> list[html.Td]:
    """Sample and rates; ``opens``: each rate its definition, which tells of the page's window."""
    cells = row["cells"]
    sample = cells["visit.satisfaction_rate"]["n"]
    first = html.Td(number_text(sample), className="num" + ("" if sample else " is-zero"))
    return [
        first,
        *(_rate_cell(key if opens else "", cell, floor, lang) for key, cell in cells.items()),
    ]


def _rate_cell(key: str, cell: Mapping[str, Any], floor: float, lang: str) -> html.Td:
    """The value; below it the 95 % interval as a line on the common axis."""
    parts: list[Component] = [html.Span(cell["text"])]
    if cell["low"] is not None:
        span = (100 - floor) or 1
        low, high = cell["low"], cell["high"]
        title = word("tile.interval", lang, low=f"{low:.1f}", high=f"{high:.1f}")
        style = {
            "--low": f"{max(0, (low - floor) / span):.3f}",
            "--high": f"{min(1, (high - floor) / span):.3f}",
            "--at": f"{max(0, min(1, (cell['value'] - floor) / span)):.3f}",
        }
        parts.append(html.Span(className="interval", style=style, title=title))
    opens = {"data-col": key} if key else {}
    return html.Td(parts, className=f"num is-{cell['state']} lv-{cell['level']}", **opens)


def _months_card(shown: Any) -> html.Section:
    lang, months = shown["lang"], shown["months"]
    floor = _floor(months)
    title = word("satisfaction.by_month", lang)
    lines = []
    for row in reversed(months):
        link = html.A(
            row["key"], href=place_href(shown, OWN, window=row["key"]), **{"data-nav": ""}
        )
        running = [html.Span(word("satisfaction.running", lang), className="cell-minor")]
        name = [link, *(running if row["is_running"] else []), *_hint(row, lang)]
        cells = _cells(row, floor, lang, opens=False)
        lines.append(html.Tr([html.Th(name, className="name"), *cells], **{"data-key": row["key"]}))
    columns = _rate_columns(shown, word("satisfaction.month", lang))
    table = scroll_table(columns, lines, label=title, kind="sticky-name rates")
    hint = word("satisfaction.axis", lang, floor=f"{floor:.0f}")
    return work_card(title, [table], part="satisfaction-months", hint=hint)


def _waves_card(shown: Any) -> html.Section:
    lang, waves = shown["lang"], shown["waves"]
    title = word("waves.title", lang)
    if not waves:
        return work_card(title, [nothing(word("waves.none", lang))], part="waves", span=12)
    names = ("wave", "days", "sample", "n", "rate", "interval")
    columns = [
        ("num" if name in ("n", "rate", "interval") else "", word(f"waves.{name}", lang))
        for name in names
    ]
    columns[0] = ("name", columns[0][1])
    answers = ("very_satisfied", "satisfied", "fairly_satisfied", "neutral", "dissatisfied")
    columns += [("num", word(f"onecase.answer.{name}", lang)) for name in answers]
    table = scroll_table(
        columns, [_wave_row(one, lang) for one in waves], label=title, kind="sticky-name"
    )
    foot = html.P(word("waves.hint", lang), className="work-foot")
    return work_card(title, [table, foot], part="waves", span=12)


def _wave_row(one: Mapping[str, Any], lang: str) -> html.Tr:
    low, high = one["low"], one["high"]
    interval = "—" if low is None else f"{low:.1f} – {high:.1f}"
    label = one["sample_label"] or word("waves.no_label", lang)
    counts = [html.Td(number_text(count), className="num") for count in one["counts"]]
    return html.Tr(
        [
            html.Th([one["name"], *_hint(one, lang)], className="name"),
            html.Td(f"{one['from_on']} – {one['to_on']}"),
            html.Td(html.Span(label, className="state-mark")),
            html.Td(number_text(one["n"]), className="num"),
            html.Td(one["text"], className=f"num lv-{one['level']}"),
            html.Td(interval, className="num"),
            *counts,
        ],
        **{"data-key": str(one["wave_id"])},
    )


def _rework_card(shown: Any, place: Place, frame: PageFrame) -> html.Section:
    lang, rework = shown["lang"], shown["rework"]
    title = word("rework.title", lang)
    body: list[Component] = [_stage_links(shown)]
    if rework["rows"]:
        names = ("case", "said", "at", "stage", "new", "category", "department", "area")
        columns = [("", word(f"rework.col.{name}", lang)) for name in names]
        if rework["can_act"]:
            columns.append(("work-acts", word("rework.col.act", lang)))
        rows = [_rework_row(row, lang, frame, rework["can_act"]) for row in rework["rows"]]
        kind = "case-table finding-table"
        body.append(scroll_table(columns, rows, label=title, kind=kind))
        body.append(
            pager(
                shown,
                place,
                "offset",
                offset=rework["offset"],
                shown=len(rows),
                step=STEP,
                total=rework["total"],
            )
        )
    else:
        body.append(nothing(word("rework.none", lang)))
    note = word("rework.count", lang, n=number_text(rework["all"]))
    hint = word("rework.hint", lang)
    return work_card(title, body, part="rework", note=note, hint=hint, span=12)


def _stage_links(shown: Any) -> html.Nav:
    lang, rework = shown["lang"], shown["rework"]
    stages = [{"key": "", "name": word("rework.all", lang), "count": rework["all"]}]
    links = []
    for one in [*stages, *rework["stages"]]:
        more = {"stage": one["key"]} if one["key"] else {}
        chosen = {"aria-current": "true"} if one["key"] == rework["stage"] else {}
        links.append(
            html.A(
                f"{one['name']} {number_text(one['count'])}",
                href=place_href(shown, Place(page="satisfaction", more=more)),
                className="seg",
                **{"data-nav": "", "data-stage": one["key"], "data-count": str(one["count"])},
                **chosen,
            )
        )
    return html.Nav(links, className="segs work-segs", **{"aria-label": word("rework.by", lang)})


def _rework_row(row: Mapping[str, Any], lang: str, frame: PageFrame, can_act: bool) -> html.Tr:
    link = html.A(row["case_code"], href=case_href(row, lang), **{"data-nav": ""})
    stage = html.Span(
        row["stage_name"], className=f"state-mark {_MARKS.get(row['stage'], '')}".strip()
    )
    round_of = [] if row["cycle"] < 2 else [word("rework.round", lang, n=row["cycle"])]
    act, target = [], {}
    if can_act and row["can_send_back"]:
        known = ActTarget(
            case_id=row["case_id"],
            case_code=row["case_code"],
            can_send_back=True,
            cycle=row["cycle"],
        )
        act, target = [send_back_button(lang)], {"data-act-of": target_text(known)}
    return html.Tr(
        [
            html.Td(link, className="code"),
            html.Td(row["said"]),
            html.Td(year_moment_text(row["visited_ms"], frame.zone)),
            html.Td(
                [
                    stage,
                    html.Span(" · ".join([row["state_name"], *round_of]), className="cell-minor"),
                ]
            ),
            html.Td(row["new_answer"] or "—"),
            html.Td(row["category"]),
            html.Td(row["department"] or "—"),
            html.Td(row["place"], className="wide"),
            *([html.Td(act, className="work-acts")] if can_act else []),
        ],
        **{"data-key": str(row["key"]), "data-case": str(row["case_id"])},
        **target,
    )
