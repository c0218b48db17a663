"""What each case is: when accepted, where, about what, from whom, for whom; not yet how it goes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.arrivals import Intensity, category_season
from jobs.demo.city_days import DAY_MS, MINUTE_MS, Span, months_of
from jobs.demo.city_map import CityMap
from jobs.demo.crowds import gather, place_spike, report_burst
from jobs.demo.echoes import copied, echo
from jobs.demo.limit_table import choose_limits
from jobs.demo.profiles import Profile, Quota
from jobs.demo.reference import CATEGORIES, DEPARTMENTS, SOURCES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

# case kinds
COUNTED, REJECTED, MERGED, VOIDED, PENDING = range(5)
_VOID_SHARE: Final = 0.045
_VOID_KINDS: Final = {REJECTED: 0.55, MERGED: 0.25, VOIDED: 0.20}
_UNLOCATED_SHARE: Final = 0.004
_RETURNED_SHARE: Final = 0.031  # 退单
_STORM_SHARE: Final = 0.36


@dataclass(frozen=True, kw_only=True)
class CasePlan:
    """One entry a case, ascending by ``accepted_ms`` (if never accepted: the decision's instant).

    ``cell``: number of the grid's cell, -1 unlocated; ``area``: row in the CityMap; ``category``
    and ``source``: numbers in reference; ``limit``: in limit_table.LIMITS; ``department``,
    ``first_department``: rows of departments. ``original``: the row whose matter the case tells
    again, -1 for most.
    """

    kind: Ints
    accepted_ms: Ints
    cell: Ints
    area: Ints
    category: Ints
    limit: Ints
    source: Ints
    department: Ints
    first_department: Ints
    original: Ints
    is_self_handled: Mask
    is_returned: Mask

    def __len__(self) -> int:
        return len(self.kind)


def plan_cases(
    city: CityMap, intensity: Intensity, weights: Floats, generator: np.random.Generator
) -> CasePlan:
    """Draw the cases of a history; ``weights``: residents of each cell."""
    profile, span = city.profile, intensity.span
    accepted, kind, planted = _arrivals(profile, intensity, generator)
    category = _categories(profile, span, accepted, generator)
    cell = _cells(city, weights, len(kind), generator)
    _blow_storms(city, intensity, accepted, category, cell, generator)
    _set_year_quotas(profile, span, accepted, kind == COUNTED, category, generator)
    place_spike(city, planted, category, cell, generator)
    original = echo(accepted, kind == COUNTED, kind == MERGED, category, generator)
    limit = choose_limits(category, generator)
    lost = generator.random(len(kind)) < _UNLOCATED_SHARE
    for values in (category, limit, cell, lost):
        copied(values, original)
    source = _sources(profile, span, accepted, category, generator)
    area = city.grid_rows[cell]
    area[lost] = _unlocated(city, area[lost], generator)
    copied(area, original)
    cell[lost] = -1
    made_up = report_burst(planted, category, kind == COUNTED, source)
    own = np.array([given.self_handled for given in SOURCES])[source] * profile.self_handled
    flagged = np.array([bool(given.flag) for given in CATEGORIES])[category]
    by_self = (generator.random(len(kind)) < own) & ~flagged & (kind == COUNTED)
    by_self |= made_up
    department, first, returned = _departments(city, area, category, by_self, generator)
    return CasePlan(
        kind=kind, accepted_ms=accepted, cell=cell, area=area, category=category, limit=limit,
        source=source, department=department, first_department=first, original=original,
        is_self_handled=by_self, is_returned=returned & (kind == COUNTED),
    )  # fmt: skip


def quota_span(quota: Quota, span: Span) -> tuple[int, int]:
    """The period of a quota, [start, end) in epoch ms."""
    if quota.period == "history":
        return span.start_ms, span.now_ms
    return span.last_months(3) if quota.period == "months" else span.past_year()


def fits(quota: Quota, span: Span) -> bool:
    """Whether the history reaches back far enough for the quota's period to lie inside it."""
    return quota_span(quota, span)[0] >= span.start_ms


def edges_of(profile: Profile, span: Span) -> list[int]:
    """Where a period with a published number begins or ends, with the ends of the history."""
    edges = {span.start_ms, span.now_ms}
    for quota in profile.quotas:
        if fits(quota, span):
            edges |= set(quota_span(quota, span))
    return sorted(edges)


def _arrivals(
    profile: Profile, intensity: Intensity, generator: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """(accepted, kind, what each is planted as: ``crowds.gather``), ascending."""
    span = intensity.span
    quotas = [quota for quota in profile.quotas if fits(quota, span)]
    edges = edges_of(profile, span)
    exact = {quota_span(quota, span): quota.accepted for quota in quotas}
    whole = intensity.weight(span.start_ms, span.now_ms)
    per_weight = profile.yearly_cases * (span.now_ms - span.start_ms) / (365.25 * DAY_MS) / whole
    times = []
    for start, end in pairwise(edges):
        count = exact.get((start, end))
        if count is None:
            count = round(intensity.weight(start, end) * per_weight)
        times.append(intensity.draw(count, start, end, generator))
    counted = np.concatenate(times)
    void = intensity.draw(round(len(counted) * _VOID_SHARE), span.start_ms, span.now_ms, generator)
    kinds = generator.choice(list(_VOID_KINDS), len(void), p=list(_VOID_KINDS.values()))
    # What came in during the last minutes waits for acceptance.
    recent = intensity.weight(span.now_ms - 15 * MINUTE_MS, span.now_ms) * per_weight
    pending = np.full(max(1, round(recent)), span.now_ms + MINUTE_MS, dtype=np.int64)
    accepted = np.concatenate((counted, void, pending))
    kind = np.concatenate((
        np.full(len(counted), COUNTED), kinds, np.full(len(pending), PENDING),
    )).astype(np.int64)  # fmt: skip
    planted = gather(accepted, kind == COUNTED, edges, span, generator)
    order = np.argsort(accepted, kind="stable")
    return accepted[order], kind[order], planted[order]


def _categories(
    profile: Profile, span: Span, accepted: Ints, generator: np.random.Generator
) -> Ints:
    months = months_of(span.local_days(accepted))
    weight = np.array([category.weight for category in CATEGORIES])
    seasons = np.array([category_season(profile, number) for number in range(len(CATEGORIES))])
    quota_flags = {quota.flag for quota in profile.year_quotas}
    weight[[category.flag in quota_flags for category in CATEGORIES]] *= _quota_scale(profile)
    category = np.zeros(len(accepted), dtype=np.int64)
    for month in range(1, 13):
        chosen = np.flatnonzero(months == month)
        shares = weight * seasons[:, month - 1]
        category[chosen] = generator.choice(len(CATEGORIES), len(chosen), p=shares / shares.sum())
    return category


def _quota_scale(profile: Profile) -> float:
    """What brings the flagged categories near their quotas in the years without one."""
    asked = sum(quota.last_year for quota in profile.year_quotas) / profile.yearly_cases
    flags = {quota.flag for quota in profile.year_quotas}
    total = sum(category.weight for category in CATEGORIES)
    natural = sum(category.weight for category in CATEGORIES if category.flag in flags) / total
    return asked / natural if natural else 1.0


def _cells(city: CityMap, weights: Floats, count: int, generator: np.random.Generator) -> Ints:
    activity = np.array([district.activity for district in city.profile.districts])
    shares = (weights + 20.0) ** 0.8 * activity[city.district[city.grid_rows]]
    shares *= generator.lognormal(0, 0.45, len(shares))
    running = np.cumsum(shares)
    drawn = np.searchsorted(running, generator.random(count) * running[-1], side="right")
    cells: Ints = np.minimum(drawn, len(shares) - 1).astype(np.int64)
    return cells


def _blow_storms(
    city: CityMap,
    intensity: Intensity,
    accepted: Ints,
    category: Ints,
    cell: Ints,
    generator: np.random.Generator,
) -> None:
    """On a storm's day a good third of the cases are its own kind, in its district."""
    days = intensity.span.local_days(accepted)
    district = city.district[city.grid_rows]
    for storm in intensity.storms:
        low, high = np.searchsorted(days, [storm.day, storm.day + 1])
        rows = np.arange(low, high)[generator.random(high - low) < _STORM_SHARE]
        kinds = [n for n, given in enumerate(CATEGORIES) if given.season == storm.season]
        category[rows] = generator.choice(kinds, len(rows))
        cell[rows] = generator.choice(np.flatnonzero(district == storm.district), len(rows))


def _set_year_quotas(
    profile: Profile,
    span: Span,
    accepted: Ints,
    counted: Mask,
    category: Ints,
    generator: np.random.Generator,
) -> None:
    """Bring the flagged categories to their exact numbers in the last two complete years."""
    flags = np.array([given.flag for given in CATEGORIES])
    plain = np.flatnonzero(flags == "")
    for quota in profile.year_quotas:
        kinds = np.flatnonzero(flags == quota.flag)
        for back, wanted in ((1, quota.last_year), (2, quota.year_before)):
            start, end = span.past_year(back)
            if start < span.start_ms:
                continue
            inside = counted & (accepted >= start) & (accepted < end)
            has = np.flatnonzero(inside & np.isin(category, kinds))
            if len(has) > wanted:
                surplus = generator.permutation(has)[wanted:]
                category[surplus] = generator.choice(plain, len(surplus))
            else:
                free = np.flatnonzero(inside & (flags[category] == ""))
                more = generator.permutation(free)[: wanted - len(has)]
                category[more] = generator.choice(kinds, len(more))


def _sources(
    profile: Profile, span: Span, accepted: Ints, category: Ints, generator: np.random.Generator
) -> Ints:
    field = np.array([source.field_share for source in SOURCES])
    citizen = np.array([source.citizen_share for source in SOURCES])
    if profile.hotline == "8890":
        codes = [source.code for source in SOURCES]
        a, b = codes.index("hotline_12345"), codes.index("hotline_other")
        citizen[[a, b]] = citizen[[b, a]]
    # At night workers sleep: what comes in then comes by telephone, camera and sensor.
    night = field * [0.15 if source.code in ("app", "visit") else 1.0 for source in SOURCES]
    hour = (accepted + span.offset_ms) % DAY_MS // (60 * MINUTE_MS)
    at_night = (hour < 6) | (hour >= 22)
    is_field = np.array([given.channel == "field" for given in CATEGORIES])[category]
    source = np.zeros(len(accepted), dtype=np.int64)
    for chosen, shares in (
        (is_field & ~at_night, field),
        (is_field & at_night, night),
        (~is_field, citizen),
    ):
        source[chosen] = generator.choice(len(SOURCES), int(chosen.sum()), p=shares / shares.sum())
    return source


def _unlocated(city: CityMap, area: Ints, generator: np.random.Generator) -> Ints:
    """未定位 leaves: of the district where that at least is known, else of the root."""
    leaf_of = {int(city.parent[row]): int(row) for row in city.unlocated_rows}
    rows = []
    for row in area.tolist():
        while row not in leaf_of:
            row = int(city.parent[row])
        rows.append(leaf_of[0] if generator.random() < 0.3 else leaf_of[row])
    return np.array(rows, dtype=np.int64)


def _departments(
    city: CityMap, area: Ints, category: Ints, by_self: Mask, generator: np.random.Generator
) -> tuple[Ints, Ints, Mask]:
    """Department, the first one asked 首接单位, and whether that one returned the case."""
    profile = city.profile
    keys = [department.key for department in DEPARTMENTS[: profile.departments]]
    functional = np.array([keys.index(given.department) for given in CATEGORIES])[category]
    territory = territory_numbers(city)[area]
    is_field = np.array([given.channel == "field" for given in CATEGORIES])[category]
    local = generator.random(len(area)) < np.where(is_field, 0.42, 0.2)
    department = np.where((local | by_self) & (territory >= 0), territory, functional)
    returned = (generator.random(len(area)) < _RETURNED_SHARE) & ~by_self
    other = generator.integers(0, len(keys), len(area))
    returned &= other != department
    first = np.where(returned, other, department)
    return department.astype(np.int64), first.astype(np.int64), returned


def territory_numbers(city: CityMap) -> Ints:
    """For each area row the number of its 属地 department, -1 where there is none.

    Departments are numbered functional ones first, then one for each first-level unit.
    """
    profile = city.profile
    if not profile.is_single:
        return np.where(city.district >= 0, profile.departments + city.district, -1)
    streets = np.flatnonzero(np.array(city.level) == "street")
    number = np.full(len(city) + 1, -1, dtype=np.int64)
    number[streets] = profile.departments + np.arange(len(streets))
    return number[city.street]
