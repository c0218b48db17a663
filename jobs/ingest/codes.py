"""Grid codes 网格编码: 15 digits in most cities, another pattern in others."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def grid_code_problem(code: str, pattern: str) -> str | None:
    """Why ``code`` is no grid code of the city, or None.

    ``pattern`` is the setting ``grid_code_pattern``; the whole code must match. With the usual 15
    digits (12 of the administrative division, 3 of the sequence) sequence 000 is refused too:
    numbers start at 001 and a voided code is never used again (domain rule 2.6).
    """
    if not _compiled(pattern).fullmatch(code):
        return f"grid code {code!r} does not match the city's pattern {pattern}"
    if len(code) == 15 and code.isdigit() and code.endswith("000"):
        return f"grid code {code!r}: the sequence of a grid starts at 001"
    return None
