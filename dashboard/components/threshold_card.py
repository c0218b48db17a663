"""Thresholds of one KPI 阈值: what is in force, every version, and the form for a new one."""

from __future__ import annotations

from dash import html

from dashboard.components.catalogue_shape import KpiDetail, Version
from dashboard.components.form import editing_note, field, form
from dashboard.words import word

LONGEST_TEXT = 500
LONGEST_NAME = 60


def threshold_card(detail: KpiDetail, lang: str, *, request: str, answer: str) -> html.Section:
    """Versions, newest first, and below them the form or how editing is switched on."""
    head = html.Header(
        [
            html.H2(word("kpis.thresholds", lang)),
            html.Span(detail["definition"]["direction"], className="card-hint"),
        ],
        className="card-head",
    )
    if not detail["is_judged"]:
        none = html.P(word("kpis.never_judged", lang), className="note")
        return html.Section([head, none], className="card card-thresholds")
    versions = [_version(one, lang) for one in detail["versions"]]
    listing = (
        html.Ol(versions, className="versions")
        if versions
        else html.P(word("kpis.not_judged", lang), className="nothing")
    )
    title = html.H3(word("threshold.new", lang))
    note = editing_note(lang, is_on=detail["is_editing"])
    edit = [_form(detail, lang, request, answer)] if detail["can_edit"] else []
    return html.Section([head, listing, title, note, *edit], className="card card-thresholds")


def _version(version: Version, lang: str) -> html.Li:
    """One version: ranges, date of effect, document and who entered it."""
    ranges = bound_marks(version["good"], version["warn"], version["bad"])
    entered = [version["entered_by"], version["entered_on"]]
    facts = [
        version["document"],
        version["note"],
        " · ".join(part for part in entered if part),
    ]
    return html.Li(
        [
            html.Div(
                [
                    html.Span(version["name"], className="version-name"),
                    html.Span(
                        word("threshold.from", lang, day=version["effective_on"]),
                        className="kpi-scope",
                    ),
                    html.Span(
                        word(f"threshold.state.{version['state']}", lang),
                        className=f"version-state vs-{version['state']}",
                    ),
                ],
                className="version-head",
            ),
            html.Div(ranges, className="bounds"),
            *(html.P(fact, className="kpi-scope") for fact in facts if fact),
        ],
        className=f"version is-{version['state']}",
        **{"data-version-of": str(version["version"])},
    )


def bound_marks(good: str, warn: str | None, bad: str | None) -> list[html.Span]:
    """The ranges there are, each with its shape and colour."""
    ranges = (("good", good), ("warn", warn), ("bad", bad))
    return [html.Span(text, className=f"bound bound-{name}") for name, text in ranges if text]


def _form(detail: KpiDetail, lang: str, request: str, answer: str) -> html.Form:
    unit = detail["bound_unit"].strip()

    def bound(name: str, value: str) -> html.Label:
        text = word(f"threshold.field.{name}", lang)
        label = f"{text}（{unit}）" if unit and lang == "zh" else f"{text} {unit}".strip()
        return field(name, label, kind="number", value=value, most=24)

    fields = [
        bound("good", detail["good"]),
        bound("warn", detail["warn"]),
        field(
            "effective_on",
            word("threshold.field.effective_on", lang),
            kind="date",
            value=detail["today"],
        ),
        field("document", word("form.document", lang), most=LONGEST_TEXT),
        field("note", word("form.note", lang), most=LONGEST_TEXT),
        field("entered_by", word("form.who", lang), most=LONGEST_NAME),
        field("is_past_meant", word("threshold.field.is_past_meant", lang), kind="check"),
    ]
    return form(
        fields,
        request=request,
        answer=answer,
        lang=lang,
        fixed={"kpi_key": detail["definition"]["key"]},
        title=word("threshold.new", lang),
    )
