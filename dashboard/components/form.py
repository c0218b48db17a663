"""Forms 表单: fields that a script turns into inputs, and the answer to what was sent.

Dash's html components have no input element; ``assets/js/22_forms.js`` puts one into each place
that :func:`field` makes, sends the values to a Dash store and shows the answer beside the fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.words import word


def field(
    name: str, label: str, *, kind: str = "text", value: str = "", hint: str = "", most: int = 0
) -> html.Label:
    """One labelled field; ``kind`` is text, long, number, date, moment, search or check; ``most``:
    its longest text, 0 for any. What is wrong with it appears below it."""
    place = html.Span(
        className=f"input input-{kind}",
        **{
            "data-input": kind,
            "data-name": name,
            "data-value": value,
            **({"data-hint": hint} if hint else {}),
            **({"data-most": str(most)} if most else {}),
        },
    )
    wrong = html.Span(className="field-wrong", role="alert", **{"data-wrong-of": name})
    parts = [html.Span(label, className="field-label"), place, wrong]
    return html.Label(parts, className=f"field field-{kind}")


def choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> html.Label:
    """One labelled choice among (value, text) options."""
    select = html.Select(
        [
            html.Option(text, value=value, **({"selected": "selected"} if value == chosen else {}))
            for value, text in options
        ],
        name=name,
    )
    wrong = html.Span(className="field-wrong", role="alert", **{"data-wrong-of": name})
    parts = [html.Span(label, className="field-label"), select, wrong]
    return html.Label(parts, className="field")


def form(
    fields: Sequence[Component],
    *,
    request: str,
    answer: str,
    lang: str,
    fixed: Mapping[str, str] | None = None,
    title: str = "",
    submit: str = "",
    keep: bool = False,
) -> html.Form:
    """A form; ``request`` and ``answer`` are the ids of its store and of its answer's place,
    ``fixed`` values that go along with those of the fields, ``submit`` what its button says,
    ``keep``: what is answered stays beside the form, instead of a new page without it."""
    foot = html.Div(
        [
            html.Button(submit or word("form.save", lang), className="button", type="submit"),
            html.Span(className="form-said", role="status", **{"data-said": ""}),
        ],
        className="form-foot",
    )
    return html.Form(
        [html.Div(list(fields), className="fields"), foot],
        className="form",
        **{
            "data-request": request,
            "data-answer": answer,
            "data-fixed": json.dumps(dict(fixed or {}), ensure_ascii=False),
            "aria-label": title,
            **({"data-keep": ""} if keep else {}),
        },
    )


def answer_view(asked: str, text: str, wrong: Mapping[str, str] | None = None) -> html.Div:
    """The answer to a form: saved when nothing is ``wrong`` (field → sentence)."""
    return html.Div(
        [html.Span(told, **{"data-wrong": name}) for name, told in (wrong or {}).items()],
        **{
            "data-asked": asked,
            "data-result": "saved" if wrong is None else "refused",
            "data-text": text,
        },
    )


def editing_note(lang: str, *, is_on: bool) -> html.P:
    """Who may edit, or how editing is switched on."""
    return html.P(
        word("form.open_to_all" if is_on else "form.off", lang), className="note editing-note"
    )
