"""The stages of a case 办理过程 as a timeline, and its event log on both clocks."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.frame import PageFrame
from dashboard.components.spans import span_text, year_moment_text
from dashboard.readings.case_page import CaseView
from dashboard.readings.case_story import Stage
from dashboard.words import word


def stages_card(case: CaseView, frame: PageFrame, lang: str) -> html.Section:
    """One line a stage with its length in natural and in working time; cycles apart."""
    longest = max((stage.took_ms or 0 for stage in case.stages), default=0)
    items: list[Component] = []
    cycle = 1
    for stage in case.stages:
        if stage.cycle != cycle:
            cycle = stage.cycle
            items.append(html.Li(word("onecase.cycle", lang, n=cycle), className="stage-cycle"))
        items.append(_stage(stage, case, frame, lang, longest))
    header = [html.H2(word("onecase.stages", lang))]
    if not case.has_events:
        header.append(html.Span(word("onecase.no_events", lang), className="card-hint"))
    return html.Section(
        [html.Header(header, className="card-head"), html.Ol(items, className="stages")],
        className="card",
        **{"data-part": "stages"},
    )


def _stage(stage: Stage, case: CaseView, frame: PageFrame, lang: str, longest: int) -> html.Li:
    is_now = stage.is_last and stage.took_ms is not None
    lengths = []
    if stage.took_ms is not None:
        natural = span_text(stage.took_ms, lang)
        lengths = [
            html.Span(
                f"{natural} {word('onecase.still', lang)}" if is_now else natural,
                className="stage-took",
            ),
            html.Span(stage.working, className="stage-working"),
        ]
    share = round((stage.took_ms or 0) / longest, 3) if longest else 0
    who = " · ".join(part for part in (stage.department, stage.actor) if part)
    told = [html.Span(who, className="stage-who")] if who else []
    if stage.opinion:
        told.append(html.Span(stage.opinion, className="stage-said"))
    return html.Li(
        [
            html.Span(year_moment_text(stage.at_ms, frame.zone), className="stage-at"),
            html.Span(stage.name, className="stage-name"),
            html.Span(lengths, className="stage-lengths"),
            *([html.Span(className="bar-line", style={"--share": f"{share}"})] if share else []),
            html.Span(told, className="stage-told"),
        ],
        className="stage is-now" if is_now else "stage",
    )


def log_card(case: CaseView, frame: PageFrame, lang: str) -> html.Section:
    """Every recorded move: when it happened, when we learned of it, and how long that took."""
    names = ("happened", "known", "delay", "move", "by_whom", "opinion")
    heading = html.Tr([html.Th(word(f"onecase.{name}", lang), scope="col") for name in names])
    body = [_logged(stage, names, frame, lang) for stage in case.stages]
    table = html.Table(
        [html.Thead(heading), html.Tbody(body)], className="case-table cases-table stage-table"
    )
    summary = html.Summary(html.H2(word("onecase.log", lang)), className="log-sum")
    about = html.P(word("onecase.log_about", lang), className="note")
    return html.Section(
        html.Details([summary, about, html.Div(table, className="table-box")]),
        className="card card-list",
        **{"data-part": "log"},
    )


def _logged(stage: Stage, names: tuple[str, ...], frame: PageFrame, lang: str) -> html.Tr:
    delay = ""
    if stage.known_ms is not None:
        delay = span_text(max(0, stage.known_ms - stage.at_ms), lang)
    who = " · ".join(part for part in (stage.department, stage.actor) if part)
    move = f"{stage.moved_from} → {stage.name}" if stage.moved_from else stage.name
    texts = (
        year_moment_text(stage.at_ms, frame.zone),
        year_moment_text(stage.known_ms, frame.zone),
        delay or "—",
        move,
        who or "—",
        stage.opinion or "—",
    )
    return html.Tr(
        [
            html.Td(text, **{"data-label": word(f"onecase.{name}", lang)})
            for name, text in zip(names, texts, strict=True)
        ]
    )
