"""From journeys to rows: what is known at ``now`` of every case and what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from data_access.frames import NULL_MS
from jobs.demo.case_plan import COUNTED, VOIDED, CasePlan
from jobs.demo.city_days import DAY_MS, Span, date_of
from jobs.demo.city_map import CityMap
from jobs.demo.drafts import NEVER, STEPS
from jobs.demo.journeys import Journeys
from jobs.demo.reference import CATEGORIES, SOURCES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Columns = dict[str, Any]

_CHUNK: Final = 50_000
_INDEX: Final = {name: number for number, (name, _) in enumerate(STEPS)}
_STATE: Final = np.array([state.value for _, state in STEPS], dtype=object)
_ACTOR: Final[dict[str, str]] = {
    "reported": "上报人", "verifying": "受理员", "accepted": "受理员", "filed": "值班长",
    "filed_again": "值班长", "dispatched": "派遣员", "dispatched_again": "派遣员",
    "returned": "处置单位", "signed": "处置单位", "handling": "处置单位",
    "extension_asked": "处置单位", "extension_decided": "派遣员", "suspended": "派遣员",
    "resumed": "系统", "handled": "处置单位", "checking": "核查员", "visiting": "回访员",
    "closed_first": "值班长", "rework": "值班长", "handling_again": "处置单位",
    "handled_again": "处置单位", "visiting_again": "回访员", "closed": "值班长",
    "rejected": "受理员", "merged": "受理员", "voided": "值班长",
}  # fmt: skip
_ACTORS: Final = np.array([_ACTOR[name] for name, _ in STEPS], dtype=object)
_OPINION: Final[dict[str, str]] = {
    "returned": "不属本部门职责，申请退回", "extension_asked": "需协调施工，申请延期",
    "suspended": "受季节和工程条件限制，申请挂账", "resumed": "条件具备，恢复办理",
    "rework": "评价不满意，退回重办", "rejected": "不属受理范围", "merged": "与在办案件重复",
    "voided": "现场核实不存在",
}  # fmt: skip
_OPINIONS: Final = np.array([_OPINION.get(name) for name, _ in STEPS], dtype=object)
_BY_UNIT: Final = np.array([_ACTOR[name] == "处置单位" for name, _ in STEPS])


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything about the cases of a demo city that has happened by ``span.now_ms``.

    ``times`` (n, steps) epoch ms, ``happened`` the same shape; ``case_id`` is row + 1.
    """

    city: CityMap
    plan: CasePlan
    journeys: Journeys
    span: Span
    times: Ints
    happened: Mask

    def __len__(self) -> int:
        return len(self.plan)

    def has(self, step: str) -> Mask:
        """Whether a step has happened, by case."""
        return self.happened[:, _INDEX[step]]

    def at(self, step: str) -> Ints:
        """When a step happened, NULL_MS where it has not."""
        return np.where(self.has(step), self.times[:, _INDEX[step]], NULL_MS)

    @property
    def state(self) -> NDArray[Any]:
        """State of every case, as text objects."""
        last = self.happened.shape[1] - 1 - np.argmax(self.happened[:, ::-1], axis=1)
        states: NDArray[Any] = _STATE[last]
        return states

    @property
    def closed_ms(self) -> Ints:
        """When a case that is closed now was closed, NULL_MS for all others."""
        once = np.where(self.has("rework"), NULL_MS, self.at("closed_first"))
        return np.where(self.has("closed"), self.at("closed"), once)


def cut(city: CityMap, plan: CasePlan, journeys: Journeys, span: Span) -> History:
    """Keep of the journeys what has happened by now."""
    times = np.stack([journeys.steps[name] for name, _ in STEPS], axis=1)
    happened = (times != NEVER) & (times <= span.now_ms)
    return History(
        city=city, plan=plan, journeys=journeys, span=span, times=times, happened=happened
    )


