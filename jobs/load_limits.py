"""``./yiwang limits FILE``: a city's table of limits becomes rules 时限表入库.

Rules are only ever added: cases keep the limit that was copied to them when their clock started, so
a change touches cases dispatched later alone (domain rule 2.5).
"""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from dashboard.clocks.city_time import city_today
from dashboard.readings.calendars import limit_book_of
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write, open_engine
from data_access.ingest import (
    Row,
    longest,
    read_named,
    save_batch,
    save_batch_start,
    save_entry,
    save_rejects,
)
from data_access.limits import read_limit_rules, save_limit_rules
from data_access.tables import categories, limit_rules
from jobs.first_start import prepare_schema
from jobs.ingest.codes import fitted
from jobs.ingest.incoming import ImportRefused, Problem, storable
from jobs.ingest.rejects_file import RejectsFile
from jobs.limit_files import GivenLimit, read_limit_file

SOURCE_CODE: Final = "limits"
_LONGEST_CONDITION: Final = longest(limit_rules.c.filing_condition)
_LONGEST_UNIT: Final = longest(limit_rules.c.handling_unit)
_LONGEST_NAME: Final = longest(categories.c.name_zh)
_EXAMPLES: Final = 20


@dataclass(kw_only=True)
class LimitReport:
    """What a table came to. rows_read == added + unchanged + rejected."""

    origin: str
    dry_run: bool = False
    rows_read: int = 0
    added: int = 0
    unchanged: int = 0
    created: int = 0  # categories
    unknown_columns: Sequence[str] = ()
    reasons: Counter[str] = field(default_factory=Counter)
    rejects: list[GivenLimit] = field(default_factory=list)
    rejects_path: Path | None = None

    def __str__(self) -> str:
        would = "would be " if self.dry_run else ""
        lines = [
            f"{self.origin}: {self.rows_read:,} rows read",
            f"  {self.added:,} rules {would}added, {self.unchanged:,} unchanged,"
            f" {len(self.rejects):,} rows {would}rejected",
        ]
        if self.created:
            lines.append(f"  {self.created:,} categories {would}created")
        if self.unknown_columns:
            lines.append(f"  columns passed over: {', '.join(self.unknown_columns)}")
        for row in self.rejects[:_EXAMPLES]:
            told = "; ".join(f"{one.column}: {one.reason}" for one in row.problems)
            lines.append(f"  row {row.row_no} ({row.label or '—'}): {told}")
        if len(self.rejects) > _EXAMPLES:
            lines.append(f"  … and {len(self.rejects) - _EXAMPLES:,} more rows")
        if self.rejects_path is not None:
            lines.append(f"  rejected rows with reasons: {self.rejects_path}")
        return "\n".join(lines)


def load_limit_file(settings: Settings, options: Namespace) -> LimitReport:
    """``load_limits`` as the command line asks for it, into the store of the settings."""
    since: str | None = options.since
    try:
        valid_from = None if since is None else date.fromisoformat(since)
    except ValueError as error:
        raise ImportRefused(f"--from {since!r}: write a date such as 2026-12-01") from error
    prepare_schema(settings)
    engine = open_engine(settings.database_url)
    try:
        return load_limits(
            engine,
            settings,
            options.file,
            now=datetime.now(UTC),
            valid_from=valid_from,
            create_categories=options.create_categories,
            dry_run=options.dry_run,
        )
    finally:
        engine.dispose()


