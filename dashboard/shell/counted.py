"""The cases behind a number, for the drawer and for a KPI's own page alike."""

from __future__ import annotations

from typing import Any

from dashboard.components.counted_cases import PAGE_SIZE, PARTS, CaseList
from dashboard.kpis.variants import kpi_of
from dashboard.readings.case_list import EXCLUDED, NoCaseListError, list_cases
from dashboard.readings.reader import Reader
from dashboard.readings.view import NO_CODES, SliceCodes


def known_part(part: Any) -> str:
    """A list's name of an address or a request; the numerator for anything else."""
    return part if part in PARTS else PARTS[0]


def counted_cases(
    reader: Reader,
    area: str | None,
    window: str,
    key: str,
    part: str,
    offset: int,
    lang: str,
    *,
    codes: SliceCodes = NO_CODES,
    reason: str | None = None,
) -> CaseList:
    """One page of a KPI's cases, or of those it leaves out; ``cases`` is None where it is not made
    of cases. ``reason``: of those left out, one reason alone.

    Raises KeyError for an unknown KPI, UnknownAreaError, UnknownSliceError and OutsideScopeError.
    """
    kpi = kpi_of(key, reader.settings)
    parts = [name for name in ("numerator", "denominator") if kpi.has_list(name)]
    parts += [EXCLUDED] * kpi.is_of_cases
    chosen = part if part in parts else PARTS[0]
    try:
        cases = list_cases(
            reader, area, window, key, chosen, offset, PAGE_SIZE,
            lang=lang, codes=codes, reason=reason,
        )  # fmt: skip
    except NoCaseListError:
        return CaseList(part=chosen, offset=0, cases=None)
    shown = reason if chosen == EXCLUDED and reason else ""
    return CaseList(part=chosen, offset=offset, cases=cases, parts=parts, reason=shown)
