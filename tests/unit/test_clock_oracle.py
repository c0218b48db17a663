"""Calendar arithmetic against an oracle that walks minute by minute, as with a finger.

Random holidays and make-up days, working slots, time zones with and without summer time, limits,
pauses that overlap, precede the start or begin too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.clocks import Limit, WorkCalendar
from dashboard.clocks.case_clock import (
    CaseTimes,
    ClockRules,
    Suspension,
    read_clock,
    resumed_deadline,
    settled_deadlines,
    settled_many,
)
from dashboard.clocks.limit import start_ms

MINUTE = 60_000
DAY_MINUTES = 1440
RULES = ClockRules()
# Around the changes of summer time of 2026 in New York (8 March) and Berlin (29 March).
FIRST = date(2026, 3, 2)
LAST_DAYS = 40


@dataclass(frozen=True)
class Walker:
    """Goes through time one minute at a time."""

    calendar: WorkCalendar
    kind: str
    pauses: tuple[tuple[int, int], ...]  # epoch minutes

    def runs(self, minute: int) -> bool:
        """Whether the limit's clock can run in this minute, pauses aside."""
        if self.kind in ("urgent_hour", "natural_day"):
            return True
        local = datetime.fromtimestamp(minute * 60, UTC).astimezone(self.calendar.zone)
        of_day = local.hour * 60 + local.minute
        in_slot = any(first <= of_day < last for first, last in self.calendar.slots)
        return in_slot and self.calendar.is_working_day(local.date())

    def stands(self, minute: int) -> bool:
        return any(first <= minute < last for first, last in self.pauses)

    def deadline(self, start: int, limit: int) -> int:
        minute = start
        while limit:
            limit -= self.runs(minute) and not self.stands(minute)
            minute += 1
        # A pause in force at the very deadline still helps: the case is due when the clock has
        # last moved in it.
        due = minute
        while self.stands(minute):
            due = minute + 1 if self.runs(minute) else due
            minute += 1
        return due

    def used(self, start: int, until: int) -> int:
        return sum(self.runs(m) and not self.stands(m) for m in range(start, until))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """No edge of a slot falls in an hour that summer time leaves out or repeats."""
    edges = draw(
        st.lists(
            st.one_of(st.just(0), st.integers(48, 288).map(lambda n: n * 5)),
            min_size=2, max_size=6, unique=True,
        )
    )  # fmt: skip
    edges = sorted(edges)[: len(edges) // 2 * 2]
    days = draw(st.dictionaries(st.integers(0, LAST_DAYS), st.booleans(), max_size=12))
    return WorkCalendar(
        time_zone=draw(st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/Berlin"])),
        slots=list(zip(edges[::2], edges[1::2], strict=True)),
        days={FIRST + timedelta(days=number): works for number, works in days.items()},
    )


def _minutes(calendar: WorkCalendar) -> st.SearchStrategy[int]:
    first = calendar.instant_ms(FIRST) // MINUTE
    return st.integers(first, first + 30 * DAY_MINUTES)


@st.composite
def stories(draw: st.DrawFn) -> tuple[WorkCalendar, str, int, int, tuple[tuple[int, int], ...]]:
    """(calendar, kind, start, limit in minutes, pauses), all in epoch minutes."""
    calendar = draw(calendars())
    kind = draw(st.sampled_from(["urgent_hour", "work_hour", "work_day", "natural_day"]))
    start = draw(_minutes(calendar))
    limit = draw(st.integers(0, 3 * calendar.day_ms // MINUTE))
    pause = st.tuples(st.integers(-600, 3 * DAY_MINUTES), st.integers(0, 2 * DAY_MINUTES))
    pauses = draw(st.lists(pause, max_size=4))
    return calendar, kind, start, limit, tuple((start + a, start + a + n) for a, n in pauses)


def _limit(calendar: WorkCalendar, kind: str, minutes: int) -> Limit:
    unit = {"work_day": calendar.day_ms // MINUTE, "natural_day": DAY_MINUTES}.get(kind, 60)
    return Limit(kind, minutes / unit)


def _times(limit: Limit, start: int, pauses: tuple[tuple[int, int], ...]) -> CaseTimes:
    stays = tuple(Suspension(a * MINUTE, None, b * MINUTE) for a, b in pauses)
    return CaseTimes(limit=limit, started_ms=start * MINUTE, suspensions=stays)


_SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@_SLOW
@given(story=stories())
def test_deadline_equals_a_walk_minute_by_minute(
    story: tuple[WorkCalendar, str, int, int, tuple[tuple[int, int], ...]],
) -> None:
    calendar, kind, start, limit, pauses = story
    found = settled_deadlines(calendar, _times(_limit(calendar, kind, limit), start, pauses), RULES)
    assert found is not None
    assert found.handle_ms == Walker(calendar, kind, pauses).deadline(start, limit) * MINUTE


@_SLOW
@given(story=stories(), later=st.integers(0, 6 * DAY_MINUTES))
def test_used_time_equals_a_walk_minute_by_minute(
    story: tuple[WorkCalendar, str, int, int, tuple[tuple[int, int], ...]], later: int
) -> None:
    calendar, kind, start, limit, pauses = story
    times = _times(_limit(calendar, kind, limit), start, pauses)
    reading = read_clock(calendar, times, (start + later) * MINUTE, RULES)
    known = tuple(pause for pause in pauses if pause[0] <= start + later)
    walked = Walker(calendar, kind, known).used(start, start + later)
    assert reading.used_ms == walked * MINUTE
    assert reading.remaining_ms == (limit - walked) * MINUTE


@_SLOW
@given(story=stories())
def test_pauses_added_one_by_one_as_they_end_equal_the_whole(
    story: tuple[WorkCalendar, str, int, int, tuple[tuple[int, int], ...]],
) -> None:
    """What a store keeps by adding each pause when it ends is what counting anew would give."""
    calendar, kind, start, limit, given_pauses = story
    pauses: list[tuple[int, int]] = []
    for begin, end in sorted(given_pauses):  # one case is suspended once at a time
        begin = max([begin, start, *(until for _, until in pauses)])
        pauses.append((begin, max(begin, end)))
    times = _times(_limit(calendar, kind, limit), start, ())
    kept = settled_deadlines(calendar, times, RULES)
    whole = settled_deadlines(
        calendar, _times(_limit(calendar, kind, limit), start, tuple(pauses)), RULES
    )
    assert kept is not None
    assert whole is not None
    moment = kept.handle_ms
    for begin, end in pauses:
        moment = resumed_deadline(calendar, kind, moment, (begin * MINUTE, end * MINUTE))
    assert moment == whole.handle_ms


@_SLOW
@given(calendar=calendars(), data=st.data())
def test_start_rules_equal_a_walk_day_by_day(calendar: WorkCalendar, data: st.DataObject) -> None:
    moment = data.draw(_minutes(calendar))
    day = datetime.fromtimestamp(moment * 60, UTC).astimezone(calendar.zone).date()
    day += timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
    assert start_ms(calendar, moment * MINUTE, "next_day") == midnight.timestamp() * 1000
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=calendar.zone)
    assert start_ms(calendar, moment * MINUTE, "next_work_day") == midnight.timestamp() * 1000
    assert start_ms(calendar, moment * MINUTE, "instant") == moment * MINUTE


@_SLOW
@given(calendar=calendars(), data=st.data())
def test_many_at_once_equal_each_by_itself(calendar: WorkCalendar, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["urgent_hour", "work_hour", "work_day", "natural_day"]))
    rule = data.draw(st.sampled_from(["instant", "next_day", "next_work_day"]))
    rules = ClockRules(
        due_soon_ratio=data.draw(st.sampled_from([0.5, 0.8, 0.9])),
        after_handling=data.draw(
            st.sampled_from([(), (Limit("urgent_hour", 0.5), Limit("work_day", 1, "next_day"))])
        ),
    )
    given_cases = st.tuples(_minutes(calendar), st.integers(0, 400))
    cases = data.draw(st.lists(given_cases, max_size=8))
    started = np.array([minute * MINUTE for minute, _ in cases], dtype=np.int64)
    amounts = np.array([part / 7 for _, part in cases], dtype=np.float64)
    found = settled_many(calendar, Limit(kind, 0, rule), started, amounts, rules)
    for number, (moment, amount) in enumerate(zip(started, amounts, strict=True)):
        one = CaseTimes(limit=Limit(kind, float(amount), rule), started_ms=int(moment))
        alone = settled_deadlines(calendar, one, rules)
        assert alone is not None
        told = (alone.due_soon_ms, alone.handle_ms, alone.close_ms)
        assert told == tuple(int(column[number]) for column in found)
    assert all(len(column) == len(cases) for column in found)
