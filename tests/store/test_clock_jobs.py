"""The jobs of the clocks on both engines: suspensions that are over, calendars that change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from dashboard.settings import Settings
from data_access.calendar import (
    EnteredDay,
    delete_entered_days,
    save_entered_days,
)
from data_access.engine import begin_read, begin_write
from data_access.tables import (
    case_events,
    case_extensions,
    case_suspensions,
    cases,
    deadline_changes,
)
from jobs.recompute_deadlines import run_recompute_deadlines
from jobs.resume_suspended import run_resume_suspended
from jobs.seed_calendar import seed_calendar
from tests.store.history import plant_city

ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = Settings()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def city(engine: Engine) -> Engine:
    """The small city with China's calendar, seen once by the calendar job."""
    plant_city(engine)
    with begin_write(engine) as connection:
        seed_calendar(connection, today=date(2026, 11, 18), now=at("2026-11-01 00:00"))
    assert run_recompute_deadlines(engine, settings=SETTINGS, now=at("2026-11-01 00:00")) == 0
    return engine


def plant(connection: Connection, case_id: int, **more: Any) -> None:
    """A case dispatched on Wednesday 2026-11-18 at 08:00 with 8 工作时, in handling."""
    start = at("2026-11-18 08:00")
    values: dict[str, Any] = {
        "case_id": case_id, "case_code": f"C{case_id}", "source_id": 1, "source_ref": str(case_id),
        "category_id": 1, "area_id": 7, "state": "handling", "reported_at": start,
        "accepted_at": start, "dispatched_at": start, "ingested_at": start, "updated_at": start,
        "limit_kind": "work_hour", "limit_amount": 8.0, "start_rule": "instant",
        "clock_started_at": start, "due_soon_at": at("2026-11-18 16:24"),
        "deadline_handle_at": at("2026-11-18 18:00"), "deadline_at": at("2026-11-18 18:00"),
    }  # fmt: skip
    connection.execute(insert(cases).values(**values | more))


def suspend(
    connection: Connection, case_id: int, start: str, planned: str | None, ended: str | None = None
) -> None:
    connection.execute(
        insert(case_suspensions).values(
            case_id=case_id,
            seq=1,
            started_at=at(start),
            planned_end_at=None if planned is None else at(planned),
            ended_at=None if ended is None else at(ended),
        )
    )


def rows(engine: Engine, table: Any) -> list[dict[str, Any]]:
    with begin_read(engine) as connection:
        found = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        return [dict(row) for row in found]


def deadlines(engine: Engine) -> dict[int, str]:
    return {
        row["case_id"]: f"{row['deadline_handle_at'].astimezone(ZONE):%m-%d %H:%M}"
        for row in rows(engine, cases)
        if row["deadline_handle_at"] is not None
    }


# Suspensions


def test_a_suspension_whose_planned_end_has_passed_is_ended_there(city: Engine) -> None:
    with begin_write(city) as connection:
        plant(connection, 1, state="suspended")
        connection.execute(
            insert(case_events).values(
                case_id=1, seq=3, event_at=at("2026-11-18 12:00"), known_at=at("2026-11-18 12:00"),
                to_state="suspended",
            )
        )  # fmt: skip
        suspend(connection, 1, "2026-11-18 12:00", "2026-11-19 14:00")
    early = at("2026-11-19 13:59")
    assert run_resume_suspended(city, settings=SETTINGS, now=early) == 0
    now = at("2026-11-19 20:00")  # six hours late: the suspension still ends as planned
    assert run_resume_suspended(city, settings=SETTINGS, now=now) == 1
    (case,), (pause,), (change,) = (
        rows(city, table) for table in (cases, case_suspensions, deadline_changes)
    )
    assert case["state"] == "handling"
    assert pause["ended_at"] == at("2026-11-19 14:00")
    assert case["deadline_handle_at"] == case["deadline_at"] == at("2026-11-19 18:00")
    assert case["due_soon_at"] == at("2026-11-19 16:24")
    assert case["updated_at"] == now
    event = rows(city, case_events)[-1]
    assert (event["seq"], event["from_state"], event["to_state"]) == (4, "suspended", "handling")
    assert (event["event_at"], event["known_at"]) == (at("2026-11-19 14:00"), now)
    assert (event["actor"], event["opinion"]) == ("系统", "挂账到期，自动恢复处置")
    assert (change["reason"], change["changed_at"]) == ("resume", now)
    assert change["old_deadline_at"] == at("2026-11-18 18:00")
    assert change["new_deadline_at"] == at("2026-11-19 18:00")
    assert run_resume_suspended(city, settings=SETTINGS, now=now) == 0
    assert len(rows(city, case_events)) == 2


