"""The reader: what pages and the API ask; engine, settings, tick and shelf of a process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask_caching import Cache
from sqlalchemy import Engine

from dashboard.clocks.city_time import city_today
from dashboard.readings.board import build_board
from dashboard.readings.catalogue_page import build_catalogue
from dashboard.readings.geometry import encode_geometry
from dashboard.readings.map_values import METRICS, UnknownMetricError, build_map_values
from dashboard.readings.page_head import read_head
from dashboard.readings.part_days import PartDays
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.shelf import Document, Shelf, make_document
from dashboard.readings.ticker import Ticker
from dashboard.readings.view import (
    NO_CODES,
    Question,
    SliceCodes,
    UnknownAreaError,
    find_area,
    first_day,
    window_of,
)
from dashboard.readings.wall import build_wall
from dashboard.readings.wall_alarms import build_vacant
from dashboard.readings.wall_profile import Chosen, WallProfile, choose_profile
from dashboard.readings.windows import known_window
from dashboard.settings import Settings
from dashboard.words import known_language
from data_access.area_facts import read_shapes
from data_access.engine import begin_read

_CHANGING = frozenset({"version", "as_of_ms", "computed_ms"})
_TICK_SECONDS = 0.2
_MAP_SECONDS = 1.5
_RAW_SECONDS = 3.0
_CATALOGUE_SECONDS = 8.0
_WALL_SECONDS = 1.0
_WALL_TURN_SECONDS = 5
_VACANT_SECONDS = 60
_KEPT_SECONDS = 60.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _place_and_day(version: Any) -> Any:
    """A document's version without the numbers': tree, day and program."""
    return version[1:-1]


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
        self.part_days = PartDays()
        self._shelf = Shelf(shared)
        self._shapes = Shelf()

    def board(
        self,
        area: str | None,
        window: str | None,
        lang: str | None,
        codes: SliceCodes = NO_CODES,
    ) -> Any:
        """The board as data. Raises UnknownAreaError and UnknownSliceError."""
        return self.board_document(area, window, lang, codes=codes).data

    def board_document(
        self,
        area: str | None,
        window: str | None,
        lang: str | None,
        *,
        codes: SliceCodes = NO_CODES,
        scope: Scope = EVERYTHING,
    ) -> Document:
        """The board as a shared document of the current version, computed once for all viewers."""
        question = self._question(area, window, lang, scope, codes)
        key = ("board", *question.key)
        return self._shelf.get(key, self._version(), lambda: self._make_board(question))

    def board_pause(
        self,
        area: str | None,
        window: str | None,
        lang: str | None,
        codes: SliceCodes = NO_CODES,
        *,
        scope: Scope = EVERYTHING,
    ) -> float:
        """Seconds to wait first: a board that the rollups do not hold is evaluated from the cases,
        and not for every version of a busy second."""
        question = self._question(area, window, lang, scope, codes)
        now = window_of(question.window_key, None, settings=self.settings, now=self.now())
        if codes.key == NO_CODES.key and now.is_of_city_days:
            return 0.0
        return self._shelf.pause(("board", *question.key), self._version(), _RAW_SECONDS)

    def head(
        self,
        area: str | None,
        window: str | None,
        lang: str | None,
        *,
        scope: Scope = EVERYTHING,
    ) -> Any:
        """The head of a page that is no board, as data. Raises UnknownAreaError."""
        question = self._question(area, window, lang, scope)
        key = ("head", *question.key)
        return self._shelf.get(key, self._version(), lambda: self._make_head(question)).data

    def catalogue(self, area: str | None, window: str | None, lang: str | None) -> Any:
        """Every KPI with its value, as data for a page that is to stand at once: the newest full
        document of this day where there is one, else one in which what takes seconds is pending;
        the page asks for the full one by itself. Raises UnknownAreaError."""
        question = self._question(area, window, lang, EVERYTHING)
        kept = self._shelf.kept(("catalogue", *question.key), seconds=_KEPT_SECONDS)
        if kept is not None and _place_and_day(kept.version) == _place_and_day(self._version()):
            return kept.data
        key = ("catalogue-quick", *question.key)
        make = partial(self._make_catalogue, question, is_quick=True)
        return self._shelf.get(key, self._version(), make).data

    def catalogue_document(
        self,
        area: str | None,
        window: str | None,
        lang: str | None,
        *,
        scope: Scope = EVERYTHING,
    ) -> Document:
        """The catalogue page as a shared document of the current version."""
        question = self._question(area, window, lang, scope)
        key = ("catalogue", *question.key)
        return self._shelf.get(key, self._version(), lambda: self._make_catalogue(question))

    def catalogue_pause(self, area: str | None, window: str | None, lang: str | None) -> float:
        """Seconds to wait first, as for the map: it evaluates everything there is."""
        key = ("catalogue", *self._question(area, window, lang, EVERYTHING).key)
        return self._shelf.pause(key, self._version(), _CATALOGUE_SECONDS)

    def _make_catalogue(self, question: Question, *, is_quick: bool = False) -> Document:
        version = self._version()
        with begin_read(self.engine) as connection:
            content = build_catalogue(
                connection, question, settings=self.settings, now=self.now(), build=self.build,
                part_days=self.part_days, is_quick=is_quick,
            )  # fmt: skip
        return make_document(content, version=version, changing=_CHANGING)

    def page(
        self,
        name: str,
        area: str | None,
        window: str | None,
        lang: str | None,
        build: Callable[..., dict[str, Any]],
        *,
        more: tuple[Any, ...] = (),
        slow_seconds: int = 0,
        scope: Scope = EVERYTHING,
    ) -> Any:
        """The document of a working page, as data, shared by all viewers: made anew for every
        version, and every minute, because such pages say how long something has lasted.

        ``build``: makes it from (connection, question) and the keywords settings, now and build;
        ``more``: what else tells two documents of this ``name`` apart; ``slow_seconds``: for what
        costs seconds, how long it holds whatever the version. Raises UnknownAreaError.
        """
        question = self._question(area, window, lang, scope)
        moment = int(self.now().timestamp())
        version = (*self._version(), moment // 60)
        if slow_seconds:
            version = (*self._version()[1:], moment // slow_seconds)

        def make() -> Document:
            with begin_read(self.engine) as connection:
                content = build(
                    connection, question, settings=self.settings, now=self.now(), build=self.build
                )
            return make_document(content, version=version)

        return self._shelf.get((name, *question.key, *more), version, make).data

    def wall_document(
        self, chosen: Chosen, lang: str | None, *, scope: Scope = EVERYTHING
    ) -> Document:
        """Everything a wall of this profile shows now; made anew for every version, and every few
        seconds where somebody asks, because alarms also come with time. Raises UnknownAreaError."""
        key, question = self._wall_question(chosen, lang, scope)
        return self._shelf.get(key, self._wall_version(), lambda: self._make_wall(chosen, question))

    def wall_pause(self, chosen: Chosen, lang: str | None, *, scope: Scope = EVERYTHING) -> float:
        """Seconds to wait first, as for the map: several walls in a busy second cost one."""
        key, _ = self._wall_question(chosen, lang, scope)
        return self._shelf.pause(key, self._wall_version(), _WALL_SECONDS)

    def _wall_version(self) -> tuple[Any, ...]:
        return (*self._version(), int(self.now().timestamp()) // _WALL_TURN_SECONDS)

    def wall_profile(self, asked: str | None) -> Chosen:
        """The profile a wall of this name shows: the default one where it is missing, broken or
        names an area that the city has not, and the whole city where that is so as well."""
        chosen = choose_profile(self.settings, asked)
        if not chosen.profile.area or self.knows_area(chosen.profile.area):
            return chosen
        usual = choose_profile(self.settings, None)
        is_known = not usual.profile.area or self.knows_area(usual.profile.area)
        profile = usual.profile if is_known else WallProfile()
        return Chosen(name=usual.name, asked=chosen.asked, profile=profile, problem="area")

    def _wall_question(
        self, chosen: Chosen, lang: str | None, scope: Scope
    ) -> tuple[tuple[Any, ...], Question]:
        profile = chosen.profile
        question = self._question(profile.area, "today", lang or profile.lang, scope)
        return ("wall", *question.key, profile), question

    def _make_wall(self, chosen: Chosen, question: Question) -> Document:
        version = self._wall_version()
        geometry = self.geometry_address()
        vacant = self.page(
            "wall-vacant", question.area_code, question.window_key, question.lang, build_vacant,
            slow_seconds=_VACANT_SECONDS, scope=question.scope,
        )  # fmt: skip
        with begin_read(self.engine) as connection:
            content = build_wall(
                connection, question, profile=chosen.profile, vacant=vacant,
                settings=self.settings, now=self.now(), build=self.build, geometry=geometry,
                part_days=self.part_days,
            )  # fmt: skip
        return make_document(content, version=version, changing=_CHANGING)

    def fresh(
        self,
        area: str | None,
        window: str | None,
        lang: str | None,
        build: Callable[..., dict[str, Any]],
        *,
        scope: Scope = EVERYTHING,
    ) -> Any:
        """As ``page``, made anew every time and kept nowhere: for what may end at any moment."""
        question = self._question(area, window, lang, scope)
        with begin_read(self.engine) as connection:
            return build(
                connection, question, settings=self.settings, now=self.now(), build=self.build
            )

    def _make_head(self, question: Question) -> Document:
        version = self._version()
        with begin_read(self.engine) as connection:
            content = read_head(
                connection, question, settings=self.settings, now=self.now(), build=self.build
            )
        return make_document(content, version=version)

    def _question(
        self,
        area: str | None,
        window: str | None,
        lang: str | None,
        scope: Scope,
        codes: SliceCodes = NO_CODES,
    ) -> Question:
        return Question(
            codes=codes,
            scope=scope,
            area_code=area or None,
            window_key=known_window(window),
            lang=known_language(lang, self.settings.language),
        )

    def _version(self) -> tuple[Any, ...]:
        """What a document depends on: the numbers, the tree, the city's day and the program; and
        the store, because two stores may share one cache and have counted equally far."""
        tick = self.ticker.latest
        now = self.now()
        today = city_today(now, self.settings.city_time_zone).isoformat()
        report_day = window_of("reportday", None, settings=self.settings, now=now).last_on
        store = (self._store, tick.applied_at_ms)
        return (
            tick.version, tick.tree_version, today, report_day.isoformat(), self.build, store,
        )  # fmt: skip

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
                part_days=self.part_days,
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
