"""Cases, and the totals of a window, as of a moment on both clocks 双时点.

*Known* (获知): what the store had learned by a moment, corrections, deletions and late messages
undone. *Happened* (发生): what had come about by a moment, as far as that is known. Both come from
the journal of changed rows and from the event log; areas, categories, sources and settings are
those of today. Where the journal does not reach back, only what the log tells is taken back, and
place, category, department and exemption are today's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection

from dashboard.clocks import Limit
from dashboard.clocks.case_clock import (
    CaseTimes,
    Deadlines,
    Extension,
    Suspension,
    settled_deadlines,
)
from dashboard.clocks.city_calendar import clock_rules
from dashboard.kpis.fact_rules import fact_rules
from dashboard.kpis.model import Totals
from dashboard.lifecycle.as_of import AsOf, Moments, cut
from dashboard.lifecycle.overtime import raw_overtime_ms
from dashboard.lifecycle.states import State
from dashboard.readings.calendars import calendar_of
from dashboard.readings.raw_totals import Interval, case_totals
from dashboard.settings import Settings
from data_access.case_columns import read_case_columns, read_source_kinds
from data_access.case_history import (
    read_changed_after,
    read_history_start,
    read_images,
    read_touched,
)
from data_access.case_images import CaseImage, chosen_columns, columns_of, joined_columns
from data_access.frames import CaseColumns, Ints
from data_access.measures import FLOWS, STOCKS
from data_access.rollup_reads import AreaRow
from data_access.slices import EVERY_CASE, Slice
from data_access.types import to_epoch_ms
from data_access.window_cases import in_chunks, read_places, read_window_cases


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """The two moments of a question, aware instants; ``happened_at`` None: not cut there."""

    known_at: datetime
    happened_at: datetime | None = None

    @property
    def as_of(self) -> datetime:
        """Up to when time itself counts: deadlines pass, lights change."""
        return self.known_at if self.happened_at is None else min(self.known_at, self.happened_at)


class Past:
    """Reads cases as of a moment on both clocks, in the snapshot of one connection."""

    def __init__(self, connection: Connection, clocks: Clocks, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings
        self.clocks = clocks
        start = read_history_start(connection)
        happened = clocks.happened_at
        self._moments = Moments(
            known_ms=to_epoch_ms(clocks.known_at),
            happened_ms=None if happened is None else to_epoch_ms(happened),
            is_kept=start is not None and start <= clocks.known_at,
        )
        # Cases that were something else then, deleted ones too; and those nobody knew of.
        self.touched, self._newer = read_touched(connection, clocks.known_at)
        if happened is not None:
            self.touched |= read_changed_after(connection, happened)

    def columns(self, wanted_ids: Collection[int]) -> CaseColumns:
        """The wanted cases as columns; those not known then, or not yet reported, are left out.

        Not in order of their ids.
        """
        touched = self.touched.intersection(wanted_ids)
        plain = sorted(set(wanted_ids) - touched - self._newer)
        columns = read_case_columns(self._connection, plain)
        beyond = self._is_beyond(columns)
        if beyond.any():
            touched |= set(columns.case_id[beyond].tolist())
            columns = chosen_columns(columns, ~beyond)
        images = [case.image for case in self.cases(sorted(touched)).values()]
        if not images:
            return columns
        past = columns_of(images, lambda ids: read_source_kinds(self._connection, ids))
        return joined_columns(columns, past)

    def _is_beyond(self, columns: CaseColumns) -> np.ndarray:
        """Whether anything of a case lies after the moment at which it is cut."""
        beyond = np.zeros(len(columns), dtype=np.bool_)
        end_ms = self._moments.happened_ms
        if end_ms is None:
            return beyond
        for name, part in vars(columns).items():
            if isinstance(part, np.ndarray):
                if name.endswith("_ms") and "deadline" not in name and name != "due_soon_ms":
                    beyond |= part > end_ms
                continue
            for cell in ("started_ms", "ended_ms", "reopened_ms", "visited_ms", "checked_ms",
                         "at_ms"):  # fmt: skip
                if (moments := getattr(part, cell, None)) is not None:
                    beyond[part.case[moments > end_ms]] = True
        return beyond

    def cases(self, case_ids: Sequence[int]) -> dict[int, AsOf]:
        """The cases with their rows and logs; without those not known then, or not reported."""
        found: dict[int, AsOf] = {}
        for chunk in in_chunks(list(case_ids)):
            images = read_images(self._connection, chunk, self.clocks.known_at)
            for case_id, image in images.items():
                case = cut(image, self._moments)
                if case is not None:
                    found[case_id] = case
        self._settle_lights(found.values())
        return found

    def _settle_lights(self, cases: Collection[AsOf]) -> None:
        """Compute the yellow light of deadlines that were restored; none where that is not sure."""
        restored = [case for case in cases if case.has_old_deadline]
        if not restored:
            return
        calendar, rules = calendar_of(self._connection, self._settings), clock_rules(self._settings)
        for case in restored:
            row = case.image.row
            settled = settled_deadlines(calendar, times_of(case.image), rules)
            sure = settled is not None and _are_deadlines(settled, case.image)
            row["due_soon_at"] = settled.due_soon_ms if settled is not None and sure else None

    def window_ids(
        self, area: AreaRow, start: datetime, end: datetime, chosen: Slice
    ) -> Iterator[list[int]]:
        """The cases that may count in [start, end), in pieces; a case too many does no harm."""
        ids = read_window_cases(self._connection, area, start, end, chosen=chosen, by_area=False)
        yield from in_chunks(sorted(self.touched.union(ids)))

    def window_columns(
        self, area: AreaRow, start: datetime, end: datetime, chosen: Slice = EVERY_CASE
    ) -> Iterator[CaseColumns]:
        """The cases below an area and in a slice that may count in [start, end), in pieces.

        Where a case lay and what it was is as known then; where areas lie is as today.
        """
        below = np.array(sorted(read_places(self._connection, area)), dtype=np.int64)
        for chunk in self.window_ids(area, start, end, chosen):
            columns = self.columns(chunk)
            inside = np.isin(columns.area_id, below) & in_slice(columns, chosen)
            yield chosen_columns(columns, inside)


def in_slice(columns: CaseColumns, chosen: Slice) -> np.ndarray:
    """Which cases are in a slice; the twin of data_access.slices.slice_condition."""
    of: Mapping[str, Ints] = {
        "category": columns.category_id,
        "source": columns.source_id,
        "department": columns.department_id,
        "place": columns.area_id,
    }
    inside = np.ones(len(columns), dtype=np.bool_)
    for dimension, members in chosen.members.items():
        inside &= np.isin(of[dimension], members)
    return inside


def times_of(image: CaseImage) -> CaseTimes:
    """What the clock of a case's present cycle is computed from."""
    row = image.row
    started = row["clock_started_at"]
    limit = None
    if row["limit_kind"] and row["limit_amount"] is not None:
        limit = Limit(row["limit_kind"], row["limit_amount"], row["start_rule"] or "instant")
    own = [one for one in image.extensions if started is None or one["applied_at"] >= started]
    return CaseTimes(
        limit=limit,
        started_ms=started,
        stopped_ms=row["handled_at"] or row["closed_at"],
        suspensions=tuple(
            Suspension(one["started_at"], one["planned_end_at"], one["ended_at"])
            for one in image.suspensions
        ),
        extensions=tuple(
            Extension(one["applied_at"], one["decided_at"], bool(one["is_approved"])) for one in own
        ),
        extended_before=sum(bool(one["is_approved"]) for one in image.extensions)
        - sum(bool(one["is_approved"]) for one in own),
    )


