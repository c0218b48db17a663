"""The living demo city: legal steps only, at a pace one can see, taking up what it finds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, func, select, update

from dashboard.settings import Settings
from data_access.tables import (
    case_events,
    case_rechecks,
    case_suspensions,
    cases,
    deadline_changes,
    patrols,
    shifts,
    visits,
    whistle_calls,
)
from jobs.demo import generate, live
from jobs.demo.live import QUIET_SECONDS, LiveCity
from jobs.link_repeats import run_link_repeats
from jobs.resume_suspended import run_resume_suspended

Problems = Callable[[Connection], list[str]]
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in the city


@pytest.fixture
def demo(engine: Engine, settings: Settings, demo_now: datetime) -> Engine:
    """The test profile's city in a store of either engine."""
    generate(engine, profile="test", settings=settings, now=demo_now, years=1)
    return engine


def _beats(city: LiveCity, start: datetime, count: int, seconds: float = 1.0) -> list[int]:
    return [city.beat(start + timedelta(seconds=n * seconds), seconds) for n in range(count)]


def test_hours_of_life_keep_every_rule(
    demo: Engine, settings: Settings, row_problems: Problems
) -> None:
    city = LiveCity(demo, profile="test", settings=settings, speed=60, seed=5)
    events = _beats(city, MONDAY, 400)
    with demo.connect() as connection:
        states = set(connection.scalars(
            select(case_events.c.to_state).where(case_events.c.event_at >= MONDAY)))  # fmt: skip
        written = connection.scalar(select(func.count()).where(case_events.c.event_at >= MONDAY))
        assert row_problems(connection) == []
        assert connection.scalar(select(func.count()).where(shifts.c.checked_in_at >= MONDAY))
        assert connection.scalar(select(func.count()).where(patrols.c.started_at >= MONDAY))
    assert written == sum(events) > 100
    assert {"reported", "accepted", "signed", "handled", "closed"} <= states


def test_by_day_a_case_moves_every_few_seconds(demo: Engine, settings: Settings) -> None:
    events = _beats(LiveCity(demo, profile="test", settings=settings, seed=2), MONDAY, 60)
    gaps = "".join("x" if count else "." for count in events).split("x")
    assert max(len(gap) for gap in gaps) <= QUIET_SECONDS


def test_at_night_it_is_quiet(demo: Engine, settings: Settings) -> None:
    night = MONDAY - timedelta(hours=8)
    assert sum(_beats(LiveCity(demo, profile="test", settings=settings, seed=2), night, 60)) < 6


def test_it_takes_up_what_it_finds_after_a_restart(
    demo: Engine, settings: Settings, row_problems: Problems
) -> None:
    for number in range(3):
        start = MONDAY + timedelta(hours=number)
        city = LiveCity(demo, profile="test", settings=settings, speed=100, seed=number)
        assert sum(_beats(city, start, 60)) > 0
    with demo.connect() as connection:
        assert row_problems(connection) == []


def test_weeks_of_life_with_the_jobs_at_work(
    sqlite_engine: Engine, settings: Settings, demo_now: datetime, row_problems: Problems
) -> None:
    """Whistles, samples, repeats and resumptions, none of which happens in an hour."""
    demo = sqlite_engine
    generate(demo, profile="test", settings=settings, now=demo_now, years=1)
    city = LiveCity(demo, profile="test", settings=settings, speed=20_000, seed=4)
    _beats(city, MONDAY, 160)
    later = MONDAY + timedelta(days=61)  # every suspension that began meanwhile is over by then
    resumed = run_resume_suspended(demo, settings=settings, now=later)
    run_link_repeats(demo, settings, later)
    _beats(city, later, 20)
    with demo.connect() as connection:
        assert row_problems(connection) == []
        for column in (
            whistle_calls.c.called_at, whistle_calls.c.arrived_at, case_rechecks.c.drawn_at,
            case_rechecks.c.checked_at, case_suspensions.c.started_at,
        ):  # fmt: skip
            assert connection.scalar(select(func.count()).where(column >= MONDAY)), column
        links = connection.scalar(
            select(func.count()).where(
                cases.c.accepted_at >= MONDAY, cases.c.repeat_of_case_id.is_not(None))
        )  # fmt: skip
        kinds = set(connection.scalars(
            select(cases.c.close_kind).where(cases.c.reported_at >= MONDAY)))  # fmt: skip
        conditions = connection.scalar(
            select(func.count(cases.c.filing_condition)).where(cases.c.reported_at >= MONDAY)
        )
        changed = set(connection.scalars(
            select(deadline_changes.c.reason).where(deadline_changes.c.changed_at >= MONDAY)
        ))  # fmt: skip
        due = connection.scalar(
            select(func.count()).where(visits.c.visited_at >= MONDAY, visits.c.due_at.is_(None))
        )
    assert resumed > 0 and links and conditions and due == 0
    assert {"on_site", "answered", "handled"} <= kinds
    assert {"rework", "resume"} <= changed


def test_a_case_moved_by_somebody_else_is_left_alone(
    demo: Engine, settings: Settings, row_problems: Problems
) -> None:
    city = LiveCity(demo, profile="test", settings=settings, speed=2000, seed=4)
    with demo.begin() as connection:
        moved = connection.scalars(select(cases.c.case_id).where(cases.c.state == "handling")).all()
        assert moved
        connection.execute(
            update(cases).where(cases.c.case_id.in_(moved)).values(state="somewhere else")
        )
    _beats(city, MONDAY, 20)
    with demo.connect() as connection:
        kept = connection.scalars(select(cases.c.state).where(cases.c.case_id.in_(moved)))
        assert set(kept) == {"somewhere else"}


def test_live_ends_when_told(demo: Engine, settings: Settings) -> None:
    stop = threading.Event()
    thread = threading.Thread(
        target=live, args=(demo,),
        kwargs={"profile": "test", "settings": settings, "speed": 500.0, "stop": stop},
    )  # fmt: skip
    before = _last_event(demo)
    thread.start()
    deadline = datetime.now(UTC) + timedelta(seconds=30)
    while _last_event(demo) == before and datetime.now(UTC) < deadline:
        thread.join(0.05)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert _last_event(demo) > before


def _last_event(engine: Engine) -> datetime:
    with engine.connect() as connection:
        newest = connection.scalar(select(func.max(case_events.c.event_at)))
    assert isinstance(newest, datetime)
    return newest


def test_a_speed_of_nothing_is_refused(sqlite_engine: Engine, settings: Settings) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        live(sqlite_engine, profile="test", settings=settings, speed=0, stop=threading.Event())
