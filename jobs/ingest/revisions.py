"""Later corrections 更正 of rows already taken in, each with the moment it became known.

A revision says: field F of case C went from OLD to NEW, seen at T. It is applied to the case when
the case still has OLD (or when the file has no old values); a case that has moved on keeps what it
has. Either way the history gets one event with ``known_at`` T, so a report can be made as of any
moment. Applying the same file twice changes nothing: the event is there already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection

from dashboard.lifecycle import VOID_STATES, State
from data_access.ingest import Row, read_cases, read_events
from data_access.tables import categories, departments
from jobs.ingest.changes import CaseWork, change_case, history_event
from jobs.ingest.conversion import Reader, check_columns, field_reader
from jobs.ingest.coordinates import to_wgs84
from jobs.ingest.delivery import Delivery
from jobs.ingest.incoming import IncomingCase, Outcome, Problem, Value
from jobs.ingest.judge import Judged, judge
from jobs.ingest.mapping import WITHDRAWN, CaseMapping
from jobs.ingest.tables import TableRow

_POSITION: Final = ("longitude", "latitude")
VOID_REASON: Final = "withdrawn by the source"


@dataclass(slots=True)
class Revision:
    """One corrected field, in the source's words and in ours."""

    foreign: str
    old_text: str
    new_text: str
    targets: dict[str, tuple[Value, Value]]  # our field → (old, new); empty for a withdrawal

    @property
    def words(self) -> str:
        """What the case's history says."""
        if not self.targets:
            return VOID_REASON
        return f"{self.foreign}: {self.old_text or '—'} → {self.new_text or '—'}"


@dataclass(slots=True)
class RevisedCase(IncomingCase):
    """All revisions of one case known at one moment; ``fields`` follow from the stored case."""

    known_ms: int = 0
    revisions: list[Revision] = field(default_factory=list)

    @property
    def opinion(self) -> str:
        """The words of all its revisions."""
        return "; ".join(revision.words for revision in self.revisions)

    @property
    def is_withdrawal(self) -> bool:
        """The source took the case back."""
        return any(not revision.targets for revision in self.revisions)


class RevisionReader:
    """Turns rows of a revisions file into revised cases.

    Neighbouring rows of one case and moment become one: longitude and latitude are one change.
    Raises ImportRefused when a column of the mapping is not in the table.
    """

    def __init__(self, mapping: CaseMapping, columns: Sequence[str], file_name: str) -> None:
        check_columns(mapping, columns, file_name)
        self._mapping = mapping
        self._places = {name: columns.index(c[0]) for name, c in mapping.columns.items()}
        self._names = {name: listed[0] for name, listed in mapping.columns.items()}
        self.has_old = "old" in mapping.columns
        targets = {target for listed in mapping.fields.values() for target in listed}
        self._readers: dict[str, Reader] = {
            name: field_reader(mapping, name) for name in (*targets, "source_ref", "known_at")
        }

    def cases(self, rows: Iterator[TableRow]) -> Iterator[IncomingCase]:
        """Revised cases in the order of the file."""
        waiting: RevisedCase | None = None
        for row in rows:
            revised = self._revised(row)
            joins = (
                waiting is not None
                and not revised.problems
                and not waiting.problems
                and (waiting.source_ref, waiting.known_ms) == (revised.source_ref, revised.known_ms)
            )
            if joins and waiting is not None:
                waiting.revisions += revised.revisions
                waiting.weight += 1
                continue
            if waiting is not None:
                yield waiting
            waiting = revised
        if waiting is not None:
            yield waiting

    def _revised(self, row: TableRow) -> RevisedCase:
        problems = list(row.problems)
        reference = self._cell(row, "source_ref", "source_ref", problems)
        known = self._cell(row, "known_at", "known_at", problems)
        if not isinstance(known, int):
            if not problems:
                problems.append(self._problem("known_at", "", "the moment is missing", "no moment"))
            known = 0
        foreign = str(row.cells[self._places["field"]] or "").strip()
        targets = self._mapping.fields.get(foreign)
        revisions: list[Revision] = []
        if targets is None:
            allowed = ", ".join(self._mapping.fields)
            reason = f"unknown field {foreign!r}: the mapping has {allowed}"
            problems.append(self._problem("field", foreign, reason, "unknown field"))
        else:
            revisions.append(self._revision(row, foreign, targets, problems))
        ref = "" if reference is None else str(reference)
        return RevisedCase(
            row.row_no, ref, {}, self._names, problems, known_ms=known, revisions=revisions
        )

    def _revision(
        self, row: TableRow, foreign: str, targets: tuple[str, ...], problems: list[Problem]
    ) -> Revision:
        old_cell = row.cells[self._places["old"]] if self.has_old else ""
        new_cell = row.cells[self._places["new"]]
        pairs = {
            target: (
                self._cell(row, "old", target, problems) if self.has_old else None,
                self._cell(row, "new", target, problems),
            )
            for target in targets
            if target != WITHDRAWN
        }
        return Revision(foreign, _shown(old_cell), _shown(new_cell), pairs)

    def _cell(self, row: TableRow, column: str, target: str, problems: list[Problem]) -> Value:
        cell = row.cells[self._places[column]]
        try:
            return self._readers[target](cell)
        except ValueError as error:
            problems.append(self._problem(column, str(cell), str(error), str(error)))
            return None

    def _problem(self, column: str, value: str, reason: str, kind: str) -> Problem:
        return Problem(self._names[column], value[:200], reason, kind)


