"""The reader: what pages and the API ask; engine, settings, tick and shelf of a process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask_caching import Cache
from sqlalchemy import Engine

from dashboard.clocks.city_time import city_today
from dashboard.readings.board import (
    Question,
    UnknownAreaError,
    build_board,
    find_area,
    first_day,
    window_of,
)
from dashboard.readings.geometry import encode_geometry
from dashboard.readings.map_values import METRICS, UnknownMetricError, build_map_values
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.shelf import Document, Shelf, make_document
from dashboard.readings.ticker import Ticker
from dashboard.readings.windows import known_window
from dashboard.settings import Settings
from dashboard.words import known_language
from data_access.area_facts import read_shapes
from data_access.engine import begin_read

_CHANGING = frozenset({"version", "as_of_ms", "computed_ms"})
_TICK_SECONDS = 0.2
_MAP_SECONDS = 1.5


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Reader:
    """Boards, map values and geometry as shared documents; see docs/board.md for their shape."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        *,
        build: str,
        shared: Cache | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.build = build
        self.now = now
        self.ticker = Ticker(engine, seconds=_TICK_SECONDS)
        url = settings.database_url.encode()  # hashed: it may hold a password
        self._store = hashlib.blake2b(url, digest_size=8).hexdigest()
        self._shelf = Shelf(shared)
        self._shapes = Shelf()

    def board(self, area: str | None, window: str | None, lang: str | None) -> Any:
        """The board as data. Raises UnknownAreaError."""
        return self.board_document(area, window, lang).data

    def board_document(
        self,
        area: str | None,
        window: str | None,
        lang: str | None,
        *,
        scope: Scope = EVERYTHING,
    ) -> Document:
        """The board as a shared document of the current version, computed once for all viewers."""
        question = Question(
            scope=scope,
            area_code=area or None,
            window_key=known_window(window),
            lang=known_language(lang, self.settings.language),
        )
        key = ("board", question.scope.key, question.area_code, question.window_key, question.lang)
        return self._shelf.get(key, self._version(), lambda: self._make_board(question))

    def _version(self) -> tuple[Any, ...]:
        """What a document depends on: the numbers, the tree, the city's day and the program; and
        the store, because two stores may share one cache and have counted equally far."""
        tick = self.ticker.latest
        today = city_today(self.now(), self.settings.city_time_zone).isoformat()
        store = (self._store, tick.applied_at_ms)
        return (tick.version, tick.tree_version, today, self.build, store)

    def _make_board(self, question: Question) -> Document:
        version = self._version()
        geometry = self.geometry_address()
        with begin_read(self.engine) as connection:
            content = build_board(
                connection,
                question,
                settings=self.settings,
                now=self.now(),
                build=self.build,
                geometry=geometry,
            )
        return make_document(content, version=version, changing=_CHANGING)

    def map_document(
        self, metric: str, window: str | None, lang: str | None, *, scope: Scope = EVERYTHING
    ) -> Document:
        """Values of all grids. Raises UnknownMetricError."""
        key = self._map_key(metric, window, lang, scope)
        _, _, name, window_key, language = key
        return self._shelf.get(
            key, self._version(), lambda: self._make_map(name, window_key, language)
        )

    def map_pause(
        self, metric: str, window: str | None, lang: str | None, *, scope: Scope = EVERYTHING
    ) -> float:
        """Seconds to wait first: the one document that reads thousands of rows is not computed for
        every version of a busy second. Raises UnknownMetricError."""
        key = self._map_key(metric, window, lang, scope)
        return self._shelf.pause(key, self._version(), _MAP_SECONDS)

    def _map_key(
        self, metric: str, window: str | None, lang: str | None, scope: Scope
    ) -> tuple[str, str, str, str, str]:
        if metric not in METRICS:
            raise UnknownMetricError(metric)
        language = known_language(lang, self.settings.language)
        return ("map", scope.key, metric, known_window(window), language)

    def _make_map(self, metric: str, window_key: str, lang: str) -> Document:
        version = self._version()
        with begin_read(self.engine) as connection:
            root = find_area(connection, EVERYTHING, None)
            first_on = first_day(connection, root)
            window = window_of(window_key, first_on, settings=self.settings, now=self.now())
            content = build_map_values(
                connection, metric, window, settings=self.settings, lang=lang
            )
        content["version"] = version[0]
        return make_document(content, version=version, changing=_CHANGING)

    def geometry_document(self) -> Document | None:
        """The geometry of the current tree; None when no area has a polygon."""
        document = self._shapes.get("geometry", self._tree_version(), self._make_shapes)
        return document if document.plain != b"null" else None

    def _tree_version(self) -> tuple[int, int]:
        return self.ticker.generation, self.ticker.latest.tree_version

    def _make_shapes(self) -> Document:
        version = self._tree_version()
        with begin_read(self.engine) as connection:
            rows = read_shapes(connection)
        content = encode_geometry(rows) if any(row.polygon for row in rows) else None
        return make_document(content, version=version)

    def geometry_address(self) -> str | None:
        """Where the geometry lives; the address changes with the content."""
        document = self.geometry_document()
        return f"/geometry/{document.etag}.json" if document else None

    def knows_area(self, code: str, *, scope: Scope = EVERYTHING) -> bool:
        """Whether an area of this code exists in the scope."""
        try:
            with begin_read(self.engine) as connection:
                find_area(connection, scope, code)
        except UnknownAreaError:
            return False
        return True
