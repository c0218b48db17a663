"""A case's page 案件详情: head with its clock, the citizens' view, stages, tables, map, log."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import PageHead
from dashboard.components.case_marks import case_href, case_name, light_view, mark_views
from dashboard.components.case_stages import log_card, stages_card
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, area_href
from dashboard.components.page_shell import page
from dashboard.components.spans import year_moment_text
from dashboard.readings.case_page import RELATED_DAYS, CaseView
from dashboard.readings.case_place import CasePlace, Ring
from dashboard.readings.case_tables import CaseTable
from dashboard.words import word


def case_page(
    head: PageHead, case: CaseView, frame: PageFrame, *, actions: Sequence[Component] = ()
) -> html.Div:
    """The page; ``actions`` is what can be done about the case, placed below its head."""
    lang = head["lang"]
    main = [
        _citizen_card(case, lang),
        stages_card(case, frame, lang),
        *(
            _table_card(table, frame, lang)
            for table in case.tables
            if not (actions and table.name == "supervisions")  # told there already
        ),
        log_card(case, frame, lang),
    ]
    beside = [_map_card(case, lang), _related_card(case, frame, lang)]
    content = html.Div(
        [
            _head_card(head, case, frame),
            *actions,
            html.Div(
                [
                    html.Div(main, className="case-main"),
                    html.Div(beside, className="case-beside"),
                ],
                className="case-columns",
            ),
        ],
        className="case-page",
    )
    return page(
        head,
        frame,
        [content],
        place=Place(page="case", detail=case_name(case.case_code, case.case_id)),
        title=case.case_code,
        kind="case",
        key=str(case.case_id),
    )


def _head_card(head: PageHead, case: CaseView, frame: PageFrame) -> html.Section:
    lang, clock = head["lang"], case.clock
    light = light_view(
        {"light": clock.light, "remaining": clock.text, "deadline_ms": clock.close_ms},
        lang,
        case.now_ms,
    )
    first = html.Div(
        [
            html.Span(case.state_name, className="case-state", **{"data-state": case.state}),
            light,
            *mark_views(case.marks, lang),
        ],
        className="case-top",
        **{"data-light": clock.light},
    )
    title = html.H2(case.title or case.category, className="case-title")
    path = html.P(
        [html.Span(case.category), html.Span("·"), *_path(head, case)], className="case-path"
    )
    facts = [
        *((key, moment) for key, moment in _moments(case, frame)),
        *(
            (key, text)
            for key, text in (("onecase.limit", clock.limit), ("onecase.used", clock.used))
            if text
        ),
        *case.facts,
    ]
    listed = html.Dl(
        [
            html.Div([html.Dt(word(key, lang)), html.Dd(text)], className="case-fact")
            for key, text in facts
        ],
        className="case-facts",
    )
    notes = [
        html.P(word(key, lang), className="note")
        for key, holds in (
            ("onecase.provisional", clock.is_provisional),
            ("onecase.moved", clock.is_moved),
        )
        if holds
    ]
    return html.Section(
        [first, title, path, listed, *notes], className=f"card case-head case-{clock.light}"
    )


def _moments(case: CaseView, frame: PageFrame) -> list[tuple[str, str]]:
    """The moments of the clock; the two deadlines always, as one of them may be missing."""
    clock = case.clock
    found = [
        ("onecase.deadline_handle", clock.handle_ms),
        ("onecase.deadline_close", clock.close_ms),
    ]
    found += [
        (key, moment)
        for key, moment in (
            ("onecase.due_soon", clock.due_soon_ms),
            ("onecase.clock_start", clock.started_ms),
            ("onecase.resumes", clock.resumes_ms),
        )
        if moment is not None
    ]
    return [(key, year_moment_text(moment, frame.zone)) for key, moment in found]


def _path(head: PageHead, case: CaseView) -> list[Component]:
    steps: list[Component] = []
    for number, (code, name) in enumerate(case.line):
        if number:
            steps.append(html.Span("›"))
        steps.append(html.A(name, href=area_href(head, code), **{"data-nav": ""}))
    return steps or [html.Span(case.area_code)]


def _citizen_card(case: CaseView, lang: str) -> html.Section:
    """谁有诉求、谁来接单、怎么响应、办理结果."""
    parts = [
        html.Div(
            [html.H3(word(key, lang)), *(html.P(sentence) for sentence in sentences)],
            className="citizen-part",
        )
        for key, sentences in case.citizen
    ]
    header = html.Header(html.H2(word("onecase.citizen", lang)), className="card-head")
    return html.Section(
        [header, html.Div(parts, className="citizen")], className="card", **{"data-part": "citizen"}
    )


def _table_card(table: CaseTable, frame: PageFrame, lang: str) -> html.Section:
    head = html.Tr([html.Th(word(f"onecase.{name}", lang), scope="col") for name in table.columns])
    body = []
    for row in table.rows:
        cells = []
        for name, cell in zip(table.columns, row, strict=True):
            text = year_moment_text(cell, frame.zone) if isinstance(cell, int) else cell or "—"
            wide = "moment" if isinstance(cell, int) else "wide"
            label = {"data-label": word(f"onecase.{name}", lang)}
            cells.append(html.Td(text, className=wide, **label))
        body.append(html.Tr(cells))
    header = html.Header(html.H2(word(f"onecase.{table.name}", lang)), className="card-head")
    listing = html.Table([html.Thead(head), html.Tbody(body)], className="case-table cases-table")
    return html.Section(
        [header, html.Div(listing, className="table-box")],
        className="card card-list",
        **{"data-part": table.name},
    )


def _related_card(case: CaseView, frame: PageFrame, lang: str) -> html.Section:
    rows = [
        html.Li(
            [
                html.Div(
                    [
                        html.A(row["case_code"], href=case_href(row, lang), **{"data-nav": ""}),
                        html.Span(word(f"onecase.related.{row['why']}", lang), className="mark"),
                    ],
                    className="case-line",
                ),
                html.Div(
                    [
                        html.Span(row["category"]),
                        html.Span(
                            f"{year_moment_text(row['accepted_ms'], frame.zone)} ·"
                            f" {row['state_name']}"
                        ),
                    ],
                    className="case-line case-minor",
                ),
            ],
            className="case",
        )
        for row in case.related
    ]
    header = html.Header(html.H2(word("onecase.related", lang)), className="card-head")
    about = html.P(word("onecase.related_about", lang, n=RELATED_DAYS), className="note")
    none = html.P(word("onecase.none_related", lang), className="nothing")
    return html.Section(
        [header, about, html.Ol(rows, className="cases") if rows else none],
        className="card",
        **{"data-part": "related"},
    )


def _map_card(case: CaseView, lang: str) -> html.Section:
    header = html.Header(html.H2(word("onecase.map", lang)), className="card-head")
    place, name = case.place, case.line[-1][1] if case.line else case.area_code
    if not place.grid:
        content: Component = html.P(word("onecase.no_map", lang), className="nothing")
    else:
        content = html.Div(
            _drawn(place),
            className="place-map",
            role="img",
            **{"aria-label": word("onecase.map_label", lang, area=name)},
        )
    outside = word("onecase.unplaced", lang)
    notes = [html.P(outside, className="note")] if place.is_inside is False else []
    return html.Section([header, content, *notes], className="card", **{"data-part": "map"})


def _drawn(place: CasePlace) -> list[Component]:
    parts: list[Component] = []
    if place.around:
        parts.append(html.Div(className="place-around", style={"clipPath": _clip(place.around)}))
    grid = html.Div(className="place-grid", style={"clipPath": _clip(place.grid)})
    parts.append(html.Div(grid, className="place-edge"))
    if place.point:
        x, y = place.point
        parts.append(html.Span(className="place-point", style={"left": f"{x}%", "top": f"{y}%"}))
    return parts


def _clip(ring: Ring) -> str:
    return f"polygon({', '.join(f'{x}% {y}%' for x, y in ring)})"
