"""Reading a city's table of limits 立案结案标准 from XLSX, CSV or TOML, as people have it."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from dashboard.clocks.limit import Limit
from dashboard.clocks.limit_text import parse_limit, parse_start_rule
from jobs.ingest.incoming import ImportRefused, Problem
from jobs.ingest.tables import ForeignTable

# Our field → what tables call it; the first is the name in messages.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "group": ("大类", "案件大类", "事件大类", "group"),
    "category": ("小类", "案件小类", "事件小类", "category"),
    "handling_unit": ("处置单位", "责任单位", "handling_unit"),
    "lead_unit": ("主管部门", "lead_unit"),
    "filing": ("立案条件", "filing_condition"),
    "condition": ("条件简称", "条件", "condition"),
    "closing": ("结案条件", "closing_condition"),
    "limit": ("处置时限", "时限", "limit"),
    "start": ("起算", "起算规则", "start"),
    "valid_from": ("生效日期", "valid_from"),
    "document": ("文件依据", "依据", "document"),
}
_FIELD_OF: Final = {name: key for key, names in COLUMNS.items() for name in names}
_MOST: Final = 10_000.0  # a longer limit ends after the last year of a calendar


@dataclass(slots=True)
class GivenLimit:
    """One row of the table. ``row_no`` counts as a person does: the header is row 1, and in TOML
    the first [[limit]] is 1. ``limit`` is None where a problem says why."""

    row_no: int
    texts: Mapping[str, str]  # by our field; absent: empty
    limit: Limit | None = None
    valid_from: date | None = None
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def label(self) -> str:
        """The category as the row names it."""
        return "/".join(part for part in (self.text("group"), self.text("category")) if part)

    def refuse(self, name: str, reason: str, kind: str) -> None:
        """Say what is wrong with one column."""
        shown = self.text(name)[:200]
        self.problems.append(Problem(COLUMNS[name][0], shown, reason, kind))


@dataclass(frozen=True, kw_only=True)
class LimitFile:
    """The rows of a file and the columns it has that say nothing to us."""

    rows: Sequence[GivenLimit]
    unknown_columns: Sequence[str]


def read_limit_file(path: Path) -> LimitFile:
    """Every row of a table of limits, the bad ones with their problems: none is lost.

    In XLSX and CSV a blank 大类, and a blank 小类 below it, mean the same as above, as merged cells
    come; a 大类 with a blank 小类 of its own is a rule for all of it. Raises ImportRefused for a
    file that cannot be read or has no columns for category and limit.
    """
    if path.suffix.lower() == ".toml":
        return _read_toml(path)
    table = ForeignTable(path)
    known = {number: _FIELD_OF.get(name) for number, name in enumerate(table.columns)}
    _check_columns({name for name in known.values() if name}, path)
    rows: list[GivenLimit] = []
    above: Mapping[str, str] = {}
    for row_no, cells, problems in table.rows():
        values = {name: cells[number] for number, name in known.items() if name}
        texts = _same_as_above({name: _text(value) for name, value in values.items()}, above)
        above = texts
        rows.append(_judged(GivenLimit(row_no, texts, problems=list(problems)), values))
    unknown = [name for number, name in enumerate(table.columns) if name and not known[number]]
    return LimitFile(rows=rows, unknown_columns=unknown)


def _read_toml(path: Path) -> LimitFile:
    """``[[limit]]`` tables; ``document`` and ``valid_from`` at the top count for all of them."""
    if not path.is_file():
        raise ImportRefused(f"{path}: there is no such file")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportRefused(f"{path.name}: not valid TOML: {error}") from error
    entries = content.pop("limit", None)
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ImportRefused(f"{path.name}: no [[limit]] tables")
    unknown = {name for one in (content, *entries) for name in one if name not in _FIELD_OF}
    given = {_FIELD_OF[name] for one in entries for name in one if name in _FIELD_OF}
    _check_columns(given, path)
    rows = []
    for number, entry in enumerate(entries, start=1):
        values = {
            _FIELD_OF[name]: value for name, value in (content | entry).items() if name in _FIELD_OF
        }
        texts = {name: text for name, value in values.items() if (text := _text(value))}
        rows.append(_judged(GivenLimit(number, texts), values))
    return LimitFile(rows=rows, unknown_columns=sorted(unknown))


def _check_columns(given: set[str], path: Path) -> None:
    missing = [COLUMNS["limit"][0]] * ("limit" not in given)
    if not given & {"group", "category"}:
        missing.append("/".join((COLUMNS["group"][0], COLUMNS["category"][0])))
    if missing:
        raise ImportRefused(
            f"{path.name}: no column {' and no column '.join(missing)}; a table of limits has"
            f" {', '.join(names[0] for names in COLUMNS.values())}"
        )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a number of a spreadsheet
    return unicodedata.normalize("NFC", str(value)).strip()


def _same_as_above(texts: Mapping[str, str], above: Mapping[str, str]) -> dict[str, str]:
    filled = {name: text for name, text in texts.items() if text}
    if "group" not in filled and "category" not in filled and "category" in above:
        filled["category"] = above["category"]
    if "group" not in filled and "group" in above:
        filled["group"] = above["group"]
    return filled


def _judged(row: GivenLimit, values: Mapping[str, Any]) -> GivenLimit:
    if not row.label:
        row.refuse("category", "the row names no category", "no category")
    try:
        row.limit = _limit(row)
    except ValueError as error:
        row.refuse("limit", str(error), "unreadable limit")
    if row.text("valid_from"):
        row.valid_from = _date(values["valid_from"])
        if row.valid_from is None:
            reason = "no date: write 2026-12-01"
            row.refuse("valid_from", reason, "unreadable date")
    return row


def _limit(row: GivenLimit) -> Limit:
    limit = parse_limit(row.text("limit"))
    if limit.amount > _MOST:
        raise ValueError(f"{row.text('limit')!r} is no limit: more than {_MOST:,.0f}")
    if row.text("start"):
        return Limit(limit.kind, limit.amount, parse_start_rule(row.text("start")))
    return limit


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        return None
