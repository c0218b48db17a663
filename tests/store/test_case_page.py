"""A case's page says what the store knows of the case, on both engines, and nobody's name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from dashboard.components.board_shape import PageHead
from dashboard.components.case_page import case_page
from dashboard.components.frame import PageFrame
from dashboard.readings.case_page import CaseView, UnknownCaseError, knows_case, read_case_page
from dashboard.readings.case_question import ANY_TIME, CaseQuestion
from dashboard.readings.case_search import read_case_listing
from dashboard.readings.reader import Reader
from dashboard.readings.scope import OutsideScopeError, Scope
from dashboard.settings import Settings
from dashboard.shell.first_paint import first_paint
from data_access.engine import begin_write
from data_access.tables import (
    areas,
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_suspensions,
    cases,
    deadline_changes,
    supervisions,
)
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

# Wednesday 09:00 in the city; four working hours end at 15:00 (08-12, 14-18).
REPORTED = datetime.fromisoformat("2026-03-04T00:30:00+00:00")
STARTED = datetime.fromisoformat("2026-03-04T01:00:00+00:00")
DEADLINE = datetime.fromisoformat("2026-03-04T07:00:00+00:00")
_HOUR = timedelta(hours=1)


def _case(case_id: int, code: str, **more: Any) -> dict[str, Any]:
    return {
        "case_id": case_id, "case_code": code, "source_id": 2, "source_ref": code,
        "category_id": 1, "area_id": 7, "department_id": 1, "state": "handling",
        "reported_at": REPORTED, "accepted_at": STARTED, "dispatched_at": STARTED,
        "limit_kind": "work_hour", "limit_amount": 4.0, "start_rule": "instant",
        "clock_started_at": STARTED, "due_soon_at": DEADLINE - _HOUR, "deadline_at": DEADLINE,
        "deadline_handle_at": DEADLINE, "ingested_at": STARTED, "updated_at": STARTED, **more,
    }  # fmt: skip


_PERSONAL = {
    "title": "路灯不亮，请回电13912345678", "address": "和平路12号", "reporter_name": "王小明",
    "reporter_phone": "13912345678",
}  # fmt: skip


def _plant(engine: Engine, *rows: dict[str, Any]) -> None:
    plant_city(engine)
    square = {"type": "Polygon", "coordinates": [[[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01]]]}
    with begin_write(engine) as connection:
        connection.execute(
            update(areas).where(areas.c.area_id == 7).values(polygon=json.dumps(square))
        )
        for row in rows:
            connection.execute(insert(cases).values(**row))


def _read(engine: Engine, settings: Settings, now: datetime, name: str, **more: Any) -> CaseView:
    return read_case_page(_reader(engine, settings, now), name, **more)


def _reader(engine: Engine, settings: Settings, now: datetime) -> Reader:
    refresh(engine, settings=settings, now=now)
    reader = Reader(engine, settings, build="test", now=lambda: now)
    reader.ticker.look()
    return reader


@pytest.mark.parametrize(
    ("hours", "light", "text"),
    [
        (1, "green", "剩 3 工作时 0 分"),
        (5.5, "yellow", "剩 30 分(工作时间)"),
        (7, "red", "超期 1 工作时 0 分"),
        (30, "dark_red", "超期 8 工作时 0 分"),
    ],
)
def test_the_head_tells_the_statutory_time(
    engine: Engine, settings: Settings, hours: float, light: str, text: str
) -> None:
    _plant(engine, _case(1, "A-1"))
    now = STARTED + hours * _HOUR
    page = _read(engine, settings, now, "A-1")
    assert page.clock.limit == "4 工作时"
    assert (page.clock.light, page.clock.text) == (light, text)
    assert not page.clock.is_moved
    listing = read_case_listing(_reader(engine, settings, now), CaseQuestion(by=ANY_TIME))
    row = listing.rows[0]
    assert (row["light"], row["remaining"]) == (light.removeprefix("dark_"), page.clock.text)


def test_every_table_and_both_clocks(engine: Engine, settings: Settings) -> None:
    closed = STARTED + 26 * _HOUR
    _plant(
        engine,
        _case(
            1,
            "A-1",
            state="closed",
            closed_at=closed,
            cycle_no=2,
            first_department_id=2,
            reporter_phone="1",
        ),
        _case(2, "A-2", reporter_phone="1", repeat_of_case_id=1),
    )
    steps = [
        (0, "reported", 0), (0.5, "dispatched", 2), (2, "handling", 0), (10, "rework", 0),
        (11, "dispatched", 0), (26, "closed", 3),
    ]  # fmt: skip
    with begin_write(engine) as connection:
        before, sent_back = None, STARTED + 10 * _HOUR
        for seq, (hours, state, late) in enumerate(steps, start=1):
            at = STARTED + hours * _HOUR
            connection.execute(
                insert(case_events).values(
                    case_id=1, seq=seq, event_at=at, known_at=at + late * _HOUR, from_state=before,
                    to_state=state, actor="张三", department_id=1,
                )
            )  # fmt: skip
            before = state
        hanging: list[tuple[Any, dict[str, Any]]] = [
            (case_cycles, {"cycle_no": 1, "started_at": STARTED, "reopened_at": sent_back}),
            (case_suspensions, {"seq": 1, "started_at": STARTED, "ended_at": STARTED + _HOUR}),
            (case_extensions, {"seq": 1, "applied_at": STARTED}),
            (deadline_changes, {"changed_at": STARTED, "reason": "rework"}),
            (callbacks, {"visited_at": closed, "is_valid": True, "answer": "satisfied"}),
            (supervisions, {"code": "督1", "kind": "overtime", "level": 1, "issued_at": STARTED}),
        ]  # fmt: skip
        for table, values in hanging:
            connection.execute(insert(table).values(case_id=1, **values))
    page = _read(engine, settings, closed + _HOUR, "1")
    names = [table.name for table in page.tables]
    assert names[:6] == [
        "supervisions", "cycles", "pauses", "extensions", "changes", "callbacks",
    ]  # fmt: skip
    assert [stage.cycle for stage in page.stages] == [1, 1, 1, 2, 2, 2]
    took = [stage.took_ms for stage in page.stages]
    assert took == [1_800_000, 5_400_000, 28_800_000, 3_600_000, 54_000_000, None]
    assert [stage.known_ms - stage.at_ms for stage in page.stages if stage.known_ms] == [
        late * 3_600_000 for _, _, late in steps
    ]
    assert {stage.actor for stage in page.stages} == {"张*"}
    assert [row["case_code"] for row in page.related] == ["A-2"]
    told = dict(page.citizen)
    assert told["onecase.taken"][1:3] == ["首接单位 局2", "转手 1 次"]
    assert "回访：满意" in told["onecase.result"]
    assert "超期" in first_paint(_drawn(engine, settings, closed + _HOUR, page))


def _drawn(engine: Engine, settings: Settings, now: datetime, page: CaseView) -> Any:
    head: PageHead = _reader(engine, settings, now).head(None, "d30", "zh")
    return case_page(head, page, PageFrame(time_zone=settings.city_time_zone))


def test_nobody_is_named(engine: Engine, settings: Settings) -> None:
    _plant(engine, _case(1, "A-1", **_PERSONAL))
    page = _read(engine, settings, STARTED + _HOUR, "A-1")
    html = first_paint(_drawn(engine, settings, STARTED + _HOUR, page))
    assert "王**" in html and "139****78" in html and "和平路*号" in html
    assert not any(secret in html for secret in ("王小明", "13912345678", "12号"))
    listing = read_case_listing(
        _reader(engine, settings, STARTED + _HOUR), CaseQuestion(by=ANY_TIME, text="13912345678")
    )
    told = json.dumps(listing.rows, ensure_ascii=False)
    assert not any(secret in told for secret in ("王小明", "13912345678", "12号"))


def test_the_same_caller_and_the_same_place_are_found(engine: Engine, settings: Settings) -> None:
    place = {"longitude": 0.005, "latitude": 0.005}
    _plant(
        engine,
        _case(1, "own", reporter_phone="1391234", **place),
        _case(2, "caller", reporter_phone="1391234", area_id=10, category_id=2),
        _case(3, "place", longitude=0.0052, latitude=0.005),
        _case(4, "far", longitude=0.009, latitude=0.005),
        _case(5, "other kind", category_id=2, **place),
        _case(6, "worker's telephone", source_id=1, reporter_phone="1391234", area_id=9),
        _case(7, "linked", area_id=11, accepted_at=STARTED - timedelta(days=900)),
    )
    with begin_write(engine) as connection:
        connection.execute(update(cases).where(cases.c.case_id == 1).values(repeat_of_case_id=7))
    page = _read(engine, settings, STARTED + _HOUR, "own")
    assert {(row["case_code"], row["why"]) for row in page.related} == {
        ("caller", "caller"), ("place", "place"), ("linked", "linked"),
    }  # fmt: skip
    assert page.place.point == (50.0, 50.0) and page.place.is_inside


def test_without_moves_the_moments_are_told(engine: Engine, settings: Settings) -> None:
    _plant(engine, _case(1, "A-1", longitude=50.0, latitude=50.0, limit_kind=None))
    page = _read(engine, settings, STARTED + 9 * _HOUR, "A-1")
    assert [stage.name for stage in page.stages] == ["上报", "受理", "派遣"]
    assert page.stages[-1].took_ms == 9 * 3_600_000
    assert page.clock.light == "red" and page.clock.text == ""  # natural time is told instead
    assert page.place.point is None and page.place.is_inside is False


def test_codes_come_before_ids_and_scope_before_all(engine: Engine, settings: Settings) -> None:
    _plant(engine, _case(1, "2"), _case(2, "other"))
    now = STARTED + _HOUR
    assert _read(engine, settings, now, "2").case_id == 1
    assert _read(engine, settings, now, "1").case_id == 1
    reader = _reader(engine, settings, now)
    assert knows_case(reader, "other")
    for name in ("no such", "9", "9" * 30, "²", "a\x00", "' OR 1=1 --"):
        assert not knows_case(reader, name)
        with pytest.raises(UnknownCaseError):
            read_case_page(reader, name)
    with pytest.raises(OutsideScopeError):
        read_case_page(reader, "other", scope=Scope(tops=(3,)))