def case_columns(
    history: History,
    *,
    area_ids: Ints,
    leaf_ids: dict[str, Ints],
    generator: np.random.Generator,
) -> Columns:
    """Columns of ``cases``. ``leaf_ids``: database ids of categories, sources, departments by
    number and of the first worker of each cell (NULL_MS: none).
    """
    plan, at = history.plan, history.at
    count = len(history)
    codes = case_codes(history)
    points = _points(history, generator)
    lag = _lag(plan)
    reported = at("reported")
    proactive = np.array([source.is_proactive for source in SOURCES])[plan.source]
    by_worker = (proactive | plan.is_self_handled) & (plan.cell >= 0)
    in_charge = history.has("accepted") | plan.is_self_handled
    first = leaf_ids["department"][plan.first_department]
    current = np.where(
        plan.is_returned & ~history.has("dispatched_again"),
        first, leaf_ids["department"][plan.department],
    )  # fmt: skip
    known = np.where(history.happened, history.times, 0).max(axis=1)
    columns: Columns = {
        "case_id": np.arange(1, count + 1, dtype=np.int64), "case_code": codes,
        "source_id": leaf_ids["source"][plan.source], "source_ref": codes,
        "category_id": leaf_ids["category"][plan.category], "area_id": area_ids[plan.area],
        "department_id": np.where(in_charge, current, NULL_MS),
        "first_department_id": np.where(in_charge, first, NULL_MS),
        "worker_id": np.where(by_worker, leaf_ids["worker"][plan.cell], NULL_MS),
        "title": np.array([given.title for given in CATEGORIES], dtype=object)[plan.category],
        "address": _addresses(history.city)[plan.area],
        "longitude": points[:, 0], "latitude": points[:, 1],
        "state": history.state,
        "is_urgent": _is_urgent()[plan.category], "is_whistle": generator.random(count) < 0.012,
        "is_typical": generator.random(count) < 0.001,
        "reported_at": reported,
        "ingested_at": np.minimum(reported + lag, history.span.now_ms),
        "updated_at": np.minimum(known + lag, history.span.now_ms),
    }  # fmt: skip
    return columns | _instants(history) | _limits(history, generator)


def _instants(history: History) -> Columns:
    at, again = history.at, history.has("rework")
    self_handled = history.plan.is_self_handled
    accepted = np.where(self_handled, at("reported"), at("accepted"))
    void = np.maximum.reduce([at("rejected"), at("merged"), at("voided")])
    signed, handling = at("signed"), at("handling")
    contact = np.where(handling != NULL_MS, signed + (handling - signed) // 2, NULL_MS)
    resent = history.has("dispatched_again")
    reason = np.full(len(history), None, dtype=object)
    for step in ("rejected", "merged", "voided"):
        reason[history.has(step)] = _OPINION[step]
    return {
        "accepted_at": accepted,
        "filed_at": at("filed"),
        "dispatched_at": np.where(resent, at("dispatched_again"), at("dispatched")),
        "signed_at": signed,
        "first_contact_at": contact,
        "arrived_at": handling,
        "handled_at": np.where(again, at("handled_again"), at("handled")),
        "checked_at": np.where(again, NULL_MS, at("checking")),
        "visited_at": np.where(again, at("visiting_again"), at("visiting")),
        "closed_at": history.closed_ms,
        "voided_at": void,
        "void_reason": reason,
        "master_case_id": _masters(history),
        "cycle_no": np.where(again, 2, 1),
    }


def _masters(history: History) -> Ints:
    """A merged case's master: the case before it that counts."""
    counted = np.where(history.plan.kind == COUNTED, np.arange(1, len(history) + 1), 0)
    before = np.maximum.accumulate(counted)
    found: Ints = np.where(history.has("merged") & (before > 0), before, NULL_MS)
    return found


def _limits(history: History, generator: np.random.Generator) -> Columns:
    deadline, due_soon = effective_limits(history)
    plan = history.plan
    has = deadline != NULL_MS
    kinds = np.array([given.limit_kind for given in CATEGORIES], dtype=object)[plan.category]
    kinds[~has] = None
    closed = history.closed_ms
    late = has & (closed != NULL_MS) & (closed > deadline)
    held = history.has("suspended") & ~history.has("resumed")
    overdue = has & (closed == NULL_MS) & (deadline < history.span.now_ms) & ~held
    days = np.where(overdue, (history.span.now_ms - np.where(has, deadline, 0)) / DAY_MS, 0)
    return {
        "limit_kind": kinds,
        "limit_amount": np.where(has, history.journeys.limit_amount, np.nan),
        "due_soon_at": due_soon,
        "deadline_handle_at": deadline,
        "deadline_at": deadline,
        "timeout_exempt": late & (generator.random(len(history)) < 0.03),
        "supervise_level": (days > 1).astype(np.int64) + (days > 5) + (days > 15),
    }


def effective_limits(history: History) -> tuple[Ints, Ints]:
    """(deadline, due soon) as they stand now: extended, resumed or of the second cycle."""
    journeys, plan = history.journeys, history.plan
    found = []
    for first, extended, resumed, second in (
        (journeys.deadline_ms, journeys.extended_deadline_ms, journeys.resumed_deadline_ms,
         journeys.second_deadline_ms),
        (journeys.due_soon_ms, journeys.extended_due_soon_ms, journeys.resumed_due_soon_ms,
         journeys.second_due_soon_ms),
    ):  # fmt: skip
        value = np.where(history.has("accepted") | plan.is_self_handled, first, NULL_MS)
        granted = history.has("extension_decided") & (extended != NEVER)
        value = np.where(granted, extended, value)
        value = np.where(history.has("resumed"), resumed, value)
        found.append(np.where(history.has("rework"), second, value))
    return found[0], found[1]


def case_codes(history: History) -> list[str]:
    """19 digits: six of the district, the city date, five running within the day."""
    profile, span, plan = history.city.profile, history.span, history.plan
    district = np.array([int(given.code) for given in profile.districts] + [int(profile.code)])
    days = span.local_days(history.times[:, 0])
    order = np.lexsort((np.arange(len(plan)), days))
    ordered = days[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(ordered)) + 1))
    running = np.empty(len(plan), dtype=np.int64)
    lengths = np.diff(np.append(starts, len(plan)))
    running[order] = np.arange(len(plan)) - np.repeat(starts, lengths) + 1
    unique, inverse = np.unique(days, return_inverse=True)
    dates = np.array([int(date_of(day).strftime("%Y%m%d")) for day in unique])[inverse]
    # 19 digits that begin with 92 or more are too many for a signed integer.
    front = district[history.city.district[plan.area]].astype(np.uint64) * np.uint64(10**13)
    codes = front + (dates * 10**5 + running).astype(np.uint64)
    return [str(code) for code in codes.tolist()]


