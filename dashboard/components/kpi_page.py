"""The page of one KPI 指标详情: value, definition, thresholds, examples, areas and cases."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.as_known_card import as_known_card
from dashboard.components.board_shape import PageHead
from dashboard.components.catalogue_shape import AsKnown, Definition, GoldenVector, KpiDetail
from dashboard.components.counted_cases import CaseList, case_list_view
from dashboard.components.definition import changes_view, children_view, facts_view, value_view
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.threshold_card import threshold_card
from dashboard.readings.explain import Explanation
from dashboard.words import word


def kpi_page(
    head: PageHead,
    explanation: Explanation,
    detail: KpiDetail,
    cases: CaseList,
    known: AsKnown,
    frame: PageFrame,
    *,
    request: str,
    answer: str,
) -> html.Div:
    """The whole page; ``request`` and ``answer`` are the ids behind the form of thresholds."""
    lang, definition = head["lang"], detail["definition"]
    columns = [
        html.Div(
            [
                _value_card(explanation, lang),
                _children_card(head, explanation, lang),
                as_known_card(known, lang),
            ],
            className="kpi-column",
        ),
        html.Div(
            [
                _definition_card(definition, explanation, lang),
                threshold_card(detail, lang, request=request, answer=answer),
                _vectors_card(detail["vectors"], lang),
            ],
            className="kpi-column",
        ),
        _cases_card(head, cases, definition["key"], frame),
    ]
    return page(
        head,
        frame,
        [_crumb(head, definition), html.Div(columns, className="kpi-page")],
        place=Place(
            page="kpis",
            detail=definition["key"],
            more={"known": known["asked"]} if known["asked"] else {},
        ),
        title=definition["name"],
    )


def _crumb(head: PageHead, definition: Definition) -> html.Div:
    link = html.A(
        word("kpi.back", head["lang"]),
        href=place_href(head, Place(page="kpis")),
        **{"data-nav": ""},
    )
    marks = [definition["number"], definition["basis"], definition["key"]]
    return html.Div(
        [link, *(html.Span(mark, className="kind-mark") for mark in marks if mark)],
        className="kpi-crumb",
    )


def _card(title: str, body: list[Component], *, hint: str = "", more: str = "") -> html.Section:
    hints = [html.Span(hint, className="card-hint")] if hint else []
    head = html.Header([html.H2(title), *hints], className="card-head")
    return html.Section([head, *body], className=f"card {more}".strip())


def _value_card(explanation: Explanation, lang: str) -> html.Section:
    title = f"{explanation.area_name} · {explanation.window_label}"
    body = [value_view(explanation), *changes_view(explanation, lang)]
    return _card(title, body, more="card-value")


def _definition_card(definition: Definition, explanation: Explanation, lang: str) -> html.Section:
    more = [("kpi.period_rule", definition["period_rule"])]
    facts = facts_view(explanation, lang, more=more)
    return _card(word("kpi.definition", lang), [facts], more="card-facts")


def _children_card(head: PageHead, explanation: Explanation, lang: str) -> html.Section:
    if not explanation.children:
        none = html.P(word("league.empty", lang), className="nothing")
        return _card(word("drawer.children", lang), [none])
    place = Place(page="kpis", detail=explanation.key)
    links = {
        child["code"]: place_href(head, place, area=child["code"]) for child in explanation.children
    }
    return _card(word("drawer.children", lang), [children_view(explanation, links, lang)])


def _cases_card(head: PageHead, cases: CaseList, key: str, frame: PageFrame) -> html.Section:
    def turn(part: str, offset: int, reason: str) -> str:
        more = {"part": part, "reason": reason, "offset": str(offset) if offset else ""}
        said = {name: text for name, text in more.items() if text}
        return place_href(head, Place(page="kpis", detail=key, more=said))

    view = case_list_view(cases, lang=head["lang"], frame=frame, turn=turn)
    return _card(word("drawer.cases", head["lang"]), [view], more="card-list card-cases")


def _vectors_card(vectors: list[GoldenVector], lang: str) -> html.Section:
    """Worked examples 算例 that the tests compare the program with."""
    if not vectors:
        none = html.P(word("kpi.nothing_given", lang), className="nothing")
        return _card(word("kpi.vectors", lang), [none])
    items = [_vector(one, lang) for one in vectors]
    return _card(
        word("kpi.vectors", lang),
        [html.Ol(items, className="vectors")],
        hint=word("kpi.vectors_hint", lang),
    )


def _vector(vector: GoldenVector, lang: str) -> html.Li:
    given = [
        html.Span([one["name"], html.B(one["value"])], className="given") for one in vector["given"]
    ] or [html.Span(word("kpi.nothing_given", lang), className="given")]
    notes = [vector["published"], vector["settings"], vector["note"]]
    return html.Li(
        [
            html.Div([*given, html.Span("→", className="arrow"), html.B(vector["expected"])]),
            *(html.P(note, className="kpi-scope") for note in notes if note),
        ]
    )
