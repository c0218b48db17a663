"""Filling an empty, migrated store with a demo city."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Integer, func, insert, select

from dashboard.clocks.city_calendar import clock_rules
from dashboard.settings import Settings
from data_access import feed, tables
from data_access.bulk import bulk_insert, without_indexes
from data_access.engine import begin_write
from data_access.frames import NULL_MS
from data_access.rollups import save_state
from data_access.triggers import create_triggers, drop_triggers
from jobs.demo import field_work, staff
from jobs.demo.area_counts import area_counts
from jobs.demo.arrivals import intensity
from jobs.demo.call_backs import call_back_columns, survey_columns
from jobs.demo.case_events import event_chunks
from jobs.demo.case_limits import (
    cycle_columns,
    deadline_change_columns,
    extension_columns,
    limit_columns,
    suspension_columns,
)
from jobs.demo.case_plan import plan_cases, territory_numbers
from jobs.demo.case_rows import History, case_columns, cut
from jobs.demo.city_days import DAY_MS, Span, demo_calendar
from jobs.demo.city_map import CityMap, city_map
from jobs.demo.grid_files import completeness_columns
from jobs.demo.journeys import tell
from jobs.demo.limit_table import limit_rule_rows, scaled
from jobs.demo.officers import keep_officers
from jobs.demo.oversight import recheck_columns, supervision_columns, whistle_columns
from jobs.demo.profiles import PROFILES, Profile
from jobs.demo.promises import save_promises
from jobs.demo.reference import CATEGORIES, DEPARTMENTS, GROUPS, SOURCES, VISIT_CLASSES
from jobs.link_repeats import cursor_name
from jobs.rebuild_rollups import rebuild
from jobs.seed_calendar import seed_calendar

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = dict[str, Any]
Progress = Callable[[float, str], None]

_LARGE: Final = (
    tables.cases, tables.case_events, tables.callbacks, tables.visits, tables.visit_subjects,
    tables.patrols, tables.shifts, tables.check_ins, tables.survey_answers,
)  # fmt: skip
# For the progress bar only.
_EVENTS_PER_CASE: Final = 6.2


class StoreNotEmptyError(Exception):
    """The store already has areas: a demo city goes into an empty one only."""


@dataclass(frozen=True, kw_only=True)
class DemoCity:
    """A generated city before it is stored: the map, its people, its cases."""

    city: CityMap
    counts: dict[str, Ints]
    span: Span
    history: History
    people: staff.Staff
    duty: staff.Duty

    @property
    def weights(self) -> Floats:
        """Residents of each cell."""
        weights: Floats = self.counts["residents"][self.city.grid_rows].astype(np.float64)
        return weights


def make_city(
    profile: Profile, *, settings: Settings, now: datetime, seed: int = 1, years: int = 3
) -> DemoCity:
    """Everything in memory; the same for the same profile, seed, years and minute of ``now``."""
    span = Span.back_from(now, years=years, calendar=demo_calendar(settings))
    city = city_map(profile, seed)
    generator = _generator(profile, seed, 1)
    counts = area_counts(city, generator)
    weights = counts["residents"][city.grid_rows].astype(np.float64)
    plan = plan_cases(city, intensity(profile, span, generator), weights, generator)
    journeys = tell(city, plan, span, generator, rules=clock_rules(settings))
    people = staff.hire(city, _generator(profile, seed, 2))
    return DemoCity(
        city=city, counts=counts, span=span, history=cut(city, plan, journeys, span),
        people=people, duty=staff.roster(people, span, _generator(profile, seed, 3)),
    )  # fmt: skip


def generate(
    engine: Engine,
    *,
    profile: str,
    settings: Settings,
    now: datetime,
    seed: int = 1,
    years: int = 3,
    progress: Progress | None = None,
) -> None:
    """Write the demo city ``profile`` into an empty, migrated store and build its rollups.

    ``now`` (aware) ends the history, which begins ``years`` before. ``progress(done, label)`` is
    called with 0..1. Raises KeyError for an unknown profile and StoreNotEmptyError.
    """
    report = progress or (lambda _done, _label: None)
    chosen = PROFILES[profile]
    _refuse_filled(engine)
    report(0.0, "map and history")
    made = make_city(chosen, settings=settings, now=now, seed=seed, years=years)
    with begin_write(engine) as connection:
        # One rebuild follows: a change log of every row would only be read and thrown away.
        drop_triggers(connection)
        _save_areas(connection, made)
        _save_reference(connection, made)
        with without_indexes(connection, *_LARGE):
            report(0.06, "workers and duty")
            _save_people(connection, made, seed)
            report(0.14, "cases")
            _save_cases(connection, made, settings, seed, report)
            report(0.60, "visits and surveys")
            _save_field_work(connection, made, seed)
        save_promises(connection, made.span, _generator(chosen, seed, 7))
        _advance_sequences(connection)
        create_triggers(connection)
        # Repeats are linked in the rows already: the job goes on from here.
        here = feed.Cursor(position=feed.read_position(connection), clock_at=made.span.now)
        feed.save_cursor(connection, here, cursor_name(settings))
        _mark(connection, chosen, settings)
    _build_rollups(engine, settings, made.span, report)
    report(1.0, "demo city")


def _generator(profile: Profile, seed: int, part: int) -> np.random.Generator:
    """Parts draw from streams of their own, so that one does not shift the others."""
    name = int.from_bytes(profile.key.encode()[:6], "big")
    return np.random.default_rng([seed, part, name])


def _refuse_filled(engine: Engine) -> None:
    with engine.connect() as connection:
        if connection.execute(select(tables.areas.c.area_id).limit(1)).first() is not None:
            raise StoreNotEmptyError("the store already has areas; use an empty one")


def _build_rollups(engine: Engine, settings: Settings, span: Span, report: Progress) -> None:
    rebuild(
        engine, settings=settings, now=span.now,
        progress=lambda done, label: report(0.66 + 0.33 * done, label),
    )  # fmt: skip


def _area_ids(city: CityMap) -> Ints:
    return np.arange(1, len(city) + 1, dtype=np.int64)


def _save_areas(connection: Connection, made: DemoCity) -> None:
    city = made.city
    counts: Columns = dict(made.counts)
    parent = np.where(city.parent >= 0, city.parent + 1, NULL_MS)
    police = np.where(city.police >= 0, city.police + 1, NULL_MS)
    columns: Columns = {
        "area_id": _area_ids(city), "code": city.code, "parent_id": parent,
        "hierarchy": city.hierarchy, "level": city.level, "depth": city.depth, "kind": city.kind,
        "name_zh": city.name_zh, "name_en": city.name_en, "polygon": city.polygon,
        "longitude": city.longitude, "latitude": city.latitude,
        "sort_order": np.arange(1, len(city) + 1), **counts,
    }  # fmt: skip
    # A police grid comes before the grids that name it.
    is_grid = (city.police >= 0).astype(np.int64)
    order = np.argsort(is_grid, kind="stable")
    columns["police_area_id"] = police
    ordered = {
        name: values[order] if isinstance(values, np.ndarray) else [values[n] for n in order]
        for name, values in columns.items()
    }
    bulk_insert(connection, tables.areas, ordered)


def _save_reference(connection: Connection, made: DemoCity) -> None:
    city, profile = made.city, made.city.profile
    departments = [
        {"department_id": n, "code": f"D{n:02d}", "name_zh": given.name[0],
         "name_en": given.name[1], "kind": "department", "area_id": None}
        for n, given in enumerate(DEPARTMENTS[: profile.departments], start=1)
    ]  # fmt: skip
    level = "street" if profile.is_single else "district"
    rows = [n for n in range(1, len(city)) if city.level[n] == level]
    departments += [
        {"department_id": profile.departments + n, "code": f"T{city.code[row]}",
         "name_zh": city.name_zh[row], "name_en": city.name_en[row], "kind": "territory",
         "area_id": row + 1}
        for n, row in enumerate(rows, start=1)
    ]  # fmt: skip
    connection.execute(insert(tables.departments), departments)
    connection.execute(insert(tables.categories), _group_rows())
    connection.execute(insert(tables.categories), _category_rows(profile))
    connection.execute(
        insert(tables.limit_rules), limit_rule_rows(len(GROUPS) + 1, profile.limit_scale)
    )
    connection.execute(insert(tables.sources), _source_rows(made))
    connection.execute(insert(tables.visit_classes), [
        {"visit_class": key, "name_zh": name, "interval_days": days, "grace_days": grace}
        for key, name, days, grace in VISIT_CLASSES
    ])  # fmt: skip
    seed_calendar(connection, today=made.span.today, now=made.span.now)


def _group_rows() -> list[Columns]:
    return [
        {"category_id": n, "code": f"{n:02d}", "name_zh": zh, "name_en": en}
        for n, (zh, en) in enumerate(GROUPS.items(), start=1)
    ]


def _category_rows(profile: Profile) -> list[Columns]:
    groups = list(GROUPS)
    seen: dict[str, int] = {}
    found = []
    for number, given in enumerate(CATEGORIES, start=len(groups) + 1):
        parent = groups.index(given.group) + 1
        seen[given.group] = seen.get(given.group, 0) + 1
        found.append({
            "category_id": number, "code": f"{parent:02d}{seen[given.group]:02d}",
            "name_zh": given.name[0], "name_en": given.name[1], "parent_id": parent,
            "limit_kind": given.limit_kind,
            "limit_amount": scaled(given.limit_amount, profile.limit_scale),
            "is_public_security": given.flag == "is_public_security",
            "is_mediation": given.flag == "is_mediation",
            "must_attend": given.flag == "must_attend",
        })  # fmt: skip
    return found


def _source_rows(made: DemoCity) -> list[Columns]:
    totals = np.bincount(made.history.plan.source, minlength=len(SOURCES))
    return [
        {"source_id": n + 1, "code": given.code, "name_zh": given.name[0],
         "name_en": given.name[1], "kind": given.kind, "is_proactive": given.is_proactive,
         "interval_seconds": given.interval_seconds, "last_ingested_at": made.span.now,
         "rows_total": int(totals[n])}
        for n, given in enumerate(SOURCES)
    ]  # fmt: skip


def _save_people(connection: Connection, made: DemoCity, seed: int) -> None:
    generator = _generator(made.city.profile, seed, 4)
    people, duty, span, area_ids = made.people, made.duty, made.span, _area_ids(made.city)
    seen = staff.last_seen_ms(people, duty, span, generator)
    workers = staff.worker_columns(people, span, area_ids, seen, generator)
    check_ins = staff.check_in_columns(people, duty, seen, span, made.city, generator)
    if connection.dialect.name == "sqlite":
        workers["active_from"] = [day.isoformat() for day in workers["active_from"]]
    bulk_insert(connection, tables.workers, workers)
    worker, area, role = people.links
    bulk_insert(connection, tables.worker_grids, {
        "worker_id": worker, "area_id": area_ids[area], "role": role,
    })  # fmt: skip
    bulk_insert(connection, tables.shifts, staff.shift_columns(duty, people, area_ids))
    bulk_insert(connection, tables.leaves, staff.leave_columns(duty))
    bulk_insert(connection, tables.check_ins, check_ins)
    bulk_insert(connection, tables.patrols, field_work.patrol_columns(
        duty, people, span, area_ids, generator))  # fmt: skip


def _save_cases(
    connection: Connection, made: DemoCity, settings: Settings, seed: int, report: Progress
) -> None:
    history, profile = made.history, made.city.profile
    generator = _generator(profile, seed, 5)
    departments = int(territory_numbers(made.city).max()) + 1
    ids = {
        "category": np.arange(len(CATEGORIES)) + len(GROUPS) + 1,
        "source": np.arange(len(SOURCES)) + 1,
        "department": np.arange(max(departments, profile.departments)) + 1,
        "worker": made.people.cell_worker,
    }
    area_ids = _area_ids(made.city)
    limits = clock_rules(settings).after_handling
    columns = case_columns(
        history, area_ids=area_ids, leaf_ids=ids, generator=generator,
        repeat_ms=settings.repeat_days * DAY_MS,
    ) | limit_columns(history, limits, generator)  # fmt: skip
    whistles = whistle_columns(
        history, area_ids=area_ids, department_ids=ids["department"], generator=generator
    )
    columns["is_whistle"] = np.isin(columns["case_id"], whistles["case_id"])
    bulk_insert(connection, tables.cases, columns)
    report(0.30, "case events")
    expected, written = len(history) * _EVENTS_PER_CASE, 0
    for chunk in event_chunks(history, ids["department"]):
        written += bulk_insert(connection, tables.case_events, chunk)
        report(min(0.30 + 0.26 * written / expected, 0.56), "case events")
    for table, values in (
        (tables.case_cycles, cycle_columns(history, limits)),
        (tables.case_suspensions, suspension_columns(history)),
        (tables.case_extensions, extension_columns(history, limits)),
        (tables.deadline_changes, deadline_change_columns(history, limits)),
        (tables.supervisions, supervision_columns(history, limits, generator)),
        (tables.whistle_calls, whistles),
        (tables.case_rechecks, recheck_columns(history, generator)),
        (tables.callbacks, call_back_columns(history, generator)),
    ):
        bulk_insert(connection, table, values)


def _save_field_work(connection: Connection, made: DemoCity, seed: int) -> None:
    generator = _generator(made.city.profile, seed, 6)
    city, span, area_ids = made.city, made.span, _area_ids(made.city)
    subjects, visits = field_work.visit_columns(city, made.people, span, area_ids, generator)
    bulk_insert(connection, tables.visit_subjects, subjects)
    bulk_insert(connection, tables.visits, visits)
    waves, answers = survey_columns(city, span, made.weights, area_ids, generator)
    if waves:
        connection.execute(insert(tables.survey_waves), waves)
        bulk_insert(connection, tables.survey_answers, answers)
    campaigns = field_work.campaign_columns(city, span, made.weights, area_ids, generator)
    for name, columns in campaigns.items():
        bulk_insert(connection, tables.metadata.tables[name], columns)
    bulk_insert(connection, tables.grid_completeness, completeness_columns(
        city, made.counts, span, area_ids, _generator(city.profile, seed, 8)))  # fmt: skip
    keep_officers(connection, span, _generator(city.profile, seed, 7), passed=None)


def _advance_sequences(connection: Connection) -> None:
    """PostgreSQL: the next row gets a number after those that were given."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables.metadata.sorted_tables:
        for column in table.primary_key.columns:
            name = func.pg_get_serial_sequence(table.name, column.name)
            if isinstance(column.type, Integer) and connection.scalar(select(name)) is not None:
                highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                connection.execute(select(func.setval(name, highest, False)))


def _mark(connection: Connection, profile: Profile, settings: Settings) -> None:
    """The store says of itself that it is a demo 演示数据: every screen shows it."""
    save_state(
        connection, bump=True, status="rebuilding", city_name=profile.name[0], is_demo=1,
        time_zone=settings.city_time_zone,
    )  # fmt: skip