def load_limits(
    engine: Engine,
    settings: Settings,
    path: Path,
    *,
    now: datetime,
    valid_from: date | None = None,
    create_categories: bool = False,
    dry_run: bool = False,
) -> LimitReport:
    """Take a table of limits in, all sound rows in one transaction, and report on every row.

    A row that says what already holds adds nothing, so the same file twice changes nothing. Rules
    count from the row's own date, else from ``valid_from``, else from today; where a category never
    had any limit, the first one counts for any day. Unknown categories are refused, or made with
    ``create_categories``. Bad rows go to ``rejects`` and to a CSV file under ``data_dir``/rejects.
    ``dry_run`` writes nothing. Raises ImportRefused for a file that cannot be read.
    """
    given = read_limit_file(path)
    report = LimitReport(
        origin=path.name,
        dry_run=dry_run,
        rows_read=len(given.rows),
        unknown_columns=given.unknown_columns,
    )
    opening = begin_read if dry_run else begin_write
    with opening(engine) as connection:
        today = city_today(now, settings.city_time_zone)
        table = _Table(connection, today, valid_from, creates=create_categories)
        rules = table.new_rules(given.rows, report)
        report.rejects = [row for row in given.rows if row.problems]
        report.reasons.update(row.problems[0].kind for row in report.rejects)
        report.created = len(table.created)
        if not dry_run:
            table.save(connection, rules)
            _save_batch(connection, settings, report, now)
    return report


def _save_batch(
    connection: Connection, settings: Settings, report: LimitReport, now: datetime
) -> None:
    batch_id = save_batch_start(connection, source_code=SOURCE_CODE, origin=report.origin, now=now)
    counts = {
        "rows_read": report.rows_read, "rows_added": report.added,
        "rows_unchanged": report.unchanged, "rows_rejected": len(report.rejects),
    }  # fmt: skip
    save_batch(connection, batch_id, {**counts, "finished_at": now, "status": "finished"})
    file = RejectsFile(Path(settings.data_dir) / "rejects", batch_id, report.origin)
    found: list[Row] = []
    for row in report.rejects:
        for problem in row.problems:
            file.add(row.row_no, row.label, problem)
            found.append(_reject(row, problem))
    file.close()
    save_rejects(connection, batch_id, found)
    report.rejects_path = file.path


def _reject(row: GivenLimit, problem: Problem) -> Row:
    return {
        "row_no": row.row_no,
        "column_name": problem.column[:80],
        "reason": problem.reason,
        "raw": storable(problem.value),
    }


