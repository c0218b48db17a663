"""``./yiwang registry KIND FILE``: a register 台账 taken in row by row, refused rows with reasons.

The same file twice changes nothing; a later one changes what differs and deletes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.settings import Settings, SettingsError, load_settings
from data_access.engine import begin_read, begin_write, open_engine
from data_access.ingest import Row, save_batch, save_batch_start, save_rejects
from data_access.registers import Merged, merge_rows
from jobs.first_start import prepare_schema
from jobs.ingest.directory import Directory
from jobs.ingest.incoming import ImportRefused, storable
from jobs.ingest.rejects_file import RejectsFile
from jobs.register_files import RegisterRow, read_register
from jobs.registers import REGISTERS, Register

_EXAMPLES = 20


@dataclass(kw_only=True)
class RegisterReport:
    """What a file came to. rows_read == added + changed + unchanged + rejected."""

    origin: str
    rows_read: int
    merged: Merged = field(default_factory=Merged)
    unknown_columns: Sequence[str] = ()
    rejects: Sequence[RegisterRow] = ()
    rejects_path: Path | None = None
    is_dry_run: bool = False

    def __str__(self) -> str:
        would = "would be " if self.is_dry_run else ""
        lines = [
            f"{self.origin}: {self.rows_read:,} rows read",
            f"  {self.merged.added:,} {would}added, {self.merged.changed:,} {would}changed,"
            f" {self.merged.unchanged:,} unchanged, {len(self.rejects):,} {would}rejected",
        ]
        if self.unknown_columns:
            lines.append(f"  columns passed over: {', '.join(self.unknown_columns)}")
        for row in self.rejects[:_EXAMPLES]:
            told = "; ".join(f"{one.column}: {one.reason}" for one in row.problems)
            lines.append(f"  row {row.row_no}: {told}")
        if len(self.rejects) > _EXAMPLES:
            lines.append(f"  … and {len(self.rejects) - _EXAMPLES:,} more rows")
        if self.rejects_path is not None:
            lines.append(f"  rejected rows with reasons: {self.rejects_path}")
        return "\n".join(lines)


def load_register(
    engine: Engine,
    settings: Settings,
    kind: str,
    path: Path,
    *,
    now: datetime,
    is_dry_run: bool = False,
) -> RegisterReport:
    """Take a file of ``kind`` (one of REGISTERS) in, all sound rows in one transaction.

    Bad rows go to ``rejects`` and to a CSV file under ``data_dir``/rejects. Raises KeyError for an
    unknown kind and ImportRefused for a file that cannot be read.
    """
    register = REGISTERS[kind]
    rows, unknown = read_register(path, register.columns, register.needed)
    report = RegisterReport(
        origin=path.name, rows_read=len(rows), unknown_columns=unknown, is_dry_run=is_dry_run
    )
    opening = begin_read if is_dry_run else begin_write
    with opening(engine) as connection:
        sound = _judged(register, rows, Directory(connection), ZoneInfo(settings.city_time_zone))
        report.rejects = [row for row in rows if row.problems]
        report.merged = merge_rows(
            connection, register.table, register.key, sound,
            kept=register.kept, is_dry_run=is_dry_run,
        )  # fmt: skip
        if not is_dry_run:
            _save_batch(connection, settings, kind, report, now)
    return report


def _judged(
    register: Register, rows: Sequence[RegisterRow], directory: Directory, zone: ZoneInfo
) -> list[Row]:
    found: dict[tuple[object, ...], Row] = {}
    first: dict[tuple[object, ...], int] = {}
    for row in rows:
        values = register.judge(row, directory, zone)
        if row.problems:
            continue
        key = tuple(values[name] for name in register.key)
        if first.setdefault(key, row.row_no) != row.row_no:
            name = register.needed[0]
            row.refuse(name, f"the same as row {first[key]}", "twice in the file")
            continue
        found[key] = values
    return list(found.values())


def _save_batch(
    connection: Connection, settings: Settings, kind: str, report: RegisterReport, now: datetime
) -> None:
    batch_id = save_batch_start(
        connection, source_code=f"registry:{kind}", origin=report.origin, now=now
    )
    counts = {
        "rows_read": report.rows_read, "rows_added": report.merged.added,
        "rows_changed": report.merged.changed, "rows_unchanged": report.merged.unchanged,
        "rows_rejected": len(report.rejects),
    }  # fmt: skip
    save_batch(connection, batch_id, {**counts, "finished_at": now, "status": "finished"})
    file = RejectsFile(Path(settings.data_dir) / "rejects", batch_id, report.origin)
    found: list[Row] = []
    for row in report.rejects:
        for problem in row.problems:
            file.add(row.row_no, "", problem)
            found.append({"row_no": row.row_no, "column_name": problem.column[:80],
                          "reason": problem.reason, "raw": storable(problem.value)})  # fmt: skip
    file.close()
    save_rejects(connection, batch_id, found)
    report.rejects_path = file.path


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 when done, 1 on errors, 2 on wrong arguments or settings."""
    parser = argparse.ArgumentParser(
        prog="yiwang registry", description="Take in a register 台账 from a CSV or XLSX file."
    )
    parser.add_argument("kind", metavar="KIND", choices=REGISTERS, help=", ".join(REGISTERS))
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="write nothing")
    options = parser.parse_args(argv)
    try:
        settings = load_settings()
    except SettingsError as error:
        print("\n".join(f"yiwang: {problem}" for problem in error.problems), file=sys.stderr)
        return 2
    try:
        prepare_schema(settings)
        engine = open_engine(settings.database_url)
        report = load_register(
            engine, settings, options.kind, options.file,
            now=datetime.now(UTC), is_dry_run=options.dry_run,
        )  # fmt: skip
        engine.dispose()
    except (ImportRefused, SQLAlchemyError) as error:
        print(f"yiwang: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    print(report)
    return 0
