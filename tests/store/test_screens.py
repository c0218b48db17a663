"""Tokens, reports, marks of jobs and the page 系统状态, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, select

from dashboard.readings.chain import Chain
from dashboard.readings.reader import Reader
from dashboard.readings.screen_reports import parse_report, save_report, silent_seconds
from dashboard.readings.system_page import build_store_size, build_system_page
from dashboard.readings.wall_tokens import Clerk, TokenBook, issue_token, revoke_token
from dashboard.settings import Settings
from data_access import screens as screens_store
from data_access.engine import begin_read, begin_write
from data_access.rollups import save_state
from data_access.screen_tokens import read_tokens
from data_access.screens import TooManyScreensError, read_screens
from data_access.tables import audit_log
from jobs.refresh_rollups import refresh
from jobs.runner import Watched
from jobs.timetable import Job
from tests.store.history import History, plant_city

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CLERK = Clerk(name="王科长", origin="10.0.0.7 Chromium", now=NOW)
RAW: dict[str, Any] = {
    "profile": "default", "version": 1, "build": "b", "as_of_ms": None, "painted_ms": None,
    "state": "live", "heap": 5, "skew_ms": 0, "viewport": "", "paints": [],
}  # fmt: skip


class Desk:
    """A reader whose clock is set by the test."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings, self.now = engine, settings, NOW
        self.reader = Reader(engine, settings, build="b", now=lambda: self.now)

    def report(self, code: str = "screen-one", token_id: int | None = None, **more: Any) -> int:
        report = parse_report({**RAW, **more})
        return save_report(self.reader, code, report, token_id=token_id)

    def screen(self, number: int) -> dict[str, Any]:
        with begin_read(self.engine) as connection:
            return next(row for row in read_screens(connection) if row["screen_id"] == number)

    def version(self) -> None:
        """Another version of the numbers."""
        with begin_write(self.engine) as connection:
            save_state(connection, bump=True)


@pytest.fixture
def desk(engine: Engine, settings: Settings) -> Desk:
    return Desk(engine, settings)


def test_a_token_is_known_by_its_digest_until_it_is_revoked(desk: Desk) -> None:
    clock = [0.0]
    book = TokenBook(desk.engine, clock=lambda: clock[0])
    assert book.holder("anything").standing == "unknown"
    issued = issue_token(desk.engine, "三楼", "led", CLERK)
    assert book.holder(issued.token).standing == "unknown"  # read a moment ago
    clock[0] = 3.0
    holder = book.holder(issued.token)
    assert (holder.standing, holder.name, holder.profile) == ("valid", "三楼", "led")
    with begin_read(desk.engine) as connection:
        [kept] = read_tokens(connection)
    assert issued.token.encode() not in kept.digest
    assert revoke_token(desk.engine, issued.token_id, CLERK)
    book.forget()
    assert book.holder(issued.token).standing == "revoked"
    with begin_read(desk.engine) as connection:
        acts = connection.execute(select(audit_log.c.action, audit_log.c.actor)).all()
    assert acts == [("wall_token_create", "王科长"), ("wall_token_revoke", "王科长")]


def test_behind_since_stands_until_the_screen_has_caught_up(desk: Desk) -> None:
    desk.version()
    number = desk.report(version=1)
    assert desk.screen(number)["behind_since"] is None
    desk.version()
    desk.now += timedelta(seconds=10)
    assert desk.report(version=1) == number
    since = desk.screen(number)["behind_since"]
    assert since == desk.now
    desk.now += timedelta(minutes=4)
    desk.report(version=1)
    assert desk.screen(number)["behind_since"] == since
    desk.report(version=2)
    assert desk.screen(number)["behind_since"] is None
    desk.now += timedelta(seconds=90)
    assert silent_seconds(desk.reader, "screen-one") == 90


def test_the_last_paints_are_kept_each_once(desk: Desk) -> None:
    for start in range(0, 60, 15):
        paints = [[version, "c", f"{version:x}"] for version in range(start, start + 20)]
        number = desk.report(paints=paints)
    kept = desk.screen(number)["paints"]
    assert [paint[0] for paint in kept] == list(range(25, 65))


def test_one_screen_too_many_is_refused_and_old_ones_make_room(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens_store, "MOST_SCREENS", 2)
    desk.report("screen-one")
    desk.now += timedelta(days=20)
    desk.report("screen-two")
    with pytest.raises(TooManyScreensError):
        desk.report("screen-three")
    desk.now += timedelta(days=11)
    desk.report("screen-three")
    with begin_read(desk.engine) as connection:
        assert [row["code"] for row in read_screens(connection)] == ["screen-two", "screen-three"]


def _fails(_engine: Engine, **_more: Any) -> None:
    raise ValueError("secret words of a driver")


def _works(_engine: Engine, **_more: Any) -> None:
    return None


class Given(Job):
    """A job whose function is given, not named."""

    def load(self) -> Any:
        return {"fails": _fails, "works": _works}[self.function]


def _job(name: str, function: str) -> Job:
    return Given(name=name, seconds=lambda _settings: 60.0, function=function)


def _city(desk: Desk, settings: Settings) -> History:
    plant_city(desk.engine)
    history = History(desk.engine, Random(3))
    for _ in range(20):
        history.step()
    refresh(desk.engine, settings=settings, now=history.now)
    return history


def test_the_system_page_says_how_everything_stands(desk: Desk, settings: Settings) -> None:
    history = _city(desk, settings)
    desk.now = history.now
    token = issue_token(desk.engine, "三楼", "", Clerk(name="甲", origin="o", now=desk.now))
    number = desk.report("screen-one", token_id=token.token_id, version=10**6, build="old")
    Watched(_job("a_bad_one", "fails"), desk.engine, settings).run()
    Watched(_job("a_good_one", "works"), desk.engine, settings).run()
    desk.now = max(desk.now, datetime.now(UTC))
    store = desk.reader.page("system-store", None, "", "", build_store_size, slow_seconds=60)

    def build(*args: Any, **more: Any) -> dict[str, Any]:
        return build_system_page(*args, **more, store=store)

    shown = desk.reader.page("system", None, "", "zh", build)
    assert shown["store"]["cases"] > 0
    assert shown["store"]["engine"].split()[0] in ("SQLite", "PostgreSQL")
    [screen] = shown["screens"]
    assert (screen["number"], screen["name"], screen["is_old"]) == (number, "三楼", True)
    jobs = {one["name"]: one for one in shown["jobs"]}
    assert (jobs["a_bad_one"]["state"], jobs["a_bad_one"]["error"]) == ("failing", "ValueError")
    assert (jobs["a_good_one"]["state"], jobs["a_good_one"]["failures"]) == ("ok", 0)
    assert jobs["a_good_one"]["next_ms"] - jobs["a_good_one"]["last_ms"] <= 60_000
    assert [act["action"] for act in shown["acts"]] == ["wall_token_create"]
    assert "secret" not in str(shown)


def test_the_chain_names_the_newest_case_and_its_moments(desk: Desk, settings: Settings) -> None:
    _city(desk, settings)
    chain = Chain().latest(desk.reader)
    assert chain["event_ms"] <= chain["received_ms"]
    assert chain["as_of_ms"] <= chain["checked_at_ms"]
    assert all(one["interval_seconds"] > 0 for one in chain["sources"])