def _points(history: History, generator: np.random.Generator) -> Floats:
    """A random point of each case's cell (g, 2), NaN where the place is unknown."""
    plan, city = history.plan, history.city
    corner = generator.integers(0, 6, len(plan))
    corners = city.cell_corners[plan.cell]
    rows = np.arange(len(plan))
    a = city.vertices[corners[rows, corner]]
    b = city.vertices[corners[rows, (corner + 1) % 6]]
    leaf = city.grid_rows[plan.cell]
    centre = np.column_stack((city.longitude[leaf], city.latitude[leaf]))
    u, v = np.sqrt(generator.random((len(plan), 1))) * 0.92, generator.random((len(plan), 1))
    points: Floats = np.round(centre + u * ((1 - v) * (a - centre) + v * (b - centre)), 6)
    points[plan.cell < 0] = np.nan
    return points


def _addresses(city: CityMap) -> NDArray[Any]:
    found = []
    for row in range(len(city)):
        above = int(city.parent[row])
        while above > 0 and city.level[above] == "estate":
            above = int(city.parent[above])
        known = city.kind[row] != "unlocated" and above >= 0
        found.append(f"{city.name_zh[above]}{city.name_zh[row]}" if known else None)
    return np.array(found, dtype=object)


def _is_urgent() -> Mask:
    return np.array(
        [given.limit_kind == "urgent_hour" and given.limit_amount <= 8 for given in CATEGORIES]
    )


def _lag(plan: CasePlan) -> Ints:
    """How long after it happened we learn of it: a share of the source's interval."""
    interval = np.array([source.interval_seconds or 1800 for source in SOURCES])[plan.source]
    fraction = (np.arange(len(plan)) * 0.6180339887) % 1.0
    lag: Ints = (interval * 1000 * fraction * 0.5).astype(np.int64)
    return lag


def event_chunks(history: History, department_ids: Ints) -> Iterator[Columns]:
    """Columns of ``case_events`` in order of (case_id, seq), a chunk of cases at a time."""
    lag = _lag(history.plan)
    for start in range(0, len(history), _CHUNK):
        happened = history.happened[start : start + _CHUNK]
        case, step = np.nonzero(happened)
        event_at = history.times[start : start + _CHUNK][case, step]
        first = np.flatnonzero(np.diff(case, prepend=-1))
        seq = np.arange(len(case)) - np.repeat(first, np.diff(np.append(first, len(case)))) + 1
        before = np.roll(_STATE[step], 1)
        before[first] = None
        rows = start + case
        plan = history.plan
        asked = np.where(
            plan.is_returned[rows] & (step <= _INDEX["returned"]),
            plan.first_department[rows], plan.department[rows],
        )  # fmt: skip
        yield {
            "case_id": rows + 1, "seq": seq, "event_at": event_at,
            "known_at": np.minimum(event_at + lag[rows], history.span.now_ms),
            "from_state": before, "to_state": _STATE[step], "actor": _ACTORS[step],
            "department_id": np.where(_BY_UNIT[step], department_ids[asked], NULL_MS),
            "opinion": _OPINIONS[step],
        }  # fmt: skip


