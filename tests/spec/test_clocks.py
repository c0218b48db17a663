"""The statutory clock of a case 时限时钟, as tables: what happens, and when the case is due.

Rules: domain section 2.5 and the acceptance table of section 7. Times are Asia/Shanghai, working
hours 08–12 and 14–18. Wednesday is 2026-11-18.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dashboard.clocks import Light, Limit, WorkCalendar, light
from dashboard.clocks.case_clock import (
    CaseTimes,
    ClockReading,
    ClockRules,
    Extension,
    Refusal,
    Suspension,
    extension_refusal,
    read_clock,
    settled_deadlines,
    stays,
)
from dashboard.clocks.city_calendar import city_calendar
from dashboard.clocks.deadline import run_ms
from dashboard.clocks.remaining import remaining_text
from dashboard.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = city_calendar(Settings(), {}, ())
RULES = ClockRules()


def at(text: str) -> int:
    """Epoch ms of a moment of the city."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def told(moment_ms: int | None) -> str:
    assert moment_ms is not None
    return f"{datetime.fromtimestamp(moment_ms / 1000, UTC).astimezone(ZONE):%Y-%m-%d %H:%M}"


def case(kind: str, amount: float, start: str, rule: str = "instant", **more: object) -> CaseTimes:
    times = CaseTimes(limit=Limit(kind, amount, rule), started_ms=at(start))
    return replace(times, **more)  # type: ignore[arg-type]


def due(times: CaseTimes, rules: ClockRules = RULES, calendar: WorkCalendar = CALENDAR) -> str:
    """The handling deadline that a store keeps."""
    found = settled_deadlines(calendar, times, rules)
    assert found is not None
    return told(found.handle_ms)


def read(times: CaseTimes, moment: str, rules: ClockRules = RULES) -> ClockReading:
    return read_clock(CALENDAR, times, at(moment), rules)


def text(times: CaseTimes, moment: str, lang: str = "zh") -> str:
    return remaining_text(read(times, moment), work_day_ms=CALENDAR.day_ms, lang=lang)


@pytest.mark.parametrize(
    ("kind", "amount", "start", "expected"),
    [
        ("work_hour", 4, "2026-11-20 17:00", "2026-11-23 11:00"),  # Friday → Monday
        ("work_day", 1, "2026-11-18 10:00", "2026-11-19 10:00"),  # eight working hours
        ("urgent_hour", 2, "2026-11-20 23:30", "2026-11-21 01:30"),  # nights and weekends count
        ("natural_day", 7, "2026-11-18 10:00", "2026-11-25 10:00"),
        # 国庆节 2026: off 1–7 October, worked for it 20 September and 10 October
        ("work_hour", 4, "2026-09-30 17:00", "2026-10-08 11:00"),
        ("work_day", 1, "2026-09-19 12:00", "2026-09-20 18:00"),  # Saturday; Sunday is worked
        ("work_day", 2, "2026-10-09 10:00", "2026-10-12 10:00"),  # Saturday 10 October is worked
        # 春节 2026: off 15–23 February, worked for it 14 and 28 February
        ("work_hour", 4, "2026-02-13 17:00", "2026-02-14 11:00"),
        ("work_day", 2, "2026-02-13 17:00", "2026-02-24 17:00"),
        ("natural_day", 7, "2026-02-13 17:00", "2026-02-20 17:00"),  # holidays count
    ],
)
def test_the_four_kinds_of_limit(kind: str, amount: float, start: str, expected: str) -> None:
    assert due(case(kind, amount, start)) == expected


@pytest.mark.parametrize(
    ("rule", "kind", "amount", "start", "expected"),
    [
        ("instant", "work_day", 1, "2026-11-20 16:00", "2026-11-23 16:00"),
        ("next_day", "work_day", 1, "2026-11-20 16:00", "2026-11-23 18:00"),  # 次日起算
        ("next_work_day", "work_day", 1, "2026-11-20 16:00", "2026-11-23 18:00"),
        # From Friday: the next day is Saturday, the next working day Monday.
        ("next_day", "natural_day", 1, "2026-11-20 16:00", "2026-11-22 00:00"),
        ("next_work_day", "natural_day", 1, "2026-11-20 16:00", "2026-11-24 00:00"),
        ("next_day", "urgent_hour", 24, "2026-11-18 00:00", "2026-11-20 00:00"),  # from midnight on
        ("next_work_day", "urgent_hour", 2, "2026-09-30 09:00", "2026-10-08 02:00"),  # 国庆节
        # A bureau's 13 working days for complaints, counted from the next day (domain 2.5, S16)
        ("next_day", "work_day", 13, "2026-11-18 10:00", "2026-12-07 18:00"),
    ],
)
def test_start_rules(rule: str, kind: str, amount: float, start: str, expected: str) -> None:
    assert due(case(kind, amount, start, rule)) == expected