def test_a_suspension_without_end_resumes_after_the_longest(city: Engine) -> None:
    month = replace(SETTINGS, suspension_limit_days=30)
    with begin_write(city) as connection:
        plant(connection, 1, state="suspended")
        suspend(connection, 1, "2026-11-18 12:00", None)
        plant(connection, 2, state="suspended")
        suspend(connection, 2, "2026-11-18 12:00", "2030-01-01 00:00")
    assert run_resume_suspended(city, settings=month, now=at("2026-12-18 11:59")) == 0
    assert run_resume_suspended(city, settings=month, now=at("2026-12-18 12:00")) == 2
    ends = [row["ended_at"] for row in rows(city, case_suspensions)]
    assert ends == [at("2026-12-18 12:00")] * 2


@pytest.mark.parametrize(
    ("start", "more", "expected"),
    [
        # began after the deadline: the state moves, the deadline does not
        ("2026-11-18 19:00", {}, "11-18 18:00"),
        # began before the clock: only what it took from the clock counts
        ("2026-11-17 08:00", {}, "11-20 18:00"),
        # a deadline the source brought moves by natural time
        (
            "2026-11-18 12:00",
            {
                "limit_kind": None,
                "limit_amount": None,
                "start_rule": None,
                "clock_started_at": None,
            },
            "11-20 06:00",
        ),
    ],
)
def test_what_a_pause_until_the_next_evening_does(
    city: Engine, start: str, more: dict[str, Any], expected: str
) -> None:
    with begin_write(city) as connection:
        plant(connection, 1, state="suspended", **more)
        suspend(connection, 1, start, "2026-11-20 00:00")
    assert run_resume_suspended(city, settings=SETTINGS, now=at("2026-11-20 01:00")) == 1
    assert deadlines(city) == {1: expected}
    assert len(rows(city, deadline_changes)) == (expected != "11-18 18:00")


def test_the_closing_deadline_follows_with_the_limits_of_check_and_call_back(city: Engine) -> None:
    later = replace(SETTINGS, closing_limits="0.5 urgent_hour, 1 work_day")
    with begin_write(city) as connection:
        plant(connection, 1, state="suspended", deadline_at=at("2026-11-19 18:00"))
        suspend(connection, 1, "2026-11-18 12:00", "2026-11-19 14:00")
    run_resume_suspended(city, settings=later, now=at("2026-11-19 20:00"))
    assert rows(city, cases)[0]["deadline_at"] == at("2026-11-20 18:00")


def test_cases_that_contradict_their_suspension_are_left_alone(city: Engine) -> None:
    closed = at("2026-11-18 15:00")
    with begin_write(city) as connection:
        plant(connection, 1, state="closed", closed_at=closed)
        plant(connection, 2)  # in handling, the suspension was forgotten
        plant(connection, 3, state="suspended")  # has ended already
        suspend(connection, 1, "2026-11-18 12:00", "2026-11-19 14:00")
        suspend(connection, 2, "2026-11-18 12:00", "2026-11-19 14:00")
        suspend(connection, 3, "2026-11-18 12:00", None, "2026-11-18 13:00")
    assert run_resume_suspended(city, settings=SETTINGS, now=at("2026-12-01 00:00")) == 0


