"""Acting at a roll call 点名: a unit answers and promises; a promise is done or withdrawn."""

from __future__ import annotations

from typing import Any

from dashboard.clocks import Limit
from dashboard.clocks.city_time import city_today
from dashboard.lifecycle import promises as rules
from dashboard.lifecycle.supervision import Refusal, reply_due_ms
from dashboard.readings.acting import LONGEST_NAME, Desk, Outcome, whole
from dashboard.readings.calendars import calendar_of
from data_access import promises as store
from data_access.actions import Row
from data_access.types import from_epoch_ms, to_epoch_ms

MOST_EVIDENCE = 20


def known_promise(row: Row) -> rules.Promise:
    """A row of the store as the rules know it."""
    resolved = row["resolved_at"]
    return rules.Promise(
        due_ms=to_epoch_ms(row["due_at"]),
        resolution=row["resolution"],
        resolved_ms=None if resolved is None else to_epoch_ms(resolved),
    )


def answer_roll_call(desk: Desk) -> Outcome:
    """Write down what a unit (``department``, a code) says, ``text``, and maybe what it promises:
    ``matter``, ``responsible`` and ``limit`` in working days, counted on the statutory calendar."""
    draft = desk.draft
    code = draft.storable("department")
    unit = store.lock_department(desk.connection, code) if code else None
    if unit is None:
        return Outcome(wrong={"action": "act.wrong.unit"})
    if (before := desk.once()) is not None:
        return before
    wrong = draft.problems("text", needed=True) | draft.problems("matter")
    has_promise = bool(draft.get("matter"))
    asked = draft.get("limit")
    limit = next((one for one in rules.LIMITS if f"{one.amount:g}" == asked), None)
    if has_promise:
        wrong |= draft.problems("responsible", longest=LONGEST_NAME, needed=True)
        if limit is None:
            wrong["limit"] = "act.wrong.limit"
    if wrong:
        return Outcome(wrong=wrong)
    said = draft.get("text")
    made = store.add_answer(desk.connection, desk.act, unit["department_id"], said)
    after: dict[str, Any] = {"department": unit["code"], "text": said}
    if has_promise and limit is not None:
        after |= _promise(desk, unit, made, limit)
    desk.audit("answer_roll_call", None, made, after=after)
    return Outcome(said="act.said.promise" if has_promise else "act.said.answer_roll_call")


def _promise(desk: Desk, unit: Row, answer: int, limit: Limit) -> dict[str, Any]:
    """Add the promise that came with an answer; what the audit keeps of it."""
    settings = desk.reader.settings
    calendar = calendar_of(desk.connection, settings)
    due_ms = reply_due_ms(calendar, to_epoch_ms(desk.now), limit)
    told = {
        "matter": desk.draft.get("matter"),
        "responsible": desk.draft.get("responsible"),
        "due_at": from_epoch_ms(due_ms),
    }
    made_on = city_today(desk.now, settings.city_time_zone)
    values = {"department_id": unit["department_id"], "answer_id": answer, "made_on": made_on}
    number = store.add_promise(desk.connection, desk.act, values | told)
    return {"promise": number, **told}


def finish_promise(desk: Desk) -> Outcome:
    """Report a promise (``subject``) done: ``text`` what came of it, ``cases`` the codes of cases
    that show it."""
    codes = desk.draft.storable("cases").replace(",", " ").replace("，", " ").split()
    found = store.find_cases(desk.connection, codes[:MOST_EVIDENCE])
    wrong = {"cases": "act.wrong.evidence"} if len(set(codes)) != len(found) else {}
    return _resolve(desk, "done", wrong, found)


def withdraw_promise(desk: Desk) -> Outcome:
    """Withdraw a promise (``subject``), with the reason in ``text``."""
    return _resolve(desk, "withdrawn", {}, {})


def _resolve(
    desk: Desk, resolution: str, wrong: dict[str, str], evidence: dict[str, int]
) -> Outcome:
    number = whole(desk.draft.get("subject"))
    row = store.lock_promise(desk.connection, number) if number else None
    if row is None:
        return Outcome(wrong={"action": "act.wrong.subject"})
    if (before := desk.once()) is not None:
        return before
    wrong = desk.draft.problems("text", needed=True) | wrong
    refused = rules.resolve_refusal(known_promise(row))
    if wrong or refused:
        return Outcome(wrong=wrong, refused=refused)
    result = desk.draft.get("text")
    if not store.resolve_promise(
        desk.connection, desk.act, number, resolution=resolution, result=result
    ):
        return Outcome(refused=Refusal.RESOLVED)
    store.add_evidence(desk.connection, number, list(evidence.values()))
    name = "finish_promise" if resolution == "done" else "withdraw_promise"
    after = {"resolution": resolution, "result": result, "cases": sorted(evidence)}
    desk.audit(name, None, number, before={"resolution": None}, after=after)
    return Outcome(said=f"act.said.{name}")
