"""The one way in: every source's cases, in transactions of some two thousand rows."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from dashboard.readings.case_limits import Clocks, clocks_of
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.ingest import (
    Row,
    lock_source,
    longest,
    read_call_backs,
    read_cases,
    read_cycle_starts,
    read_event_counts,
    read_granted_extensions,
    read_suspensions,
    refresh_statistics,
    reserve_keys,
    save_batch,
    save_batch_start,
    save_rejects,
    save_source_delivery,
    save_source_failure,
)
from data_access.tables import cases, sources
from data_access.types import is_storable, to_epoch_ms
from jobs.ingest.attached import Attached, Known
from jobs.ingest.case_codes import part_by_code
from jobs.ingest.changes import CaseWork, Surroundings, add_case, change_case
from jobs.ingest.directory import Directory
from jobs.ingest.incoming import (
    BatchReport,
    ImportRefused,
    IncomingCase,
    Outcome,
    Policies,
    Problem,
    Progress,
    storable,
)
from jobs.ingest.judge import Judged, Rules, judge
from jobs.ingest.masters import part_by_master, set_masters
from jobs.ingest.rejects_file import RejectsFile
from jobs.ingest.saving import save_work

CHUNK_ROWS: Final = 2000
_EXAMPLES: Final = 20


def ingest_rows(
    engine: Engine,
    settings: Settings,
    rows: Iterable[IncomingCase],
    *,
    source_code: str,
    origin: str,
    progress: Progress | None = None,
    policies: Policies | None = None,
    dry_run: bool = False,
    total: int | None = None,
    source_values: Mapping[str, object] | None = None,
) -> BatchReport:
    """Take in the cases of one source and say what became of each row.

    A row is judged, compared with the stored case of the same (source, source_ref) and written with
    its events in one transaction; a row that tells nothing new writes nothing. Refused rows go to
    the table ``rejects`` and to a CSV file under ``data_dir``/rejects with every reason. ``origin``
    is the file or address. Rows are read one chunk at a time, so memory stays bounded.

    ``dry_run`` writes nothing at all. ``total`` is only for the progress. ``source_values`` are
    columns of a source that is new. Raises ImportRefused for an unknown source that may not be
    created or a store without an area tree; an error on the way marks the batch as failed, keeps
    the chunks committed before, and is raised on: the same delivery can simply be repeated.
    """
    delivery = Delivery(
        engine,
        settings,
        policies or Policies(),
        BatchReport(source_code=source_code, origin=origin, dry_run=dry_run),
    )
    return run_delivery(delivery, rows, source_values=source_values, progress=progress, total=total)


def run_delivery(
    delivery: Delivery,
    rows: Iterable[IncomingCase],
    *,
    directory: Directory | None = None,
    source_values: Mapping[str, object] | None = None,
    progress: Progress | None = None,
    total: int | None = None,
) -> BatchReport:
    """Put rows through a delivery, chunk by chunk; as ``ingest_rows``."""
    started = time.monotonic()
    delivery.open(source_values or {}, directory)
    try:
        for chunk in _chunks(rows):
            delivery.take(chunk)
            if progress is not None:
                read = delivery.report.rows_read
                progress(min(1.0, read / total) if total else 0.0, f"{read:,} rows")
    except BaseException as error:
        delivery.fail(error)
        raise
    delivery.report.seconds = time.monotonic() - started
    delivery.close()
    return delivery.report


def _chunks(rows: Iterable[IncomingCase]) -> Iterator[list[IncomingCase]]:
    """Chunks in which no case appears twice: its second row must see what the first has written."""
    chunk: list[IncomingCase] = []
    seen: set[str] = set()
    for row in rows:
        if len(chunk) >= CHUNK_ROWS or row.source_ref in seen:
            yield chunk
            chunk, seen = [], set()
        chunk.append(row)
        seen.add(row.source_ref)
    if chunk:
        yield chunk


class Delivery:
    """One delivery of one source: names, calendar, batch and the writing of chunks."""

    def __init__(
        self, engine: Engine, settings: Settings, policies: Policies, report: BatchReport
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.policies = policies
        self.report = report
        self.source_id = 0
        self.directory: Directory
        self.clocks: Clocks
        self.rejects: RejectsFile | None = None
        self._next_statistics = 1

    def open(self, source_values: Mapping[str, object], directory: Directory | None) -> None:
        """Find or make the source, open the batch."""
        report, now = self.report, datetime.now(UTC)
        opening = begin_read if report.dry_run else begin_write
        with opening(self.engine) as connection:
            if len(report.source_code) > longest(sources.c.code):
                raise ImportRefused(f"the source's code {report.source_code!r} is too long")
            self.directory = directory or Directory(connection, dry_run=report.dry_run)
            self.directory.connection = None if report.dry_run else connection
            self.clocks = clocks_of(connection, self.settings)
            _ = self.directory.root  # refuses a store without an area tree
            found = self.directory.find(sources, report.source_code)
            if found is None:
                if self.policies.unknown_source != "create":
                    raise ImportRefused(f"unknown source {report.source_code!r}")
                found = self.directory.add(sources, report.source_code, **source_values)
            self.source_id = found
            if not report.dry_run:
                report.batch_id = save_batch_start(
                    connection, source_code=report.source_code, origin=report.origin, now=now
                )
                folder = Path(self.settings.data_dir) / "rejects"
                self.rejects = RejectsFile(folder, report.batch_id, report.origin)

    def take(self, chunk: Sequence[IncomingCase]) -> None:
        """Judge and write one chunk in one transaction."""
        report = self.report
        now = datetime.now(UTC)
        refused: list[tuple[IncomingCase, list[Problem]]] = []
        opening = begin_read if report.dry_run else begin_write
        with opening(self.engine) as connection:
            self.directory.connection = None if report.dry_run else connection
            outcome = self._write(connection, chunk, refused, to_epoch_ms(now))
            outcome.read = sum(case.weight for case in chunk)
            outcome.rejected = sum(case.weight for case, _ in refused)
            if not report.dry_run and report.batch_id is not None:
                self._save_progress(connection, report.batch_id, outcome, refused)
        self._count(outcome, refused)
        if not report.dry_run and report.rows_added >= self._next_statistics:
            with begin_write(self.engine) as connection:
                refresh_statistics(connection)
            self._next_statistics = 8 * report.rows_added

    def _write(
        self,
        connection: Connection,
        chunk: Sequence[IncomingCase],
        refused: list[tuple[IncomingCase, list[Problem]]],
        now_ms: int,
    ) -> Outcome:
        writing = not self.report.dry_run
        if writing:
            lock_source(connection, self.source_id)
        refs = [case.source_ref for case in chunk if is_storable(case.source_ref)]
        stored = read_cases(connection, self.source_id, refs, for_update=writing)
        judged = self._judge(connection, chunk, stored, refused, now_ms)
        around = self.surroundings(
            connection, list(stored.values()), now_ms,
            with_attached=any(row.attached != Attached() for row in judged),
        )  # fmt: skip
        outcome = Outcome()
        fresh = [row for row in judged if row.case.source_ref not in stored]
        work: list[CaseWork] = []
        if self.report.dry_run:
            keys = list(range(1, len(fresh) + 1))
        else:
            keys = reserve_keys(connection, cases, len(fresh)) if fresh else []
        given = {row.case.source_ref: key for row, key in zip(fresh, keys, strict=True)}
        set_masters(connection, judged, self.source_id, given)
        for row, key in zip(fresh, keys, strict=True):
            work.append(add_case(row, key, around))
            outcome.added += 1
            outcome.unlocated += self.directory.is_unlocated(row.values["area_id"])
        for row in judged:
            known = stored.get(row.case.source_ref)
            if known is None:
                continue
            change = change_case(row, known, around)
            if change is None:
                outcome.unchanged += 1
            else:
                outcome.changed += 1
                work.append(change)
        if not self.report.dry_run:
            self.save(connection, work)
        return outcome

    def _judge(
        self,
        connection: Connection,
        chunk: Sequence[IncomingCase],
        stored: dict[str, Row],
        refused: list[tuple[IncomingCase, list[Problem]]],
        now_ms: int,
    ) -> list[Judged]:
        rules = self.rules(now_ms)
        points = self.locate(connection, chunk)
        judged: list[Judged] = []
        for case, point in zip(chunk, points, strict=True):
            verdict = judge(
                case, stored.get(case.source_ref), self.directory, rules, point_area=point
            )
            if isinstance(verdict, Judged):
                judged.append(verdict)
            else:
                refused.append((case, verdict))
        sound, taken = part_by_code(connection, judged, stored, self.report.source_code)
        sound, orphaned = part_by_master(connection, sound, self.source_id)
        refused += taken + orphaned
        return sound

    def rules(self, now_ms: int) -> Rules:
        """What rows are judged against."""
        return Rules(
            policies=self.policies,
            grid_code_pattern=self.settings.grid_code_pattern,
            now_ms=now_ms,
        )

    def locate(self, connection: Connection, chunk: Sequence[IncomingCase]) -> list[int]:
        """The area each row's coordinates lie in, 0 for none."""
        if self.policies.locate == "named":
            return [0] * len(chunk)
        index = self.directory.polygons(connection)
        longitudes, latitudes = _column(chunk, "longitude"), _column(chunk, "latitude")
        found: list[int] = index.locate(longitudes, latitudes).tolist()
        return found

    def surroundings(
        self, connection: Connection, stored: list[Row], now_ms: int, *, with_attached: bool = True
    ) -> Surroundings:
        """What the stored cases have; call-backs and extensions only where a row may tell some."""
        ids = [row["case_id"] for row in stored]
        attached = ids if with_attached else []
        reworked = [row["case_id"] for row in stored if row["cycle_no"] > 1]
        return Surroundings(
            directory=self.directory,
            clocks=self.clocks,
            actor=self.report.source_code,
            source_id=self.source_id,
            now_ms=now_ms,
            event_counts=read_event_counts(connection, ids),
            suspensions=read_suspensions(connection, ids),
            cycle_starts=read_cycle_starts(connection, reworked),
            known=Known(
                call_backs=read_call_backs(connection, attached),
                extensions=read_granted_extensions(connection, attached),
            ),
        )

    def save(self, connection: Connection, work: list[CaseWork]) -> None:
        """Write what a chunk came to."""
        save_work(connection, work, self.clocks)

    def _save_progress(
        self,
        connection: Connection,
        batch_id: int,
        outcome: Outcome,
        refused: list[tuple[IncomingCase, list[Problem]]],
    ) -> None:
        report = self.report
        save_batch(
            connection,
            batch_id,
            {
                "rows_read": report.rows_read + outcome.read,
                "rows_added": report.rows_added + outcome.added,
                "rows_changed": report.rows_changed + outcome.changed,
                "rows_unchanged": report.rows_unchanged + outcome.unchanged,
                "rows_rejected": report.rows_rejected + outcome.rejected,
            },
        )
        save_rejects(
            connection,
            batch_id,
            [
                {
                    "row_no": case.row_no,
                    "column_name": problem.column[:80],
                    "reason": problem.reason,
                    "raw": storable(problem.value),
                }
                for case, problems in refused
                for problem in problems
            ],
        )

    def _count(self, outcome: Outcome, refused: list[tuple[IncomingCase, list[Problem]]]) -> None:
        report = self.report
        report.rows_read += outcome.read
        report.rows_added += outcome.added
        report.rows_changed += outcome.changed
        report.rows_unchanged += outcome.unchanged
        report.rows_unlocated += outcome.unlocated
        report.rows_rejected += outcome.rejected
        report.created = self.directory.created
        for case, problems in refused:
            for problem in problems:
                report.reasons[problem.kind] += 1
                if len(report.examples) < _EXAMPLES:
                    report.examples.append((case.row_no, problem))
                if self.rejects is not None:
                    self.rejects.add(case.row_no, case.source_ref, problem)
        if self.rejects is not None:
            report.rejects_path = self.rejects.path

    def close(self) -> None:
        """End the batch well."""
        report, now = self.report, datetime.now(UTC)
        if self.rejects is not None:
            self.rejects.close()
        if report.dry_run or report.batch_id is None:
            return
        with begin_write(self.engine) as connection:
            save_batch(connection, report.batch_id, {"finished_at": now, "status": "finished"})
            rows = report.rows_added + report.rows_changed
            save_source_delivery(connection, self.source_id, now=now, rows=rows)

    def fail(self, error: BaseException) -> None:
        """Mark the batch as broken off; what was committed stays and is complete in itself."""
        report, now = self.report, datetime.now(UTC)
        if self.rejects is not None:
            self.rejects.close()
        if report.dry_run or report.batch_id is None:
            return
        message = f"{type(error).__name__}: {error}".splitlines()[0][:500]
        values = {"finished_at": now, "status": "failed", "message": message}
        with begin_write(self.engine) as connection:
            save_batch(connection, report.batch_id, values)
            save_source_failure(connection, self.source_id, now=now, failure=message)


def _column(chunk: Sequence[IncomingCase], name: str) -> NDArray[np.float64]:
    """A coordinate of each row, NaN where it is missing or unreadable (judged later)."""
    found = np.full(len(chunk), np.nan)
    for number, case in enumerate(chunk):
        value = case.fields.get(name)
        if isinstance(value, float | int):
            found[number] = value
    return found
