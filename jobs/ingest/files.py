"""``./yiwang import FILE --map MAP``: a foreign table becomes cases."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from jobs.ingest.area_tree import Node, load_nodes, read_nodes
from jobs.ingest.conversion import CaseConverter
from jobs.ingest.delivery import Delivery, run_delivery
from jobs.ingest.directory import Directory
from jobs.ingest.incoming import BatchReport, Policies, Progress
from jobs.ingest.mapping import CaseMapping, read_mapping
from jobs.ingest.revisions import RevisionDelivery, RevisionReader
from jobs.ingest.tables import ForeignTable

# From here on computing everything anew is quicker than following each change.
REBUILD_ROWS: Final = 100_000


def import_file(
    engine: Engine,
    settings: Settings,
    path: Path,
    map_path: Path,
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> BatchReport:
    """Take a CSV, CSV.GZ or XLSX file in as the mapping says, and report on every row.

    The whole file, the mapping and its area files are read through first: what is broken raises
    ImportRefused naming file, row and column, and nothing has been written. After that each row is
    taken in or refused by itself (``ingest_rows``). More than 100,000 added or changed rows end in
    a rebuild of the sums; fewer are followed by the running jobs. ``dry_run`` writes nothing.
    """
    started = time.monotonic()
    mapping = read_mapping(map_path)
    nodes = read_nodes(mapping.areas, (path.parent, map_path.parent))
    table = ForeignTable(
        path, encoding=mapping.encoding, delimiter=mapping.delimiter, sheet=mapping.sheet
    )
    reader: CaseConverter | RevisionReader
    if mapping.kind == "revisions":
        reader = RevisionReader(mapping, table.columns, path.name)
    else:
        reader = CaseConverter(mapping, table.columns, path.name)
    report = BatchReport(source_code=mapping.source["code"], origin=path.name, dry_run=dry_run)
    delivery = _delivery(engine, settings, mapping, report, reader)
    directory = _areas(engine, nodes, report)
    run_delivery(
        delivery,
        reader.cases(table.rows()),
        directory=directory,
        source_values={key: value for key, value in mapping.source.items() if key != "code"},
        progress=progress,
        total=table.row_count,
    )
    report.seconds = time.monotonic() - started
    if not dry_run and report.rows_added + report.rows_changed > REBUILD_ROWS:
        _rebuild(engine, settings, progress)
    return report


def _delivery(
    engine: Engine,
    settings: Settings,
    mapping: CaseMapping,
    report: BatchReport,
    reader: CaseConverter | RevisionReader,
) -> Delivery:
    if not isinstance(reader, RevisionReader):
        return Delivery(engine, settings, mapping.policies, report)
    # Corrections of a source that has never delivered are a mistake in the mapping.
    chosen = {**_as_dict(mapping.policies), "unknown_source": "reject"}
    delivery = RevisionDelivery(engine, settings, Policies(**chosen), report)
    delivery.mapping, delivery.has_old = mapping, reader.has_old
    return delivery


def _as_dict(policies: Policies) -> dict[str, Any]:
    return {name: getattr(policies, name) for name in Policies.__dataclass_fields__}


def _areas(engine: Engine, nodes: list[Node], report: BatchReport) -> Directory:
    """The store's names, with the mapping's areas loaded in one transaction."""
    opening = begin_read if report.dry_run or not nodes else begin_write
    with opening(engine) as connection:
        directory = Directory(connection, dry_run=report.dry_run)
        directory.connection = None if report.dry_run else connection
        if nodes:
            report.areas_added = load_nodes(connection, directory, nodes)
    return directory


def _rebuild(engine: Engine, settings: Settings, progress: Progress | None) -> None:
    # Imported when needed: reading and judging files must work without the rollups.
    from jobs.rebuild_rollups import rebuild

    rebuild(engine, settings=settings, now=datetime.now(UTC), progress=progress)
