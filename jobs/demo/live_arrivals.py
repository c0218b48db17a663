"""New cases of the living demo city: what is reported, where, by whom; sometimes once more."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, insert, select

from dashboard.clocks import WorkCalendar
from dashboard.lifecycle.states import State
from data_access.tables import areas, cases, categories, departments, sources, workers
from jobs.demo.arrivals import category_season
from jobs.demo.limit_table import LIMITS, are_urgent, choose_limits
from jobs.demo.live_open import OpenCase, log_step, open_case
from jobs.demo.profiles import Profile
from jobs.demo.reference import CATEGORIES, DEPARTMENTS, SOURCES, Category, Source

_REPEAT_SHARE: Final = 0.04
_REPEAT_DAYS: Final = 29.0
_TELEPHONE_SHARE: Final = 0.9


class Arrivals:
    """Writes new cases, in transactions of its caller."""

    def __init__(
        self,
        connection: Connection,
        profile: Profile,
        calendar: WorkCalendar,
        generator: np.random.Generator,
    ) -> None:
        self._profile, self._calendar, self._random = profile, calendar, generator
        self._sources = {
            row.code: row.source_id
            for row in connection.execute(select(sources.c.code, sources.c.source_id))
        }
        rows = connection.execute(select(categories).where(categories.c.parent_id.is_not(None)))
        self._categories = {row.name_zh: row.category_id for row in rows}
        self._departments = {
            row.name_zh: row.department_id for row in connection.execute(select(departments))
        }
        self._read_places(connection)
        self._day, self._running = "", 0

    def _read_places(self, connection: Connection) -> None:
        rows = connection.execute(
            select(areas.c.area_id, areas.c.parent_id, areas.c.code, areas.c.level, areas.c.kind,
                   areas.c.name_zh, areas.c.residents, areas.c.longitude, areas.c.latitude)
            .where(areas.c.hierarchy == "main")
        ).all()  # fmt: skip
        self._areas = {row.area_id: row for row in rows}
        self._grids = [row for row in rows if row.level == "grid" and row.kind != "unlocated"]
        shares = np.array([((row.residents or 0) + 20.0) ** 0.8 for row in self._grids])
        self._grid_shares = shares / shares.sum()
        self._territory = {
            row.area_id: row.department_id
            for row in connection.execute(
                select(departments).where(departments.c.kind == "territory"))
        }  # fmt: skip
        self._worker = {
            row.area_id: row.worker_id
            for row in connection.execute(select(workers.c.area_id, workers.c.worker_id))
        }

    def source_of(self, source_id: int) -> Source | None:
        """The demo source with this id."""
        return next((one for one in SOURCES if self._sources.get(one.code) == source_id), None)

    def category_of(self, category_id: int) -> Category | None:
        """The demo category with this id."""
        found = (one for one in CATEGORIES if self._categories.get(one.name[0]) == category_id)
        return next(found, None)

    def department_for(
        self, category_id: int, area_id: int, *, but: int | None = None
    ) -> int | None:
        """Who is to handle a case: the category's department or that of the place 属地."""
        category = self.category_of(category_id)
        keys = {given.key: given.name[0] for given in DEPARTMENTS}
        special = self._departments.get(keys[category.department]) if category else None
        local: int | None = area_id
        while local is not None and local not in self._territory:
            local = self._areas[local].parent_id if local in self._areas else None
        near = self._territory.get(local) if local is not None else None
        first, second = (near, special) if self._random.random() < 0.35 else (special, near)
        wanted = [one for one in (first, second) if one is not None and one != but]
        return int(wanted[0]) if wanted else but

    def arrive(self, connection: Connection, now: datetime) -> OpenCase:
        """A new case, reported at ``now``."""
        told = self._told_again(connection, now) or self._new_matter(connection, now)
        source: Source = told.pop("source")
        code = self._next_code(connection, told["area_id"], now)
        values: dict[str, Any] = told | {
            "case_code": code, "source_ref": code, "source_id": self._sources[source.code],
            "worker_id": self._worker.get(told["area_id"]) if source.kind == "worker" else None,
            "reporter_phone": self._telephone(told, source),
            "state": State.REPORTED.value, "reported_at": now, "ingested_at": now,
            "updated_at": now,
        }  # fmt: skip
        row = connection.execute(insert(cases).values(**values).returning(cases)).one()
        log_step(connection, row.case_id, None, State.REPORTED.value, now)
        return open_case(row)

    def _new_matter(self, connection: Connection, now: datetime) -> dict[str, Any]:
        month = now.astimezone(self._calendar.zone).month
        shares = np.array([
            given.weight * category_season(self._profile, number)[month - 1]
            for number, given in enumerate(CATEGORIES)
        ])  # fmt: skip
        number = int(self._random.choice(len(CATEGORIES), p=shares / shares.sum()))
        given = CATEGORIES[number]
        limit = int(choose_limits(np.array([number]), self._random)[0])
        grid = self._grids[int(self._random.choice(len(self._grids), p=self._grid_shares))]
        longitude, latitude = self._point(connection, grid)
        street = self._areas[grid.parent_id].name_zh
        return {
            "category_id": self._categories[given.name[0]], "title": given.title,
            "filing_condition": LIMITS[limit].condition or None,
            "is_urgent": bool(are_urgent()[limit]),
            "area_id": grid.area_id, "longitude": longitude, "latitude": latitude,
            "address": f"{street}{grid.name_zh}{int(self._random.integers(1, 400))}号",
            "source": self._source(given), "reporter_phone": None,
        }  # fmt: skip

    def _told_again(self, connection: Connection, now: datetime) -> dict[str, Any] | None:
        """重复诉求: the matter of some case of the last weeks, told once more."""
        if self._random.random() >= _REPEAT_SHARE:
            return None
        after = now - timedelta(days=float(self._random.uniform(0.2, _REPEAT_DAYS)))
        row = connection.execute(
            select(cases).where(cases.c.accepted_at >= after, cases.c.voided_at.is_(None))
            .order_by(cases.c.accepted_at).limit(1)
        ).first()  # fmt: skip
        given = None if row is None else self.category_of(row.category_id)
        if row is None or given is None or self._areas[row.area_id].kind == "unlocated":
            return None
        names = (
            "category_id", "title", "filing_condition", "is_urgent", "area_id", "longitude",
            "latitude", "address", "reporter_phone",
        )  # fmt: skip
        return {name: getattr(row, name) for name in names} | {"source": self._source(given)}

    def _source(self, given: Category) -> Source:
        field = given.channel == "field"
        shares = np.array([s.field_share if field else s.citizen_share for s in SOURCES])
        return SOURCES[int(self._random.choice(len(SOURCES), p=shares / shares.sum()))]

    def _telephone(self, told: dict[str, Any], source: Source) -> str | None:
        if not source.has_caller or self._random.random() >= _TELEPHONE_SHARE:
            return None
        again: str | None = told["reporter_phone"]
        # No subscriber's number in mainland China begins with these digits.
        return again or f"1001{int(self._random.integers(0, 10**7)):07d}"

    def _point(self, connection: Connection, grid: Any) -> tuple[float, float]:
        """A random point of a grid: its border is seen from its middle as a whole."""
        text = connection.scalar(select(areas.c.polygon).where(areas.c.area_id == grid.area_id))
        middle = np.array((grid.longitude, grid.latitude))
        if not text:
            return grid.longitude, grid.latitude
        ring = np.array(json.loads(text)["coordinates"][0])
        corner = int(self._random.integers(0, len(ring) - 1))
        u, v = np.sqrt(self._random.random()) * 0.92, self._random.random()
        edge = (1 - v) * ring[corner] + v * ring[corner + 1]
        longitude, latitude = np.round(middle + u * (edge - middle), 6).tolist()
        return longitude, latitude

    def _next_code(self, connection: Connection, area_id: int, now: datetime) -> str:
        local = now.astimezone(self._calendar.zone)
        day = local.strftime("%Y%m%d")
        if day != self._day:
            midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
            highest = connection.scalar(
                select(func.max(func.substr(cases.c.case_code, 15, 5))).where(
                    cases.c.reported_at >= midnight - timedelta(days=1),
                    func.substr(cases.c.case_code, 7, 8) == day,
                )
            )
            self._day, self._running = day, int(highest or 0)
        self._running += 1
        return f"{self._areas[area_id].code[:6]}{day}{self._running:05d}"