def test_many_suspensions_are_ended_in_several_transactions(city: Engine) -> None:
    with begin_write(city) as connection:
        for case_id in range(1, 504):
            plant(connection, case_id, state="suspended")
            suspend(connection, case_id, "2026-11-18 12:00", "2026-11-19 14:00")
    now = at("2026-11-20 00:00")
    assert run_resume_suspended(city, settings=SETTINGS, now=now) == 503
    assert {row["state"] for row in rows(city, cases)} == {"handling"}
    assert len(rows(city, deadline_changes)) == 503


# Calendars


def close_thursday(engine: Engine) -> None:
    day = EnteredDay(day=date(2026, 11, 19), is_working_day=False, name="停工", origin="hand")
    with begin_write(engine) as connection:
        save_entered_days(connection, [day])


def plant_kinds(engine: Engine) -> None:
    """Cases whose deadline lies on Thursday 19 November, and others that must not move."""
    thursday, friday = at("2026-11-19 18:00"), at("2026-11-20 18:00")
    due = {"limit_amount": 16.0, "deadline_handle_at": thursday, "deadline_at": thursday}
    with begin_write(engine) as connection:
        plant(connection, 1, **due)
        plant(connection, 2, **due | {"limit_kind": "work_day", "limit_amount": 2.0})
        plant(connection, 3)  # was due on Wednesday already
        natural = {"limit_kind": "natural_day", "limit_amount": 1.0}
        plant(connection, 4, **due | natural | {"deadline_handle_at": at("2026-11-19 08:00")})
        plant(connection, 5, **due, state="closed", closed_at=thursday)
        plant(connection, 6, **due, state="void", voided_at=thursday)
        brought = {"clock_started_at": None, "start_rule": None}
        plant(connection, 7, **due, **brought)  # the source brought deadline and limit
        plant(connection, 8, **due | {"limit_kind": None, "limit_amount": None} | brought)
        plant(connection, 9, **due, state="checking", handled_at=thursday)  # open until closed
        plant(connection, 10, **due, state="suspended")
        suspend(connection, 10, "2026-11-19 09:00", "2027-01-01 00:00")
        paused = due | {"deadline_handle_at": friday, "deadline_at": friday}
        plant(connection, 11, **paused)
        suspend(connection, 11, "2026-11-18 08:00", None, "2026-11-19 08:00")
        plant(connection, 12, **paused | {"limit_amount": 12.0})
        connection.execute(
            insert(case_extensions).values(
                case_id=12, seq=1, applied_at=at("2026-11-18 09:00"),
                decided_at=at("2026-11-18 10:00"), is_approved=True,
            )
        )  # fmt: skip
        tomorrow = {
            "limit_kind": "urgent_hour",
            "limit_amount": 10.0,
            "start_rule": "next_work_day",
        }
        ten = at("2026-11-19 10:00")
        plant(connection, 13, **tomorrow | {"deadline_handle_at": ten, "deadline_at": ten})
        plant(connection, 14, limit_kind="fortnight", start_rule="next_work_day")


def test_a_changed_day_moves_open_deadlines_in_working_time_alone(city: Engine) -> None:
    plant_kinds(city)
    before = deadlines(city)
    now = at("2026-11-18 12:00")
    assert run_recompute_deadlines(city, settings=SETTINGS, now=now) == 0  # the calendar stands
    close_thursday(city)
    assert run_recompute_deadlines(city, settings=SETTINGS, now=now) == 7
    moved = {case_id: end for case_id, end in deadlines(city).items() if before[case_id] != end}
    assert moved == {
        1: "11-20 18:00",
        2: "11-20 18:00",
        9: "11-20 18:00",
        10: "11-20 18:00",
        11: "11-23 18:00",  # a day of pause before, and one of calendar
        12: "11-23 18:00",  # 24 hours with its extension
        13: "11-20 10:00",
    }
    changes = {row["case_id"]: row for row in rows(city, deadline_changes)}
    assert changes.keys() == moved.keys()
    assert {row["reason"] for row in changes.values()} == {"calendar"}
    assert {row["changed_at"] for row in changes.values()} == {now}
    assert changes[1]["old_deadline_handle_at"] == at("2026-11-19 18:00")
    assert changes[1]["new_deadline_at"] == at("2026-11-20 18:00")
    yellow = {row["case_id"]: row["due_soon_at"] for row in rows(city, cases)}
    assert yellow[1] == at("2026-11-20 14:48")


