"""When cases arrive: by month, weekday, holiday, hour and weather, at one-minute resolution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.demo.city_days import DAY_MS, MINUTE_MS, Span, date_of, months_of, spring_festival_days
from jobs.demo.profiles import Profile
from jobs.demo.reference import CATEGORIES, SEASONS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DAY_MINUTES: Final = 1440
# Weight of each hour of a working day: two peaks, a lunch dip, a quiet night.
_WORKING_HOURS: Final = (
    3, 2, 2, 2, 2, 4, 12, 30, 82, 100, 92, 70, 40, 58, 86, 88, 80, 62, 46, 40, 34, 24, 12, 6,
)  # fmt: skip
_FREE_HOURS: Final = (
    3, 2, 2, 2, 2, 4, 10, 22, 44, 58, 56, 48, 34, 36, 46, 48, 46, 42, 40, 38, 32, 24, 12, 6,
)  # fmt: skip
_STORMS_PER_YEAR: Final = {"flood": 6, "snow": 4}
_STORM_MONTHS: Final = {"flood": (6, 7, 8), "snow": (11, 12, 1, 2)}


@dataclass(frozen=True, kw_only=True)
class Storm:
    """A burst: on this city day one district has far more cases of one season's kind."""

    day: int  # since 1970
    season: str  # flood | snow
    district: int


@dataclass(frozen=True, kw_only=True)
class Intensity:
    """Weight of every minute of [start, now); ``running`` is their cumulative sum, from 0."""

    span: Span
    running: Floats
    storms: tuple[Storm, ...]

    def weight(self, start_ms: int, end_ms: int) -> float:
        """Weight of [start, end), both whole minutes inside the span."""
        low, high = self._minute(start_ms), self._minute(end_ms)
        return float(self.running[high] - self.running[low])

    def draw(self, count: int, start_ms: int, end_ms: int, generator: np.random.Generator) -> Ints:
        """``count`` instants in [start, end), ascending epoch ms."""
        low, high = self._minute(start_ms), self._minute(end_ms)
        targets = generator.uniform(self.running[low], self.running[high], count)
        minutes = np.searchsorted(self.running, targets, side="right") - 1
        minutes = np.clip(minutes, low, high - 1)
        instants: Ints = self.span.start_ms + minutes * MINUTE_MS
        return np.sort(instants + generator.integers(0, MINUTE_MS, count))

    def _minute(self, instant_ms: int) -> int:
        return (instant_ms - self.span.start_ms) // MINUTE_MS


def intensity(profile: Profile, span: Span, generator: np.random.Generator) -> Intensity:
    """The arrival intensity of a profile over a span."""
    first = int(span.local_days(np.array([span.start_ms]))[0])
    last = int(span.local_days(np.array([span.now_ms]))[0])
    days = np.arange(first, last + 1, dtype=np.int64)
    storms = _storms(profile, days, generator)
    weights = day_weights(profile, span, days) * generator.lognormal(0, 0.07, len(days))
    for storm in storms:
        weights[storm.day - first] *= 1.45
    minutes = (weights[:, None] * _minute_weights(span, days)).ravel()
    whole = (span.now_ms - span.start_ms) // MINUTE_MS
    running = np.concatenate(([0.0], np.cumsum(minutes[:whole])))
    return Intensity(span=span, running=running, storms=storms)


def day_weights(profile: Profile, span: Span, days: Ints) -> Floats:
    """Weight of city days (since 1970) before weather and chance; a working day is about 1."""
    seasons = np.array([category_season(profile, number) for number in range(len(CATEGORIES))])
    shares = np.array([category.weight for category in CATEGORIES])
    monthly = shares @ seasons
    weights: Floats = monthly[months_of(days) - 1] / monthly.mean()
    weights[_is_free(span, days)] *= 0.62
    weights[np.isin(days, spring_festival_days())] *= 0.55
    # The platform becomes better known: four per cent more cases a year.
    weights *= 1.04 ** ((days - days[-1]) / 365.25)
    return weights


def now_weight(profile: Profile, span: Span, instant_ms: int) -> float:
    """Expected cases a minute at an instant, from the profile's yearly volume."""
    day = int(span.local_days(np.array([instant_ms]))[0])
    days = np.array([day], dtype=np.int64)
    year = np.arange(day - 364, day + 1, dtype=np.int64)
    yearly = float(day_weights(profile, span, year).sum())  # the minutes of a day add up to 1
    minute = (instant_ms + span.offset_ms) % DAY_MS // MINUTE_MS
    here = float(day_weights(profile, span, days)[0] * _minute_weights(span, days)[0, minute])
    return profile.yearly_cases * here / yearly


def category_season(profile: Profile, number: int) -> tuple[float, ...]:
    """Twelve monthly weights of a category in the profile's climate."""
    season = CATEGORIES[number].season
    if profile.climate == "south" and season in ("heating", "snow"):
        return (0.04,) * 12
    return SEASONS[season]


def _minute_weights(span: Span, days: Ints) -> Floats:
    """(days, 1440); hours are joined by straight lines so that nothing jumps at the full hour."""
    curves = []
    for hours in (_WORKING_HOURS, _FREE_HOURS):
        middle = np.arange(-1, 25) * 60 + 30
        padded = np.array((hours[-1], *hours, hours[0]), dtype=np.float64)
        curves.append(np.interp(np.arange(_DAY_MINUTES), middle, padded))
    plain = curves[0].sum()
    free = _is_free(span, days)
    shapes: Floats = np.where(free[:, None], curves[1] / curves[1].sum(), curves[0] / plain)
    return shapes


def _is_free(span: Span, days: Ints) -> NDArray[np.bool_]:
    free = [not span.calendar.is_working_day(date_of(day)) for day in days]
    return np.array(free, dtype=np.bool_)


def _storms(profile: Profile, days: Ints, generator: np.random.Generator) -> tuple[Storm, ...]:
    storms = []
    for season, per_year in _STORMS_PER_YEAR.items():
        if season == "snow" and profile.climate == "south":
            continue
        possible = days[np.isin(months_of(days), _STORM_MONTHS[season])]
        count = min(len(possible), round(per_year * len(days) / 365))
        for day in sorted(generator.permutation(possible)[:count].tolist()):
            district = int(generator.integers(len(profile.districts)))
            storms.append(Storm(day=day, season=season, district=district))
    return tuple(storms)