def cycle_columns(history: History) -> Columns:
    """Columns of ``case_cycles``: the cycle before each rework."""
    rows = np.flatnonzero(history.has("rework"))
    return {
        "case_id": rows + 1, "cycle_no": np.ones(len(rows), dtype=np.int64),
        "started_at": history.at("accepted")[rows],
        "due_soon_at": history.journeys.due_soon_ms[rows],
        "deadline_at": history.journeys.deadline_ms[rows],
        "handled_at": history.at("handled")[rows],
        "closed_at": history.at("closed_first")[rows],
        "reopened_at": history.at("rework")[rows],
        "result": np.full(len(rows), "rework", dtype=object),
    }  # fmt: skip


def suspension_columns(history: History) -> Columns:
    """Columns of ``case_suspensions``; those that still last have no end."""
    rows = np.flatnonzero(history.has("suspended"))
    return {
        "case_id": rows + 1, "seq": np.ones(len(rows), dtype=np.int64),
        "started_at": history.at("suspended")[rows],
        "planned_end_at": history.journeys.steps["resumed"][rows],
        "ended_at": history.at("resumed")[rows],
        "reason": np.full(len(rows), _OPINION["suspended"], dtype=object),
        "approver": np.full(len(rows), "派遣员", dtype=object),
    }  # fmt: skip


def extension_columns(history: History) -> Columns:
    """Columns of ``case_extensions``."""
    rows = np.flatnonzero(history.has("extension_asked"))
    granted = history.has("extension_decided")[rows]
    granted &= history.journeys.extended_deadline_ms[rows] != NEVER
    new = np.where(granted, history.journeys.extended_deadline_ms[rows], NULL_MS)
    return {
        "case_id": rows + 1, "seq": np.ones(len(rows), dtype=np.int64),
        "applied_at": history.at("extension_asked")[rows],
        "decided_at": history.at("extension_decided")[rows],
        "is_approved": granted, "new_deadline_at": new,
        "reason": np.full(len(rows), _OPINION["extension_asked"], dtype=object),
    }  # fmt: skip


def supervision_columns(history: History, generator: np.random.Generator) -> Columns:
    """Columns of ``supervisions`` 督办: some of what is overdue for more than a day."""
    deadline, _ = effective_limits(history)
    end = np.where(history.closed_ms == NULL_MS, history.span.now_ms, history.closed_ms)
    held = history.has("suspended") & ~history.has("resumed")
    late = (deadline != NULL_MS) & (end - np.where(deadline == NULL_MS, end, deadline) > DAY_MS)
    late &= (history.plan.kind != VOIDED) & ~held
    rows = np.flatnonzero(late & (generator.random(len(history)) < 0.35))
    issued = deadline[rows] + (generator.uniform(0.3, 0.95, len(rows)) * DAY_MS).astype(np.int64)
    replied = issued + (generator.uniform(0.1, 1.5, len(rows)) * DAY_MS).astype(np.int64)
    answered = replied <= history.span.now_ms
    closed = history.closed_ms[rows]
    return {
        "case_id": rows + 1, "code": [f"DB{row + 1:07d}" for row in rows.tolist()],
        "kind": np.full(len(rows), "overtime", dtype=object),
        "level": generator.integers(1, 4, len(rows)),
        "reason": np.full(len(rows), "超过时限未结案", dtype=object),
        "requirement": np.full(len(rows), "限期办结并书面反馈", dtype=object),
        "issued_by": np.full(len(rows), "督办员", dtype=object), "issued_at": issued,
        "reply_due_at": issued + DAY_MS,
        "reply": ["正在办理，已排定完成时间" if done else None for done in answered.tolist()],
        "replied_at": np.where(answered, replied, NULL_MS),
        "resolved_at": np.where(closed > issued, closed, NULL_MS),
    }  # fmt: skip