def test_the_same_calendar_again_changes_nothing_and_the_old_one_restores(city: Engine) -> None:
    plant_kinds(city)
    before = rows(city, cases)
    close_thursday(city)
    now = at("2026-11-18 12:00")
    run_recompute_deadlines(city, settings=SETTINGS, now=now)
    assert run_recompute_deadlines(city, settings=SETTINGS, now=now) == 0
    with begin_write(city) as connection:
        delete_entered_days(connection, [date(2026, 11, 19)])
    assert run_recompute_deadlines(city, settings=SETTINGS, now=now + timedelta(hours=1)) == 7
    ends = ("deadline_handle_at", "deadline_at")
    assert [[row[end] for end in ends] for row in rows(city, cases)] == [
        [row[end] for end in ends] for row in before
    ]


def test_other_working_hours_are_another_calendar(city: Engine) -> None:
    with begin_write(city) as connection:
        plant(connection, 1)
        plant(connection, 2, limit_kind="work_day", limit_amount=1.0)
    six = replace(SETTINGS, working_hours="09:00-12:00, 14:00-17:00")
    assert run_recompute_deadlines(city, settings=six, now=at("2026-11-18 12:00")) == 2
    assert deadlines(city) == {1: "11-19 11:00", 2: "11-18 17:00"}


def test_closing_limits_in_working_time_let_every_kind_follow(city: Engine) -> None:
    later = replace(SETTINGS, closing_limits="1 work_day")
    six = at("2026-11-18 18:00")
    with begin_write(city) as connection:
        plant(connection, 1, limit_kind="urgent_hour", limit_amount=10.0, deadline_handle_at=six,
              deadline_at=at("2026-11-19 18:00"))  # fmt: skip
    close_thursday(city)
    assert run_recompute_deadlines(city, settings=later, now=at("2026-11-18 12:00")) == 1
    row = rows(city, cases)[0]
    assert (row["deadline_handle_at"], row["deadline_at"]) == (six, at("2026-11-20 18:00"))


def test_an_extension_granted_against_the_rules_does_not_count(city: Engine) -> None:
    """One asked for after the case was overdue, one of an earlier cycle: the limit stays."""
    again = {"cycle_no": 2, "clock_started_at": at("2026-11-18 08:00")}
    with begin_write(city) as connection:
        plant(connection, 1, **again)
        for seq, applied in ((1, "2026-11-10 09:00"), (2, "2026-11-19 09:00")):
            connection.execute(
                insert(case_extensions).values(
                    case_id=1, seq=seq, applied_at=at(applied), decided_at=at(applied),
                    is_approved=True,
                )
            )  # fmt: skip
        connection.execute(update(cases).values(deadline_handle_at=None))
    close_thursday(city)
    assert run_recompute_deadlines(city, settings=SETTINGS, now=at("2026-11-20 12:00")) == 1
    assert deadlines(city) == {1: "11-18 18:00"}


def test_thousands_of_cases_are_done_in_several_transactions(city: Engine) -> None:
    thursday = at("2026-11-19 18:00")
    with begin_write(city) as connection:
        for case_id in range(1, 2004):
            plant(connection, case_id, limit_amount=16.0, deadline_handle_at=thursday,
                  deadline_at=thursday)  # fmt: skip
    close_thursday(city)
    assert run_recompute_deadlines(city, settings=SETTINGS, now=at("2026-11-18 12:00")) == 2003
    assert set(deadlines(city).values()) == {"11-20 18:00"}