def test_a_pause_stands_on_the_clock_of_the_limit() -> None:
    """8 工作时 from Wednesday 08:00, suspended Wednesday 12:00 to Thursday 14:00: four hours used
    before, four after."""
    paused = Suspension(at("2026-11-18 12:00"), None, at("2026-11-19 14:00"))
    times = case("work_hour", 8, "2026-11-18 08:00", suspensions=(paused,))
    assert due(times) == "2026-11-19 18:00"


def test_subtracting_the_pause_in_natural_time_would_be_wrong() -> None:
    """One system adds the 26 natural hours of that pause to the working time: three days more."""
    natural_hours = (at("2026-11-19 14:00") - at("2026-11-18 12:00")) / 3_600_000
    generous = due(case("work_hour", 8 + natural_hours, "2026-11-18 08:00"))
    assert generous == "2026-11-24 10:00"
    paused = Suspension(at("2026-11-18 12:00"), None, at("2026-11-19 14:00"))
    assert due(case("work_hour", 8, "2026-11-18 08:00", suspensions=(paused,))) < generous


def test_a_working_day_of_24_working_hours_would_be_wrong() -> None:
    """Another system counts 1 工作日 as 24 hours of working time: three days instead of one."""
    generous = due(case("work_hour", 24, "2026-11-18 10:00"))
    assert generous == "2026-11-23 10:00"
    assert due(case("work_day", 1, "2026-11-18 10:00")) == "2026-11-19 10:00" < generous


@pytest.mark.parametrize(
    ("suspended", "resumed", "expected"),
    [
        ("2026-11-20 18:00", "2026-11-23 08:00", "2026-11-23 11:00"),  # over a weekend: nothing
        ("2026-11-20 17:30", "2026-11-23 08:30", "2026-11-23 12:00"),  # one working hour
        ("2026-11-23 11:00", "2026-11-24 11:00", "2026-11-24 11:00"),  # at the deadline's moment
        ("2026-11-23 11:01", "2026-12-31 18:00", "2026-11-23 11:00"),  # after it: too late to help
        ("2026-11-20 16:00", "2026-11-20 17:30", "2026-11-23 11:30"),  # started inside the pause
        ("2026-11-20 10:00", "2026-11-20 16:00", "2026-11-23 11:00"),  # over before the start
    ],
)
def test_pauses_of_a_case_due_monday_at_eleven(suspended: str, resumed: str, expected: str) -> None:
    paused = Suspension(at(suspended), None, at(resumed))
    assert due(case("work_hour", 4, "2026-11-20 17:00", suspensions=(paused,))) == expected


def test_overlapping_pauses_count_once() -> None:
    both = (
        Suspension(at("2026-11-18 09:00"), None, at("2026-11-18 11:00")),
        Suspension(at("2026-11-18 10:00"), None, at("2026-11-18 12:00")),
    )
    assert due(case("work_hour", 4, "2026-11-18 08:00", suspensions=both)) == "2026-11-18 17:00"
    assert due(case("work_hour", 4, "2026-11-18 08:00", suspensions=both[::-1])) == (
        "2026-11-18 17:00"
    )


def test_verification_pauses_the_clock_of_acceptance() -> None:
    """受理 15 minutes; 核实 before acceptance, ten minutes after the report, takes two hours."""
    moves = [
        (at("2026-11-18 22:00"), "reported"),
        (at("2026-11-18 22:10"), "verifying"),
        (at("2026-11-19 00:10"), "accepted"),
    ]
    end = run_ms(CALENDAR, moves[0][0], "urgent_hour", 15 * 60_000, stays(moves, "verifying"))
    assert told(end) == "2026-11-19 00:15"
    assert stays(moves[:2], "verifying") == ((at("2026-11-18 22:10"), None),)
    assert stays(moves, "suspended") == ()