class _Table:
    """The categories and rules of the store, and what a file adds to them.

    New categories have negative keys until they are saved.
    """

    def __init__(
        self, connection: Connection, today: date, valid_from: date | None, *, creates: bool
    ) -> None:
        self._today, self._valid_from = today, valid_from
        self._creates = creates
        self._categories = {row["category_id"]: row for row in read_named(connection, categories)}
        self._book = limit_book_of(connection)
        self._rows = {row["rule_id"]: row for row in read_limit_rules(connection)}
        self.created: list[Row] = []

    def new_rules(self, rows: Sequence[GivenLimit], report: LimitReport) -> list[Row]:
        """The rules that sound rows add; what is wrong with the others is said on them."""
        placed: list[tuple[GivenLimit, int]] = []
        for row in rows:
            _check_lengths(row)
            category = None if row.problems else self._category(row)
            if category is not None:
                placed.append((row, category))
        several = {key for key, count in Counter(key for _, key in placed).items() if count > 1}
        rules: list[Row] = []
        taken: dict[tuple[int, str], int] = {}
        for row, category in placed:
            condition = _condition(row, is_one_of_several=category in several)
            if condition is None:
                continue
            first = taken.setdefault((category, condition), row.row_no)
            if first != row.row_no:
                reason = f"the same category and condition as row {first}"
                row.refuse("filing", reason, "twice in the file")
                continue
            rule = self._rule(row, category, condition)
            if rule is None:
                report.unchanged += 1
            else:
                report.added += 1
                rules.append(rule)
        return rules

    def _rule(self, row: GivenLimit, category: int, condition: str) -> Row | None:
        """The rule a row adds; None where it already holds."""
        limit = row.limit
        if limit is None:  # refused before
            return None
        valid_from = row.valid_from or self._valid_from
        day = valid_from or self._today
        content: Row = {
            "category_id": category,
            "filing_condition": condition,
            "filing_condition_text": row.text("filing") or None,
            "closing_condition_text": row.text("closing") or None,
            "limit_kind": limit.kind,
            "limit_amount": limit.amount,
            "start_rule": limit.start_rule,
            "handling_unit": row.text("handling_unit") or None,
            "lead_unit": row.text("lead_unit") or None,
            "document": row.text("document") or None,
        }
        current = self._book.rule_for(category, condition, day)
        if current is not None:
            known = self._rows[current.rule_id]
            if all(known[name] == value for name, value in content.items()):
                return None
        if valid_from is None and self._had_limit(category):
            valid_from = self._today
        return content | {"valid_from": valid_from}

    def _had_limit(self, category: int) -> bool:
        own = self._categories.get(category)
        plain = own is not None and own["limit_kind"] is not None
        return plain or any(row["category_id"] == category for row in self._rows.values())

    def _category(self, row: GivenLimit) -> int | None:
        """The category a row names; None after saying what is wrong."""
        group, name = row.text("group"), row.text("category")
        found = self._matches(name or group, group if name else "")
        if len(found) == 1:
            return found[0]
        column = "category" if name else "group"
        if found:
            row.refuse(column, f"several categories are called {row.label!r}", "unclear category")
            return None
        if not self._creates:
            reason = f"unknown category {row.label!r} (--create-categories makes it)"
            row.refuse(column, reason, "unknown category")
            return None
        parent = None
        if name and group:
            above = self._matches(group, "")
            parent = above[0] if above else self._create(group, None)
        return self._create(name or group, parent)

    def _matches(self, name: str, group: str) -> list[int]:
        """Categories with this code or name, below a group of this code or name if one is named
        and they have a parent at all."""
        found = [key for key, row in self._categories.items() if name in _names(row)]
        if not group:
            tops = [key for key in found if self._categories[key]["parent_id"] is None]
            return tops or found
        below = [
            key
            for key in found
            if (parent := self._categories.get(self._categories[key]["parent_id"] or 0))
            and group in _names(parent)
        ]
        return below or [key for key in found if self._categories[key]["parent_id"] is None]

    def _create(self, name: str, parent: int | None) -> int:
        key = -1 - len(self.created)
        codes = {row["code"] for row in self._categories.values()}
        above = "" if parent is None else self._categories[parent]["code"]
        code = name if name not in codes else f"{above}/{name}"
        row: Row = {
            "category_id": key,
            "code": fitted(code, longest(categories.c.code)),
            "name_zh": name,
            "name_en": None,
            "parent_id": parent,
            "limit_kind": None,
        }
        self._categories[key] = row
        self.created.append(row)
        return key

    def save(self, connection: Connection, rules: Sequence[Row]) -> None:
        """Write the new categories, parents first, and the rules."""
        keys: dict[int | None, int] = {}
        for row in self.created:
            values = {name: row[name] for name in ("code", "name_zh", "parent_id")}
            values["parent_id"] = keys.get(row["parent_id"], row["parent_id"])
            keys[row["category_id"]] = save_entry(connection, categories, values)
        save_limit_rules(
            connection,
            [
                rule | {"category_id": keys.get(rule["category_id"], rule["category_id"])}
                for rule in rules
            ],
        )


def _names(row: Mapping[str, object]) -> tuple[object, ...]:
    return row["code"], row["name_zh"], row["name_en"]


def _check_lengths(row: GivenLimit) -> None:
    for name, most in (
        ("group", _LONGEST_NAME),
        ("category", _LONGEST_NAME),
        ("handling_unit", _LONGEST_UNIT),
        ("lead_unit", _LONGEST_UNIT),
        ("condition", _LONGEST_CONDITION),
    ):
        if len(row.text(name)) > most:
            row.refuse(name, f"longer than {most} characters", "too long")


def _condition(row: GivenLimit, *, is_one_of_several: bool) -> str | None:
    """What a case's ``filing_condition`` is compared with; None after saying what is wrong.

    The short name where there is one; else the condition itself where it has to tell several rows
    of a category apart; else "", for any condition.
    """
    if row.text("condition"):
        return row.text("condition")
    if not is_one_of_several:
        return ""
    if len(row.text("filing")) > _LONGEST_CONDITION:
        reason = (
            f"tells several rows of a category apart and is longer than {_LONGEST_CONDITION}"
            " characters: give it a short name in the column 条件简称"
        )
        row.refuse("filing", reason, "condition too long")
        return None
    return row.text("filing")
