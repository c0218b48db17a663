"""Sample re-checks 抽查核实: draw closed cases, record what was found, reopen what was not true.

A closure found false (虚报) or without a solution (未解决) is taken back: the case goes to rework,
its cycle is kept with its own lateness, and a new one begins with the normal limit (domain rules
2.3, 4 and 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from sqlalchemy import Engine

from dashboard.lifecycle import State
from dashboard.lifecycle.sampling import draw_sample
from dashboard.readings.start_again import start_again
from dashboard.settings import Settings
from dashboard.words import word
from data_access.engine import begin_write
from data_access.rechecks import (
    lock_rechecks,
    read_closed_cases,
    read_drawn_cases,
    read_recheck,
    read_whole_case,
    save_draw,
    save_recheck,
)
from data_access.rollup_reads import read_area, read_root
from jobs.store_command import CommandError

RESULTS: Final = ("true", "false", "unsolved")  # 属实, 虚报, 未解决


class RecheckError(CommandError):
    """A sample or a result that cannot be; the message is for people."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """One draw: of how many closed cases, how many belong to the sample, how many of them are new
    in it (a draw made again finds none)."""

    candidates: int
    sample: int
    added: int


def draw(
    engine: Engine,
    *,
    start: datetime,
    end: datetime,
    percent: Fraction,
    seed: str,
    now: datetime,
    drawn_by: str | None = None,
    area_code: str | None = None,
) -> Drawn:
    """Draw ``percent`` of the cases closed in [start, end), stratified by department.

    The same cases, share and seed give the same sample; cases that are in one already are not drawn
    twice. Raises RecheckError for an unknown area and a share outside 0 to 100 percent.
    """
    if not 0 < percent <= 100:
        raise RecheckError(f"a share of {percent} percent: it must be above 0 and at most 100")
    with begin_write(engine) as connection:
        lock_rechecks(connection)
        area = read_area(connection, area_code) if area_code else read_root(connection)
        if area is None:
            raise RecheckError(f"there is no area {area_code!r}" if area_code else "no areas yet")
        closed = read_closed_cases(connection, area, start, end)
        sample = draw_sample(closed, percent / 100, seed)
        fresh = sorted(set(sample) - read_drawn_cases(connection, sample))
        save_draw(connection, fresh, drawn_at=now, drawn_by=drawn_by)
    return Drawn(candidates=len(closed), sample=len(sample), added=len(fresh))


def record(
    engine: Engine,
    recheck_id: int,
    result: str,
    *,
    settings: Settings,
    now: datetime,
    by: str | None = None,
    note: str | None = None,
) -> bool:
    """Record what a re-check found; whether the case was sent back for it.

    A case that is not closed any more stays as it is. Raises RecheckError for a word that is no
    result, an unknown re-check and one that was recorded before.
    """
    if result not in RESULTS:
        raise RecheckError(f"{result!r} is no result: use one of {', '.join(RESULTS)}")
    with begin_write(engine) as connection:
        recheck = read_recheck(connection, recheck_id)
        if recheck is None:
            raise RecheckError(f"there is no re-check {recheck_id}")
        if recheck.checked_at is not None:
            raise RecheckError(f"re-check {recheck_id} was recorded before, as {recheck.result}")
        save_recheck(connection, recheck_id, checked_at=now, result=result, note=note)
        case = read_whole_case(connection, recheck.case_id)
        if result == "true" or case is None or case["state"] != State.CLOSED:
            return False
        start_again(
            connection,
            case,
            settings,
            now,
            actor=by or word("recheck.actor", settings.language),
            opinion=word(f"recheck.{result}", settings.language),
            result="recheck",
        )
    return True
