"""A writing program of its own: real transactions at a steady rate, each with its commit time."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, insert, select, update

from benchmarks.stores import Store
from data_access.engine import begin_read, begin_write, open_engine
from data_access.tables import areas, cases, categories, departments

_HOUR = timedelta(hours=1)


class Writing:
    """A running writer; ``stop`` returns when each new case was committed, epoch seconds."""

    def __init__(self, store: Store, rate: float) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop: Synchronized[int] = context.Value("b", 0)
        self._results = context.Queue()
        self._process = context.Process(
            target=_write, args=(store, rate, self._stop, self._results), daemon=True
        )
        self._process.start()

    def stop(self) -> dict[str, Any]:
        """Stop; ``accepted``: commit times of new cases, ``changes``: transactions committed,
        ``seconds``: for how long, ``error``: what ended it early, or empty."""
        self._stop.value = 1
        found: dict[str, Any] = self._results.get(timeout=60)
        self._process.join()
        return found


@contextmanager
def writing(store: Store, rate: float) -> Iterator[Writing]:
    """A writer that never outlives the block."""
    writer = Writing(store, rate)
    try:
        yield writer
    finally:
        if writer._process.is_alive():
            writer._process.terminate()
            writer._process.join()


def _write(store: Store, rate: float, stop: Any, results: Any) -> None:
    engine = open_engine(store.url)
    random = np.random.default_rng()
    accepted: list[float] = []
    changes = 0
    error = ""
    with begin_read(engine) as connection:
        running = _running_cases(connection)
        choices = _choices(connection)
    started = time.time()
    try:
        while not stop.value:
            due = started + changes / rate
            time.sleep(max(0.0, due - time.time()))
            with begin_write(engine) as connection:
                is_new = changes % 2 == 0 or not running
                if is_new:
                    _accept(connection, random, choices, f"{started:.6f}-{changes}")
                else:
                    _close(connection, running.pop())
            if is_new:
                accepted.append(time.time())
            changes += 1
    except Exception as problem:
        error = f"{type(problem).__name__}: {problem}"
    finally:
        engine.dispose()
        seconds = time.time() - started
        results.put({"accepted": accepted, "changes": changes, "seconds": seconds, "error": error})


def _running_cases(connection: Connection) -> list[int]:
    query = (
        select(cases.c.case_id)
        .where(cases.c.closed_at.is_(None), cases.c.voided_at.is_(None))
        .where(cases.c.state == "handling", cases.c.reported_at < datetime.now(UTC))
        .order_by(cases.c.deadline_at)
        .limit(20_000)
    )
    return list(connection.execute(query).scalars())


def _choices(connection: Connection) -> dict[str, list[int]]:
    """The ids a new case may have, by column."""
    columns = {
        "area_id": select(areas.c.area_id).where(
            areas.c.level == "grid", areas.c.hierarchy == "main"
        ),
        "category_id": select(categories.c.category_id).where(categories.c.parent_id.is_not(None)),
        "department_id": select(departments.c.department_id),
    }
    found = {name: list(connection.execute(query).scalars()) for name, query in columns.items()}
    every = list(connection.execute(select(categories.c.category_id)).scalars())
    return {**found, "category_id": found["category_id"] or every}


def _accept(
    connection: Connection, random: np.random.Generator, choices: dict[str, list[int]], ref: str
) -> None:
    now = datetime.now(UTC)
    hours = int(random.integers(4, 240))
    values: dict[str, Any] = {
        **{name: ids[int(random.integers(len(ids)))] for name, ids in choices.items()},
        "case_code": f"L{ref}",
        "source_id": 1,
        "source_ref": f"L{ref}",
        "state": "handling",
        "reported_at": now,
        "accepted_at": now,
        "filed_at": now,
        "due_soon_at": now + hours * 0.8 * _HOUR,
        "deadline_at": now + hours * _HOUR,
        "ingested_at": now,
        "updated_at": now,
    }
    if connection.dialect.name == "sqlite":  # its keys are not drawn from a sequence
        values["case_id"] = connection.execute(select(func.max(cases.c.case_id))).scalar_one() + 1
    connection.execute(insert(cases).values(**values))


def _close(connection: Connection, case_id: int) -> None:
    now = datetime.now(UTC)
    connection.execute(
        update(cases)
        .where(cases.c.case_id == case_id)
        .values(state="closed", closed_at=now, updated_at=now)
    )
