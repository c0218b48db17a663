"""Limits 时限: as people write them, and the table of limits by category, condition and day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dashboard.clocks import (
    NULL_MS,
    Limit,
    LimitBook,
    LimitRule,
    WorkCalendar,
    starts_ms,
)
from dashboard.clocks.city_calendar import city_calendar
from dashboard.clocks.limit_text import parse_limit, parse_start_rule
from dashboard.settings import Settings

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = city_calendar(Settings(), {}, ())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("4工作时", Limit("work_hour", 4)),
        ("2紧急工作时", Limit("urgent_hour", 2)),
        ("1个工作日", Limit("work_day", 1)),
        ("7天", Limit("natural_day", 7)),
        ("7个自然日", Limit("natural_day", 7)),
        ("24小时", Limit("urgent_hour", 24)),
        ("30分钟", Limit("urgent_hour", 0.5)),
        ("1.5 小时", Limit("urgent_hour", 1.5)),
        ("５个工作日", Limit("work_day", 5)),  # wide digits
        ("十五个工作日内", Limit("work_day", 15)),
        ("一百二十日", Limit("natural_day", 120)),
        ("半个工作日", Limit("work_day", 0.5)),
        ("两小时以内", Limit("urgent_hour", 2)),
        ("不超过3天办结", Limit("natural_day", 3)),
        ("2周", Limit("natural_day", 14)),
        ("13个工作日（次日起算）", Limit("work_day", 13, "next_day")),
        ("5工作日，次工作日起算", Limit("work_day", 5, "next_work_day")),
        ("0工作时", Limit("work_hour", 0)),
        ("4 working hours", Limit("work_hour", 4)),
        ("3 days", Limit("natural_day", 3)),
        ("2.5 work_day", Limit("work_day", 2.5)),
    ],
)
def test_limits_as_people_write_them(written: str, expected: Limit) -> None:
    assert parse_limit(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "立即",
        "当日",
        "4",
        "工作时",
        "4个",
        "1天12小时",
        "3-5工作日",
        "-4工作时",
        "二三日",
        "4工作时（急）",
    ],
)
def test_what_names_no_single_amount_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".{12}"):
        parse_limit(written)


def test_start_rules_in_words() -> None:
    assert parse_start_rule("次日起算") == parse_start_rule("次日") == "next_day"
    assert parse_start_rule(" next_work_day ") == "next_work_day"
    with pytest.raises(ValueError, match="起算"):
        parse_start_rule("明天")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"kind": "fortnight"}, "unknown limit kind"),
        ({"start_rule": "tomorrow"}, "unknown start"),
        ({"amount": -1.0}, "not negative"),
        ({"amount": float("inf")}, "not negative"),
    ],
)
def test_a_limit_that_is_none_is_refused(wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Limit(**({"kind": "work_day", "amount": 1.0} | wrong))


def test_starts_of_many_cases_at_once() -> None:
    given_ms = np.array([ms(at("2026-09-30 09:00")), NULL_MS, ms(at("2026-11-18 23:59"))])
    assert starts_ms(CALENDAR, given_ms, "instant") is given_ms
    found = starts_ms(CALENDAR, given_ms, "next_work_day").tolist()
    assert found == [ms(at("2026-10-08 00:00")), NULL_MS, ms(at("2026-11-19 00:00"))]
    assert starts_ms(CALENDAR, given_ms[:0], "next_day").tolist() == []
    with pytest.raises(ValueError, match="unknown start rule"):
        starts_ms(CALENDAR, given_ms, "soon")
    holiday = {date(2026, 1, 1) + timedelta(days=n): False for n in range(800)}
    idle = WorkCalendar(time_zone="Asia/Shanghai", days=holiday)
    with pytest.raises(OverflowError, match="no working day"):
        starts_ms(idle, given_ms, "next_work_day")


def rule(number: int, amount: float, condition: str = "", since: str = "", /) -> LimitRule:
    day = date.fromisoformat(since) if since else None
    return LimitRule(number, 11, condition, Limit("work_day", amount), day)


BOOK = LimitBook(
    [
        rule(1, 1), rule(2, 2, "", "2026-06-01"), rule(3, 3, "占道"), rule(4, 4, "", "2026-06-01"),
        rule(5, 5, "占道", "2026-12-01"),
    ],
    plain={11: Limit("work_hour", 99), 12: Limit("work_hour", 12), 2: Limit("work_hour", 22)},
    parents={11: 1, 12: 1, 13: 1, 21: 2, 31: 32, 32: 31},
)  # fmt: skip


@pytest.mark.parametrize(
    ("category", "condition", "day", "amount"),
    [
        (11, None, "2026-05-31", 1),
        (11, "", "2026-06-01", 4),  # two of one day: the one entered later
        (11, "占道", "2026-07-01", 3),  # the very condition, though older
        (11, "占道", "2026-12-01", 5),
        (11, "其他", "2026-12-01", 4),
        (12, None, "2026-12-01", 12),  # the category's own
        (21, None, "2026-12-01", 22),  # its parent's
        (13, None, "2026-12-01", None),
        (31, None, "2026-12-01", None),  # categories in a circle end
    ],
)
def test_limit_for(category: int, condition: str | None, day: str, amount: float | None) -> None:
    found = BOOK.limit_for(category, condition, date.fromisoformat(day))
    assert (found and found.amount) == amount
