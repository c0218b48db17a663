"""Numbers as text: the only place of rounding. Half up, once, at the very end."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dashboard.kpis.model import Exact, Kpi, Reading, Shape, Unit

SMALL_BASE = 10  # below it a percentage of change says nothing: from 2 to 8 is not 300 %
NOTHING = "—"  # 0/0, or not measured: never 0 % and never 100 %
_DURATIONS = (Unit.HOURS, Unit.MINUTES)


def round_half_up(value: Exact, places: int) -> Decimal:
    """Half away from zero, exactly: 93.945 → 93.95 with two places."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = -1 if value < 0 else 1
    return Decimal(sign * whole).scaleb(-places)


def percent_text(reading: Reading, places: int = 2) -> str:
    """A rate without its sign, "—" for 0/0; 100.00 only for equal numerator and denominator."""
    value = reading.value
    if value is None:
        return NOTHING
    rounded = _not_quite_zero(value, places)
    if rounded == 100 and reading.numerator != reading.denominator:
        step = Decimal(1).scaleb(-places)
        rounded += step if value > 100 else -step
    return f"{rounded:,}"


def _not_quite_zero(value: Exact, places: int) -> Decimal:
    """Rounded, but 0.00 only for zero itself: the smallest step for what lies between."""
    rounded = round_half_up(value, places)
    if rounded == 0 and value != 0:
        return Decimal(1 if value > 0 else -1).scaleb(-places)
    return rounded


def count_text(value: Exact | None) -> str:
    """A whole number with thousands separators, "—" for not measured."""
    return NOTHING if value is None else f"{round_half_up(value, 0):,}"


def number_text(value: Exact | None, places: int) -> str:
    """A number with so many decimals, 0 only for zero; "—" for not measured."""
    return NOTHING if value is None else f"{_not_quite_zero(value, places):,}"


def value_text(reading: Reading) -> str:
    """The value as screens and papers print it, without its unit.

    Rates, ratios and scores have two decimals, hours and minutes one, counts none.
    """
    kpi = reading.kpi
    if kpi.is_rate:
        return percent_text(reading)
    if kpi.shape in (Shape.RATIO, Shape.SCORE):
        return number_text(reading.value, 2)
    if kpi.unit in _DURATIONS:
        return number_text(reading.value, 1)
    return count_text(reading.value)


def change_text(kpi: Kpi, now: Exact | None, then: Exact | None) -> str | None:
    """The change against a comparison, None without one: percentage points 个百分点 for rates,
    points for scores, else percent; two decimals, from unrounded values.

    A count below SMALL_BASE has no percentage, and nothing has one of zero: the difference is given
    instead.
    """
    if now is None or then is None:
        return None
    difference = now - then
    if kpi.shape in (Shape.RATE, Shape.SCORE):
        return f"{round_half_up(difference, 2):+}"
    if kpi.shape is Shape.COUNT and then < SMALL_BASE:
        return f"{round_half_up(difference, 0):+}"
    if then == 0:
        return f"{round_half_up(difference, 2 if kpi.shape is Shape.RATIO else 1):+}"
    return f"{round_half_up(Fraction(100 * difference) / then, 2):+}%"
