"""Codes: the city's grid codes 网格编码, and codes the product makes where a source has none."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final

from data_access.ingest import longest
from data_access.tables import cases

_LONGEST_CASE_CODE: Final = longest(cases.c.case_code)
_DIGEST_BYTES: Final = 5


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


def own_case_code(source_code: str, source_ref: str) -> str:
    """The code of a case whose source gives none: its source and number."""
    return fitted(f"{source_code}-{source_ref}", _LONGEST_CASE_CODE)


def fitted(text: str, length: int) -> str:
    """The text where it fits, else its beginning with a digest of the whole: two long texts that
    begin alike stay apart."""
    if len(text) <= length:
        return text
    digest = hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()
    return f"{text[: length - len(digest) - 1]}-{digest}"
