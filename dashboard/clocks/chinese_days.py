"""Statutory holidays 法定节假日 and make-up working days 调休 of mainland China.

Source: the yearly 国务院办公厅关于部分节假日安排的通知, issued in November.
A year whose notice is not out yet carries only the days fixed by the regulation on public holidays
(全国年节及纪念日放假办法); it is not in ``COVERED_YEARS`` and the product warns. The days only seed
the editable table ``calendar_days``: what stands there wins.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from dashboard.clocks.calendar import CalendarDay

COVERED_YEARS: Final = frozenset({2023, 2024, 2025, 2026})

# (name, first day off, last day off, make-up working days)
_NOTICES: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("元旦", "2022-12-31", "2023-01-02", ()),
    ("春节", "2023-01-21", "2023-01-27", ("2023-01-28", "2023-01-29")),
    ("清明节", "2023-04-05", "2023-04-05", ()),
    ("劳动节", "2023-04-29", "2023-05-03", ("2023-04-23", "2023-05-06")),
    ("端午节", "2023-06-22", "2023-06-24", ("2023-06-25",)),
    ("中秋节、国庆节", "2023-09-29", "2023-10-06", ("2023-10-07", "2023-10-08")),
    ("元旦", "2023-12-30", "2024-01-01", ()),
    ("春节", "2024-02-10", "2024-02-17", ("2024-02-04", "2024-02-18")),
    ("清明节", "2024-04-04", "2024-04-06", ("2024-04-07",)),
    ("劳动节", "2024-05-01", "2024-05-05", ("2024-04-28", "2024-05-11")),
    ("端午节", "2024-06-08", "2024-06-10", ()),
    ("中秋节", "2024-09-15", "2024-09-17", ("2024-09-14",)),
    ("国庆节", "2024-10-01", "2024-10-07", ("2024-09-29", "2024-10-12")),
    ("元旦", "2025-01-01", "2025-01-01", ()),
    ("春节", "2025-01-28", "2025-02-04", ("2025-01-26", "2025-02-08")),
    ("清明节", "2025-04-04", "2025-04-06", ()),
    ("劳动节", "2025-05-01", "2025-05-05", ("2025-04-27",)),
    ("端午节", "2025-05-31", "2025-06-02", ()),
    ("国庆节、中秋节", "2025-10-01", "2025-10-08", ("2025-09-28", "2025-10-11")),
    ("元旦", "2026-01-01", "2026-01-03", ("2026-01-04",)),
    ("春节", "2026-02-15", "2026-02-23", ("2026-02-14", "2026-02-28")),
    ("清明节", "2026-04-04", "2026-04-06", ()),
    ("劳动节", "2026-05-01", "2026-05-05", ("2026-05-09",)),
    ("端午节", "2026-06-19", "2026-06-21", ()),
    ("中秋节", "2026-09-25", "2026-09-27", ()),
    ("国庆节", "2026-10-01", "2026-10-07", ("2026-09-20", "2026-10-10")),
    # 2027: the statutory days alone; the notice with the make-up days comes in November 2026.
    ("元旦", "2027-01-01", "2027-01-01", ()),
    ("春节", "2027-02-05", "2027-02-08", ()),
    ("清明节", "2027-04-05", "2027-04-05", ()),
    ("劳动节", "2027-05-01", "2027-05-02", ()),
    ("端午节", "2027-06-09", "2027-06-09", ()),
    ("中秋节", "2027-09-15", "2027-09-15", ()),
    ("国庆节", "2027-10-01", "2027-10-03", ()),
)


def chinese_days() -> list[CalendarDay]:
    """Every listed holiday and make-up day 2023–2027 with its name, ascending."""
    found: list[CalendarDay] = []
    for name, first, last, made_up in _NOTICES:
        day, end = date.fromisoformat(first), date.fromisoformat(last)
        while day <= end:
            found.append(CalendarDay(day, False, name))
            day += timedelta(days=1)
        found += [CalendarDay(date.fromisoformat(text), True, f"{name}调休") for text in made_up]
    return sorted(found)


def chinese_calendar_days() -> dict[date, bool]:
    """The same as an override for ``WorkCalendar(days=…)``: True a working day, False a holiday."""
    return {day.day: day.is_working_day for day in chinese_days()}
