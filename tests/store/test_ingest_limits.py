"""Which limit an imported case gets, and when a delivery moves its deadline, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, insert, select

from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import (
    case_suspensions,
    cases,
    categories,
    deadline_changes,
    limit_rules,
)
from data_access.types import to_epoch_ms
from jobs.ingest import BatchReport, IncomingCase, ingest_rows
from jobs.resume_suspended import run_resume_suspended
from tests.store.history import plant_city

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def ms(text: str) -> int:
    return to_epoch_ms(at(text))


@pytest.fixture
def city(engine: Engine) -> Engine:
    """类3 has a table of limits: 4 工作时, 8 from 2026-11-19 on, 1 工作日 次日起算 for 占道."""
    plant_city(engine)
    with begin_write(engine) as connection:
        rows = [
            {"category_id": 3, "code": "c3", "name_zh": "类3", "parent_id": None},
            {"category_id": 4, "code": "c4", "name_zh": "类4", "parent_id": 3},
        ]
        connection.execute(insert(categories), rows)
        for condition, kind, amount, rule, since in (
            ("", "work_hour", 4, "instant", None),
            ("", "work_hour", 8, "instant", date(2026, 11, 19)),
            ("占道", "work_day", 1, "next_day", None),
        ):
            connection.execute(
                insert(limit_rules).values(
                    category_id=3, filing_condition=condition, limit_kind=kind,
                    limit_amount=amount, start_rule=rule, valid_from=since,
                )
            )  # fmt: skip
    return engine


@pytest.fixture
def deliver(city: Engine, settings: Settings) -> Any:
    def run(*rows: IncomingCase, **more: Any) -> BatchReport:
        used = replace(settings, **more)
        report = ingest_rows(city, used, iter(rows), source_code="c2", origin="test")
        assert report.rows_rejected == 0, report.examples
        return report

    return run


def incoming(**fields: Any) -> IncomingCase:
    told = {
        "category": "类3", "area": "A07", "reported_at": ms("2026-11-18 09:00"),
        "accepted_at": ms("2026-11-18 09:00"), "known_at": ms("2026-11-18 09:00"),
    }  # fmt: skip
    given = {
        name: ms(value) if isinstance(value, str) and value[:3] == "202" else value
        for name, value in fields.items()
    }
    return IncomingCase(2, "a", told | given)


def case(engine: Engine) -> dict[str, Any]:
    with begin_read(engine) as connection:
        return dict(connection.execute(select(cases)).mappings().one())


def changes(engine: Engine) -> list[str]:
    query = select(deadline_changes.c.reason).order_by(deadline_changes.c.change_id)
    with begin_read(engine) as connection:
        return list(connection.execute(query).scalars())


def due(engine: Engine) -> str:
    return f"{case(engine)['deadline_handle_at'].astimezone(ZONE):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("fields", "expected", "rule"),
    [
        ({}, "11-18 15:00", "instant"),  # 4 工作时
        ({"filing_condition": "占道"}, "11-19 18:00", "next_day"),  # 1 工作日, 次日起算
        ({"filing_condition": "其他"}, "11-18 15:00", "instant"),  # without a rule of its own
        ({"category": "类4"}, "11-18 15:00", "instant"),  # its 大类 has the rule
        # the rule of the day of dispatch: 8 工作时
        ({"dispatched_at": "2026-11-19 09:00"}, "11-20 09:00", "instant"),
        # the source's own limit
        ({"limit_kind": "urgent_hour", "limit_amount": 1.0}, "11-18 10:00", "instant"),
    ],
)
def test_the_limit_of_a_new_case(
    city: Engine, deliver: Any, fields: Any, expected: str, rule: str
) -> None:
    deliver(incoming(**fields))
    row = case(city)
    assert due(city) == expected
    assert row["deadline_at"] == row["deadline_handle_at"]
    assert row["clock_started_at"] == at(fields.get("dispatched_at", "2026-11-18 09:00"))
    assert row["start_rule"] == rule


def test_a_category_without_limit_has_no_deadline(city: Engine, deliver: Any) -> None:
    deliver(incoming(category="类1"))
    row = case(city)
    assert [row[name] for name in ("limit_kind", "clock_started_at", "deadline_at")] == [None] * 3


def test_a_deadline_the_source_brings_has_no_clock_here(city: Engine, deliver: Any) -> None:
    deliver(incoming(deadline_at="2026-11-20 09:00", limit_kind="work_hour", limit_amount=4.0))
    row = case(city)
    assert (row["deadline_at"], row["clock_started_at"]) == (at("2026-11-20 09:00"), None)
    assert row["limit_kind"] == "work_hour"


def test_a_changed_limit_touches_only_what_is_dispatched_later(city: Engine, deliver: Any) -> None:
    deliver(incoming())
    assert due(city) == "11-18 15:00"
    deliver(incoming(title="nothing of the clock"))
    assert due(city) == "11-18 15:00"
    deliver(incoming(dispatched_at="2026-11-18 11:00", known_at="2026-11-18 11:00"))
    assert due(city) == "11-18 17:00"  # still the rule of that day
    deliver(incoming(dispatched_at="2026-11-19 09:00", known_at="2026-11-19 09:00"))
    assert due(city) == "11-20 09:00"  # dispatched under the new rule
    assert case(city)["limit_amount"] == 8.0
    assert changes(city) == ["correction", "correction"]


def test_a_limit_of_the_source_stays_when_its_clock_starts_later(
    city: Engine, deliver: Any
) -> None:
    own = {"limit_kind": "urgent_hour", "limit_amount": 1.0}
    deliver(incoming(**own))
    deliver(incoming(**own, dispatched_at="2026-11-19 09:00", known_at="2026-11-19 09:00"))
    assert due(city) == "11-19 10:00"


def test_a_deadline_brought_later_ends_the_clock(city: Engine, deliver: Any) -> None:
    deliver(incoming())
    deliver(incoming(deadline_at="2026-11-30 09:00", known_at="2026-11-19 09:00"))
    row = case(city)
    assert (row["deadline_at"], row["clock_started_at"], row["start_rule"]) == (
        at("2026-11-30 09:00"), None, None,
    )  # fmt: skip
    deliver(
        incoming(
            deadline_at="2026-11-30 09:00", dispatched_at="2026-11-19 09:00",
            known_at="2026-11-19 09:00",
        )
    )  # fmt: skip
    assert case(city)["deadline_at"] == at("2026-11-30 09:00")
    assert changes(city) == ["correction"]


def test_rework_starts_the_clock_again_by_its_rule(city: Engine, deliver: Any) -> None:
    deliver(incoming(filing_condition="占道"))
    deliver(incoming(filing_condition="占道", closed_at="2026-11-19 10:00",
                     handled_at="2026-11-19 09:30", known_at="2026-11-19 10:00"))  # fmt: skip
    deliver(incoming(filing_condition="占道", state="rework", known_at="2026-11-20 10:00"))
    row = case(city)
    assert row["clock_started_at"] == at("2026-11-20 10:00")
    assert due(city) == "11-23 18:00"  # 1 工作日 from the next day, which is a Saturday
    assert changes(city) == ["rework"]


def test_rework_of_a_case_whose_deadline_was_brought_gets_the_limit_of_the_table(
    city: Engine, deliver: Any
) -> None:
    brought = {"deadline_at": "2026-11-20 09:00"}
    deliver(incoming(**brought, closed_at="2026-11-19 10:00"))
    deliver(incoming(**brought, state="rework", known_at="2026-11-20 10:00"))
    assert due(city) == "11-23 10:00"
    assert case(city)["limit_amount"] == 8.0


def test_a_pause_moves_every_deadline_on_its_own_clock(city: Engine, deliver: Any) -> None:
    later = {"closing_limits": "1 work_day"}
    deliver(incoming(), **later)
    assert case(city)["deadline_at"] == at("2026-11-19 15:00")
    deliver(incoming(state="suspended", suspended_at="2026-11-18 10:00",
                     known_at="2026-11-18 10:00"), **later)  # fmt: skip
    deliver(incoming(state="handling", arrived_at="2026-11-20 10:00",
                     known_at="2026-11-20 10:00"), **later)  # fmt: skip
    assert due(city) == "11-20 15:00"  # three working hours were left
    assert case(city)["deadline_at"] == at("2026-11-23 15:00")
    assert case(city)["due_soon_at"] == at("2026-11-20 14:12")
    assert changes(city) == ["resume"]


def test_a_source_that_lags_behind_does_not_suspend_again(
    city: Engine, deliver: Any, settings: Settings
) -> None:
    """The suspension was over at its planned end; the source still says suspended."""
    paused = {
        "state": "suspended", "suspended_at": "2026-11-18 10:00",
        "suspended_until_at": "2026-11-18 16:00",
    }  # fmt: skip
    deliver(incoming())
    deliver(incoming(**paused, known_at="2026-11-18 10:00"))
    assert run_resume_suspended(city, settings=settings, now=at("2026-11-18 16:01")) == 1
    assert due(city) == "11-19 09:00"
    report = deliver(incoming(**paused, known_at="2026-11-18 17:00"))
    assert report.rows_unchanged == 1
    assert case(city)["state"] == "handling"
    deliver(incoming(**paused | {"suspended_at": "2026-11-18 17:00",
                                 "suspended_until_at": "2026-11-20 08:00"},
                     known_at="2026-11-18 17:00"))  # fmt: skip
    assert case(city)["state"] == "suspended"  # a new one
    with begin_read(city) as connection:
        assert len(connection.execute(select(case_suspensions)).all()) == 2
