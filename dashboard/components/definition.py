"""Definition of a KPI 指标定义: what a number means, what it is made of, how it has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.spans import number_text
from dashboard.readings.explain import Explanation
from dashboard.words import word


def definition_view(
    explanation: Explanation, *, links: Mapping[str, str], lang: str, work: str = ""
) -> html.Div:
    """What the drawer says above the cases: value, changes, definition, thresholds, areas.

    ``links``: the addresses of the child areas by code, and of the KPI's own page under "";
    ``work``: that of the worklist on which these cases are acted upon, where there is one.
    """
    more = html.A(
        word("kpi.more", lang), href=links[""], className="drawer-more", **{"data-nav": ""}
    )
    parts: list[Component] = [
        _head(explanation),
        *([_work_link(work, lang)] if work else []),
        *changes_view(explanation, lang),
        facts_view(explanation, lang),
        more,
    ]
    if explanation.children:
        title = html.H3(word("drawer.children", lang))
        parts.append(html.Section([title, children_view(explanation, links, lang)]))
    return html.Div(parts)


def _work_link(work: str, lang: str) -> html.A:
    text = word("worklist.from_board", lang)
    return html.A(text, href=work, className="drawer-more drawer-work", **{"data-nav": ""})


def _head(explanation: Explanation) -> html.Header:
    period = f"{explanation.window_label} {explanation.from_on} – {explanation.to_on}"
    told = " · ".join((explanation.area_name, *explanation.slice_names, period))
    title = html.Div(
        [
            html.H2(explanation.name, id="definition-title"),
            html.P(told, className="drawer-sub"),
        ]
    )
    return html.Header([title, value_view(explanation)], className="drawer-head")


def value_view(explanation: Explanation) -> html.P:
    """The value with its unit and judgement."""
    unit = explanation.unit if explanation.state != "empty" else ""
    return html.P(
        [
            html.Span(explanation.text, className="drawer-value"),
            html.Span(unit, className="tile-unit"),
            html.Span(explanation.level_text, className="tile-status"),
        ],
        className=f"drawer-now is-{explanation.state} lv-{explanation.level}",
    )


def changes_view(explanation: Explanation, lang: str) -> list[Component]:
    """Thirty days as a line, and what the value was a week, a month and a year before."""
    parts: list[Component] = []
    if any(value is not None for value in explanation.spark):
        points = json.dumps(explanation.spark, separators=(",", ":"))
        parts.append(
            html.Div(
                [
                    html.Span(className="spark", **{"data-spark": points, "aria-hidden": "true"}),
                    html.Span(word("drawer.spark", lang), className="kpi-scope"),
                ],
                className="drawer-spark",
            )
        )
    if explanation.comparisons:
        rows = [_comparison(row, explanation, lang) for row in explanation.comparisons]
        parts.append(html.Table(html.Tbody(rows), className="comparisons"))
    return parts


def _comparison(row: Mapping[str, str | None], explanation: Explanation, lang: str) -> html.Tr:
    """One comparison: its name, when it was, the value then and the change since."""
    told = " · ".join(part for part in (row["period"], row["alignment"]) if part)
    name = html.Th([row["name"], html.Span(told, className="kpi-scope")], scope="row")
    if row["reason"]:
        cells = [html.Td(row["reason"], colSpan=2, className="kpi-scope")]
    else:
        unit = explanation.unit if row["value"] != "—" else ""
        cells = [
            html.Td([row["value"], html.Span(unit, className="tile-unit")], className="num"),
            html.Td(row["change"] or "—", className=f"num tone-{row['tone']}"),
        ]
    return html.Tr([name, *cells], **{"data-compared": row["kind"]})


def facts_view(
    explanation: Explanation, lang: str, *, more: Sequence[tuple[str, str]] = ()
) -> html.Dl:
    """Meaning, formula, both sides with their values, basis, thresholds and source.

    ``more``: further (word, text) pairs after the formula.
    """
    facts: list[tuple[str, str | list[Component | str]]] = [
        ("drawer.definition", explanation.meaning),
        ("drawer.formula", explanation.formula),
        *more,
        ("drawer.numerator", _numerator(explanation, lang)),
        ("drawer.denominator", _denominator(explanation)),
        ("drawer.parts", [html.Div(part) for part in explanation.parts]),
        ("drawer.interval", _interval(explanation, lang)),
        ("drawer.basis", explanation.basis or ""),
        ("drawer.document", _source(explanation)),
        ("drawer.thresholds", _thresholds(explanation)),
        ("drawer.version", explanation.version),
    ]
    return html.Dl(
        [html.Div([html.Dt(word(name, lang)), html.Dd(text)]) for name, text in facts if text],
        className="drawer-facts",
    )


def _source(explanation: Explanation) -> list[Component | str]:
    """How far the rule is verified, said first, and where it comes from."""
    mark = f"evidence ev-{explanation.evidence}"
    return [html.Span(explanation.evidence_text, className=mark), explanation.source]


def _thresholds(explanation: Explanation) -> list[Component | str]:
    if not explanation.thresholds:
        return []
    ranges = " · ".join(f"{name} {bound}" for name, bound in explanation.thresholds)
    return [ranges, html.Div(explanation.thresholds_from, className="kpi-scope")]


def _numerator(explanation: Explanation, lang: str) -> list[Component | str]:
    """Its value and what it is the sum of; of a plain count the sum alone, where it is one."""
    told = [explanation.numerator_sum] if explanation.numerator_sum else []
    if explanation.denominator is not None and explanation.is_weighted:
        told.append(word("drawer.weighted", lang))
    if explanation.denominator is None and not told:
        return []
    return [explanation.numerator, *(html.Div(one, className="kpi-scope") for one in told)]


def _denominator(explanation: Explanation) -> list[Component | str]:
    if explanation.denominator is None:
        return []
    told = [explanation.denominator_sum] if explanation.denominator_sum else []
    return [explanation.denominator, *(html.Div(one, className="kpi-scope") for one in told)]


def _interval(explanation: Explanation, lang: str) -> str:
    if explanation.interval is None:
        return ""
    low, high = explanation.interval
    sample = word("tile.sample", lang, n=number_text(explanation.sample))
    return f"{low:.1f} – {high:.1f} · {sample}"


def children_view(explanation: Explanation, links: Mapping[str, str], lang: str) -> html.Div:
    """The value of each child area, as a way there."""
    rows = []
    for child in explanation.children:
        link = html.A(child["name"], href=links[child["code"]], **{"data-nav": ""})
        number = html.Td(child["text"], className=f"num is-{child['state']} lv-{child['level']}")
        rows.append(html.Tr([html.Th(link, className="name", scope="row"), number]))
    head = html.Tr(
        [
            html.Th(word("league.name", lang), className="name"),
            html.Th(f"{explanation.name} {explanation.unit}", className="num"),
        ]
    )
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="league")
    return html.Div(table, className="table-box", tabIndex=0)