def _are_deadlines(settled: Deadlines, image: CaseImage) -> bool:
    kept = (image.row["deadline_handle_at"], image.row["deadline_at"])
    return kept == (settled.handle_ms, settled.close_ms)


def read_columns_as_known(
    connection: Connection, wanted_ids: Collection[int], clocks: Clocks, settings: Settings
) -> CaseColumns:
    """The wanted cases as columns as of a moment on both clocks, ordered by case id.

    Deleted cases are there as long as they were known; cases learned of later are left out.
    """
    columns = Past(connection, clocks, settings).columns(wanted_ids)
    order = np.argsort(columns.case_id, kind="stable")
    return _ordered(columns, order)


def _ordered(columns: CaseColumns, order: Ints) -> CaseColumns:
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    cells: dict[str, Any] = {}
    for name, part in vars(columns).items():
        if isinstance(part, np.ndarray):
            cells[name] = part[order]
        else:
            cells[name] = type(part)(**(vars(part) | {"case": place[part.case]}))
    return CaseColumns(**cells)


def read_totals_as_of(
    connection: Connection,
    area: AreaRow,
    start: datetime,
    end: datetime,
    clocks: Clocks,
    *,
    settings: Settings,
    chosen: Slice = EVERY_CASE,
) -> Totals:
    """The totals of an area and a slice in [start, end) as of a moment on both clocks."""
    past = Past(connection, clocks, settings)
    interval = Interval(start=start, end=end, as_of=clocks.as_of)
    rules = fact_rules(settings)
    flows, stocks = dict.fromkeys(FLOWS, 0), dict.fromkeys(STOCKS, 0)
    for columns in past.window_columns(area, start, end, chosen):
        part = case_totals(columns, interval, rules)
        for sums, more in ((flows, part.flows), (stocks, part.stocks)):
            for name, value in more.items():
                sums[name] += value
    return Totals(flows=flows, stocks=stocks)


