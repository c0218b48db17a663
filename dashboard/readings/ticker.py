"""The tick: version and age of the numbers, looked up once for all viewers of this process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from data_access.engine import begin_read
from data_access.rollups import read_state
from data_access.types import to_epoch_ms

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """What every open page hears. ``status``: live, rebuilding, failed or empty."""

    version: int
    tree_version: int
    applied_at_ms: int | None  # when the version was applied; a replaced store counts anew
    as_of_ms: int | None
    checked_at_ms: int | None
    status: str
    message: str | None = None

    def document(self, build: str) -> dict[str, Any]:
        """The tick as JSON, with the server's own clock so that a browser can correct its own."""
        return {
            "version": self.version,
            "as_of_ms": self.as_of_ms,
            "checked_at_ms": self.checked_at_ms,
            "server_ms": to_epoch_ms(datetime.now(UTC)),
            "build": build,
            "status": self.status,
            "message": self.message,
        }


EMPTY = Tick(
    version=0, tree_version=0, applied_at_ms=None, as_of_ms=None, checked_at_ms=None, status="empty"
)


def read_tick(engine: Engine) -> Tick:
    """The state of the read model now. Raises SQLAlchemyError when the database is away."""
    with begin_read(engine) as connection:
        row = read_state(connection)
    if row is None or row.as_of is None:
        return EMPTY
    return Tick(
        version=row.version,
        tree_version=row.tree_version,
        applied_at_ms=row.applied_at and to_epoch_ms(row.applied_at),
        as_of_ms=to_epoch_ms(row.as_of),
        checked_at_ms=row.checked_at and to_epoch_ms(row.checked_at),
        status=row.status,
        message=row.message,
    )


class Ticker:
    """Polls the state row in a thread of its own; everybody else reads ``latest``.

    A database that is away keeps the last tick with status failed: the age goes on growing and the
    page says why. The failure is logged once, and once more when it is over.
    """

    def __init__(self, engine: Engine, *, seconds: float) -> None:
        self._engine = engine
        self._seconds = seconds
        self._stop = threading.Event()
        self._listeners: list[Callable[[Tick], None]] = []
        self._thread: threading.Thread | None = None
        self.latest = EMPTY
        # How often the version went back: another store, or an older one, was put in place, whose
        # counters say nothing about what was read before.
        self.generation = 0

    def start(self) -> None:
        """Look once, then go on looking in the background."""
        self.look()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)

    def listen(self, listener: Callable[[Tick], None]) -> None:
        """Call ``listener`` from the ticker's thread whenever version or status moves."""
        self._listeners.append(listener)

    def look(self) -> Tick:
        """Read the state now and tell the listeners if it moved."""
        before = self.latest
        try:
            tick = read_tick(self._engine)
        except (SQLAlchemyError, OSError) as error:
            tick = self._failed(before, error)
        else:
            if before.status == "failed" and tick.status != "failed":
                _LOG.info("the database answers again")
        if tick.version < before.version:
            self.generation += 1
        self.latest = tick
        if (tick.version, tick.status) != (before.version, before.status):
            for listener in self._listeners:
                listener(tick)
        return tick

    def _failed(self, before: Tick, error: Exception) -> Tick:
        if before.status != "failed":
            _LOG.warning("the database does not answer: %s", error)
        return Tick(
            version=before.version,
            tree_version=before.tree_version,
            applied_at_ms=before.applied_at_ms,
            as_of_ms=before.as_of_ms,
            checked_at_ms=before.checked_at_ms,
            status="failed",
            message="database",  # never the server's own words: they may hold addresses
        )

    def _run(self) -> None:
        while not self._stop.is_set():
            started = time.monotonic()
            self.look()
            self._stop.wait(max(0.01, self._seconds - (time.monotonic() - started)))
