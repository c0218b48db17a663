"""Numbers as text: the only place of rounding. Half up, once, at the very end."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from dashboard.kpis.model import Exact, Kpi, Reading

SMALL_BASE = 10  # below it a percentage of change says nothing: from 2 to 8 is not 300 %
NOTHING = "—"  # 0/0, or not measured: never 0 % and never 100 %


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
    rounded = round_half_up(value, places)
    if rounded == 100 and reading.numerator != reading.denominator:
        rounded -= Decimal(1).scaleb(-places)
    return f"{rounded:,}"


def count_text(value: Exact | None) -> str:
    """A whole number with thousands separators, "—" for not measured."""
    return NOTHING if value is None else f"{round_half_up(value, 0):,}"


def value_text(reading: Reading) -> str:
    """The value as screens and papers print it, without its unit."""
    return percent_text(reading) if reading.kpi.is_rate else count_text(reading.value)


def change_text(kpi: Kpi, now: Exact | None, then: Exact | None) -> str | None:
    """The change against a comparison: 个百分点 for rates, percent for counts, None without one.

    A count below SMALL_BASE has no percentage: the difference is given instead.
    """
    if now is None or then is None:
        return None
    difference = now - then
    if kpi.is_rate:
        return f"{round_half_up(difference, 2):+}"
    if then < SMALL_BASE:
        return f"{round_half_up(difference, 0):+}"
    return f"{round_half_up(Fraction(100 * difference) / then, 1):+}%"
