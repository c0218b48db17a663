"""Part ``readings``: what a screen asks, at several sizes, against SELECT 1 and GROUP BY."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.case_lists import case_list_tasks
from benchmarks.results import Results, Row, percentile, timed_rounds
from benchmarks.stores import Store
from dashboard.clocks.city_time import city_today
from dashboard.readings.board import build_board
from dashboard.readings.comparisons import compared_window, usual_kind
from dashboard.readings.map_values import build_map_values
from dashboard.readings.scope import EVERYTHING
from dashboard.readings.view import Question
from dashboard.readings.windows import (
    Window,
    cover,
    flow_ranges,
    ranges_before,
    resolve_window,
    stock_ranges,
)
from data_access import rollup_reads as reads
from data_access.case_lists import read_newest_overdue
from data_access.engine import begin_read, open_engine
from data_access.measures import ALL_TIME

WINDOWS = ("d30", "d365", "d1095")
Task = Callable[[], Any]

_GROUP_BY = text("""
SELECT d.area_id, count(*), count(c.closed_at),
       sum(CASE WHEN c.closed_at <= c.deadline_at THEN 1 ELSE 0 END)
FROM cases c
JOIN area_paths g ON g.area_id = c.area_id
JOIN areas a ON a.depth = 1
JOIN area_paths d ON d.area_id = a.area_id AND g.first_order BETWEEN d.first_order AND d.last_order
WHERE c.accepted_at >= :start AND c.voided_at IS NULL
GROUP BY d.area_id
""")


def run_readings(stores: list[Store], results: Results, *, quick: bool) -> None:
    """Measure all stores in interleaved rounds over one connection each."""
    with ExitStack() as stack:
        subjects = [_Subject(store, stack) for store in stores]
        fast: dict[str, Task] = {}
        slow: dict[str, Task] = {}
        plain: dict[str, Task] = {}
        for subject in subjects:
            fast |= subject.fast_tasks()
            slow |= subject.slow_tasks()
            plain |= subject.plain_tasks()
        taken = timed_rounds(fast, rounds=30 if quick else 300, warm_up=12)
        taken |= timed_rounds(slow, rounds=3 if quick else 12, warm_up=2)
        taken |= timed_rounds(plain, rounds=1 if quick else 3, warm_up=1)
        for subject in subjects:
            results.add("readings", subject.title, subject.rows(taken))
        results.add("readings", "required ratios (medians of one run)", _ratios(subjects, taken))


class _Subject:
    """One store with its connection and the questions asked of it."""

    def __init__(self, store: Store, stack: ExitStack) -> None:
        engine = open_engine(store.url)
        stack.callback(engine.dispose)
        self.store = store
        self.settings = store.settings()
        self.now = datetime.now(UTC)
        self.connection: Connection = stack.enter_context(begin_read(engine))
        root = reads.read_root(self.connection)
        if root is None:
            raise RuntimeError("the store has no areas")
        self.root = root
        self.district = reads.read_children(self.connection, root.area_id)[0]
        community = reads.read_children(
            self.connection, reads.read_children(self.connection, self.district.area_id)[0].area_id
        )[0]
        self.community = community

    @property
    def title(self) -> str:
        return f"readings, {self.store.engine_name}, {self.store.cases:,} cases"

    def key(self, name: str) -> str:
        """The name of a task of this store."""
        return f"{self.store.cases} {name}"

    def fast_tasks(self) -> dict[str, Task]:
        """Single readings, in milliseconds."""
        one = text("SELECT 1")
        tasks: dict[str, Task] = {
            "SELECT 1": lambda: self.connection.execute(one).scalar_one(),
        }
        for key in WINDOWS:
            tasks[f"city + children {key}"] = self._sums(key)
        tasks["newest overdue, city"] = lambda: read_newest_overdue(
            self.connection, self.root, self.now, limit=10
        )
        tasks["newest overdue, district"] = lambda: read_newest_overdue(
            self.connection, self.district, self.now, limit=10
        )
        return {self.key(name): task for name, task in tasks.items()}

    def slow_tasks(self) -> dict[str, Task]:
        """Whole documents."""
        tasks: dict[str, Task] = {}
        for key in WINDOWS:
            tasks[f"board city {key}"] = self._board(self.root.code, key)
        tasks["board district d30"] = self._board(self.district.code, "d30")
        tasks["board community d30"] = self._board(self.community.code, "d30")
        for metric in ("case.overdue", "case.accepted", "case.on_time_closure_rate"):
            tasks[f"map {metric} d30"] = self._map(metric)
        tasks |= case_list_tasks(self.connection.engine, self.settings, self.now)
        return {self.key(name): task for name, task in tasks.items()}

    def plain_tasks(self) -> dict[str, Task]:
        """What it would cost without rollups: one GROUP BY over the cases."""

        def plain(key: str) -> Task:
            start = self._window(key).bounds(self.settings.city_time_zone)[0]
            bound: Any = start
            if self.connection.dialect.name == "sqlite":
                bound = int(start.timestamp() * 1000)
            return lambda: self.connection.execute(_GROUP_BY, {"start": bound}).all()

        return {self.key(f"plain GROUP BY {key}"): plain(key) for key in WINDOWS}

    def _window(self, key: str) -> Window:
        return resolve_window(key, city_today(self.now, self.settings.city_time_zone))

    def _sums(self, key: str) -> Task:
        """Exactly what dashboard.readings.totals asks: window, stocks, and what it is compared
        with, whole days."""
        window = self._window(key)
        kind = usual_kind(window)
        compared = kind and compared_window(window, kind, self.now, self.settings.city_time_zone)
        if not compared:
            raise RuntimeError(f"nothing to compare {key} with")
        return lambda: reads.read_sums(
            self.connection,
            self.root.area_id,
            {"flows": flow_ranges(window), "stocks": stock_ranges(window)},
            with_children=True,
            own_parts={
                "flows_before": cover(compared.from_on, compared.whole_until),
                "stocks_before": ranges_before(compared.whole_until),
                "stocks_now": [(ALL_TIME, ALL_TIME)],
            },
        )

    def _board(self, code: str, key: str) -> Task:
        question = Question(scope=EVERYTHING, area_code=code, window_key=key, lang="zh")
        return lambda: build_board(
            self.connection,
            question,
            settings=self.settings,
            now=self.now,
            build="benchmark",
            geometry=None,
        )

    def _map(self, metric: str) -> Task:
        return lambda: build_map_values(
            self.connection, metric, self._window("d30"), settings=self.settings, lang="zh"
        )

    def rows(self, taken: dict[str, list[float]]) -> list[Row]:
        """One row a task: median, p95, and the ratio to SELECT 1."""
        unit = percentile(taken[self.key("SELECT 1")], 50)
        prefix = self.key("")
        return [
            {
                "reading": name.removeprefix(prefix),
                "p50 ms": percentile(times, 50),
                "p95 ms": percentile(times, 95),
                "× SELECT 1": percentile(times, 50) / unit,
                "rounds": len(times),
            }
            for name, times in taken.items()
            if name.startswith(prefix)
        ]


def _ratios(subjects: list[_Subject], taken: dict[str, list[float]]) -> list[Row]:
    def median(subject: _Subject, name: str) -> float:
        return percentile(taken[subject.key(name)], 50)

    rows: list[Row] = []
    month, years = "city + children d30", "city + children d1095"
    smaller = None
    for subject in subjects:
        label = f"{subject.store.engine_name} {subject.store.cases:,}"
        unit = median(subject, "SELECT 1")
        rows.append(_ratio(f"{label}: 30 days / SELECT 1", median(subject, month) / unit, 20))
        rows.append(
            _ratio(
                f"{label}: 3 years / 30 days", median(subject, years) / median(subject, month), 3
            )
        )
        if smaller is not None:
            rows.append(
                _ratio(
                    f"{label} / {smaller.store.cases:,}: 30 days",
                    median(subject, month) / median(smaller, month),
                    1.5,
                )
            )
        smaller = subject
    return rows


def _ratio(name: str, value: float, limit: float) -> Row:
    return {
        "ratio": name,
        "measured": value,
        "allowed": float(limit),
        "verdict": "holds" if value <= limit else "EXCEEDED",
    }
