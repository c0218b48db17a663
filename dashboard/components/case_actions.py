"""Acting on a case 督办与处置: buttons, what is in progress, the forms behind them, the audit.

``case_actions`` is a whole section for the page of a case; lists take ``act_buttons``,
``act_items`` and, once a page, ``act_dialog``. ``assets/js/78_acts.js`` opens the forms. Without
the right to act nothing of it can be pressed, and the server refuses as well.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from dash import html
from dash.development.base_component import Component

from dashboard.components.form import choice, editing_note, field, form
from dashboard.components.frame import PageFrame
from dashboard.components.spans import moment_text
from dashboard.readings.acting import LIMITS, LONGEST_NAME, LONGEST_TEXT
from dashboard.readings.case_acts import ActItem, ActTarget, CaseActs, Remark, TrailRow
from dashboard.words import word

REQUEST: Final = "act-request"
ANSWER: Final = "act-answer"
FIRST: Final = ("remind", "supervise", "task")
OTHERS: Final = ("note", "acknowledge", "typical")
_KINDS: Final = ("overtime", "leader", "key")
_LEVELS: Final = ("1", "2", "3")


def case_actions(acts: CaseActs, frame: PageFrame, lang: str) -> html.Section:
    """Everything about acting on one case, for its own page."""
    head = [html.H2(word("act.title", lang))]
    if acts.can_act:
        head.append(act_buttons(acts.target, lang, whole=True))
    now = [one for one in acts.items if one.is_open]
    past = [one for one in acts.items if not one.is_open]
    parts: list[Component] = [html.Header(head, className="card-head acts-head")]
    if not acts.can_act:
        parts.append(editing_note(lang, is_on=False))
    parts += _block("act.open_items", act_items(now, frame, lang, can_act=acts.can_act), lang)
    parts += _block("act.history", act_items(past, frame, lang, can_act=False), lang)
    parts += _block("act.remarks", _remarks(acts.remarks, frame, lang, acts.can_act), lang)
    trail = act_trail(acts.trail, frame, lang)
    parts += [html.H3(word("act.trail", lang)), trail]
    if acts.can_act:
        parts.append(act_dialog(lang, task_due=acts.task_due))
    return html.Section(
        parts, className="card card-acts", id="acts", **{"data-act-of": target_text(acts.target)}
    )


def _block(name: str, content: Component | None, lang: str) -> list[Component]:
    return [] if content is None else [html.H3(word(name, lang)), content]


def target_text(target: ActTarget) -> str:
    """What the script needs to know of the case, for ``data-act-of`` around its buttons."""
    seen = {f"seen_{name}": str(count) for name, count in target.seen.items()}
    if target.can_send_back:
        seen["seen_cycle"] = str(target.cycle)
    return json.dumps(
        {
            "case_id": str(target.case_id),
            "code": target.case_code,
            "area": target.grid_code,
            "matter": target.summary,
            "fixed": seen | {"seen_typical": "1" if target.is_typical else "0"},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def act_buttons(target: ActTarget, lang: str, *, whole: bool = False) -> html.Div:
    """The buttons of a case; ``whole``: all side by side, else the rarer ones fold out."""
    first = [act_button(name, lang) for name in FIRST if target.is_open or name == "task"]
    if target.can_send_back:
        first.insert(0, act_button("send_back", lang))
    others = [act_button(name, lang, _label(name, target)) for name in OTHERS]
    if whole:
        return html.Div([*first, *others], className="acts")
    more = html.Details(
        [
            html.Summary(word("act.more", lang), className="act"),
            html.Div(others, className="acts-more"),
        ],
        className="acts-fold",
    )
    return html.Div([*first, more], className="acts")


def _label(name: str, target: ActTarget) -> str:
    return "untypical" if name == "typical" and target.is_typical else name


def act_button(name: str, lang: str, label: str = "", subject: int | None = None) -> html.Button:
    """A button that opens the form of an act; ``subject``: what of the case it is about."""
    more = {} if subject is None else {"data-act-subject": str(subject)}
    return html.Button(
        word(f"act.{label or name}", lang),
        className=f"act act-{name}",
        type="button",
        **{"data-act": name, "aria-haspopup": "dialog"},
        **more,
    )


def act_items(
    items: Sequence[ActItem], frame: PageFrame, lang: str, *, can_act: bool
) -> html.Ul | None:
    """Supervisions and tasks with their state, paper and what can be done; None for none."""
    if not items:
        return None
    return html.Ul([_item(one, frame, lang, can_act) for one in items], className="act-items")


def _item(item: ActItem, frame: PageFrame, lang: str, can_act: bool) -> html.Li:
    head: list[Component] = [
        html.Span(item.title, className="act-item-title"),
        html.Span(item.state, className=f"act-state tone-{item.tone}"),
    ]
    if item.due_ms is not None and item.is_open:
        due = word(item.due_text, lang, time=moment_text(item.due_ms, frame.zone))
        head.append(html.Span(due, className="act-due"))
    head.append(_paper(item.notice_id, item.notice, lang, can_act=can_act or not item.is_open))
    if can_act:
        head += [act_button(name, lang, subject=item.subject) for name in item.can]
    lines = [html.Div([html.Dt(name), html.Dd(text)]) for name, text in item.lines]
    by = word("act.said_by", lang, who=item.made_by, time=moment_text(item.made_ms, frame.zone))
    return html.Li(
        [
            html.Div(head, className="act-item-head"),
            html.Dl(lines, className="act-lines"),
            html.Span(by, className="act-by"),
        ],
        className=f"act-item act-item-{item.kind}",
        **{"data-item": f"{item.kind}-{item.subject}"},
    )


def _paper(notice_id: int | None, number: str, lang: str, *, can_act: bool) -> Component:
    """The number of a paper, as a way to its file where there is one."""
    if notice_id is None or not can_act:
        return html.Span(number, className="act-number")
    return html.A(
        number,
        href=f"/api/notices/{notice_id}.docx",
        className="act-number",
        download="",
        title=word("act.download", lang, number=number),
        **{"data-notice": str(notice_id)},
    )


def _remarks(
    remarks: Sequence[Remark], frame: PageFrame, lang: str, can_act: bool
) -> html.Ul | None:
    if not remarks:
        return None
    rows = [
        html.Li(
            [
                html.Span(one.name, className="act-state tone-plain"),
                html.Span(one.text),
                *([_paper(one.notice_id, one.notice, lang, can_act=can_act)] if one.notice else []),
                html.Span(
                    word("act.said_by", lang, who=one.made_by,
                         time=moment_text(one.made_ms, frame.zone)),
                    className="act-by",
                ),
            ]
        )
        for one in remarks
    ]  # fmt: skip
    return html.Ul(rows, className="act-remarks")


def act_trail(trail: Sequence[TrailRow], frame: PageFrame, lang: str) -> Component:
    """操作留痕 as a table: when, who, what, what changed, from where."""
    if not trail:
        return html.P(word("act.nothing", lang), className="nothing")
    names = ("when", "who", "what", "change", "origin")
    head = html.Tr([html.Th(word(f"audit.col.{name}", lang), scope="col") for name in names])
    rows = [
        html.Tr(
            [
                html.Td(moment_text(one.at_ms, frame.zone)),
                html.Td(one.actor),
                html.Td(one.action),
                html.Td([*map(_change, one.changes), html.Span(one.note)], className="wide"),
                html.Td(one.origin, className="act-origin"),
            ]
        )
        for one in trail
    ]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="case-table trail-table")
    return html.Div(table, className="table-box", tabIndex=0)


def _change(change: tuple[str, str, str]) -> html.Div:
    name, before, after = change
    return html.Div(f"{name}: {before} → {after}" if before else f"{name}: {after}")


def send_back_button(lang: str) -> html.Button:
    """退回重办 alone, in a list of dissatisfied citizens."""
    return act_button("send_back", lang)


def send_back_dialog(lang: str) -> html.Div:
    """The dialog of a page on which cases can only be sent back."""
    return act_dialog_of(lang, [_send_back_form(lang)])


def _send_back_form(lang: str) -> html.Div:
    return act_form("send_back", lang, [act_text("send_back", lang)], "act.send.send_back")


def act_dialog(lang: str, *, task_due: str) -> html.Div:
    """The forms of every act, once a page, each hidden until its button is pressed."""
    forms = [
        _send_back_form(lang),
        act_form("remind", lang, [act_text("remind", lang)], "act.send.remind"),
        act_form("supervise", lang, _supervise_fields(lang), "act.send.supervise"),
        act_form("task", lang, _task_fields(lang, task_due), "act.send.task"),
        *(
            act_form(name, lang, [act_text(name, lang)])
            for name in ("note", "typical", "acknowledge", "reply", "finish_task")
        ),
        act_form("resolve", lang, [act_text("resolve", lang)], fixed={"resolution": "resolved"}),
        act_form(
            "withdraw", lang, [act_text("withdraw", lang)],
            fixed={"action": "resolve", "resolution": "withdrawn"},
        ),
        act_form("acknowledge_task", lang, []),
    ]  # fmt: skip
    return act_dialog_of(lang, forms)


def act_dialog_of(lang: str, forms: Sequence[Component]) -> html.Div:
    """The dialog around some forms, of which one is shown at a time."""
    head = html.Header(
        [
            html.H2("", **{"data-act-title": ""}),
            html.Button(
                "×", className="drawer-close", type="button",
                **{"data-act-close": "", "aria-label": word("act.close", lang)},
            ),
        ]
    )  # fmt: skip
    box = html.Div([head, *forms], className="act-box", role="dialog", **{"aria-modal": "true"})
    return html.Div(box, className="act-dialog", **{"data-part": "act-dialog"})


def act_form(
    name: str,
    lang: str,
    fields: Sequence[Component],
    submit: str = "act.send",
    fixed: dict[str, str] | None = None,
) -> html.Div:
    """The form of one act: its fields and who acts; ``fixed`` as in ``form.form``."""
    actor = field("actor", word("act.field.actor", lang), most=LONGEST_NAME)
    made = form(
        [*fields, actor],
        request=REQUEST,
        answer=ANSWER,
        lang=lang,
        fixed={"action": name, **(fixed or {})},
        title=word(f"act.{name}", lang),
        submit=word(submit, lang),
    )
    return html.Div(made, className="act-form away", **{"data-act-form": name})


def act_text(name: str, lang: str) -> html.Label:
    """What is said with an act."""
    return field("text", word(f"act.field.text.{name}", lang), kind="long", most=LONGEST_TEXT)


def _supervise_fields(lang: str) -> list[Component]:
    limits = [("", word("act.limit.level", lang))]
    for limit in LIMITS:
        amount, _, kind = limit.partition(" ")
        limits.append((limit, word(f"act.limit.{kind}", lang, n=amount)))
    return [
        choice("kind", word("act.field.kind", lang),
               [(kind, word(f"act.kind.{kind}", lang)) for kind in _KINDS], _KINDS[0]),
        choice("level", word("act.field.level", lang),
               [(level, word(f"act.level.{level}", lang)) for level in _LEVELS], _LEVELS[0]),
        choice("limit", word("act.field.limit", lang), limits, ""),
        field("reason", word("act.field.reason", lang), kind="long", most=LONGEST_TEXT),
        field("requirement", word("act.field.requirement", lang), kind="long", most=LONGEST_TEXT),
    ]  # fmt: skip


def _task_fields(lang: str, due: str) -> list[Component]:
    return [
        field("area", word("act.field.area", lang), most=40),
        field("due", word("act.field.due", lang), kind="moment", value=due),
        field("matter", word("act.field.matter", lang), kind="long", most=LONGEST_TEXT),
    ]
