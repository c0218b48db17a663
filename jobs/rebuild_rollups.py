"""rebuild_rollups: everything from scratch, in one transaction, while readers keep reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, delete

from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.facts import case_facts
from dashboard.kpis.rolling import CohortPairs, Tree, roll_up_cohorts
from dashboard.kpis.tree import order_tree
from dashboard.settings import Settings
from data_access import feed, rollups
from data_access.bulk import bulk_insert
from data_access.case_columns import case_id_ranges, read_case_columns, read_newest_ingest
from data_access.closing_days import drop_all_days
from data_access.engine import begin_read, begin_write
from data_access.frames import Ints
from data_access.locks import rollup_lock
from data_access.surveys import read_wave_ids
from data_access.tables import case_applied
from data_access.types import to_epoch_ms
from jobs.rebuild_spill import Spill
from jobs.refresh_findings import read_all_findings, replace_all_findings
from jobs.refresh_rollups import (
    applied_columns,
    case_contribution,
    cohort_pairs,
    refresh_waves,
    save_tree,
)

Progress = Callable[[float, str], None]
_CHUNK = 200_000


@dataclass(kw_only=True)
class _Gathered:
    """What the cases add up to; the bulk of it is on disk."""

    spill: Spill
    pairs: list[CohortPairs] = field(default_factory=list)
    newest: dict[int, datetime] = field(default_factory=dict)  # source → newest delivery
    cases: int = 0


def rebuild(
    engine: Engine, *, settings: Settings, now: datetime, progress: Progress | None = None
) -> int:
    """Recompute every rollup as of ``now`` from the cases; returns the number of cases.

    Reads one snapshot, computes outside any write transaction and swaps the rows in one, so that
    readers see the old numbers until the new ones are complete and a kill at any moment leaves the
    old ones. Changes made meanwhile stay in the change log for the next refresh.
    """
    tell = progress or (lambda _done, _label: None)
    with rollup_lock(engine, wait=True), TemporaryDirectory(prefix="yiwang-") as folder:
        _save_status(engine, "rebuilding")
        try:
            with begin_read(engine) as connection:
                position = feed.read_position(connection)
                order = order_tree(rollups.read_parents(connection))
                tree = Tree(dict(zip(order.area_id.tolist(), order.line, strict=True)))
                spill = Spill(
                    folder=Path(folder), tree=tree, break_down_depth=settings.break_down_depth
                )
                gathered = _gather(connection, spill, settings, now, tell)
                findings = read_all_findings(connection, settings)
            for share in spill.roll_up():
                tell(0.55 + 0.1 * share, "summing")
            cohorts = roll_up_cohorts(
                _all_pairs(gathered.pairs), tree, break_down_depth=settings.break_down_depth
            )
            # Not a snapshot: after minutes another job would long have moved the state row, and
            # PostgreSQL would refuse the update and with it the whole rebuild.
            with begin_write(engine) as connection:
                _replace(connection, spill, cohorts, tell)
                replace_all_findings(connection, findings)
                save_tree(connection, order)
                rollups.save_newest_ingest(connection, gathered.newest)
                refresh_waves(connection, read_wave_ids(connection), tree.lines)
                feed.save_cursor(connection, feed.Cursor(position=position, clock_at=now))
                _save_rebuilt(connection, settings, now)
        except BaseException:
            _save_status(engine, "live")
            raise
    tell(1.0, "rebuilt")
    return gathered.cases


def _save_status(engine: Engine, status: str) -> None:
    with begin_write(engine) as connection:
        if rollups.read_state(connection) is not None:
            rollups.save_state(connection, bump=False, status=status)


def _save_rebuilt(connection: Connection, settings: Settings, now: datetime) -> None:
    rollups.save_state(
        connection,
        bump=True,
        tree_changed=True,
        status="live",
        message=None,
        time_zone=settings.city_time_zone,
        rules=fact_rules(settings).fingerprint,
        applied_at=now,
        checked_at=now,
        as_of=now,
    )


def _gather(
    connection: Connection, spill: Spill, settings: Settings, now: datetime, tell: Progress
) -> _Gathered:
    gathered = _Gathered(spill=spill)
    ranges = list(case_id_ranges(connection, size=_CHUNK))
    for number, wanted in enumerate(ranges):
        tell(0.55 * number / len(ranges), "computing measures")
        cases = read_case_columns(connection, wanted)
        facts = case_facts(cases, as_of_ms=to_epoch_ms(now), rules=fact_rules(settings))
        spill.add(case_contribution(cases, facts, 1), applied_columns(cases, facts))
        gathered.pairs.append(cohort_pairs(cases, facts, 1))
        for source_id, moment in read_newest_ingest(connection, wanted).items():
            gathered.newest[source_id] = max(moment, gathered.newest.get(source_id, moment))
        gathered.cases += len(cases)
    return gathered


def _replace(
    connection: Connection,
    spill: Spill,
    cohorts: tuple[NDArray[np.int64], Ints],
    tell: Progress,
) -> None:
    tell(0.65, "writing rollups")
    for target in (rollups.AREA, rollups.BREAK, rollups.COHORT):
        rollups.clear_rollup(connection, target)
    drop_all_days(connection)
    for rows in spill.each_rows():
        rollups.insert_rollup(connection, rollups.AREA, rows.area_keys, rows.area_sums)
        rollups.insert_rollup(connection, rollups.BREAK, rows.break_keys, rows.break_sums)
    rollups.insert_rollup(connection, rollups.COHORT, *cohorts)
    connection.execute(delete(case_applied))
    for number, columns in enumerate(spill.each_applied()):
        tell(0.85 + 0.15 * number / len(spill.applied), "writing contributions")
        bulk_insert(connection, case_applied, columns)


def _all_pairs(parts: list[CohortPairs]) -> CohortPairs:
    def column(name: str) -> Ints:
        return np.concatenate(
            [np.zeros(0, dtype=np.int64), *(getattr(part, name) for part in parts)]
        )

    return CohortPairs(
        area_id=column("area_id"),
        accepted_on=column("accepted_on"),
        closed_on=column("closed_on"),
        weight=column("weight"),
    )
