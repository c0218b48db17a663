"""Spikes 突增 and causes of rework 返工原因, as parts of the page 研判."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from dashboard.kpis.spikes import WEEKS, judge_spike
from dashboard.readings.board_parts import name_of
from dashboard.readings.research_found import reason_key, reason_of
from dashboard.readings.research_ground import Ground
from dashboard.readings.windows import moment_on
from dashboard.words import word
from data_access import research_reads as reads
from data_access.research_places import Spot, read_spots, read_tops
from data_access.rollup_reads import read_member_names
from data_access.slices import NO_DEPARTMENT
from data_access.types import to_epoch_ms

Names = Mapping[int, tuple[str, str | None, str]]

PAIRS_SHOWN: Final = 60
OTHERS_SHOWN: Final = 15
REASONS_SHOWN: Final = 12
MEMBERS_SHOWN: Final = 12
MONTHS: Final = 6
_STREET: Final = "street"


def spike_part(ground: Ground, lang: str) -> dict[str, Any]:
    """Category × street of the last 24 hours beside the four weeks before.

    ``is_known`` False: the store does not go back so far, and nothing is judged. ``rows``: spikes
    first, then the largest of the others, so that one sees what usual is.
    """
    days = [ground.day(back) for back in range(WEEKS + 1)]
    is_known = ground.knows(days[-1][0])
    tops = read_tops(ground.connection, ground.field.area, _STREET)
    counts: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * (WEEKS + 1))
    found = reads.read_arrivals(ground.connection, ground.field, days)
    for place, category, number, count in found.tolist():
        counts[_lifted(place, tops), category][number] += count
    names = read_member_names(ground.connection, "category")
    least = ground.settings.spike_minimum
    judged = [
        (judge_spike(numbers[0], numbers[1:] if is_known else (), least=least), key, numbers)
        for key, numbers in counts.items()
        if numbers[0]
    ]
    # Below the spikes a few others, so that one sees what is usual.
    most = sum(one[0].is_spike for one in judged) + OTHERS_SHOWN
    judged.sort(key=lambda one: (not one[0].is_spike, -one[0].excess, -one[0].count, one[1]))
    shown = judged[: min(most, PAIRS_SHOWN)]
    spots = read_spots(ground.connection, [key[0] for _, key, _ in shown])
    return {
        "days": [[to_epoch_ms(start), to_epoch_ms(end)] for start, end in days],
        "least": least,
        "is_known": is_known,
        "pairs": len(judged),
        "spikes": sum(one[0].is_spike for one in judged),
        "rows": [
            {
                "area": _spot_name(spots[place], lang),
                "category": member(names, category, lang),
                "counts": numbers,
                "mean": round(spike.mean, 2),
                "deviation": round(spike.deviation, 2),
                "bound": round(spike.bound, 2),
                "is_spike": spike.is_spike,
            }
            for spike, (place, category), numbers in shown
        ],
    }


def _lifted(place: int, tops: Sequence[Spot]) -> int:
    """The place of the street in which a place lies, of streets in order. What lies in none of them
    (未定位) stands for itself."""
    number = bisect_right(tops, place, key=lambda top: top.first_order) - 1
    inside = number >= 0 and place <= tops[number].last_order
    return tops[number].first_order if inside else place


def _spot_name(spot: Spot, lang: str) -> dict[str, str]:
    return {"code": spot.code, "name": name_of(spot, lang)}


def member(names: Names, member_id: int, lang: str) -> dict[str, Any]:
    """A category, source or department as tables name it; 0 is nobody in charge."""
    if member_id == 0:
        return {"id": 0, "code": NO_DEPARTMENT, "name": word("overdue.no_department", lang)}
    zh, en, code = names[member_id]
    return {"id": member_id, "code": code, "name": (lang == "en" and en) or zh}


def rework_part(ground: Ground, lang: str) -> dict[str, Any]:
    """Reasons for which cases were sent back: how many, by department and category, by month.

    Cases are counted, each once for a reason and once in a sum; the rarest reasons are one line.
    """
    rows = reads.read_reworks(ground.connection, ground.field, ground.moments)
    by_reason = _cases(rows, reason_of)
    ordered = sorted(by_reason, key=lambda text: (-len(by_reason[text]), text))
    shown, total = ordered[:REASONS_SHOWN], len({row.case_id for row in rows})
    rare = {row.case_id for row in rows if reason_of(row) not in set(shown)}
    names = {text: _in_language(text, rows, lang) for text in shown}
    return {
        "total": total,
        "rare": len(rare),
        "reasons": [
            {
                "key": reason_key(text),
                "text": names[text],
                "count": len(by_reason[text]),
                "share": round(100 * len(by_reason[text]) / total, 1),
            }
            for text in shown
        ],
        "departments": _crossed(ground, rows, "department", shown, lang),
        "categories": _crossed(ground, rows, "category", shown, lang),
        "months": _months(ground, shown),
    }


def _cases(rows: Iterable[Any], key: Any) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = defaultdict(set)
    for row in rows:
        found[key(row)].add(row.case_id)
    return found


def _in_language(text: str, rows: Sequence[Any], lang: str) -> str:
    """What was said stays as it is; where nothing was said the words are ours."""
    row = next(one for one in rows if reason_of(one) == text)
    return reason_of(row, lang)


def _crossed(
    ground: Ground, rows: Sequence[Any], dimension: str, shown: Sequence[str], lang: str
) -> list[dict[str, Any]]:
    """Departments or categories with most rework; ``counts`` in the order of the reasons."""
    names = read_member_names(ground.connection, dimension)
    of_member = _cases(rows, lambda row: getattr(row, f"{dimension}_id"))
    pairs = _cases(rows, lambda row: (getattr(row, f"{dimension}_id"), reason_of(row)))
    most = sorted(of_member, key=lambda one: (-len(of_member[one]), one))[:MEMBERS_SHOWN]
    return [
        {
            **member(names, one, lang),
            "total": len(of_member[one]),
            "counts": [len(pairs.get((one, text), ())) for text in shown],
        }
        for one in most
    ]


def _months(ground: Ground, shown: Sequence[str]) -> list[dict[str, Any]]:
    """Whole months up to that of the ground's end, oldest first, each by reason."""
    zone = ground.settings.city_time_zone
    last = (ground.end - timedelta(milliseconds=1)).astimezone(ground.settings.city_zone).date()
    first = _back(last, MONTHS - 1)
    end = min(moment_on(_back(last, -1), 0, zone), ground.as_of + timedelta(milliseconds=1))
    moments = moment_on(first, 0, zone), end
    rows = reads.read_reworks(ground.connection, ground.field, moments)
    counts: Counter[tuple[str, str]] = Counter()
    cases: dict[str, set[int]] = defaultdict(set)
    seen: set[tuple[str, str, int]] = set()
    for row in rows:
        moment = datetime.fromtimestamp(row.reopened_ms / 1000, ground.settings.city_zone)
        month, text = f"{moment:%Y-%m}", reason_of(row)
        cases[month].add(row.case_id)
        if (month, text, row.case_id) not in seen:
            seen.add((month, text, row.case_id))
            counts[month, text] += 1
    months = [f"{_back(last, back):%Y-%m}" for back in reversed(range(MONTHS))]
    return [
        {
            "key": month,
            "total": len(cases[month]),
            "counts": [counts[month, text] for text in shown],
        }
        for month in months
    ]


def _back(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
