"""The chain of freshness 数据链: from the source's event over receiving and computing to a screen.

The screen adds its own last link, the paint, and counts every age on by its own corrected clock.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import SQLAlchemyError

from data_access.area_facts import read_sources
from data_access.engine import begin_read
from data_access.rollups import read_state
from data_access.screens import read_newest_case
from data_access.types import to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

_SECONDS_KEPT: Final = 1.0


class Chain:
    """The chain as last read, at most once a second for all screens of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._kept: dict[str, Any] | None = None

    def latest(self, reader: Reader) -> dict[str, Any]:
        """``event_ms`` and ``received_ms`` of the newest case counted, ``as_of_ms`` and
        ``checked_at_ms`` of the numbers, and every source with a promise: code, names, last
        delivery and promised interval. Epoch ms, None where there is nothing.

        While the database is away, what was last read; raises SQLAlchemyError where nothing was.
        """
        with self._lock:
            if time.monotonic() - self._read_at >= _SECONDS_KEPT:
                self._read(reader)
            if self._kept is None:
                raise SQLAlchemyError("the chain was never read")
            return self._kept

    def _read(self, reader: Reader) -> None:
        self._read_at = time.monotonic()
        try:
            with begin_read(reader.engine) as connection:
                newest = read_newest_case(connection)
                state = read_state(connection)
                rows = [row for row in read_sources(connection) if row.interval_seconds]
        except (SQLAlchemyError, OSError):  # the ticker has said so
            return
        event, received = newest or (None, None)
        self._kept = {
            "event_ms": event and to_epoch_ms(event),
            "received_ms": received and to_epoch_ms(received),
            "as_of_ms": state and state.as_of and to_epoch_ms(state.as_of),
            "checked_at_ms": state and state.checked_at and to_epoch_ms(state.checked_at),
            "sources": [
                {
                    "code": row.code,
                    "zh": row.name_zh,
                    "en": row.name_en or row.name_zh,
                    "last_ms": row.last_ingested_at and to_epoch_ms(row.last_ingested_at),
                    "interval_seconds": row.interval_seconds,
                }
                for row in rows
            ],
        }
