"""How wall screens stand: behind, silent, other numbers than their like; what a report may say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.readings.screen_reports import BadReportError, parse_report
from dashboard.readings.screen_standing import standings

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "profile": "default", "version": 7, "build": "b", "as_of_ms": 1_795_000_000_000,
    "painted_ms": None, "state": "live", "heap": None, "skew_ms": 0, "viewport": "1×1",
    "paints": [],
}  # fmt: skip


def _screen(number: int, **more: Any) -> dict[str, Any]:
    usual = {
        "screen_id": number, "profile": "default", "version": 9, "build": "b", "state": "live",
        "behind_since": None, "last_heartbeat_at": NOW - timedelta(seconds=5), "revoked_at": None,
        "paints": [],
    }  # fmt: skip
    return {**usual, **more}


def _kinds(*screens: dict[str, Any]) -> dict[int, list[tuple[str, int | None]]]:
    found = standings(screens, version=9, build="b", now=NOW)
    return {number: [(one.kind, one.for_ms) for one in marks] for number, marks in found.items()}


def test_a_screen_that_shows_the_current_version_is_in_step() -> None:
    assert _kinds(_screen(1), _screen(2, state="late")) == {1: [("ok", None)], 2: [("ok", None)]}


def test_behind_counts_from_its_first_report_of_an_older_version() -> None:
    since = NOW - timedelta(minutes=4)
    assert _kinds(_screen(3, version=8, behind_since=since)) == {3: [("behind", 240_000)]}
    moment = NOW - timedelta(seconds=10)  # a version on its way is no lag
    assert _kinds(_screen(3, version=8, behind_since=moment)) == {3: [("ok", None)]}


def test_a_silent_screen_is_silent_and_behind_once_the_numbers_move() -> None:
    last = NOW - timedelta(minutes=2)
    assert _kinds(_screen(1, last_heartbeat_at=last)) == {1: [("silent", 120_000)]}
    assert _kinds(_screen(1, last_heartbeat_at=last, version=8, state="link")) == {
        1: [("silent", 120_000), ("behind", 120_000)]
    }


def test_what_its_banner_says_and_an_old_build_are_told() -> None:
    assert _kinds(_screen(1, state="failed", build="a")) == {1: [("failed", None), ("old", None)]}


def test_two_walls_of_one_profile_with_different_numbers_are_both_named() -> None:
    one = _screen(1, paints=[[8, "c|today", "aa"], [9, "c|today", "bb"]])
    same = _screen(2, paints=[[9, "c|today", "bb"]])
    other = _screen(3, paints=[[8, "c|today", "zz"]])
    elsewhere = _screen(4, profile="led", paints=[[8, "c|today", "yy"]])
    later = _screen(5, paints=[[10, "c|today", "xx"], [8, "d|today", "ww"]])
    found = _kinds(one, same, other, elsewhere, later)
    assert {number for number, marks in found.items() if marks[0][0] == "other"} == {1, 3}


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "fine"}, {"version": -1}, {"version": True}, {"version": "7"}, {"heap": 1.5},
        {"profile": "x" * 41}, {"profile": None}, {"build": "\x00"}, {"viewport": 5},
        {"paints": None}, {"paints": [[1, "a"]]}, {"paints": [["1", "a", "b"]]},
        {"paints": [[1, "a", 2]]}, {"paints": [[1, "a", "b"]] * 21}, {"painted_ms": -5},
        {"as_of_ms": 10**15},
    ],
)  # fmt: skip
def test_a_report_that_does_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    assert parse_report(GOOD)["version"] == 7
    with pytest.raises(BadReportError):
        parse_report({**GOOD, **wrong})
    with pytest.raises(BadReportError):
        parse_report([GOOD])