def test_a_suspension_resumes_by_itself_at_its_planned_end() -> None:
    paused = Suspension(at("2026-11-18 10:00"), at("2026-11-20 10:00"))
    times = case("work_hour", 8, "2026-11-18 08:00", suspensions=(paused,))
    standing = read(times, "2026-11-19 15:00")
    assert told(standing.resumes_ms) == "2026-11-20 10:00"
    assert standing.used_ms == 2 * 3_600_000
    assert standing.deadlines is not None
    assert told(standing.deadlines.handle_ms) == "2026-11-20 18:00"  # if it resumes as planned
    assert due(times) == "2026-11-18 18:00"  # kept until it has resumed
    after = read(times, "2026-11-20 11:00")
    assert (after.resumes_ms, after.used_ms) == (None, 3 * 3_600_000)


@pytest.mark.parametrize("planned", [None, "2030-01-01 00:00"])
def test_a_suspension_without_end_or_beyond_a_year_resumes_after_a_year(
    planned: str | None,
) -> None:
    paused = Suspension(at("2026-11-18 10:00"), None if planned is None else at(planned))
    times = case("natural_day", 2, "2026-11-18 08:00", suspensions=(paused,))
    standing = read(times, "2027-06-01 00:00")
    assert told(standing.resumes_ms) == "2027-11-18 10:00"
    assert read(times, "2027-11-18 11:00").resumes_ms is None
    month = replace(RULES, suspension_limit_ms=30 * 86_400_000)
    assert told(read(times, "2026-12-01 00:00", month).resumes_ms) == "2026-12-18 10:00"


def granted(applied: str, decided: str | None = None) -> Extension:
    return Extension(at(applied), at(decided or applied), is_approved=True)


@pytest.mark.parametrize(
    ("extensions", "expected", "reasons"),
    [
        ((), "2026-11-19 18:00", []),
        ([granted("2026-11-19 09:00")], "2026-11-23 18:00", []),  # one original limit more
        ([granted("2026-11-19 18:00")], "2026-11-23 18:00", []),  # at the last moment
        ([granted("2026-11-19 18:01")], "2026-11-19 18:00", ["overdue"]),
        # asked for in time, decided late: it holds
        ([granted("2026-11-19 17:00", "2026-11-20 10:00")], "2026-11-23 18:00", []),
        ([granted("2026-11-18 09:00"), granted("2026-11-23 10:00")], "2026-11-25 18:00", []),
        (
            [granted("2026-11-18 09:00"), granted("2026-11-19 09:00"), granted("2026-11-20 09:00")],
            "2026-11-25 18:00",
            ["too_many"],
        ),
        # a refused one does not count, nor does one that is not decided
        ([Extension(at("2026-11-18 09:00"), at("2026-11-18 10:00"))], "2026-11-19 18:00", []),
        ([Extension(at("2026-11-18 09:00"))], "2026-11-19 18:00", []),
        (
            [
                Extension(at("2026-11-18 09:00"), at("2026-11-18 10:00")),
                granted("2026-11-18 11:00"),
                granted("2026-11-18 12:00"),
            ],
            "2026-11-25 18:00",
            [],
        ),
        # one of an earlier cycle belonged to that cycle's limit
        ([granted("2026-11-10 09:00")], "2026-11-19 18:00", []),
    ],
)
def test_extensions_of_two_working_days(
    extensions: list[Extension], expected: str, reasons: list[str]
) -> None:
    times = case("work_day", 2, "2026-11-18 08:00", extensions=tuple(extensions))
    assert due(times) == expected
    reading = read(times, "2027-01-01 00:00")
    assert [str(reason) for _, reason in reading.refused] == reasons


def test_an_extension_is_refused_with_a_reason() -> None:
    times = case("work_day", 2, "2026-11-18 08:00")

    def asked(moment: str, times: CaseTimes = times) -> Refusal | None:
        return extension_refusal(CALENDAR, times, at(moment), RULES)

    assert asked("2026-11-19 18:00") is None
    assert asked("2026-11-19 18:01") is Refusal.OVERDUE
    assert asked("2026-11-18 07:59") is Refusal.NOT_STARTED
    once = replace(times, extended_before=1, extensions=(granted("2026-11-18 09:00"),))
    assert asked("2026-11-18 10:00", once) is Refusal.TOO_MANY
    assert asked("2026-11-18 10:00", replace(times, limit=None)) is Refusal.NO_LIMIT
    held = replace(times, suspensions=(Suspension(at("2026-11-18 09:00"), at("2026-12-01 08:00")),))
    assert asked("2026-11-30 09:00", held) is None  # suspended: not overdue


