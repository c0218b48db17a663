"""From journeys to rows: what is known at ``now`` of every case and what hangs on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dashboard.lifecycle.repeats import Complaints, numbered, repeat_links
from data_access.frames import NULL_MS
from jobs.demo.case_plan import CasePlan
from jobs.demo.city_days import Span, date_of
from jobs.demo.city_map import CityMap
from jobs.demo.drafts import NEVER, OPINION, STEPS
from jobs.demo.echoes import copied
from jobs.demo.journeys import Journeys
from jobs.demo.limit_table import are_urgent
from jobs.demo.reference import CATEGORIES, CONSULTATIONS, SOURCES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Columns = dict[str, Any]

STEP_INDEX: Final = {name: number for number, (name, _) in enumerate(STEPS)}
STEP_STATES: Final = np.array([state.value for _, state in STEPS], dtype=object)
_HOUSES: Final = 400  # numbers of houses along the streets of a grid
_TELEPHONE_SHARE: Final = {"hotline": 0.97, "public": 0.75}


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
        return self.happened[:, STEP_INDEX[step]]

    def at(self, step: str) -> Ints:
        """When a step happened, NULL_MS where it has not."""
        return np.where(self.has(step), self.times[:, STEP_INDEX[step]], NULL_MS)

    @property
    def state(self) -> NDArray[Any]:
        """State of every case, as text objects."""
        last = self.happened.shape[1] - 1 - np.argmax(self.happened[:, ::-1], axis=1)
        states: NDArray[Any] = STEP_STATES[last]
        return states

    @property
    def accepted_ms(self) -> Ints:
        """When each case was accepted, NULL_MS where it has not been; at once where worked off."""
        return np.where(self.plan.is_self_handled, self.at("reported"), self.at("accepted"))

    @property
    def voided_ms(self) -> Ints:
        """When each case was refused, merged or voided, NULL_MS for all others."""
        refused, merged, voided = (self.at(name) for name in ("rejected", "merged", "voided"))
        return np.maximum(np.maximum(refused, merged), voided)

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
    repeat_ms: int,
) -> Columns:
    """Columns of ``cases`` but for those of limit_columns. ``leaf_ids``: database ids of
    categories, sources, departments by number and of the first worker of each cell (NULL_MS: none).
    """
    plan = history.plan
    count = len(history)
    codes = case_codes(history)
    lag = lag_ms(plan)
    reported = history.at("reported")
    by_worker = (np.array([given.kind == "worker" for given in SOURCES])[plan.source]
                 | (plan.is_self_handled & ~_is_answered(plan))) & (plan.cell >= 0)  # fmt: skip
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
        "state": history.state,
        "is_urgent": are_urgent()[plan.limit],
        "is_typical": generator.random(count) < 0.001,
        "reported_at": reported,
        "ingested_at": np.minimum(reported + lag, history.span.now_ms),
        "updated_at": np.minimum(known + lag, history.span.now_ms),
    }  # fmt: skip
    columns |= _place_columns(history, generator) | _instants(history)
    return columns | _repeat_columns(history, columns, repeat_ms)


def _place_columns(history: History, generator: np.random.Generator) -> Columns:
    """Address, point and telephone; a matter told again is at the same place."""
    plan, count = history.plan, len(history)
    points = _points(history, generator)
    house = generator.integers(1, _HOUSES, count)
    copied(points, plan.original)
    copied(house, plan.original)
    streets = _streets(history.city)[plan.area].tolist()
    share = np.array([_TELEPHONE_SHARE.get(given.kind, 0.0) for given in SOURCES])[plan.source]
    # No subscriber's number in mainland China begins with these digits.
    phones = np.array([f"1000{n:07d}" for n in range(count)], dtype=object)
    same = generator.random(count) < 0.7  # else another neighbour calls
    copied(phones, np.where(same, plan.original, -1))
    phones[generator.random(count) >= share] = None
    return {
        "address": [
            None if street is None else f"{street}{number}号"
            for street, number in zip(streets, house.tolist(), strict=True)
        ],
        "longitude": points[:, 0], "latitude": points[:, 1], "reporter_phone": phones,
    }  # fmt: skip


def _repeat_columns(history: History, columns: Columns, repeat_ms: int) -> Columns:
    """重复诉求, by the rule of the running job over all that was accepted and is not void."""
    rows = np.flatnonzero((history.accepted_ms != NULL_MS) & (history.voided_ms == NULL_MS))
    caller = np.array([given.has_caller for given in SOURCES])[history.plan.source]
    phones = np.where(caller, columns["reporter_phone"], None)
    links = repeat_links(
        Complaints(
            case_id=rows + 1, accepted_ms=history.accepted_ms[rows],
            category=history.plan.category[rows], phone=numbered(phones[rows]),
            address=numbered(np.array(columns["address"], dtype=object)[rows]),
            longitude=columns["longitude"][rows], latitude=columns["latitude"][rows],
        ),
        within_ms=repeat_ms,
    )  # fmt: skip
    repeat_of, repeated = np.full((2, len(history)), NULL_MS, dtype=np.int64)
    repeat_of[rows] = np.where(links.repeat_of >= 0, rows[links.repeat_of] + 1, NULL_MS)
    repeated[rows] = links.repeated_ms
    return {"repeat_of_case_id": repeat_of, "repeated_at": repeated}


def _instants(history: History) -> Columns:
    at, again = history.at, history.has("rework")
    # The last dispatch; none is after a later one, and NULL_MS is before all.
    sent = [at(name) for name in ("dispatched", "dispatched_again", "dispatched_third")]
    contact = history.journeys.contact_ms
    known = (contact != NEVER) & (contact <= history.span.now_ms)
    reason = np.full(len(history), None, dtype=object)
    for step in ("rejected", "merged", "voided"):
        reason[history.has(step)] = OPINION[step]
    kind = _close_kinds(history)
    # What is worked off on the spot is reported, filed and closed with one form.
    filed = np.where(kind == "on_site", history.closed_ms, at("filed"))
    original = history.plan.original
    return {
        "accepted_at": history.accepted_ms,
        "filed_at": filed,
        "dispatched_at": np.maximum.reduce(sent),
        "signed_at": at("signed"),
        "first_contact_at": np.where(known, contact, NULL_MS),
        "arrived_at": at("handling"),
        "handled_at": np.where(again, at("handled_again"), at("handled")),
        "checked_at": np.where(again, NULL_MS, at("checking")),
        "visited_at": np.where(again, at("visiting_again"), at("visiting")),
        "closed_at": history.closed_ms,
        "voided_at": history.voided_ms,
        "void_reason": reason,
        "master_case_id": np.where(history.has("merged") & (original >= 0), original + 1, NULL_MS),
        "close_kind": kind,
        "cycle_no": np.where(again, 2, 1),
    }


def _is_answered(plan: CasePlan) -> Mask:
    """直接答复: a question, or a call that ends with the operator's answer."""
    asked = np.array([given.name[0] in CONSULTATIONS for given in CATEGORIES])[plan.category]
    kind = np.array([given.kind for given in SOURCES])[plan.source]
    answered: Mask = plan.is_self_handled & (
        (kind == "hotline") | (kind == "internal") | ((kind == "public") & asked)
    )
    return answered


def _close_kinds(history: History) -> NDArray[Any]:
    """How each closed case was closed, None for the others."""
    plan = history.plan
    kinds = np.where(plan.is_self_handled, "on_site", "handled").astype(object)
    kinds[_is_answered(plan)] = "answered"
    kinds[history.closed_ms == NULL_MS] = None
    return kinds


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


def _streets(city: CityMap) -> NDArray[Any]:
    found = []
    for row in range(len(city)):
        above = int(city.parent[row])
        while above > 0 and city.level[above] == "estate":
            above = int(city.parent[above])
        known = city.kind[row] != "unlocated" and above >= 0
        found.append(f"{city.name_zh[above]}{city.name_zh[row]}" if known else None)
    return np.array(found, dtype=object)


def lag_ms(plan: CasePlan) -> Ints:
    """How long after it happened we learn of it: a share of the source's interval."""
    interval = np.array([source.interval_seconds or 1800 for source in SOURCES])[plan.source]
    fraction = (np.arange(len(plan)) * 0.6180339887) % 1.0
    lag: Ints = (interval * 1000 * fraction * 0.5).astype(np.int64)
    return lag
