"""refresh_duty: who is on duty now, for every area of the tree."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from dashboard.clocks.city_time import city_today
from dashboard.kpis.duty_states import Counts, Shift, Staffing, duty_counts
from dashboard.settings import Settings
from data_access import duty, rollups
from data_access.engine import begin_read, begin_write

_SLOT = timedelta(minutes=30)


def run_refresh_duty(engine: Engine, settings: Settings, now: datetime) -> bool:
    """Compute the duty counts and write those that changed; whether any did.

    Reads outside the write transaction, which is opened only when there is something to write.
    """
    with begin_read(engine) as connection:
        lines = rollups.read_area_lines(connection)
        before = duty.read_duty_counts(connection)
        shifts = [
            Shift(
                worker_id=row.worker_id,
                area_id=row.area_id,
                starts_at=row.starts_at,
                evidence_at=_latest(row.checked_in_at, row.last_seen_at),
            )
            for row in duty.read_running_shifts(connection, now)
        ]
        absences = duty.read_running_leaves(connection, now)
        by_home, by_grid = duty.read_staffing(connection, city_today(now, settings.city_time_zone))
        grids = duty.read_grids(connection)
    staffing = Staffing(by_home=by_home, by_grid=by_grid, grids=grids)
    counts = duty_counts(shifts, absences, staffing, lines, now)
    changed = {area: row for area, row in counts.items() if before.get(area) != row}
    gone = set(before) - set(counts)
    if changed or gone:
        _save(engine, settings, counts, changed, gone, lines, now)
    return bool(changed or gone)


def _latest(*moments: datetime | None) -> datetime | None:
    known = [moment for moment in moments if moment is not None]
    return max(known) if known else None


def _save(
    engine: Engine,
    settings: Settings,
    counts: dict[int, Counts],
    changed: dict[int, Counts],
    gone: set[int],
    lines: dict[int, tuple[int, ...]],
    now: datetime,
) -> None:
    seconds = _SLOT.total_seconds()
    slot = datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=now.tzinfo)
    upper = {
        area: row
        for area, row in counts.items()
        if len(lines.get(area, ())) <= settings.break_down_depth + 1
    }
    with begin_write(engine) as connection:
        duty.save_duty_counts(connection, changed, gone, now)
        duty.save_duty_slot(connection, upper, slot)
        if rollups.read_state(connection) is not None:
            rollups.save_state(connection, bump=True)
