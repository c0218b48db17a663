"""The rules of 督办, 催办 and tasks: what may follow what, and when an answer is due."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.clocks import Limit, WorkCalendar, chinese_calendar_days, covered_years
from dashboard.clocks.deadline import epoch_ms
from dashboard.clocks.lights import Light
from dashboard.clocks.standing import OpenCase, standing, standing_text
from dashboard.lifecycle.supervision import (
    KINDS,
    LEVELS,
    PAPERS,
    REPLY_LIMITS,
    Refusal,
    ReplyState,
    Supervision,
    acknowledge_refusal,
    finish_refusal,
    level_of,
    paper_number,
    remind_refusal,
    reply_due_ms,
    reply_refusal,
    reply_state,
    resolve_refusal,
    supervise_refusal,
)
from dashboard.words import WORDS

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkCalendar(
    time_zone="Asia/Shanghai",
    days=chinese_calendar_days(),
    slots=((480, 720), (840, 1080)),
    covered_years=covered_years(),
)
OPEN = Supervision(kind="overtime", level=1, reply_due_ms=1000)
ANSWERED = Supervision(kind="leader", level=3, reply_due_ms=1000, replied_ms=1000)
ENDED = Supervision(kind="overtime", level=2, resolution="withdrawn", resolved_ms=5)


def ms(text: str) -> int:
    return epoch_ms(datetime.fromisoformat(text).replace(tzinfo=ZONE))


@pytest.mark.parametrize(
    ("level", "issued", "due"),
    [
        (1, "2026-11-18 10:00", "2026-11-23 10:00"),  # 3 working days from a Wednesday
        (2, "2026-11-18 10:00", "2026-11-19 10:00"),
        (3, "2026-11-20 17:00", "2026-11-23 11:00"),  # 4 working hours from Friday 17:00
        (3, "2026-11-21 09:00", "2026-11-23 12:00"),  # a Saturday: from Monday 08:00
        (2, "2026-09-30 10:00", "2026-10-08 10:00"),  # over the National Day holiday
    ],
)
def test_the_answer_is_due_on_the_statutory_calendar(level: int, issued: str, due: str) -> None:
    assert reply_due_ms(CALENDAR, ms(issued), REPLY_LIMITS[level]) == ms(due)


def test_a_limit_may_begin_the_next_working_day() -> None:
    limit = Limit("work_day", 1, "next_work_day")
    assert reply_due_ms(CALENDAR, ms("2026-11-20 17:00"), limit) == ms("2026-11-23 18:00")


def test_only_open_cases_are_urged_and_once_of_a_kind() -> None:
    assert remind_refusal(is_open=True) is None
    assert remind_refusal(is_open=False) is Refusal.CASE_OVER
    assert supervise_refusal("key", [OPEN, ANSWERED], is_open=True) is None
    assert supervise_refusal("overtime", [OPEN], is_open=True) is Refusal.SAME_KIND
    assert supervise_refusal("overtime", [ENDED], is_open=True) is None
    assert supervise_refusal("key", [], is_open=False) is Refusal.CASE_OVER


def test_one_answer_then_the_end() -> None:
    assert reply_refusal(OPEN) is None
    assert reply_refusal(ANSWERED) is Refusal.REPLIED
    assert reply_refusal(ENDED) is Refusal.RESOLVED
    assert resolve_refusal(OPEN, "resolved") is Refusal.NO_REPLY
    assert resolve_refusal(OPEN, "withdrawn") is None
    assert resolve_refusal(ANSWERED, "resolved") is None
    assert resolve_refusal(ENDED, "withdrawn") is Refusal.RESOLVED


def test_the_case_carries_its_most_serious_open_level() -> None:
    assert level_of([]) == 0
    assert level_of([ENDED]) == 0
    assert level_of([OPEN, ENDED, ANSWERED]) == 3


@pytest.mark.parametrize(
    ("one", "at", "state"),
    [
        (OPEN, 1000, ReplyState.WAITING),  # its own moment has not passed
        (OPEN, 1001, ReplyState.LATE),
        (ANSWERED, 9999, ReplyState.REPLIED),
        (Supervision(kind="key", level=1, reply_due_ms=9, replied_ms=10), 11,
         ReplyState.REPLIED_LATE),
        (Supervision(kind="key", level=1), 11, ReplyState.WAITING),
        (ENDED, 6, ReplyState.WITHDRAWN),
        (Supervision(kind="key", level=1, resolved_ms=5), 6, ReplyState.RESOLVED),  # imported
    ],
)  # fmt: skip
def test_where_a_supervision_stands(one: Supervision, at: int, state: ReplyState) -> None:
    assert reply_state(one, at) is state


def test_a_task_is_acknowledged_and_done_once() -> None:
    assert acknowledge_refusal(acknowledged_ms=None) is None
    assert acknowledge_refusal(acknowledged_ms=1) is Refusal.ACKNOWLEDGED
    assert finish_refusal(done_ms=None) is None
    assert finish_refusal(done_ms=1) is Refusal.DONE


def test_numbers_read_as_on_paper() -> None:
    assert paper_number("supervision", 2026, 3) == "督办通知〔2026〕第3号"
    with pytest.raises(KeyError):
        paper_number("letter", 2026, 1)


def test_everything_has_its_words() -> None:
    wanted = {f"act.refused.{one}" for one in Refusal} | {f"act.reply.{one}" for one in ReplyState}
    wanted |= {f"act.kind.{one}" for one in KINDS} | {f"act.level.{one}" for one in LEVELS}
    wanted |= {f"paper.lead.{one}" for one in PAPERS} | {f"light.{one}" for one in Light}
    assert wanted <= set(WORDS)


@pytest.mark.parametrize(
    ("at", "light", "text"),
    [
        ("2026-11-18 10:00", Light.GREEN, "剩 1 工作日"),
        ("2026-11-19 09:00", Light.YELLOW, "剩 1 工作时"),
        ("2026-11-19 10:00", Light.YELLOW, "剩 不足 1 分"),  # due at this very moment
        ("2026-11-19 11:00", Light.RED, "超期 1 工作时"),
        ("2026-11-19 12:30", Light.RED, "超期 2 工作时"),
        ("2026-11-21 12:00", Light.RED, "超期 1 工作日 6 工作时"),  # a Saturday
        ("2026-11-25 10:00", Light.DARK_RED, "超期 4 工作日"),
    ],
)
def test_a_list_tells_statutory_time(at: str, light: Light, text: str) -> None:
    case = OpenCase(
        deadline_ms=ms("2026-11-19 10:00"),
        due_soon_ms=ms("2026-11-19 08:24"),
        kind="work_day",
        amount=2,
    )
    found = standing(CALENDAR, case, ms(at))
    assert found.light is light
    told = standing_text(found, work_day_ms=CALENDAR.day_ms, lang="zh")
    assert told.startswith(text), told


def test_a_suspended_clock_stands_and_no_deadline_has_no_light() -> None:
    paused = OpenCase(
        deadline_ms=ms("2026-11-19 10:00"), kind="work_hour", paused_ms=ms("2026-11-19 09:00")
    )
    found = standing(CALENDAR, paused, ms("2027-03-01 10:00"))
    assert (found.is_paused, found.is_over, found.left_ms) == (True, False, 3_600_000)
    none = standing(CALENDAR, OpenCase(deadline_ms=None), ms("2026-11-19 10:00"))
    assert (none.light, none.left_ms) == (Light.NONE, None)
