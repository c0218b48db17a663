"""Pace of a campaign: rates, projected finish and lagging, by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from dashboard.kpis.campaign_pace import HOUR_MS, Pace, lags

# 200,000 people in six hours, three of them over, 90,000 done, 40,000 of them in the last hour
HALF = Pace(
    target=200_000, done=90_000, recent=40_000, recent_ms=HOUR_MS, start_ms=0, due_ms=6 * HOUR_MS,
    now_ms=3 * HOUR_MS, last_ms=3 * HOUR_MS,
)  # fmt: skip


def test_rates_and_finish_at_half_time() -> None:
    assert HALF.elapsed == Fraction(1, 2)
    assert HALF.share == Fraction(9, 20)
    assert (HALF.mean_rate, HALF.recent_rate) == (30_000, 40_000)
    assert HALF.finish_ms == 3 * HOUR_MS + int(2.75 * HOUR_MS)  # 110,000 left at 40,000 an hour
    assert HALF.needed_rate == Fraction(110_000, 3)


def test_a_standstill_leads_nowhere() -> None:
    still = replace(HALF, recent=0)
    assert still.recent_rate == 0
    assert still.finish_ms is None


def test_what_is_done_finished_when_it_was_done() -> None:
    done = replace(HALF, done=200_001, last_ms=2 * HOUR_MS)
    assert done.finish_ms == 2 * HOUR_MS
    assert done.needed_rate is None
    assert done.mean_rate == Fraction(200_001, 2)


def test_before_the_start_without_an_end_and_without_a_target() -> None:
    waiting = replace(HALF, now_ms=-HOUR_MS, done=0, recent=0, last_ms=None)
    assert (waiting.elapsed, waiting.mean_rate, waiting.recent_rate) == (0, None, None)
    assert waiting.needed_rate == Fraction(200_000, 6)
    endless = replace(HALF, due_ms=None)
    assert (endless.elapsed, endless.needed_rate) == (None, None)
    assert replace(HALF, target=0).share is None
    assert replace(HALF, now_ms=9 * HOUR_MS).elapsed == 1


def test_a_grid_lags_below_four_fifths_of_the_clock() -> None:
    half = Fraction(1, 2)
    assert not lags(100, 40, half)  # 40 of 50 expected
    assert lags(100, 39, half)
    assert not lags(100, 0, None)
    assert not lags(0, 0, Fraction(1))
