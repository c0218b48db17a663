"""refresh_rollups: changed cases become deltas, applied in one transaction with the consumed mark.

State-based and idempotent: old is what a case was last applied as, new is what its rows say now.
A case seen twice adds zero: nothing is lost and nothing counted twice, whatever happened between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.facts import Facts, case_facts, unpack
from dashboard.kpis.rolling import (
    CohortPairs,
    Contribution,
    Tree,
    net,
    roll_up,
    roll_up_cohorts,
    sum_facts,
)
from dashboard.kpis.tree import AreaTreeError, OrderedTree, order_tree
from dashboard.settings import Settings
from data_access import feed, rollups
from data_access.case_columns import read_case_columns, read_newest_ingest
from data_access.closing_days import drop_days
from data_access.engine import begin_snapshot_write, begin_write, is_serialization_failure
from data_access.frames import AppliedColumns, CaseColumns, Ints
from data_access.locks import rollup_lock
from data_access.measures import INDEX
from data_access.surveys import (
    read_answer_counts,
    read_changed_waves,
    read_wave_ids,
    replace_wave,
)
from data_access.types import to_epoch_ms
from jobs.refresh_findings import refresh_findings

# Beyond this many changed cases a rebuild is quicker and holds the write lock for less time.
REBUILD_ABOVE = 200_000
_CHUNK = 20_000
_ATTEMPTS = 4
_FEW = 2_000  # cases whose places are looked up one by one, not with all areas


@dataclass(frozen=True, kw_only=True)
class RefreshReport:
    """What one refresh did; ``version`` is None when there was nothing to build on."""

    changed_cases: int
    changed: bool
    rebuilt: bool = False
    busy: bool = False


def refresh(engine: Engine, *, settings: Settings, now: datetime) -> RefreshReport:
    """Apply everything that changed since the last refresh, deadlines up to ``now`` included.

    Rebuilds instead when the rollups were never built, belong to another database or too much has
    changed. Does nothing, and says busy, while another process writes the rollups. Raises
    AreaTreeError, and says so to every page, while the areas' parents form a circle.
    """
    with rollup_lock(engine, wait=False) as mine:
        if not mine:
            return RefreshReport(changed_cases=0, changed=False, busy=True)
        try:
            report = _refresh_retried(engine, settings=settings, now=now)
        except AreaTreeError:
            _say_failed(engine, "area_tree")
            raise
    if report is None:
        from jobs.rebuild_rollups import rebuild  # the rebuild takes the lock itself

        rebuild(engine, settings=settings, now=now)
        return RefreshReport(changed_cases=0, changed=True, rebuilt=True)
    return report


def _say_failed(engine: Engine, message: str) -> None:
    """Tell the pages why the numbers stand still; the next refresh that works takes it back."""
    with begin_write(engine) as connection:
        state = rollups.read_state(connection)
        if state is not None and state.status != "failed":
            rollups.save_state(connection, bump=False, status="failed", message=message)


def _refresh_retried(engine: Engine, *, settings: Settings, now: datetime) -> RefreshReport | None:
    """The duty job moves the state row as well; PostgreSQL then refuses one of the two."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _refresh_locked(engine, settings=settings, now=now)
        except OperationalError as error:
            if not is_serialization_failure(error):
                raise
    return _refresh_locked(engine, settings=settings, now=now)


