"""What a unit has promised and says 承诺与说明: the list, the box to write into, its dialog."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_actions import (
    ANSWER,
    REQUEST,
    act_button,
    act_dialog_of,
    act_form,
    act_text,
    target_text,
)
from dashboard.components.case_marks import case_href
from dashboard.components.form import choice, field, form
from dashboard.components.frame import PageFrame
from dashboard.components.spans import moment_text, year_moment_text
from dashboard.components.work_page import nothing, work_card
from dashboard.lifecycle.promises import LIMITS, USUAL
from dashboard.readings.acting import LONGEST_NAME, LONGEST_TEXT
from dashboard.readings.case_acts import ActTarget
from dashboard.readings.roll_call import AnswerView, PromiseView, RollCall
from dashboard.words import word

_LEVELS = {"late": "lv-bad", "done": "lv-good", "done_late": "lv-warn"}
_SHOWN_MATTER = 24


def promises_card(call: RollCall, frame: PageFrame, lang: str) -> html.Section:
    """上次承诺: open ones first, each with its state in a word and a shape."""
    title, hint = word("rollcall.promises", lang), word("rollcall.promises_hint", lang)
    if not call.promises:
        body: list[Component] = [nothing(word("rollcall.promises_none", lang))]
    else:
        items = [_promise(one, call, frame, lang) for one in call.promises]
        body = [html.Ul(items, className="promises", id="promises")]
    return work_card(title, body, part="unit-promises", hint=hint)


def _promise(one: PromiseView, call: RollCall, frame: PageFrame, lang: str) -> html.Li:
    state = html.Span(
        word(f"promise.state.{one.state}", lang),
        className=f"state-mark {_LEVELS.get(one.state, '')}".strip(),
        **{"data-state": str(one.state)},
    )
    facts = [
        one.responsible,
        word("promise.made", lang, day=one.made_on.isoformat()),
        word("promise.due", lang, time=moment_text(one.due_ms, frame.zone)),
    ]
    parts: list[Component] = [
        html.Div([state, html.B(one.matter)], className="promise-head"),
        html.Div(" · ".join(facts), className="work-minor"),
    ]
    if one.result:
        parts.append(html.Div(word("promise.result", lang, text=one.result)))
    if one.evidence:
        links = [
            html.A(
                code, href=case_href({"case_code": code, "case_id": case_id}, lang),
                className="code", **{"data-nav": ""},
            )
            for case_id, code in one.evidence
        ]  # fmt: skip
        name = word("promise.evidence", lang)
        parts.append(html.Div([name, " ", *links], className="promise-cases"))
    more = {}
    if call.can_act and one.is_open:
        names = ("finish_promise", "withdraw_promise")
        buttons = [act_button(name, lang, subject=one.promise_id) for name in names]
        parts.append(html.Div(buttons, className="acts"))
        more = {"data-act-of": _target(one)}
    key = {"data-key": str(one.promise_id), "data-promise": str(one.promise_id)}
    return html.Li(parts, className=f"promise is-{one.state}", **key, **more)


def _target(one: PromiseView) -> str:
    """What the script that opens a form needs to know; a promise is about no case."""
    short = one.matter[:_SHOWN_MATTER]
    target = ActTarget(
        case_id=0, case_code=short, summary="", grid_code="", is_typical=False, seen={}
    )
    return target_text(target)


def answer_card(call: RollCall, code: str, frame: PageFrame, lang: str) -> html.Section:
    """说明: what the unit says is written here, maybe with a promise; below it what it said."""
    body: list[Component] = []
    if call.can_act:
        body.append(_box(code, lang))
    else:
        body.append(html.P(word("rollcall.off", lang), className="note editing-note"))
    if call.answers:
        rows = [_answer(one, frame, lang) for one in call.answers]
        body.append(html.H3(word("rollcall.answers", lang), className="answers-title"))
        body.append(html.Ul(rows, className="answers"))
    title = word("rollcall.answer", lang)
    hint = word("rollcall.answer_hint", lang) if call.can_act else ""
    return work_card(title, body, part="unit-answer", hint=hint)


def _answer(one: AnswerView, frame: PageFrame, lang: str) -> html.Li:
    time = year_moment_text(one.answered_ms, frame.zone)
    said = html.Span(
        word("rollcall.said_by", lang, who=one.entered_by, time=time), className="work-minor"
    )
    return html.Li([html.Span(one.text), said], **{"data-key": str(one.answer_id)})


def _box(code: str, lang: str) -> html.Div:
    limits = [(f"{one.amount:g}", word("rollcall.limit", lang, n=f"{one.amount:g}"))
              for one in LIMITS]  # fmt: skip
    fields = [
        field("text", word("rollcall.field.text", lang), kind="long", most=LONGEST_TEXT),
        field("matter", word("rollcall.field.matter", lang), most=LONGEST_TEXT),
        field(
            "responsible", word("rollcall.field.responsible", lang), most=LONGEST_NAME,
            hint=word("rollcall.field.responsible_hint", lang),
        ),
        choice("limit", word("rollcall.field.limit", lang), limits, f"{USUAL.amount:g}"),
        field("actor", word("rollcall.field.actor", lang), most=LONGEST_NAME),
    ]  # fmt: skip
    made = form(
        fields,
        request=REQUEST,
        answer=ANSWER,
        lang=lang,
        fixed={"action": "answer_roll_call", "department": code},
        title=word("act.answer_roll_call", lang),
        submit=word("rollcall.save", lang),
    )
    return html.Div(made, className="answer-box", **{"data-part": "act-inline"})


def promise_dialog(lang: str) -> html.Div:
    """The forms for a promise that is done or withdrawn."""
    cases = field("cases", word("act.field.cases", lang), most=LONGEST_TEXT)
    done = act_form("finish_promise", lang, [act_text("finish_promise", lang), cases])
    withdrawn = act_form("withdraw_promise", lang, [act_text("withdraw_promise", lang)])
    return act_dialog_of(lang, [done, withdrawn])
