"""Campaigns 专项任务: their list, and one of them against the clock, by area and police grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.kpis.campaign_pace import HOUR_MS, Pace, expected, lags
from dashboard.kpis.formatting import number_text
from dashboard.readings.board_parts import name_of, place_names
from dashboard.readings.page_head import read_head
from dashboard.readings.shelf import NoAnswerError
from dashboard.readings.view import Question, find_area
from dashboard.settings import Settings
from dashboard.words import word
from data_access import campaigns as store
from data_access import rollup_reads as reads
from data_access.rollup_reads import AreaRow
from data_access.types import is_storable, to_epoch_ms

LAGGING_SHOWN: Final = 20
_STEPS: Final = 48  # of the burn-up between start and due date
_NO_END: Final = timedelta(days=7)  # the length assumed for the steps where no end is set


class UnknownCampaignError(NoAnswerError):
    """There is no campaign with this code."""


def build_campaign_list(
    connection: Connection, question: Question, *, settings: Settings, now: datetime, build: str
) -> dict[str, Any]:
    """The head of the page and every campaign of the city, the newest first."""
    head = read_head(connection, question, settings=settings, now=now, build=build)
    rows = []
    for row in store.read_campaigns(connection, now):
        rows.append(
            {
                **_about(row, now, question.lang),
                "target": row.target,
                "done": row.done,
                "share": _percent(row.done, row.target),
            }
        )
    return {**head, "campaigns": rows}


def build_campaign_page(
    connection: Connection,
    question: Question,
    *,
    code: str,
    police: str,
    offset: int,
    settings: Settings,
    now: datetime,
    build: str,
) -> dict[str, Any]:
    """One campaign below an area, maybe of one police grid; ``offset``: the first lagging grid.

    Raises UnknownCampaignError, UnknownAreaError and OutsideScopeError; an unknown police grid is
    none.
    """
    lang = question.lang
    row = store.read_campaign(connection, code) if is_storable(code) else None
    if row is None:
        raise UnknownCampaignError(code)
    area = find_area(connection, question.scope, question.area_code)
    police_id = store.read_police_id(connection, police) if police and is_storable(police) else None
    about = _about(row, now, lang)
    until = min(now, row.ended_at) if row.ended_at else now
    recent_ms = _recent_ms(about)
    grids = store.read_grid_progress(
        connection, row.campaign_id, area, police_id,
        until - timedelta(milliseconds=recent_ms), until,
    )  # fmt: skip
    pace = _pace(grids, about, to_epoch_ms(until), recent_ms)
    children = [
        one for one in reads.read_children(connection, area.area_id) if one.kind != "unlocated"
    ]
    head = read_head(connection, question, settings=settings, now=now, build=build)
    return {
        **head,
        "campaign": about,
        "now_ms": to_epoch_ms(now),
        "pace": _pace_texts(pace),
        "burn_up": _burn_up(connection, row, area, police_id, pace, until),
        "areas": _by_area(grids, children, pace, lang),
        "police_grids": _by_police(connection, grids, pace, lang),
        "police": police if police_id is not None else "",
        "lagging": _lagging(connection, grids, area, pace, offset, lang),
    }


def _about(row: Any, now: datetime, lang: str) -> dict[str, Any]:
    """Names and moments of a campaign; ``state``: waiting, running, late or ended."""
    if row.ended_at is not None and row.ended_at <= now:
        state = "ended"
    elif row.started_at > now:
        state = "waiting"
    else:
        state = "late" if row.due_at is not None and row.due_at < now else "running"
    return {
        "code": row.code,
        "name": name_of(row, lang),
        "unit": _unit(row.unit or "", lang),
        "start_ms": to_epoch_ms(row.started_at),
        "due_ms": row.due_at and to_epoch_ms(row.due_at),
        "ended_ms": row.ended_at and to_epoch_ms(row.ended_at),
        "state": state,
    }


def _unit(unit: str, lang: str) -> str:
    """What is counted; a unit that the dictionary does not know stays as it was entered."""
    name = {"人": "people", "户": "households", "处": "places"}.get(unit)
    return word(f"campaign.unit.{name}", lang) if name else unit


def _length_ms(about: Mapping[str, Any]) -> int:
    due = about["due_ms"]
    assumed = int(_NO_END.total_seconds() * 1000)
    return max(due - about["start_ms"], 1) if due else assumed


def _recent_ms(about: Mapping[str, Any]) -> int:
    """What counts as lately: an hour, or a twelfth of a longer campaign; at least a day of one of
    many days, because nights do nothing."""
    length = _length_ms(about)
    day = 24 * HOUR_MS
    return max(HOUR_MS, length // 12) if length <= 2 * day else max(day, length // 12)


def _pace(grids: Sequence[Any], about: Mapping[str, Any], now_ms: int, recent_ms: int) -> Pace:
    moments = [one.last_ms for one in grids if one.last_ms is not None]
    return Pace(
        target=sum(one.target for one in grids),
        done=sum(one.done for one in grids),
        recent=sum(one.recent for one in grids),
        recent_ms=recent_ms,
        start_ms=about["start_ms"],
        due_ms=about["due_ms"],
        now_ms=now_ms,
        last_ms=max(moments, default=None),
    )


def _percent(done: int, target: int) -> str:
    return number_text(Fraction(100 * done, target), 2) if target else "—"


def _pace_texts(pace: Pace) -> dict[str, Any]:
    """Everything the head of the page says; a rate is a text without its unit."""
    elapsed = pace.elapsed
    late = pace.due_ms is not None and pace.finish_ms is not None and pace.finish_ms > pace.due_ms
    return {
        "target": pace.target,
        "done": pace.done,
        "left": max(0, pace.target - pace.done),
        "share": _percent(pace.done, pace.target),
        "elapsed": number_text(None if elapsed is None else elapsed * 100, 1),
        "mean_rate": _rate(pace.mean_rate),
        "recent_rate": _rate(pace.recent_rate),
        "needed_rate": _rate(pace.needed_rate),
        "recent_hours": number_text(Fraction(pace.recent_ms, HOUR_MS), 0),
        "finish_ms": pace.finish_ms,
        "is_done": pace.is_done,
        "is_late": late,
    }


def _rate(value: Fraction | None) -> str:
    """Per hour: whole from a hundred on, else with one decimal."""
    return number_text(value, 0 if value is not None and value >= 100 else 1)


def _burn_up(
    connection: Connection, row: Any, area: AreaRow, police_id: int | None, pace: Pace,
    until: datetime,
) -> dict[str, Any]:  # fmt: skip
    """Cumulated progress at the ends of steps: [[epoch ms, done]], from zero at the start."""
    length = (pace.due_ms or pace.start_ms + int(_NO_END.total_seconds() * 1000)) - pace.start_ms
    step_ms = max(60_000, length // _STEPS)
    steps = store.read_burn_up(
        connection, row.campaign_id, area, police_id,
        start_ms=pace.start_ms, step_ms=step_ms, until=until,
    )  # fmt: skip
    points, total = [[pace.start_ms, 0]], 0
    for number, done in steps:
        total += done
        begin = pace.start_ms + number * step_ms
        if points[-1][0] < begin:  # nothing happened in between: the line stays level
            points.append([begin, points[-1][1]])
        points.append([min(begin + step_ms, pace.now_ms), total])
    if points[-1][0] < pace.now_ms:
        points.append([pace.now_ms, total])
    return {
        "points": points,
        "start_ms": pace.start_ms,
        "due_ms": pace.due_ms,
        "now_ms": pace.now_ms,
        "target": pace.target,
        "finish_ms": None if pace.is_done else pace.finish_ms,
    }


def _group(code: str, name: str, grids: Sequence[Any], pace: Pace) -> dict[str, Any]:
    target, done = sum(one.target for one in grids), sum(one.done for one in grids)
    recent = sum(one.recent for one in grids)
    rate = Fraction(recent * HOUR_MS, pace.recent_ms)
    elapsed = pace.elapsed
    return {
        "code": code,
        "name": name,
        "grids": len(grids),
        "target": target,
        "done": done,
        "share": _percent(done, target),
        "fraction": round(min(done / target, 1), 3) if target else 0,
        "rate": _rate(rate),
        "lagging": sum(lags(one.target, one.done, elapsed) for one in grids),
        "is_lagging": lags(target, done, elapsed),
    }


def _by_area(
    grids: Sequence[Any], children: Sequence[AreaRow], pace: Pace, lang: str
) -> list[dict[str, Any]]:
    """The children of the area, those without a target left out."""
    rows = []
    for child in children:
        own = [one for one in grids if child.first_order <= one.first_order <= child.last_order]
        if own:
            rows.append(_group(child.code, name_of(child, lang), own, pace))
    return rows


def _by_police(
    connection: Connection, grids: Sequence[Any], pace: Pace, lang: str
) -> list[dict[str, Any]]:
    """The police grids 警格, the one furthest behind first; none where grids have none."""
    groups: dict[int, list[Any]] = {}
    for one in grids:
        if one.police_area_id is not None:
            groups.setdefault(one.police_area_id, []).append(one)
    known = store.read_police_grids(connection, list(groups)) if groups else {}
    rows = [
        _group(known[number].code, name_of(known[number], lang), own, pace)
        for number, own in groups.items()
        if number in known
    ]
    return sorted(rows, key=lambda row: (row["fraction"], row["code"]))


def _lagging(
    connection: Connection, grids: Sequence[Any], area: AreaRow, pace: Pace, offset: int, lang: str
) -> dict[str, Any]:
    """Grids behind the clock, the most missing first."""
    elapsed = pace.elapsed
    behind = [one for one in grids if lags(one.target, one.done, elapsed)]
    behind.sort(key=lambda one: (one.done - expected(one.target, elapsed), one.first_order))
    chosen = behind[offset : offset + LAGGING_SHOWN]
    places = place_names(connection, chosen, area, lang)
    return {
        "total": len(behind),
        "grids": len(grids),
        "offset": offset,
        "rows": [
            {
                "code": one.code,
                "name": places[one.path],
                "target": one.target,
                "done": one.done,
                "share": _percent(one.done, one.target),
                "missing": int(expected(one.target, elapsed)) - one.done,
                "last_ms": one.last_ms,
            }
            for one in chosen
        ],
    }