def _refresh_locked(engine: Engine, *, settings: Settings, now: datetime) -> RefreshReport | None:
    with begin_snapshot_write(engine) as connection:
        cursor = feed.read_cursor(connection)
        state = rollups.read_state(connection)
        if cursor is None or state is None or state.rules != fact_rules(settings).fingerprint:
            return None
        as_of = max(now, cursor.clock_at)  # a clock set back must not undo what has passed
        changes = feed.read_changes(connection, cursor.position)
        case_ids = _changed_cases(connection, changes, as_of)
        if len(case_ids) > REBUILD_ABOVE or changes.sources_changed:
            return None
        few = len(case_ids) <= _FEW and not changes.areas_changed
        old_lines = rollups.read_area_lines(connection, case_ids.tolist() if few else None)
        tree = order_tree(rollups.read_parents(connection)) if changes.areas_changed else None
        lines = _lines(tree) if tree else old_lines
        # A vanished area has moved out of the tree: what it held is taken off where it stood.
        moved = {area for area, line in old_lines.items() if lines.get(area) != line}
        if moved:
            more = rollups.read_cases_of_areas(connection, sorted(moved))
            case_ids = np.union1d(case_ids, np.array(more, dtype=np.int64))
        applied = False
        for start in range(0, len(case_ids), _CHUNK):
            chunk = case_ids[start : start + _CHUNK]
            applied |= _apply(connection, chunk, settings, as_of, old_lines, lines, moved)
        if tree:
            save_tree(connection, tree)
        if changes.areas_changed or changes.others_changed:
            waves = read_wave_ids(connection) if moved else read_changed_waves(connection)
            refresh_waves(connection, waves, rollups.read_area_lines(connection))
        changed = applied or changes.areas_changed or changes.others_changed
        _finish(connection, changes, cursor, now=now, as_of=as_of, changed=changed)
    return RefreshReport(changed_cases=len(case_ids), changed=changed)


def _changed_cases(connection: Connection, changes: feed.Changes, now: datetime) -> Ints:
    due = np.array(rollups.read_due_cases(connection, now), dtype=np.int64)
    return np.union1d(changes.case_ids, due)


def refresh_waves(
    connection: Connection, wave_ids: Sequence[int], lines: Mapping[int, tuple[int, ...]]
) -> None:
    """Sum the answers of survey waves for every area; a wave is small enough to be summed whole."""
    for wave_id in wave_ids:
        sums: dict[int, Counter[str]] = {}
        for area_id, answer, count in read_answer_counts(connection, wave_id):
            for above in lines.get(area_id, ()):
                sums.setdefault(above, Counter())[answer] += count
        replace_wave(connection, wave_id, sums)


def _lines(tree: OrderedTree) -> dict[int, tuple[int, ...]]:
    return dict(zip(tree.area_id.tolist(), tree.line, strict=True))


def _finish(
    connection: Connection,
    changes: feed.Changes,
    cursor: feed.Cursor,
    *,
    now: datetime,
    as_of: datetime,
    changed: bool,
) -> None:
    feed.save_cursor(connection, feed.Cursor(position=changes.position, clock_at=as_of))
    feed.delete_consumed(connection, cursor.position)
    values: dict[str, Any] = {"checked_at": now, "as_of": as_of, "status": "live", "message": None}
    if changed:
        values["applied_at"] = now
    rollups.save_state(connection, bump=changed, tree_changed=changes.areas_changed, **values)


def save_tree(connection: Connection, tree: OrderedTree) -> None:
    """Remember where every area stands, for readers and for the next change of the tree."""
    rollups.save_area_paths(
        connection,
        {
            "area_id": tree.area_id,
            "path": ["/".join(map(str, line)) for line in tree.line],
            "depth": np.array([len(line) - 1 for line in tree.line], dtype=np.int64),
            "is_leaf": tree.is_leaf,
            "first_order": tree.first_order,
            "last_order": tree.last_order,
        },
    )


def _apply(
    connection: Connection,
    case_ids: Ints,
    settings: Settings,
    as_of: datetime,
    old_lines: dict[int, tuple[int, ...]],
    lines: dict[int, tuple[int, ...]],
    moved: set[int],
) -> bool:
    """Apply one chunk of cases; whether any number changed."""
    ids = case_ids.tolist()
    old = rollups.read_applied(connection, ids)
    cases = read_case_columns(connection, ids)
    facts = case_facts(cases, as_of_ms=to_epoch_ms(as_of), rules=fact_rules(settings))
    before, after = applied_contribution(old, -1), case_contribution(cases, facts, 1)
    was_moved = np.isin(before.area_id, sorted(moved))
    changed = False
    for part, at in (
        (net(_joined(_only(before, ~was_moved), after)), lines),
        (net(_only(before, was_moved)), old_lines),
    ):
        changed |= _save(connection, part, Tree(at), settings)
    pairs_before, pairs_after = cohort_pairs_applied(old, -1), cohort_pairs(cases, facts, 1)
    for pairs, at in ((pairs_before, old_lines), (pairs_after, lines)):
        keys, sums = roll_up_cohorts(pairs, Tree(at), break_down_depth=settings.break_down_depth)
        rollups.save_deltas(connection, rollups.COHORT, keys, sums)
    rollups.save_newest_ingest(connection, read_newest_ingest(connection, ids))
    drop_days(connection, _closure_days(old.facts, facts.packed))
    rollups.delete_applied(connection, ids)
    rollups.save_applied(connection, applied_columns(cases, facts))
    refresh_findings(connection, ids, settings)
    return changed


