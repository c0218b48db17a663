"""Supervision 督办: issued with a numbered notice, answered 反馈, 核销 or 撤销."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashboard.lifecycle import supervision as rules
from dashboard.lifecycle.supervision import Refusal
from dashboard.readings.acting import Desk, Outcome, chosen_limit, is_open, whole
from dashboard.readings.calendars import calendar_of
from dashboard.readings.notice_papers import Paper, next_number, save_paper
from data_access import actions as store
from data_access.types import from_epoch_ms, to_epoch_ms


def known_supervision(row: store.Row) -> rules.Supervision:
    """A row of the store as the rules know it."""

    def ms(name: str) -> int | None:
        return None if row[name] is None else to_epoch_ms(row[name])

    return rules.Supervision(
        kind=row["kind"],
        level=int(row["level"]),
        reply_due_ms=ms("reply_due_at"),
        replied_ms=ms("replied_at"),
        resolution=row["resolution"],
        resolved_ms=ms("resolved_at"),
    )


def supervise(desk: Desk, case: store.Row) -> Outcome:
    """Issue a supervision: kind, level, reason, requirement, and how long to answer (``limit``)."""
    draft, connection = desk.draft, desk.connection
    kind, level = draft.get("kind"), whole(draft.get("level"))
    wrong = draft.problems("reason", needed=True) | draft.problems("requirement", needed=True)
    if kind not in rules.KINDS:
        wrong["kind"] = "form.wrong.missing"
    if level not in rules.LEVELS:
        wrong["level"] = "form.wrong.missing"
    if wrong:
        return Outcome(wrong=wrong)
    others = _known(store.read_supervisions(connection, [case["case_id"]]))
    if refused := rules.supervise_refusal(kind, others, is_open=is_open(case)):
        return Outcome(refused=refused)
    calendar = calendar_of(connection, desk.reader.settings)
    limit = chosen_limit(draft.get("limit")) or rules.REPLY_LIMITS[level]
    due_ms = rules.reply_due_ms(calendar, to_epoch_ms(desk.now), limit)
    number = next_number(desk, "supervision")
    told: dict[str, Any] = {
        "kind": kind, "level": level, "reason": draft.get("reason"),
        "requirement": draft.get("requirement"), "reply_due_at": from_epoch_ms(due_ms),
    }  # fmt: skip
    made = store.add_supervision(
        connection, desk.act, {"case_id": case["case_id"], "code": number.text, **told}
    )
    paper = Paper(
        requirement=told["requirement"], reason=told["reason"], kind=kind, level=level,
        due_ms=due_ms,
    )  # fmt: skip
    save_paper(desk, number, paper, subject=made, case=case)
    before = {"supervise_level": case["supervise_level"]}
    after = {"notice": number.text, **told} | _set_level(desk, case)
    desk.audit("supervise", case, made, before=before, after=after)
    return Outcome(said="act.said.supervise", values={"number": number.text})


def reply(desk: Desk, case: store.Row) -> Outcome:
    """Enter the answer of the unit in charge."""
    row = _own(desk, case)
    if row is None:
        return Outcome(wrong={"action": "act.wrong.subject"})
    wrong = desk.draft.problems("text", needed=True)
    refused = rules.reply_refusal(known_supervision(row))
    if wrong or refused:
        return Outcome(wrong=wrong, refused=refused)
    said, made = desk.draft.get("text"), row["supervision_id"]
    if not store.save_reply(desk.connection, desk.act, made, said):
        return Outcome(refused=Refusal.REPLIED)
    desk.audit("reply", case, made, before={"reply": None}, after={"reply": said})
    return Outcome(said="act.said.reply")


def resolve(desk: Desk, case: store.Row) -> Outcome:
    """核销 after the answer, or 撤销 with a reason."""
    row, resolution = _own(desk, case), desk.draft.get("resolution")
    if row is None or resolution not in rules.RESOLUTIONS:
        return Outcome(wrong={"action": "act.wrong.subject"})
    wrong = desk.draft.problems("text", needed=resolution == "withdrawn")
    refused = rules.resolve_refusal(known_supervision(row), resolution)
    if wrong or refused:
        return Outcome(wrong=wrong, refused=refused)
    made, note = row["supervision_id"], desk.draft.get("text")
    if not store.save_resolution(desk.connection, desk.act, made, resolution=resolution, note=note):
        return Outcome(refused=Refusal.RESOLVED)
    before = {"resolution": None, "supervise_level": case["supervise_level"]}
    after = {"resolution": resolution, "note": note or None} | _set_level(desk, case)
    desk.audit(resolution, case, made, before=before, after=after)
    return Outcome(said=f"act.said.{resolution}")


def _known(rows: Iterable[store.Row]) -> list[rules.Supervision]:
    return [known_supervision(row) for row in rows]


def _own(desk: Desk, case: store.Row) -> store.Row | None:
    number = whole(desk.draft.get("subject"))
    row = store.read_supervision(desk.connection, number) if number else None
    return row if row and row["case_id"] == case["case_id"] else None


def _set_level(desk: Desk, case: store.Row) -> dict[str, int]:
    """``cases.supervise_level`` follows the open supervisions."""
    standing = _known(store.read_supervisions(desk.connection, [case["case_id"]]))
    level = rules.level_of(standing)
    if level != case["supervise_level"]:
        values = {"supervise_level": level}
        store.save_case(desk.connection, case["case_id"], values, desk.now)
    return {"supervise_level": level}