def _shown(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


class RevisionDelivery(Delivery):
    """Writes revised cases: the change where it still applies, and the history in any case."""

    mapping: CaseMapping
    has_old: bool = False

    def _write(
        self,
        connection: Connection,
        chunk: Sequence[IncomingCase],
        refused: list[tuple[IncomingCase, list[Problem]]],
        now_ms: int,
    ) -> Outcome:
        revised = [case for case in chunk if isinstance(case, RevisedCase)]
        refs = [case.source_ref for case in revised]
        writing = not self.report.dry_run
        stored = read_cases(connection, self.source_id, refs, for_update=writing)
        ids = [row["case_id"] for row in stored.values()]
        told = {(e["case_id"], e["known_at"], e["opinion"]) for e in read_events(connection, ids)}
        around = self.surroundings(connection, list(stored.values()), now_ms)
        outcome, work = Outcome(), list[CaseWork]()
        self._fill(connection, revised, stored)
        for case in revised:
            row = stored.get(case.source_ref)
            problems = list(case.problems)
            if row is None and not problems:
                reason = f"there is no case {case.source_ref!r} of this source"
                problems = [case.problem("source_ref", reason, "no such case")]
            if row is None or problems:
                refused.append((case, problems))
            elif (row["case_id"], case.known_ms, case.opinion) in told:
                outcome.unchanged += case.weight
            else:
                verdict = judge(
                    case, row, self.directory, self.rules(now_ms), point_area=case.point_area
                )
                if not isinstance(verdict, Judged):
                    refused.append((case, verdict))
                    continue
                change = change_case(verdict, row, around) or CaseWork(row["case_id"])
                change.events = [history_event(verdict, row, around, case.opinion)]
                work.append(change)
                outcome.changed += case.weight
        if writing:
            self.save(connection, work)
        return outcome

    def _fill(
        self, connection: Connection, revised: list[RevisedCase], stored: dict[str, Row]
    ) -> None:
        """Give each revised case the fields that its revisions change in the stored case."""
        known: list[IncomingCase] = []
        for case in revised:
            row = stored.get(case.source_ref)
            if row is not None and not case.problems:
                case.fields = self._fields(case, row)
                known.append(case)
        for found, point in zip(known, self.locate(connection, known), strict=True):
            found.point_area = point

    def _fields(self, case: RevisedCase, row: Row) -> dict[str, Value]:
        fields: dict[str, Value] = {"known_at": case.known_ms}
        state = State(row["state"])
        if case.is_withdrawal:
            if state not in VOID_STATES:
                fields |= {"voided_at": case.known_ms, "void_reason": VOID_REASON}
            return fields
        was_withdrawn = state in VOID_STATES and row["void_reason"] == VOID_REASON
        if was_withdrawn and case.known_ms > row["voided_at"]:  # it is published again
            fields |= {"voided_at": None, "void_reason": None}
        for revision in case.revisions:
            for name, (old, new) in revision.targets.items():
                if not self.has_old or self._still_has(row, name, old):
                    fields[name] = new
        if any(name in fields for name in (*_POSITION, "area")):
            self._complete_position(fields, row)
        return fields

    def _complete_position(self, fields: dict[str, Value], row: Row) -> None:
        for name in _POSITION:
            fields.setdefault(name, row[name])
        longitude, latitude = fields["longitude"], fields["latitude"]
        if (
            not isinstance(longitude, float)
            or not isinstance(latitude, float)
            or (longitude, latitude) in self.mapping.ignored_points
        ):
            fields["longitude"] = fields["latitude"] = None
        elif self.mapping.system != "WGS-84":
            fields["longitude"], fields["latitude"] = to_wgs84(
                longitude, latitude, self.mapping.system
            )
        if self.policies.locate != "named" and "area" not in fields:
            fields["area"] = self._named_place(row["area_id"])

    def _named_place(self, area_id: int) -> str:
        """The code by which the stored place was named: its ancestor of the mapping's level."""
        level = self.policies.area_level
        step: int | None = area_id
        while step is not None:
            area = self.directory.areas[step]
            if area.level == level and area.kind != "unlocated":
                return area.code
            step = area.parent_id
        return (
            ""
            if level or self.directory.is_unlocated(area_id)
            else (self.directory.areas[area_id].code)
        )

    def _still_has(self, row: Row, name: str, old: Value) -> bool:
        """Whether the stored case has the value from before the revision."""
        if name == "area":
            if not old:
                root = self.directory.root.area_id
                return bool(row["area_id"] == self.directory.leaf_of(root))
            named = self.directory.find_area(str(old), self.policies.area_level)
            return named is not None and self.directory.is_within(row["area_id"], named)
        tables: dict[str, Any] = {
            "category": categories, "department": departments, "first_department": departments
        }  # fmt: skip
        if name in tables:
            key = None if not old else self.directory.find(tables[name], str(old))
            return bool(row[f"{name}_id"] == key)
        return bool(row.get(name) == old)
