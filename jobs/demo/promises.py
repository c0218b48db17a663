"""Answers and promises 说明、议定事项 of the last dispatch meetings of a demo city."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, insert, select

from dashboard.lifecycle.promises import LIMITS, USUAL
from dashboard.lifecycle.supervision import reply_due_ms
from data_access.tables import cases, departments, promise_cases, promises, roll_call_answers
from data_access.types import epoch_ms, from_epoch_ms, to_epoch_ms
from jobs.demo.city_days import DAY_MS, HOUR_MS, MINUTE_MS, Span

_MEETINGS: Final = 4  # the last Mondays
_CALLED: Final = 8  # units that answer at one meeting
_MONDAY_TO_SUNDAY: Final = 7
_AT_MS: Final = 9 * HOUR_MS + 30 * MINUTE_MS
_DONE, _WITHDRAWN = 0.8, 0.06  # of what is due by now; the others are late
# (what is said, what is promised, who sees to it, what came of it)
_TEXTS: Final = (
    ("超期案件集中在夜间受理，值班力量不足", "增设夜间值班岗，超期案件全部清零", "值班科科长",
     "夜间岗已到位，存量超期案件已办结"),
    ("两起案件现场权属不清，已与属地对接", "会同属地完成现场权属认定并办结", "业务科科长",
     "权属已认定，案件办结并回访"),
    ("签收不及时，系统消息无人值守", "落实专人盯守待签收，签收及时率达到 98%", "办公室主任",
     "已明确 AB 岗，签收恢复正常"),
    ("返工案件多为现场未清理彻底", "对返工案件逐件复核，并抽查同类案件", "执法队队长",
     "已逐件复核，抽查未发现同类问题"),
    ("吹哨报到迟到一次，车辆调度冲突", "制定报到车辆保障办法，半小时内到场", "分管副局长",
     "办法已印发，报到均在时限内"),
    ("不满意回访涉及办理答复不规范", "统一答复口径，对不满意案件上门回访", "信访科科长",
     "答复模板已统一，上门回访完成"),
)  # fmt: skip


def save_promises(connection: Connection, span: Span, generator: np.random.Generator) -> None:
    """Write what units answered and promised at the last Monday meetings, with the cases that
    show what came of it. The newest meeting's promises are still open."""
    query = select(departments.c.department_id).order_by(departments.c.department_id)
    units = list(connection.execute(query).scalars())
    if not units:
        return
    mondays = _mondays(span)
    closed = _closed_cases(connection, span.midnight_ms(mondays[0]))
    answers: list[dict[str, Any]] = []
    given: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for day in mondays:
        called = generator.choice(len(units), min(_CALLED, len(units)), replace=False)
        for place, number in enumerate(sorted(called.tolist())):
            at_ms = span.midnight_ms(day) + _AT_MS + place * 4 * MINUTE_MS
            text = _TEXTS[int(generator.integers(len(_TEXTS)))]
            answers.append(_answer(len(answers) + 1, units[number], text, at_ms))
            given.append(_promise(len(given) + 1, answers[-1], text, day, span, generator))
            links += _evidence(given[-1], closed.get(units[number], []))
    for table, rows in ((roll_call_answers, answers), (promises, given), (promise_cases, links)):
        if rows:
            connection.execute(insert(table), rows)


def _mondays(span: Span) -> list[date]:
    """The last Mondays whose meeting is over, oldest first."""
    today = span.today
    last = today - timedelta(days=today.weekday())
    if span.midnight_ms(last) + _AT_MS + HOUR_MS > span.now_ms:
        last -= timedelta(days=_MONDAY_TO_SUNDAY)
    return [last - timedelta(days=_MONDAY_TO_SUNDAY * n) for n in reversed(range(_MEETINGS))]


def _closed_cases(connection: Connection, since_ms: int) -> dict[int, list[tuple[int, int]]]:
    """Department id → (closed in epoch ms, case id) of cases closed since, oldest first."""
    closed = cases.c.closed_at
    query = (
        select(cases.c.department_id, epoch_ms(closed), cases.c.case_id)
        .where(closed >= from_epoch_ms(since_ms), cases.c.department_id.is_not(None))
        .order_by(closed)
    )
    found: dict[int, list[tuple[int, int]]] = {}
    for unit, closed_ms, case_id in connection.execute(query):
        found.setdefault(unit, []).append((closed_ms, case_id))
    return found


def _evidence(promise: dict[str, Any], closed: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """The last case the unit closed before the promise was reported done."""
    if promise["resolution"] != "done":
        return []
    first, last = to_epoch_ms(promise["entered_at"]), to_epoch_ms(promise["resolved_at"])
    own = [case_id for closed_ms, case_id in closed if first <= closed_ms <= last]
    return [{"promise_id": promise["promise_id"], "case_id": one} for one in own[-1:]]


def _answer(number: int, unit: int, text: tuple[str, ...], at_ms: int) -> dict[str, Any]:
    return {
        "answer_id": number, "department_id": unit, "text": text[0], "entered_by": "会议记录员",
        "answered_at": from_epoch_ms(at_ms),
    }  # fmt: skip


def _promise(
    number: int, answer: dict[str, Any], text: tuple[str, ...], day: date, span: Span,
    generator: np.random.Generator,
) -> dict[str, Any]:  # fmt: skip
    made_ms = to_epoch_ms(answer["answered_at"])
    limit = USUAL if generator.random() < 0.7 else LIMITS[int(generator.integers(len(LIMITS)))]
    due_ms = reply_due_ms(span.calendar, made_ms, limit)
    chance, early = generator.random(), generator.uniform(0.1, 1.05)
    resolved_ms = made_ms + int((due_ms - made_ms) * early)
    resolution = "done" if chance < _DONE else "withdrawn" if chance < _DONE + _WITHDRAWN else None
    if resolved_ms > span.now_ms - DAY_MS:
        resolution = None
    results = {"done": text[3], "withdrawn": "事项已并入专项整治，统一推进"}
    return {
        "promise_id": number, "department_id": answer["department_id"],
        "answer_id": answer["answer_id"], "matter": text[1], "responsible": text[2],
        "made_on": day, "due_at": from_epoch_ms(due_ms), "entered_by": "会议记录员",
        "entered_at": answer["answered_at"], "resolution": resolution,
        "result": results[resolution] if resolution else None,
        "resolved_by": "会议记录员" if resolution else None,
        "resolved_at": from_epoch_ms(resolved_ms) if resolution else None,
    }  # fmt: skip
