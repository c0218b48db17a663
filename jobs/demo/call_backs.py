"""Call-backs 回访 and survey waves 问卷."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.case_rows import History
from jobs.demo.city_days import DAY_MS, HOUR_MS, Span
from jobs.demo.city_map import CityMap
from jobs.demo.profiles import YearQuota
from jobs.demo.reference import CATEGORIES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Columns = dict[str, Any]

ANSWERS: Final = (
    "very_satisfied", "satisfied", "fairly_satisfied", "neutral", "dissatisfied",
)  # fmt: skip
_NONE: Final = len(ANSWERS)  # no answer
_LABELS: Final = np.array([*ANSWERS, None], dtype=object)
_SHARES: Final = np.array([0.30, 0.58, 0.07, 0.05])
_CHANNELS: Final = np.array(["电话", "短信", "小程序", "上门"], dtype=object)


def call_back_columns(history: History, generator: np.random.Generator) -> Columns:
    """Columns of ``callbacks``: one for every finished stay in 回访评价中.

    A dissatisfied answer of a first cycle always led to rework (不满意退回重办), so the others
    carry none. The profile's exact satisfaction of the last three complete months is met by
    moving answers between satisfied, fairly satisfied and neutral.
    """
    rows, visited, is_first, led_to_rework = _finished(history)
    count = len(rows)
    answer = _answers(history, rows, generator)
    contacted = generator.random(count) < 0.985
    valid = generator.random(count) < 0.94
    mediated = np.array([given.flag == "is_mediation" for given in CATEGORIES])
    mediated = mediated[history.plan.category[rows]]
    valid |= led_to_rework | mediated
    contacted |= led_to_rework | mediated
    answer[led_to_rework] = ANSWERS.index("dissatisfied")
    again = ~is_first & (generator.random(count) < 0.10)
    answer[again] = ANSWERS.index("dissatisfied")
    answer[~contacted] = _NONE
    solved = contacted & (answer <= 3) & (generator.random(count) < 0.955)
    solved |= contacted & (answer <= 1)
    profile, span = history.city.profile, history.span
    for quota in profile.year_quotas:
        if quota.flag == "is_mediation" and quota.solved_share is not None:
            _solve(history, quota, rows, mediated & ~led_to_rework, solved)
    if profile.callback_satisfaction is not None:
        start, end = span.last_months(3)
        inside = valid & (visited >= start) & (visited < end)
        reached = _reach(inside, answer, profile.callback_satisfaction)
        contacted[reached], solved[reached] = True, True
        _set_satisfaction(inside, answer, profile.callback_satisfaction)
    order = np.argsort(visited, kind="stable")
    columns: Columns = {
        "case_id": rows + 1, "visited_at": visited, "is_valid": valid, "is_contacted": contacted,
        "is_solved": solved, "answer": _LABELS[answer],
        "channel": _CHANNELS[generator.choice(4, count, p=(0.72, 0.12, 0.12, 0.04))],
    }  # fmt: skip
    return {name: values[order] for name, values in columns.items()}


def _finished(history: History) -> tuple[Ints, Ints, Mask, Mask]:
    """Rows, instants, whether of the first cycle, whether it led to rework."""
    at, has = history.at, history.has
    first = np.flatnonzero(has("visiting") & (has("rework") | has("closed") | has("closed_first")))
    again = np.flatnonzero(has("visiting_again") & has("closed"))
    end = np.where(has("closed_first"), at("closed_first"), at("closed"))
    end = np.where(has("rework") & ~has("closed_first"), at("rework"), end)
    rows = np.concatenate((first, again))
    began = np.concatenate((at("visiting")[first], at("visiting_again")[again]))
    ended = np.concatenate((end[first], at("closed")[again]))
    is_first = np.arange(len(rows)) < len(first)
    led = is_first & (has("rework") & ~has("closed_first"))[rows]
    return rows, began + (ended - began) * 9 // 10, is_first, led


def _answers(history: History, rows: Ints, generator: np.random.Generator) -> Ints:
    """Numbers into ANSWERS without dissatisfied; districts differ in how content they are."""
    odds = np.append([given.satisfaction for given in history.city.profile.districts], 1.0)
    district = odds[history.city.district[history.plan.area[rows]]]
    discontent = _SHARES[2:].sum() / district
    lot = generator.random(len(rows))
    good = np.where(generator.random(len(rows)) < _SHARES[0] / _SHARES[:2].sum(), 0, 1)
    bad = np.where(generator.random(len(rows)) < _SHARES[2] / _SHARES[2:].sum(), 2, 3)
    answers: Ints = np.where(lot < discontent, bad, good).astype(np.int64)
    return answers


def _solve(history: History, quota: YearQuota, rows: Ints, mediated: Mask, solved: Mask) -> None:
    """调解成功率: exactly the rounded share of a year's mediations is solved, the rest is not."""
    accepted = history.plan.accepted_ms[rows]
    solved[mediated] = True
    for back in (1, 2):
        start, end = history.span.past_year(back)
        mine = np.flatnonzero(mediated & (accepted >= start) & (accepted < end))
        failed = len(mine) - round(len(mine) * (quota.solved_share or 1.0))
        if failed > 0:
            solved[mine[:: max(1, len(mine) // failed)][:failed]] = False


def _reach(inside: Mask, answer: Ints, percent: float) -> Ints:
    """Let people answer who did not, where silence would leave the percentage out of reach."""
    rows = np.flatnonzero(inside)
    silent = rows[answer[rows] == _NONE]
    lost = int((answer[rows] >= ANSWERS.index("dissatisfied")).sum())
    surplus = lost - int((1 - percent / 100) * len(rows) * 0.8)
    reached: Ints = silent[: max(0, surplus)]
    answer[reached] = ANSWERS.index("satisfied")
    return reached


def _set_satisfaction(inside: Mask, answer: Ints, percent: float) -> None:
    """Set answers so that Σ weight / valid rounds to ``percent`` with two decimals.

    Fixed: dissatisfied and no answer. Raises ValueError if the fixed ones alone are too many.
    """
    rows = np.flatnonzero(inside)
    total = len(rows)
    if total == 0:
        return
    free = rows[answer[rows] < ANSWERS.index("dissatisfied")]
    target = percent / 100 * total
    natural = int((answer[free] == 2).sum())
    for fairly in sorted(range(min(len(free), 3 * natural + 40)), key=lambda n: abs(n - natural)):
        full = round(target - 0.9 * fairly)
        score = (full + 0.9 * fairly) / total * 100
        if full >= 0 and full + fairly <= len(free) and abs(score - percent) < 0.004:
            break
    else:
        raise ValueError(f"no mix of {len(free)} answers among {total} gives {percent} %")
    # Contented stay contented as far as the numbers allow.
    order = free[np.argsort(answer[free], kind="stable")]
    answer[order[:full]] = np.minimum(answer[order[:full]], 1)
    answer[order[full : full + fairly]] = 2
    answer[order[full + fairly :]] = 3


def survey_columns(
    city: CityMap, span: Span, weights: Floats, area_ids: Ints, generator: np.random.Generator
) -> tuple[list[dict[str, Any]], Columns]:
    """(rows of ``survey_waves``, columns of ``survey_answers``) of every December.

    Both empty for a profile without a survey or a history without a December.
    """
    waves: list[dict[str, Any]] = []
    parts: list[Columns] = []
    survey = city.profile.survey
    for back in range(3, 0, -1):
        start, end = span.past_year(back)
        if survey is None or start < span.start_ms:
            continue
        scale = 1.0 if back == 1 else 0.12
        answers, satisfied = round(survey.answers * scale), round(survey.satisfied * scale)
        year = span.today.year - back
        waves.append({
            "wave_id": len(waves) + 1, "code": f"survey-{year}-12",
            "name_zh": f"{year}年12月满意度问卷",
            "name_en": f"Satisfaction survey of December {year}", "started_on": date(year, 12, 1),
            "ended_on": date(year, 12, 31), "sample_label": "样本：网格群",
        })  # fmt: skip
        december, counts = (end - 31 * DAY_MS, end), (answers, satisfied)
        parts.append(
            _wave(city, weights, area_ids, december, counts, generator)
            | {"wave_id": np.full(answers, len(waves), dtype=np.int64)}
        )
    return waves, _joined(parts)


def _wave(
    city: CityMap,
    weights: Floats,
    area_ids: Ints,
    period: tuple[int, int],
    counts: tuple[int, int],
    generator: np.random.Generator,
) -> Columns:
    """One wave with exactly ``counts`` = (answers, satisfied ones)."""
    total, satisfied = counts
    cell = generator.choice(len(weights), total, p=(weights + 1) / (weights + 1).sum())
    odds = np.array([given.satisfaction for given in city.profile.districts])
    odds = odds[city.district[city.grid_rows[cell]]]
    # The most inclined answer satisfied; a district's odds shift the lot, not the number.
    ranked = np.argsort(generator.random(total) ** odds, kind="stable")
    answer = np.full(total, ANSWERS.index("satisfied"), dtype=np.int64)
    others = ranked[: total - satisfied]
    answer[others] = 2 + generator.choice(3, len(others), p=(0.45, 0.38, 0.17))
    day = generator.integers(0, 31, total) * DAY_MS
    hour = (generator.uniform(8, 22, total) * HOUR_MS).astype(np.int64)
    return {
        "area_id": area_ids[city.grid_rows[cell]],
        "answered_at": np.sort(period[0] + day + hour),
        "answer": np.array(ANSWERS, dtype=object)[answer],
    }


def _joined(parts: list[Columns]) -> Columns:
    if not parts:
        return {}
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