def _closure_days(*packed: Ints) -> list[int]:
    """Days of UTC that closures before or after the change may lie in, whatever the time zone."""
    measure, day = unpack(np.concatenate(packed))
    closed = np.unique(day[measure == INDEX["closed"]])
    return sorted({int(one) + step for one in closed for step in (-1, 0, 1)})


def _save(connection: Connection, part: Contribution, tree: Tree, settings: Settings) -> bool:
    if len(part.weight) == 0:
        return False
    sums = sum_facts(part, tree, break_down_depth=settings.break_down_depth)
    rows = roll_up(sums, tree)
    rollups.save_deltas(connection, rollups.AREA, rows.area_keys, rows.area_sums)
    rollups.save_deltas(connection, rollups.BREAK, rows.break_keys, rows.break_sums)
    return True


def _only(part: Contribution, chosen: np.ndarray) -> Contribution:
    return Contribution(**{name: column[chosen] for name, column in vars(part).items()})


def _joined(one: Contribution, other: Contribution) -> Contribution:
    return Contribution(
        **{
            name: np.concatenate([column, getattr(other, name)])
            for name, column in vars(one).items()
        }
    )


def case_contribution(cases: CaseColumns, facts: Facts, weight: int) -> Contribution:
    """The facts of cases with the dimensions of the case each belongs to."""
    return Contribution(
        area_id=cases.area_id[facts.case],
        category_id=cases.category_id[facts.case],
        source_id=cases.source_id[facts.case],
        department_id=cases.department_id[facts.case],
        packed=facts.packed,
        weight=np.full(len(facts.packed), weight, dtype=np.int64),
    )


def applied_contribution(applied: AppliedColumns, weight: int) -> Contribution:
    """The same from what was applied before."""
    return Contribution(
        area_id=applied.area_id[applied.fact_case],
        category_id=applied.category_id[applied.fact_case],
        source_id=applied.source_id[applied.fact_case],
        department_id=applied.department_id[applied.fact_case],
        packed=applied.facts,
        weight=np.full(len(applied.facts), weight, dtype=np.int64),
    )


def _pairs(area_id: Ints, fact_case: Ints, packed: Ints, weight: int) -> CohortPairs:
    measure, days = unpack(packed)
    accepted = np.full(len(area_id), -1, dtype=np.int64)
    closed = np.full(len(area_id), -1, dtype=np.int64)
    for column, name in ((accepted, "cohort_closed"), (closed, "closed")):
        chosen = measure == INDEX[name]
        column[fact_case[chosen]] = days[chosen]
    both = (accepted >= 0) & (closed >= 0)
    return CohortPairs(
        area_id=area_id[both],
        accepted_on=accepted[both],
        closed_on=closed[both],
        weight=np.full(int(both.sum()), weight, dtype=np.int64),
    )


def cohort_pairs(cases: CaseColumns, facts: Facts, weight: int) -> CohortPairs:
    """Accepted-on × closed-on of the closed cases."""
    return _pairs(cases.area_id, facts.case, facts.packed, weight)


def cohort_pairs_applied(applied: AppliedColumns, weight: int) -> CohortPairs:
    """The same from what was applied before."""
    return _pairs(applied.area_id, applied.fact_case, applied.facts, weight)


def applied_columns(cases: CaseColumns, facts: Facts) -> dict[str, Any]:
    """case_applied's columns: what these cases contribute from now on."""
    blob = facts.packed.astype("<i4").tobytes()
    ends = np.searchsorted(facts.case, np.arange(len(cases)), side="right") * 4
    starts = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    return {
        "case_id": cases.case_id,
        "area_id": cases.area_id,
        "category_id": cases.category_id,
        "source_id": cases.source_id,
        "department_id": cases.department_id,
        "facts": [blob[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True)],
        "next_at": facts.next_ms,
    }
