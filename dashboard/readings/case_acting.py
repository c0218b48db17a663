"""Acting on cases 催办、督办、退回、下发、备注、典型、知悉: checked, written once, audited.

One press of a button carries one key, and a key acts once, however often it arrives. Of two people
who act at once on what both have seen, the first acts and the second is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from dashboard.lifecycle import supervision as rules
from dashboard.lifecycle.supervision import Refusal
from dashboard.readings.acting import LONGEST_NAME, Desk, Draft, Outcome, is_open
from dashboard.readings.notice_papers import Paper, next_number, save_paper
from dashboard.readings.opening_acting import end_statistic, open_statistic
from dashboard.readings.promise_acting import answer_roll_call, finish_promise, withdraw_promise
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.sending_back import send_back
from dashboard.readings.supervision_acting import reply, resolve, supervise
from dashboard.readings.task_acting import acknowledge_task, finish_task, issue_task
from dashboard.readings.thresholds import EditingOffError
from data_access import actions as store
from data_access.engine import begin_write
from data_access.types import is_storable

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

_KEY_LENGTHS: Final = range(8, 65)
_LONGEST_ORIGIN: Final = 200
_Run = Callable[[Desk], Outcome]


def perform(
    reader: Reader, fields: Mapping[str, str], *, origin: str, scope: Scope = EVERYTHING
) -> Outcome:
    """Carry out what a form asks for, and write it down in the same transaction.

    ``fields``: action, actor, key (of this press), seen_… (what the page showed), case_id and the
    action's own. ``origin``: from where. Raises EditingOffError where editing is off.
    """
    if not reader.settings.editing:
        raise EditingOffError
    draft = Draft(fields)
    key, run = draft.get("key"), _ACTS.get(draft.get("action"))
    if run is None or len(key) not in _KEY_LENGTHS or not is_storable(key):
        return Outcome(wrong={"action": "act.wrong.request"})
    if wrong := draft.problems("actor", longest=LONGEST_NAME, needed=True):
        return Outcome(wrong=wrong)
    shown = "".join(sign for sign in origin if sign.isprintable())
    with begin_write(reader.engine) as connection:
        act = store.Act(
            actor=draft.get("actor"),
            origin=shown[:_LONGEST_ORIGIN],
            request_key=key,
            acted_at=reader.now(),
        )
        desk = Desk(connection=connection, reader=reader, act=act, draft=draft, scope=scope)
        return run(desk)


def _about_case(make: Callable[[Desk, store.Row], Outcome], *, compare: str = "") -> _Run:
    """An act about a case: the case is locked, the request is new, nobody was quicker."""

    def run(desk: Desk) -> Outcome:
        case = desk.case()
        if case is None:
            return Outcome(wrong={"action": "act.wrong.case"})
        if (before := desk.once()) is not None:
            return before
        if compare and desk.has_moved(case, compare):
            return Outcome(refused=Refusal.MOVED)
        return make(desk, case)

    return run


def _remind(desk: Desk, case: store.Row) -> Outcome:
    wrong = desk.draft.problems("text")
    refused = rules.remind_refusal(is_open=is_open(case))
    if wrong or refused:
        return Outcome(wrong=wrong, refused=refused)
    said, number = desk.draft.get("text"), next_number(desk, "reminder")
    values = {"case_id": case["case_id"], "kind": "reminder", "text": said or None}
    made = store.add_remark(
        desk.connection, desk.act, {**values, "department_id": case["department_id"]}
    )
    save_paper(desk, number, Paper(requirement=said), subject=made, case=case)
    desk.audit("remind", case, made, after={"notice": number.text, "text": values["text"]})
    return Outcome(said="act.said.remind", values={"number": number.text})


def _note(desk: Desk, case: store.Row) -> Outcome:
    return _remark(desk, case, "note", "note", needed=True)


def _acknowledge(desk: Desk, case: store.Row) -> Outcome:
    return _remark(desk, case, "acknowledgement", "acknowledge", needed=False)


def _remark(desk: Desk, case: store.Row, kind: str, action: str, *, needed: bool) -> Outcome:
    if wrong := desk.draft.problems("text", needed=needed):
        return Outcome(wrong=wrong)
    said = desk.draft.get("text") or None
    values = {"case_id": case["case_id"], "kind": kind, "text": said}
    made = store.add_remark(desk.connection, desk.act, values)
    desk.audit(action, case, made, after={"text": said})
    return Outcome(said=f"act.said.{action}")


def _typical(desk: Desk, case: store.Row) -> Outcome:
    """Mark a case as 典型案例, or take the mark back, as the page that asks showed it."""
    was = bool(case["is_typical"])
    if desk.draft.get("seen_typical") != str(int(was)):
        return Outcome(refused=Refusal.MOVED)
    if wrong := desk.draft.problems("text"):
        return Outcome(wrong=wrong)
    store.save_case(desk.connection, case["case_id"], {"is_typical": not was}, desk.now)
    before, after = {"is_typical": was}, {"is_typical": not was}
    desk.audit("typical", case, None, note=desk.draft.get("text"), before=before, after=after)
    return Outcome(said="act.said.untypical" if was else "act.said.typical")


_ACTS: Final[Mapping[str, _Run]] = {
    "remind": _about_case(_remind, compare="reminder"),
    "supervise": _about_case(supervise, compare="supervision"),
    "reply": _about_case(reply),
    "resolve": _about_case(resolve),
    "note": _about_case(_note),
    "typical": _about_case(_typical),
    "acknowledge": _about_case(_acknowledge, compare="acknowledgement"),
    "send_back": _about_case(send_back),
    "task": issue_task,
    "acknowledge_task": acknowledge_task,
    "finish_task": finish_task,
    "answer_roll_call": answer_roll_call,
    "finish_promise": finish_promise,
    "withdraw_promise": withdraw_promise,
    "open_statistic": open_statistic,
    "end_statistic": end_statistic,
}