@pytest.mark.parametrize(
    ("percent", "expected"),
    [
        (80.0, Light.GREEN),
        (80.1, Light.YELLOW),
        (100.0, Light.YELLOW),
        (100.1, Light.RED),
        (200.0, Light.RED),
        (200.1, Light.DARK_RED),
    ],
)
def test_lights_by_share(percent: float, expected: Light) -> None:
    assert light(round(percent * 36_000), 3_600_000) is expected
    hour = case("urgent_hour", 1, "2026-11-18 08:00")
    moment = at("2026-11-18 08:00") + round(percent * 36_000)
    assert read_clock(CALENDAR, hour, moment, RULES).light is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-19 12:00", Light.GREEN),
        ("2026-11-25 18:00", Light.YELLOW),
        # Red although no working time has passed since the deadline: the rates count it overdue.
        ("2026-11-25 20:00", Light.RED),
        ("2026-11-30 18:00", Light.RED),  # three working days over
        ("2026-12-01 08:01", Light.DARK_RED),  # more than three, though far from 200 %
    ],
)
def test_lights_of_six_working_days(moment: str, expected: Light) -> None:
    assert read(case("work_day", 6, "2026-11-18 08:00"), moment).light is expected


def test_a_light_stands_while_the_case_is_suspended_and_after_it_is_handled() -> None:
    paused = Suspension(at("2026-11-19 09:00"), at("2026-12-31 09:00"))
    times = case("work_day", 2, "2026-11-18 08:00", suspensions=(paused,))
    assert read(times, "2026-12-20 00:00").light is Light.GREEN
    done = case("work_day", 2, "2026-11-18 08:00", stopped_ms=at("2026-11-19 17:00"))
    assert read(done, "2026-12-20 00:00").light is Light.YELLOW
    assert read(done, "2026-12-20 00:00").used_ms == 15 * 3_600_000


@pytest.mark.parametrize(
    ("kind", "amount", "moment", "zh", "en"),
    [
        ("work_day", 2, "2026-11-18 10:00", "剩 1 工作日 6 工作时", "1 d 6 h of work left"),
        ("work_hour", 4, "2026-11-18 10:20", "剩 1 工作时 40 分", "1 h 40 min of work left"),
        ("work_hour", 4, "2026-11-18 11:45", "剩 15 分(工作时间)", "15 min of work left"),
        ("work_hour", 4, "2026-11-18 20:00", "超期 4 工作时 0 分", "overdue by 4 h 0 min of work"),
        ("work_hour", 4, "2026-11-18 13:00", "已超期", "overdue"),  # noon: no working time since
        ("natural_day", 7, "2026-11-20 10:00", "剩 4天22小时", "4 d 22 h left"),
        ("urgent_hour", 2, "2026-11-18 10:00", "剩 不足 1 分", "less than 1 min left"),
    ],
)
def test_remaining_time_in_words(kind: str, amount: float, moment: str, zh: str, en: str) -> None:
    times = case(kind, amount, "2026-11-18 08:00")
    assert (text(times, moment), text(times, moment, "en")) == (zh, en)


def test_remaining_time_of_a_suspended_case_stands() -> None:
    paused = Suspension(at("2026-11-18 10:00"), at("2026-11-27 10:00"))
    times = case("work_hour", 8, "2026-11-18 08:00", suspensions=(paused,))
    assert text(times, "2026-11-20 10:00") == "挂账中，剩 6 工作时 0 分"
    late = replace(times, suspensions=(Suspension(at("2026-11-19 10:00")),))
    assert text(late, "2026-11-25 10:00") == "挂账中，已超期 2 工作时 0 分"


# Defined outcomes, as docs/clocks.md tells them


