"""Cards of 研判: signals of numbers made up 疑似刷数 and the connector funnel 接入漏斗."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import case_href
from dashboard.components.frame import PageFrame
from dashboard.components.research_links import found_cell, found_href, found_link, narrowed
from dashboard.components.spans import number_text, span_text, year_moment_text
from dashboard.components.work_page import nothing, scroll_table, work_card
from dashboard.words import word


def signal_cards(shown: Any, frame: PageFrame) -> list[Component]:
    """Signals and histogram side by side; departments, the cases chosen, and field work below."""
    return [
        _signals_card(shown),
        _histogram_card(shown),
        _cases_card(shown, frame),
        _departments_card(shown),
        _field_card(shown),
    ]


def _signals_card(shown: Any) -> html.Section:
    lang, part = shown["lang"], shown["part"]
    title = word("research.signals", lang)
    items = [_signal(shown, one, is_chosen=one["key"] == part["signal"]) for one in part["signals"]]
    body = [
        html.P(word("research.signals_rule", lang), className="card-hint work-about"),
        html.Ul(items, className="work-list signals"),
    ]
    hint = word("research.hint_only", lang)
    return work_card(title, body, part="signals", hint=hint, span=5)


def _signal(shown: Any, one: Mapping[str, Any], *, is_chosen: bool) -> html.Li:
    """Name (chooses it), count (opens its cases), rule, and which areas or departments."""
    lang, key, count = shown["lang"], one["key"], one["count"]
    name = html.A(
        one["name"],
        href=narrowed(shown, signal=key, band=""),
        **{"data-nav": "", "data-signal": key},
        **({"aria-current": "true"} if is_chosen else {}),
    )
    found = word("research.found_by", lang, n=number_text(count))
    number: Component = html.Span(found, className="signal-count is-zero")
    if count:
        number = html.Span(found_link(shown, key, count, found), className="signal-count")
    groups = []
    for group in one["groups"] if is_chosen else one["groups"][:3]:
        is_area = group["kind"] == "area"
        where = {"area": group["code"]} if is_area else {"more": {"department": group["code"]}}
        cut = {"area": group["code"]} if is_area else {"department": group["code"]}
        of = word("research.of", lang, of=number_text(group["of"]))
        groups.append(
            html.Span(
                [
                    html.A(group["name"], href=narrowed(shown, **cut), **{"data-nav": ""}),
                    " ",
                    found_link(shown, key, group["count"], **where),
                    html.Span(f" {of}", className="cell-minor"),
                ],
                className="signal-group",
                **{"data-key": group["code"]},
            )
        )
    return html.Li(
        [
            html.Div([name, number], className="work-line"),
            html.Div(one["rule"], className="work-minor"),
            *([html.Div(groups, className="signal-groups")] if groups else []),
        ],
        className="signal" + (" is-chosen" if is_chosen else "") + (" is-hit" if count else ""),
        **{"data-key": key},
    )


def _histogram_card(shown: Any) -> html.Section:
    lang, part = shown["lang"], shown["part"]
    title = word("research.histogram", lang)
    total = sum(part["histogram"])
    rule = word("research.histogram_rule", lang, n=number_text(total))
    body: list[Component] = [html.P(rule, className="card-hint work-about")]
    if not total:
        return work_card(title, [*body, nothing(word("research.none", lang))], part="bands", span=7)
    body.append(_bars(shown, part["histogram"], "bands"))
    if part["band"] is not None:
        drop = html.A(
            word("research.band_drop", lang), href=narrowed(shown, band=""),
            className="link-inline", **{"data-nav": ""},
        )  # fmt: skip
        body.append(html.P(drop, className="work-foot"))
    return work_card(title, body, part="bands", span=7)


def _bars(shown: Any, counts: Sequence[int], kind: str, department: str = "") -> html.Div:
    """The bands as bars; those of all departments choose a band, those of one open its cases."""
    lang, part = shown["lang"], shown["part"]
    most = max(counts) or 1
    bars = []
    for band, count in enumerate(counts):
        text = word("research.band_bar", lang, band=part["bands"][band], n=number_text(count))
        href = narrowed(shown, band=str(band), signal="")
        if department:
            href = found_href(shown, f"band.{band}", more={"department": department})
        mark = " is-tail" if band in (18, 19) else " is-late" if band == len(counts) - 1 else ""
        style = {"--share": f"{count / most:.3f}"}
        chosen = {"aria-current": "true"} if band == part["band"] and not department else {}
        bar = html.Span(className="band-bar", style=style)
        if not count or (department and kind == "few"):
            bars.append(html.Span(bar, className=f"band{mark}", title=text))
            continue
        bars.append(
            html.A(
                [bar, html.Span(text, className="only-read")], href=href, title=text,
                className=f"band{mark}", **{"data-nav": "", "data-band": str(band),
                                            "data-count": str(count)}, **chosen,
            )
        )  # fmt: skip
    scale = [html.Span(text) for text in ("0", "25%", "50%", "75%", "100%")]
    under = [] if kind == "few" else [html.Div(scale, className="band-scale")]
    return html.Div([html.Div(bars, className="band-row"), *under], className=f"band-box {kind}")


def _cases_card(shown: Any, frame: PageFrame) -> html.Section:
    """The first cases of what was chosen."""
    lang, found = shown["lang"], shown["cases"]
    title = word("research.chosen", lang)
    if not found["rows"]:
        body: list[Component] = [nothing(word("research.none", lang))]
        return work_card(title, body, part="found", note=found["name"], span=12)
    names = ("code", "category", "area", "department", "state", "accepted", "closed")
    columns = [("", word(f"cases.column.{name}", lang)) for name in names]
    rows = [
        html.Tr(
            [
                html.Td(
                    html.A(row["case_code"], href=case_href(row, lang), **{"data-nav": ""}),
                    className="code",
                ),
                html.Td(row["category"]),
                html.Td(row["area"], className="wide"),
                html.Td(row["department"] or "—"),
                html.Td(row["state_name"]),
                html.Td(year_moment_text(row["accepted_ms"], frame.zone)),
                html.Td(year_moment_text(row["closed_ms"], frame.zone)),
            ],
            **{"data-key": str(row["case_id"]), "data-case": str(row["case_id"])},
        )
        for row in found["rows"]
    ]
    all_text = word("research.all_cases", lang, n=number_text(found["total"]))
    foot = html.P(found_link(shown, found["key"], found["total"], all_text), className="work-foot")
    table = scroll_table(columns, rows, label=title, kind="case-table finding-table")
    return work_card(title, [table, foot], part="found", note=found["name"], span=12)


def _departments_card(shown: Any) -> html.Section:
    lang, part = shown["lang"], shown["part"]
    title = word("research.departments", lang)
    band = part["band"]
    if not part["departments"]:
        return work_card(
            title, [nothing(word("research.none", lang))], part="department-bands", span=12
        )
    lines = []
    for row in part["departments"]:
        code, more = row["code"], {"department": row["code"]}
        link = html.A(row["name"], href=narrowed(shown, department=code), **{"data-nav": ""})
        mark = html.Span(word("research.is_bunched", lang), className="state-mark lv-warn")
        chosen = [] if band is None else [
            found_cell(shown, f"band.{band}", row["counts"][band], more=more)
        ]  # fmt: skip
        tail = html.Td(number_text(row["tail"]), className="num")
        if row["is_bunched"]:
            tail = found_cell(shown, "bunched", row["tail"], more=more)
        lines.append(
            html.Tr(
                [
                    html.Th(link, className="name", scope="row"),
                    found_cell(shown, "limits", row["total"], more=more),
                    html.Td(_bars(shown, row["counts"], "few", code)),
                    *chosen,
                    tail,
                    html.Td(f"{row['expected']:.1f}", className="num"),
                    html.Td(mark if row["is_bunched"] else ""),
                ],
                **{"data-key": code},
            )
        )
    columns = [
        ("name", word("research.department", lang)), ("num", word("research.closed", lang)),
        ("", word("research.histogram", lang)),
        *([] if band is None else [("num", word("research.in_band", lang))]),
        ("num", word("research.tail", lang)), ("num", word("research.expected", lang)),
        ("", word("research.mark", lang)),
    ]  # fmt: skip
    table = scroll_table(columns, lines, label=title, kind="sticky-name")
    return work_card(title, [table], part="department-bands", span=12)


def _field_card(shown: Any) -> html.Section:
    """Visits too short to have been any; what cannot be told, said."""
    lang, visits = shown["lang"], shown["part"]["visits"]
    title = word("research.field_work", lang)
    text = word("research.visits_none", lang)
    if visits["of"]:
        text = word(
            "research.visits_short", lang, of=number_text(visits["of"]),
            n=number_text(visits["count"]), grids=number_text(visits["grids"]),
        )  # fmt: skip
    body: list[Component] = [html.P(text, className="card-hint work-about")]
    if visits["rows"]:
        columns = [("name", word("research.grid", lang)), ("num", word("research.short", lang)),
                   ("num", word("research.visits", lang))]  # fmt: skip
        rows = [
            html.Tr(
                [
                    html.Th(
                        html.A(
                            row["name"], href=narrowed(shown, area=row["code"]), **{"data-nav": ""}
                        ),
                        className="name",
                        scope="row",
                    ),
                    html.Td(number_text(row["count"]), className="num"),
                    html.Td(number_text(row["of"]), className="num"),
                ],
                **{"data-key": row["code"]},
            )
            for row in visits["rows"]
        ]
        body.append(scroll_table(columns, rows, label=title, kind="sticky-name"))
    body.append(html.P(word("research.speed_none", lang), className="work-foot"))
    return work_card(title, body, part="field", span=12)


def funnel_cards(shown: Any) -> list[Component]:
    """Sources as rows, steps as columns."""
    lang, part = shown["lang"], shown["part"]
    title = word("research.funnel", lang)
    columns = [("name", word("research.source", lang))]
    columns += [("num", word(f"research.step.{step}", lang)) for step in part["steps"]]
    columns.append(("num", word("research.false", lang)))
    lines = [_funnel_row(shown, line) for line in part["lines"]]
    body = [
        html.P(word("research.funnel_rule", lang), className="card-hint work-about"),
        scroll_table(columns, lines, label=title, kind="sticky-name research-funnel"),
        html.P(word("research.false_rule", lang), className="work-foot"),
        html.P(word("research.cameras", lang), className="work-foot"),
    ]
    return [work_card(title, body, part="funnel", span=12)]


def _funnel_row(shown: Any, line: Mapping[str, Any]) -> html.Tr:
    lang, code = shown["lang"], line["code"]
    more = {"source": code} if code else {}
    first = line["counts"][0] or 1
    name: Component = html.B(word("research.every_source", lang))
    if code:
        name = html.A(line["name"], href=narrowed(shown, source=code), **{"data-nav": ""})
    cells = []
    steps = zip(
        shown["part"]["steps"], line["counts"], line["shares"], line["medians"], strict=True
    )
    for step, count, share, median in steps:
        cell = found_cell(shown, f"step.{step}", count, share=count / first, more=more)
        texts = [] if share is None else [f"{share:.1f}%"]
        texts += [] if median is None else [span_text(median, lang)]
        if texts:
            small = html.Span(" · ".join(texts), className="cell-under")
            cell.children = [cell.children, small]
        cells.append(cell)
    wrong = found_cell(shown, "false", line["false"], more=more)
    if line["false_share"] is not None:
        of = found_link(shown, "decided", line["decided"], more=more)
        under = html.Span([f"{line['false_share']:.1f}% / ", of], className="cell-under")
        wrong.children = [wrong.children, under]
    return html.Tr(
        [html.Th(name, className="name", scope="row"), *cells, wrong],
        className="" if code else "total",
        **{"data-key": code or "all"},
    )
