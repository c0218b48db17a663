"""Definition of a KPI 指标定义: what a number means, what it is made of, and which cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from dashboard.components.frame import PageFrame
from dashboard.components.spans import moment_text, number_text
from dashboard.readings.case_list import CasePage
from dashboard.readings.explain import Explanation
from dashboard.words import word

PAGE_SIZE = 50


def definition_view(explanation: Explanation, *, window: str, lang: str) -> html.Div:
    """What the number means, both of its sides, its thresholds and its parts by area."""
    parts: list[html.Header | html.Dl | html.Section] = [
        _head(explanation, lang),
        _facts(explanation, lang),
    ]
    if explanation.children:
        parts.append(_children(explanation, window, lang))
    return html.Div(parts)


def _head(explanation: Explanation, lang: str) -> html.Header:
    period = f"{explanation.window_label} {explanation.from_on} – {explanation.to_on}"
    title = html.Div(
        [
            html.H2(explanation.name, id="definition-title"),
            html.P(f"{explanation.area_name} · {period}", className="drawer-sub"),
        ]
    )
    value = html.P(
        [
            html.Span(explanation.text, className="drawer-value"),
            html.Span(
                explanation.unit if explanation.state != "empty" else "", className="tile-unit"
            ),
            html.Span(explanation.level_text, className="tile-status"),
        ],
        className=f"drawer-now is-{explanation.state} lv-{explanation.level}",
    )
    return html.Header([title, value], className="drawer-head")


def _facts(explanation: Explanation, lang: str) -> html.Dl:
    facts = [
        ("definition", explanation.meaning),
        ("formula", explanation.formula),
        ("numerator", _numerator(explanation, lang)),
        ("denominator", explanation.denominator or ""),
        ("interval", _interval(explanation, lang)),
        ("basis", explanation.basis or ""),
        ("document", explanation.source),
        ("thresholds", " · ".join(f"{name} {bound}" for name, bound in explanation.thresholds)),
        ("version", explanation.version),
    ]
    return html.Dl(
        [
            html.Div([html.Dt(word(f"drawer.{name}", lang)), html.Dd(text)])
            for name, text in facts
            if text
        ],
        className="drawer-facts",
    )


def _numerator(explanation: Explanation, lang: str) -> str:
    if explanation.denominator is None:
        return ""
    if not explanation.is_weighted:
        return explanation.numerator
    return f"{explanation.numerator} · {word('drawer.weighted', lang)}"


def _interval(explanation: Explanation, lang: str) -> str:
    if explanation.interval is None:
        return ""
    low, high = explanation.interval
    sample = word("tile.sample", lang, n=number_text(explanation.sample))
    return f"{low:.1f} – {high:.1f} · {sample}"


def _children(explanation: Explanation, window: str, lang: str) -> html.Section:
    query = urlencode({"window": window, "lang": lang})
    rows = []
    for child in explanation.children:
        link = html.A(child["name"], href=f"/area/{child['code']}?{query}", **{"data-nav": ""})
        number = html.Td(child["text"], className=f"num is-{child['state']} lv-{child['level']}")
        rows.append(html.Tr([html.Th(link, className="name", scope="row"), number]))
    head = html.Tr(
        [
            html.Th(word("league.name", lang), className="name"),
            html.Th(f"{explanation.name} {explanation.unit}", className="num"),
        ]
    )
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="league")
    return html.Section(
        [html.H3(word("drawer.children", lang)), html.Div(table, className="table-box")]
    )


def case_list_view(
    cases: CasePage | None, *, part: str, is_rate: bool, offset: int, lang: str, frame: PageFrame
) -> html.Section:
    """The cases themselves; ``cases`` is None for figures that are not made of cases.

    ``is_rate`` offers the choice between numerator and denominator.
    """
    title = html.H3(word("drawer.cases", lang))
    if cases is None:
        return html.Section([title, html.P(word("drawer.no_list", lang), className="nothing")])
    switch = [_part_switch(part, lang)] if is_rate else []
    total = html.P(
        word("drawer.total", lang, n=number_text(cases.total)),
        className="drawer-total",
        **{"data-total": str(cases.total)},
    )
    if not cases.rows:
        none = html.P(word("drawer.no_cases", lang), className="nothing")
        return html.Section([title, *switch, total, none])
    listing = html.Div(_case_table(cases.rows, lang, frame), className="table-box")
    return html.Section([title, *switch, total, listing, _pager(cases, part, offset, lang)])


def _part_switch(part: str, lang: str) -> html.Div:
    return html.Div(
        [
            html.Button(
                word(f"drawer.cases_{name}", lang),
                className="seg",
                **{
                    "data-case-part": name,
                    "data-offset": "0",
                    "aria-pressed": "true" if name == part else "false",
                },
            )
            for name in ("numerator", "denominator")
        ],
        className="segs",
    )


def _case_table(rows: Sequence[Mapping[str, Any]], lang: str, frame: PageFrame) -> html.Table:
    names = ("code", "category", "area", "department", "state", "accepted", "deadline", "closed")
    head = html.Tr([html.Th(word(f"case.{name}", lang)) for name in names])
    body = [
        html.Tr(
            [
                html.Td(row["case_code"]),
                html.Td(row["category"] or "—"),
                html.Td(row["area"]),
                html.Td(row["department"] or "—"),
                html.Td(row["state_name"]),
                html.Td(moment_text(row["accepted_ms"], frame.zone)),
                html.Td(moment_text(row["deadline_ms"], frame.zone)),
                html.Td(moment_text(row["closed_ms"], frame.zone)),
            ],
            **{"data-case": str(row["case_id"])},
        )
        for row in rows
    ]
    return html.Table([html.Thead(head), html.Tbody(body)], className="case-table")


def _pager(cases: CasePage, part: str, offset: int, lang: str) -> html.Div:
    last = offset + len(cases.rows)
    attributes = {"data-case-part": part}
    return html.Div(
        [
            html.Button(
                word("drawer.previous", lang),
                className="seg",
                disabled=offset == 0,
                **{**attributes, "data-offset": str(max(0, offset - PAGE_SIZE))},
            ),
            html.Span(
                word("drawer.range", lang, first=number_text(offset + 1), last=number_text(last))
            ),
            html.Button(
                word("drawer.next", lang),
                className="seg",
                disabled=last >= cases.total,
                **{**attributes, "data-offset": str(offset + PAGE_SIZE)},
            ),
        ],
        className="drawer-pager",
    )
