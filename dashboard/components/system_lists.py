"""Lists of the page 系统状态: device tokens and their forms, deliveries, the store, the audit."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import case_href
from dashboard.components.form import choice, editing_note, field, form
from dashboard.components.frame import PageFrame
from dashboard.components.spans import moment_text, number_text
from dashboard.components.work_page import nothing, scroll_table, work_card
from dashboard.words import WORDS, word

_LONGEST = 60


def tokens_card(shown: Any, frame: PageFrame, *, request: str, answer: str) -> html.Section:
    """Every token with who made it and when it was last used; with editing on, two forms."""
    lang, tokens = shown["lang"], shown["tokens"]
    rule = "required" if shown["tokens_required"] else "open"
    body: list[Component] = [html.P(word(f"system.tokens_{rule}", lang), className="note")]
    if tokens:
        heads = [
            ("", word(f"system.{name}", lang))
            for name in ("token", "profile", "job_state", "created", "last_seen")
        ]
        rows = [_token(one, lang, frame) for one in tokens]
        label = word("system.tokens", lang)
        body.append(scroll_table(heads, rows, label=label, kind="system-table"))
    else:
        body.append(nothing(word("system.tokens_none", lang)))
    if shown["can_edit"]:
        forms = _token_forms(tokens, lang, request, answer)
        body.append(
            html.Div(
                forms,
                className="token-forms",
                **{"data-part": "token-forms", "data-key": "token-forms"},
            )
        )
    else:
        body.append(editing_note(lang, is_on=False))
    return work_card(
        word("system.tokens", lang), body, part="tokens", hint=word("system.tokens_hint", lang),
        span=12,
    )  # fmt: skip


def _token(one: Any, lang: str, frame: PageFrame) -> html.Tr:
    created = f"{moment_text(one['created_ms'], frame.zone)} {one['created_by']}"
    if one["revoked_ms"] is None:
        state = html.Span(
            ["● ", word("system.token_valid", lang)], className="system-state st-good"
        )
    else:
        at = moment_text(one["revoked_ms"], frame.zone)
        text = word("system.token_revoked", lang, time=at, name=one["revoked_by"])
        state = html.Span(["– ", text], className="system-state st-none")
    number = word("system.token_no", lang, n=one["token_id"])
    cells = [
        html.Th([html.Span(one["name"]), html.Span(number, className="cell-note")], scope="row"),
        html.Td(one["profile"] or "default"),
        html.Td(state),
        html.Td(created),
        html.Td(moment_text(one["seen_ms"], frame.zone)),
    ]
    key = str(one["token_id"])
    return html.Tr(cells, **{"data-key": f"token-{key}", "data-token": key})


def _token_forms(tokens: Any, lang: str, request: str, answer: str) -> list[Component]:
    ids = {"request": request, "answer": answer, "lang": lang}
    made = form(
        [
            field("name", word("system.token_name", lang), most=_LONGEST),
            field("profile", word("system.token_profile", lang), most=40),
            field("entered_by", word("system.by", lang), most=_LONGEST),
        ],
        fixed={"form": "create"},
        title=word("system.token_new", lang),
        submit=word("system.token_create", lang),
        keep=True,
        **ids,
    )
    forms: list[Component] = [html.Div([html.H3(word("system.token_new", lang)), made])]
    valid = [one for one in tokens if one["revoked_ms"] is None]
    if valid:
        options = [("", "—")] + [
            (str(one["token_id"]), f"{one['token_id']} · {one['name']}") for one in valid
        ]
        gone = form(
            [
                choice("token_id", word("system.token", lang), options, ""),
                field("entered_by", word("system.by", lang), most=_LONGEST),
            ],
            fixed={"form": "revoke"},
            title=word("system.token_revoke", lang),
            submit=word("system.token_revoke_do", lang),
            **ids,
        )
        forms.append(html.Div([html.H3(word("system.token_revoke", lang)), gone]))
    return forms


def batches_card(shown: Any, frame: PageFrame) -> html.Section:
    """The last deliveries, and the rows of theirs that were refused, with why."""
    lang = shown["lang"]
    title = word("system.batches", lang)
    if not shown["batches"]:
        none = nothing(word("system.batches_none", lang))
        return work_card(title, [none], part="batches", span=6)
    names = ("batch", "source", "origin", "started", "rows", "rejected", "result")
    kinds = ("num", "", "wide", "num", "num", "num", "")
    heads = [(kind, word(f"system.{name}", lang)) for kind, name in zip(kinds, names, strict=True)]
    rows = [_batch(one, lang, frame) for one in shown["batches"]]
    body: list[Component] = [scroll_table(heads, rows, label=title, kind="system-table")]
    if shown["rejects"]:
        label = word("system.reject_sample", lang)
        body.append(html.H3(label, className="system-sub"))
        heads = [
            ("", word(f"system.{name}", lang)) for name in ("batch", "source", "reject", "reason")
        ]
        rows = [_reject(one) for one in shown["rejects"]]
        body.append(scroll_table(heads, rows, label=label, kind="system-table"))
    return work_card(title, body, part="batches", span=6)


def _batch(one: Any, lang: str, frame: PageFrame) -> html.Tr:
    counts = [number_text(one[f"rows_{name}"]) for name in ("read", "added", "changed")]
    result = one["status"] or word("system.running", lang)
    cells = [
        html.Th(str(one["batch_id"]), scope="row", className="num"),
        html.Td(one["source_code"]),
        html.Td(one["origin"] or "—", className="wide"),
        html.Td(moment_text(one["started_ms"], frame.zone), className="num"),
        html.Td(" / ".join(counts), className="num"),
        html.Td(number_text(one["rows_rejected"]), className="num"),
        html.Td(result if one["finished_ms"] else word("system.running", lang)),
    ]
    return html.Tr(cells, **{"data-key": f"batch-{one['batch_id']}"})


def _reject(one: Any) -> html.Tr:
    where = " · ".join(part for part in (str(one["row_no"]), one["column_name"]) if part)
    cells = [
        html.Td(str(one["batch_id"])),
        html.Td(one["source_code"]),
        html.Td(where),
        html.Td(one["reason"], className="wide"),
    ]
    return html.Tr(cells, **{"data-key": f"reject-{one['reject_id']}"})


def store_card(shown: Any) -> html.Section:
    """Which database, how large, how many rows, which versions."""
    lang, store = shown["lang"], shown["store"]
    size = store["bytes"] / 1e6
    told = f"{size / 1000:,.1f} GB" if size >= 1000 else f"{size:,.1f} MB"
    facts = [("engine", store["engine"]), ("size", told)]
    facts += [(name, number_text(store[name])) for name in ("cases", "events", "areas", "rollups")]
    facts += [("schema", store["schema"]), ("program", store["program"])]
    parts: list[Component] = []
    for name, text in facts:
        parts += [html.Dt(word(f"system.store.{name}", lang)), html.Dd(text)]
    return work_card(
        word("system.store", lang), [html.Dl(parts, className="system-facts")], part="store", span=6
    )


def acts_card(shown: Any, frame: PageFrame) -> html.Section:
    """The last rows of the audit; those about a case lead to it."""
    lang = shown["lang"]
    title = word("system.audit", lang)
    if not shown["acts"]:
        return work_card(title, [nothing(word("system.audit_none", lang))], part="audit", span=12)
    heads = [
        ("num", word("system.when", lang)),
        ("", word("system.who", lang)),
        ("", word("system.what", lang)),
        ("wide", word("system.about", lang)),
    ]
    rows = [_act(one, lang, frame) for one in shown["acts"]]
    table = scroll_table(heads, rows, label=title, kind="system-table")
    return work_card(title, [table], part="audit", span=12)


def _act(one: Any, lang: str, frame: PageFrame) -> html.Tr:
    key = f"audit.{one['action']}"
    about: Component | str = one["name"]
    if one["case_code"]:
        about = html.A(one["case_code"], href=case_href(one, lang), **{"data-nav": ""})
    elif one["subject_id"] is not None:
        about = f"{one['name']} ({one['subject_id']})".strip()
    cells = [
        html.Td(moment_text(one["at_ms"], frame.zone), className="num"),
        html.Td(one["actor"]),
        html.Td(word(key, lang) if key in WORDS else one["action"]),
        html.Td(about, className="wide"),
    ]
    return html.Tr(cells, **{"data-key": f"act-{one['audit_id']}"})
