"""Tasks for grids 一键下发: issued with a numbered notice, acknowledged 接收, done 完成."""

from __future__ import annotations

from dashboard.lifecycle import supervision as rules
from dashboard.lifecycle.supervision import Refusal
from dashboard.readings.acting import Desk, Outcome, due_moment, whole
from dashboard.readings.notice_papers import Paper, next_number, save_paper
from data_access import actions as store
from data_access.types import to_epoch_ms


def issue_task(desk: Desk) -> Outcome:
    """A task for a grid (``area``), from a case or from a matter alone.

    The case is locked, and the grid. ``due`` is a date and time of the city's clocks.
    """
    draft = desk.draft
    case = desk.case()
    if case is None and draft.get("case_id"):
        return Outcome(wrong={"action": "act.wrong.case"})
    area = store.lock_area(desk.connection, code) if (code := draft.storable("area")) else None
    if (before := desk.once()) is not None:
        return before
    if case is not None and desk.has_moved(case, "task"):
        return Outcome(refused=Refusal.MOVED)
    due = due_moment(draft.get("due"), desk.reader.settings.city_time_zone)
    wrong = draft.problems("matter", needed=True)
    if due is None or due <= desk.now:
        wrong["due"] = "act.wrong.due"
    if area is None or desk.is_outside(area) or not area["is_leaf"] or area["kind"] == "unlocated":
        wrong["area"] = "act.wrong.area"
    if wrong or area is None or due is None:
        return Outcome(wrong=wrong)
    number = next_number(desk, "task")
    case_id = None if case is None else case["case_id"]
    values = {"area_id": area["area_id"], "case_id": case_id, "matter": draft.get("matter")}
    made = store.add_task(desk.connection, desk.act, {**values, "due_at": due})
    paper = Paper(requirement=values["matter"], due_ms=to_epoch_ms(due), grid_path=area["path"])
    save_paper(desk, number, paper, subject=made, case=case)
    after = {"notice": number.text, "grid": area["code"], "matter": values["matter"], "due_at": due}
    desk.audit("task", case, made, after=after)
    return Outcome(said="act.said.task", values={"number": number.text})


def acknowledge_task(desk: Desk) -> Outcome:
    """The grid has seen the task."""
    return _step(desk, finish=False)


def finish_task(desk: Desk) -> Outcome:
    """The grid has done the task, with its result; that acknowledges it as well."""
    return _step(desk, finish=True)


def _step(desk: Desk, *, finish: bool) -> Outcome:
    number = whole(desk.draft.get("subject"))
    task = store.lock_task(desk.connection, number) if number else None
    if task is None or desk.is_outside(task):
        return Outcome(wrong={"action": "act.wrong.subject"})
    if (before := desk.once()) is not None:
        return before
    done, seen = task["done_at"], task["acknowledged_at"]
    refused = (
        rules.finish_refusal(done_ms=done and to_epoch_ms(done))
        if finish
        else rules.acknowledge_refusal(acknowledged_ms=seen and to_epoch_ms(seen))
    )
    wrong = desk.draft.problems("text", needed=finish)
    if wrong or refused:
        return Outcome(wrong=wrong, refused=refused)
    who, now = desk.act.actor, desk.now
    values: store.Row = {} if seen else {"acknowledged_at": now, "acknowledged_by": who}
    if finish:
        values |= {"done_at": now, "done_by": who, "result": desk.draft.get("text")}
    store.save_task(desk.connection, number, values)
    name = "finish_task" if finish else "acknowledge_task"
    case = None if task["case_id"] is None else {"case_id": task["case_id"]}
    desk.audit(name, case, number, before={one: task[one] for one in values}, after=values)
    return Outcome(said=f"act.said.{name}")