def test_a_category_without_limit_has_no_deadline_and_no_light() -> None:
    times = CaseTimes(limit=None, started_ms=at("2026-11-18 08:00"))
    assert settled_deadlines(CALENDAR, times, RULES) is None
    reading = read(times, "2027-01-01 00:00")
    assert (reading.deadlines, reading.light, reading.remaining_ms) == (None, Light.NONE, None)
    assert text(times, "2027-01-01 00:00") == "无时限"


def test_a_limit_that_has_not_started_has_no_deadline() -> None:
    times = CaseTimes(limit=Limit("work_day", 1), started_ms=None)
    assert settled_deadlines(CALENDAR, times, RULES) is None
    assert text(times, "2026-11-18 08:00", "en") == "clock not started"
    early = case("work_day", 1, "2026-11-18 10:00")
    assert read(early, "2026-11-18 09:59").light is Light.NONE


@pytest.mark.parametrize("kind", ["urgent_hour", "work_hour", "work_day", "natural_day"])
def test_a_limit_of_zero_is_due_at_once(kind: str) -> None:
    times = case(kind, 0, "2026-11-18 10:00")
    assert due(times) == "2026-11-18 10:00"
    assert read(times, "2026-11-18 10:00").light is Light.GREEN
    after = read_clock(CALENDAR, times, at("2026-11-18 10:00") + 1, RULES)
    assert (after.light, after.is_overdue) == (Light.RED, True)  # not dark red: zero has no double
    assert read(times, "2026-11-20 10:00").light is Light.RED
    assert read(times, "2026-11-23 10:01").light is Light.DARK_RED


def test_a_missing_calendar_year_is_computed_as_plain_weeks_and_flagged() -> None:
    """The notice for 2027 is not out: its statutory days are known, its make-up days are not."""
    times = case("work_day", 3, "2026-12-30 10:00")
    assert due(times) == "2027-01-05 10:00"  # 1 January is off, 4 January assumed to be worked
    assert read(times, "2026-12-30 12:00").is_provisional
    assert not read(case("work_day", 1, "2026-12-30 10:00"), "2026-12-30 12:00").is_provisional
    natural = case("natural_day", 30, "2026-12-30 10:00")
    assert not read(natural, "2027-01-02 12:00").is_provisional  # needs no calendar
    nowhere = WorkCalendar(time_zone="Asia/Shanghai")
    assert due(case("work_hour", 4, "2026-09-30 17:00"), calendar=nowhere) == "2026-10-01 11:00"


def test_the_closing_deadline_is_the_handling_deadline_unless_the_city_sets_limits() -> None:
    times = case("work_day", 1, "2026-11-19 17:00")
    same = read(times, "2026-11-19 17:30").deadlines
    assert same is not None
    assert same.close_ms == same.handle_ms == at("2026-11-20 17:00")
    # The recommended ones: check 30 minutes, call-back one working day.
    checked = replace(RULES, after_handling=(Limit("urgent_hour", 0.5), Limit("work_day", 1)))
    later = read(times, "2026-11-19 17:30", checked).deadlines
    assert later is not None
    assert (told(later.handle_ms), told(later.close_ms)) == ("2026-11-20 17:00", "2026-11-23 17:30")


def test_a_city_with_summer_time() -> None:
    """Working hours go by the wall clock, days of 自然日 by 24 hours that pass."""
    zone = ZoneInfo("America/New_York")
    calendar = WorkCalendar(time_zone="America/New_York")

    def local(day: int, hour: int, *, month: int = 3) -> int:
        return round(datetime(2026, month, day, hour, tzinfo=zone).timestamp() * 1000)

    def found(limit: Limit, start: int) -> int:
        deadlines = settled_deadlines(calendar, CaseTimes(limit=limit, started_ms=start), RULES)
        assert deadlines is not None
        return deadlines.handle_ms

    # Clocks go forward on Sunday 8 March 2026 and back on Sunday 1 November.
    assert found(Limit("work_hour", 4), local(6, 17)) == local(9, 11)
    assert found(Limit("natural_day", 1), local(7, 12)) == local(8, 13)
    assert found(Limit("natural_day", 1), local(31, 12, month=10)) == local(1, 11, month=11)
    assert found(Limit("natural_day", 0, "next_day"), local(7, 12)) == local(8, 0)
    assert local(9, 0) - local(8, 0) == timedelta(hours=23) // timedelta(milliseconds=1)