@dataclass(frozen=True, kw_only=True)
class CaseThen:
    """A case as of a moment on both clocks; instants in epoch ms.

    ``state`` is what its log amounts to, the row's where it has no log. ``overtimes``: the raw
    overtime of each cycle, an exemption by appeal left aside; None for one without a deadline.
    """

    case_id: int
    case_code: str
    state: State | str
    cycle_no: int
    area_id: int
    deadline_ms: int | None
    handle_deadline_ms: int | None
    closed_ms: int | None
    is_suspended: bool
    is_exempt: bool
    overtimes: tuple[int | None, ...]

    @property
    def raw_overtime_ms(self) -> int | None:
        """原始超期时长 of the present cycle."""
        return self.overtimes[-1]


def read_case_as_of(
    connection: Connection, case_id: int, clocks: Clocks, settings: Settings
) -> CaseThen | None:
    """State and deadline of one case as of a moment; None where nothing was known of it then."""
    case = Past(connection, clocks, settings).cases([case_id]).get(case_id)
    if case is None:
        return None
    row = case.image.row
    open_pauses = [one for one in case.image.suspensions if one["ended_at"] is None]
    return CaseThen(
        case_id=case_id,
        case_code=row["case_code"],
        state=case.derived.state if case.derived else row["state"],
        cycle_no=row["cycle_no"],
        area_id=row["area_id"],
        deadline_ms=row["deadline_at"],
        handle_deadline_ms=row["deadline_handle_at"],
        closed_ms=row["closed_at"],
        is_suspended=bool(open_pauses),
        is_exempt=bool(row["timeout_exempt"]),
        overtimes=_overtimes(case.image, to_epoch_ms(clocks.as_of)),
    )


def _overtimes(image: CaseImage, as_of_ms: int) -> tuple[int | None, ...]:
    pauses = [(one["started_at"], one["ended_at"]) for one in image.suspensions]
    ends = [(cycle["deadline_at"], cycle["closed_at"] or cycle["reopened_at"])
            for cycle in image.cycles]  # fmt: skip
    ends.append((image.row["deadline_at"], image.row["closed_at"]))
    return tuple(raw_overtime_ms(due, end, as_of_ms, pauses) for due, end in ends)


def raw_overtime(
    connection: Connection, case_id: int, *, as_of: datetime, settings: Settings
) -> int | None:
    """How far a case ran past its deadline, natural ms without suspensions, though an appeal may
    have been granted; 0 in time, None without a deadline. Raises KeyError for an unknown case."""
    found = read_case_as_of(connection, case_id, Clocks(known_at=as_of), settings)
    if found is None:
        raise KeyError(case_id)
    return found.raw_overtime_ms
