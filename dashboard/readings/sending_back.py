"""退回重办 by hand: a dissatisfied citizen's case goes back to the department, with the reason."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboard.lifecycle.sending_back import LastCall, send_back_refusal
from dashboard.lifecycle.supervision import Refusal
from dashboard.readings.acting import Desk, Outcome
from dashboard.readings.start_again import start_again
from data_access import actions as store
from data_access.dissatisfied import read_last_call
from data_access.rechecks import read_whole_case
from data_access.types import from_epoch_ms, to_epoch_ms


def last_call(connection: Connection, case_id: int) -> LastCall | None:
    """The newest valid call-back of a case as the rules know it; None: nobody has asked yet."""
    row = read_last_call(connection, case_id)
    if row is None:
        return None
    sent_back = row.sent_back_at
    return LastCall(
        called_ms=to_epoch_ms(row.visited_at),
        is_bad=bool(row.is_bad),
        sent_back_ms=None if sent_back is None else to_epoch_ms(sent_back),
    )


def send_back(desk: Desk, case: store.Row) -> Outcome:
    """Start the next cycle of a case whose citizen was dissatisfied, as the page showed it."""
    if desk.draft.get("seen_cycle") != str(case["cycle_no"]):
        return Outcome(refused=Refusal.MOVED)
    wrong = desk.draft.problems("text", needed=True)
    refused = send_back_refusal(case["state"], last_call(desk.connection, case["case_id"]))
    if wrong or refused:
        return Outcome(wrong=wrong, refused=refused)
    row = read_whole_case(desk.connection, case["case_id"])
    if row is None:
        return Outcome(wrong={"action": "act.wrong.case"})
    said = desk.draft.get("text")
    changed = start_again(
        desk.connection, row, desk.reader.settings, desk.now,
        actor=desk.act.actor, opinion=said, result="rework",
    )  # fmt: skip
    names = ("state", "cycle_no", "deadline_at")
    before, after = ({name: side[name] for name in names} for side in (row, changed))
    for side in (before, after):
        due = side["deadline_at"]
        side["deadline_at"] = None if due is None else from_epoch_ms(due)
    desk.audit("send_back", case, None, note=said, before=before, after=after)
    return Outcome(said="act.said.send_back", values={"n": changed["cycle_no"]})
