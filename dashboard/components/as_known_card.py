"""按当时所知: a figure as known at a chosen moment beside that of now, and why they differ."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import case_href
from dashboard.components.catalogue_shape import AsKnown, KnownReport, KnownSide
from dashboard.components.form import field
from dashboard.components.spans import number_text
from dashboard.words import word

COLUMNS = ("case.code", "asknown.change", "asknown.then_part", "asknown.now_part", "asknown.why")


def as_known_card(known: AsKnown, lang: str) -> html.Section:
    """The choice of a moment and, once chosen, both figures and the cases between them."""
    head = html.Header(html.H2(word("asknown.title", lang)), className="card-head")
    chooser = html.Form(
        [
            field("known", word("asknown.moment", lang), kind="moment", value=known["asked"]),
            html.Button(word("asknown.show", lang), className="button", type="submit"),
        ],
        className="form known-form",
        **{"data-goto": "known"},
    )
    body: list[Component] = [html.P(word("asknown.hint", lang), className="card-hint"), chooser]
    if known["problem"]:
        body.append(html.P(known["problem"], className="field-wrong", role="alert"))
    if known["report"] is not None:
        body += _report(known["report"], lang)
    return html.Section([head, *body], className="card card-known", **{"data-part": "as-known"})


def _report(report: KnownReport, lang: str) -> list[Component]:
    unit, then, now = report["unit"], report["known"], report["known_now"]
    change = report["change"] or "—"
    sides = html.Div(
        [
            _side(word("asknown.then", lang, time=then), report["then"], unit, "then"),
            html.Span("→", className="arrow"),
            _side(word("asknown.now", lang, time=now), report["now"], unit, "now"),
            html.Span(change, className="known-change", **{"data-known": "change"}),
        ],
        className="known-sides",
    )
    counts = [
        html.Li([word(f"asof.{name}", lang), html.B(number_text(count))])
        for name, count in report["counts"].items()
    ]
    parts: list[Component] = [sides]
    if not report["is_kept"]:
        text = word("asknown.not_kept", lang, time=report["kept_since"])
        parts.append(html.P(text, className="note"))
    parts.append(html.Ul(counts, className="legend known-counts"))
    if not report["rows"]:
        return [*parts, html.P(word("asknown.same", lang), className="nothing")]
    parts.append(html.Div(_table(report, lang), className="table-box", tabIndex=0))
    if report["total"] > len(report["rows"]):
        text = word("asknown.first", lang, n=len(report["rows"]), all=number_text(report["total"]))
        parts.append(html.P(text, className="card-hint"))
    return parts


def _side(title: str, side: KnownSide, unit: str, name: str) -> html.Div:
    both = side["numerator"]
    if side["denominator"] is not None:
        both = f"{side['numerator']} / {side['denominator']}"
    shown_unit = unit if side["state"] != "empty" else ""
    return html.Div(
        [
            html.Span(title, className="kpi-scope"),
            html.Span(
                [
                    html.Span(side["text"], className="kpi-text", **{"data-known": name}),
                    html.Span(shown_unit, className="tile-unit"),
                ]
            ),
            html.Span(both if side["denominator"] is not None else "", className="kpi-scope"),
        ],
        className="known-side",
    )


def _table(report: KnownReport, lang: str) -> html.Table:
    head = html.Tr([html.Th(word(name, lang), scope="col") for name in COLUMNS])
    width = 2 if report["is_rate"] else 1
    rows = [
        html.Tr(
            [
                html.Td(html.A(row["case_code"], href=case_href(row, lang), **{"data-nav": ""})),
                html.Td(row["change_name"], className=f"known-{row['change']}"),
                html.Td(" / ".join(row["then"][:width])),
                html.Td(" / ".join(row["now"][:width])),
                html.Td(row["why"], className="wide"),
            ],
            **{"data-case": str(row["case_id"]), "data-change": row["change"]},
        )
        for row in report["rows"]
    ]
    return html.Table([html.Thead(head), html.Tbody(rows)], className="case-table known-table")
