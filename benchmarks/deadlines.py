"""Part ``deadlines``: a million deadlines, and what clocks cost in an import.

Named baseline: a plain Python loop that walks day by day through working slots with datetimes, as
one would write it first. It gives the same deadlines, which is checked.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, insert, make_url

from benchmarks import city
from benchmarks.results import Results, percentile, timed_rounds
from benchmarks.stores import FOLDER, Store, administer, drop_store
from dashboard.clocks import LIMIT_KINDS, Limit, WorkCalendar
from dashboard.clocks.case_clock import CaseTimes, ClockRules, settled_deadlines, settled_many
from dashboard.clocks.city_calendar import city_calendar
from dashboard.settings import Settings
from data_access import tables
from data_access.bulk import bulk_insert
from data_access.engine import begin_write, open_engine
from data_access.migrate import migrate
from data_access.types import to_epoch_ms
from jobs.ingest import IncomingCase, Policies, delivery, ingest_rows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_DEADLINES: Final = 1_000_000
_SAMPLE: Final = 2_000  # of what is computed one by one
_IMPORTED: Final = 1_000_000
_RULES: Final = ClockRules()
_MOST: Final = {"urgent_hour": 72, "work_hour": 40, "work_day": 20, "natural_day": 30}


def run_deadlines(engine_name: str, server: str, results: Results, *, quick: bool) -> None:
    """Measure both halves and report them."""
    count = 20_000 if quick else _DEADLINES
    results.add("deadlines", f"{count:,} deadlines", _deadline_rows(count, rounds=3))
    rows = _import_rows(engine_name, server, 4_000 if quick else _IMPORTED)
    results.add("deadlines", "clocks in an import", rows)


def _deadline_rows(count: int, *, rounds: int) -> list[dict[str, Any]]:
    calendar = city_calendar(Settings(), {}, ())
    generator = np.random.default_rng(7)
    now_ms = to_epoch_ms(datetime.now(UTC))
    rows = []
    for kind in LIMIT_KINDS:
        starts = now_ms - generator.integers(0, 3 * 365 * city.DAY_MS, count)
        amounts = generator.integers(1, _MOST[kind] + 1, count).astype(np.float64)
        sample = slice(0, min(_SAMPLE, count))
        tasks = {
            "vectorised": lambda k=kind, s=starts, a=amounts: _vectorised(calendar, k, s, a),
            "one by one": lambda k=kind, s=starts[sample], a=amounts[sample]: _single(
                calendar, k, s, a
            ),
            "plain loop": lambda k=kind, s=starts[sample], a=amounts[sample]: _plain(
                calendar, k, s, a
            ),
        }
        agreed = _vectorised(calendar, kind, starts[sample], amounts[sample])
        for name in ("one by one", "plain loop"):
            if tasks[name]() != agreed.tolist():
                raise RuntimeError(f"{name}: other deadlines of {kind}")
        taken = timed_rounds(tasks, rounds=rounds, warm_up=1)
        rates = {
            name: (count if name == "vectorised" else len(agreed)) / percentile(times, 50) * 1000
            for name, times in taken.items()
        }
        rows.append(
            {
                "kind": kind,
                "s for all": percentile(taken["vectorised"], 50) / 1000,
                **{f"{name}/s": rate for name, rate in rates.items()},
                "× plain loop": rates["vectorised"] / rates["plain loop"],
            }
        )
    return rows


def _vectorised(calendar: WorkCalendar, kind: str, starts: Ints, amounts: Floats) -> Ints:
    """Deadline, yellow light and closing deadline of all at once, as an import does it."""
    return settled_many(calendar, Limit(kind, 0), starts, amounts, _RULES)[1]


def _single(calendar: WorkCalendar, kind: str, starts: Ints, amounts: Floats) -> list[int]:
    """The clock of each case by itself, as for cases with pauses and extensions."""
    found = []
    for start, amount in zip(starts.tolist(), amounts.tolist(), strict=True):
        times = CaseTimes(limit=Limit(kind, amount), started_ms=start)
        settled = settled_deadlines(calendar, times, _RULES)
        found.append(0 if settled is None else settled.handle_ms)
    return found


def _plain(calendar: WorkCalendar, kind: str, starts: Ints, amounts: Floats) -> list[int]:
    """The baseline: day by day through the slots; deadlines alone, no lights."""
    found = []
    for start, amount in zip(starts.tolist(), amounts.tolist(), strict=True):
        moment = datetime.fromtimestamp(start / 1000, UTC).astimezone(calendar.zone)
        if kind in ("urgent_hour", "natural_day"):
            hours = amount * (24 if kind == "natural_day" else 1)
            found.append(start + round(hours * city.HOUR_MS))
            continue
        hours = amount * (calendar.day_ms / city.HOUR_MS if kind == "work_day" else 1)
        found.append(to_epoch_ms(_walk(calendar, moment, timedelta(hours=hours))))
    return found


def _walk(calendar: WorkCalendar, moment: datetime, rest: timedelta) -> datetime:
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        if calendar.is_working_day(day.date()):
            for first, last in calendar.slots:
                begin = max(day + timedelta(minutes=first), moment)
                end = day + timedelta(minutes=last)
                if begin >= end:
                    continue
                if rest <= end - begin:
                    return begin + rest
                rest -= end - begin
        day += timedelta(days=1)


def _import_rows(engine_name: str, server: str, count: int) -> list[dict[str, Any]]:
    spent = {"clocks": 0.0, "making rows": 0.0}
    settle = delivery.settle_new

    def timed(*arguments: Any) -> None:
        started = time.perf_counter()
        settle(*arguments)
        spent["clocks"] += time.perf_counter() - started

    def given() -> Iterator[IncomingCase]:
        rows = _cases(count)
        while True:
            started = time.perf_counter()
            row = next(rows, None)
            spent["making rows"] += time.perf_counter() - started
            if row is None:
                return
            yield row

    with _empty_store(engine_name, server) as (engine, settings):
        delivery.settle_new = timed
        try:
            started = time.perf_counter()
            report = ingest_rows(
                engine, settings, given(), source_code="s1", origin="bench", policies=Policies()
            )
            seconds = time.perf_counter() - started - spent["making rows"]
        finally:
            delivery.settle_new = settle
    if report.rows_added != count:
        raise RuntimeError(f"only {report.rows_added:,} of {count:,} rows came in")
    return [
        {
            "engine": engine_name,
            "rows": count,
            "seconds": seconds,
            "rows/s": count / seconds,
            "s in clocks": spent["clocks"],
            "share %": 100 * spent["clocks"] / seconds,
        }
    ]


def _cases(count: int) -> Iterator[IncomingCase]:
    """Closed and running cases of all categories, two in three dispatched."""
    generator = np.random.default_rng(11)
    now_ms = to_epoch_ms(datetime.now(UTC))
    reported = now_ms - generator.integers(city.DAY_MS, 3 * 365 * city.DAY_MS, count)
    delay = generator.integers(60_000, 4 * city.HOUR_MS, (count, 3))
    grids = city.first_grid() + generator.integers(0, city.COUNTS[-1], count)
    codes = city.area_columns()["code"]
    kinds = generator.integers(0, city.CATEGORIES, count)
    for number in range(count):
        start = int(reported[number])
        fields: dict[str, Any] = {
            "category": f"b{kinds[number]}",
            "area": codes[grids[number] - 1],
            "reported_at": start,
            "accepted_at": start + int(delay[number, 0]),
            "title": "benchmark",
        }
        if number % 3:
            fields["dispatched_at"] = fields["accepted_at"] + int(delay[number, 1])
        if number % 4:
            fields["closed_at"] = start + int(delay[number].sum()) + 60_000
        yield IncomingCase(number + 2, str(number), fields)


@contextmanager
def _empty_store(engine_name: str, server: str) -> Iterator[tuple[Engine, Settings]]:
    """The synthetic city without cases: its tree, a source, and categories with limits."""
    name = "yiwang_bench_import"
    if engine_name == "sqlite":
        FOLDER.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{FOLDER / name}.db"
    else:
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
    store = Store(engine_name=engine_name, cases=0, url=url)
    drop_store(store, server)
    if engine_name != "sqlite":
        administer(server, f'CREATE DATABASE "{name}"')
    engine = open_engine(url)
    try:
        migrate(engine)
        with begin_write(engine) as connection:
            bulk_insert(connection, tables.areas, city.area_columns())
            connection.execute(
                insert(tables.categories),
                [{"code": f"b{n}", "name_zh": f"类别{n}"} for n in range(city.CATEGORIES)],
            )
            connection.execute(insert(tables.sources).values(code="s1", name_zh="来源"))
            connection.execute(
                insert(tables.limit_rules),
                [
                    {
                        "category_id": number + 1,
                        "limit_kind": LIMIT_KINDS[number % 4],
                        "limit_amount": float(1 + number % 9),
                        "start_rule": ("instant", "next_day", "next_work_day")[number % 3],
                    }
                    for number in range(city.CATEGORIES)
                ],
            )
        yield engine, store.settings()
    finally:
        engine.dispose()
        drop_store(store, server)
