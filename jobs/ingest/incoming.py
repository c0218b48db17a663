"""What every source hands to the one way in, and what comes back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from data_access.types import is_storable

# Fields of an incoming case, by how they are checked.
NAME_FIELDS: Final = ("category", "area", "department", "first_department")
TEXT_FIELDS: Final = (
    "case_code",
    "title",
    "address",
    "reporter_name",
    "reporter_phone",
    "void_reason",
    "limit_kind",
    "filing_condition",
    "close_kind",
)
NUMBER_FIELDS: Final = ("longitude", "latitude", "limit_amount", "supervise_level")
FLAG_FIELDS: Final = ("is_urgent", "is_whistle", "is_typical", "timeout_exempt")
INSTANT_FIELDS: Final = (
    "reported_at",
    "accepted_at",
    "filed_at",
    "dispatched_at",
    "signed_at",
    "first_contact_at",
    "arrived_at",
    "handled_at",
    "checked_at",
    "visited_at",
    "closed_at",
    "voided_at",
    "deadline_handle_at",
    "deadline_at",
)
# Not columns of a case: when the source knew the row, when a pause began and is to end, when an
# extension was approved, and the first dispatch and return of a case that was sent on.
TIMING_FIELDS: Final = (
    "known_at",
    "suspended_at",
    "suspended_until_at",
    "extended_at",
    "first_dispatched_at",
    "returned_at",
)
# What hangs on a case (attached.py).
ATTACHED_FIELDS: Final = (
    "call_back_answer",
    "call_back_solved",
    "call_back_contacted",
    "call_back_valid",
    "master_ref",
)
FIELDS: Final = frozenset(
    ("state", *NAME_FIELDS, *TEXT_FIELDS, *NUMBER_FIELDS, *FLAG_FIELDS, *INSTANT_FIELDS)
    + TIMING_FIELDS
    + ATTACHED_FIELDS
)
SOURCE_KINDS: Final = ("worker", "video", "sensor", "hotline", "public", "internal")
PROACTIVE_KINDS: Final = frozenset({"worker", "video", "sensor"})
# What a cell says about a flag, in small letters.
FLAGS: Final = {
    "true": True, "1": True, "1.0": True, "yes": True, "y": True, "是": True,
    "false": False, "0": False, "0.0": False, "no": False, "n": False, "否": False,
    "": False, "none": False,
}  # fmt: skip

# A field's value: text, a number, a flag, or an instant as epoch ms (int). None empties the field.
Value = str | int | float | bool | None


class Problem(NamedTuple):
    """Why a row is refused, in words a person can act on."""

    column: str  # the column of the file, or the field where there is no file
    value: str
    reason: str
    kind: str  # short, the same for all rows with this mistake: counted in the report


def storable(text: str) -> str:
    """The text with whatever cannot be stored written out, for reports about it."""
    if is_storable(text):
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


@dataclass(slots=True)
class IncomingCase:
    """One case as a source tells it. A field that is absent from ``fields`` is left as it is.

    ``row_no`` counts as a person does: the header of a file is row 1. ``columns`` names the file's
    column of each field for messages. ``problems`` found while reading refuse the row.
    """

    row_no: int
    source_ref: str
    fields: Mapping[str, Value]
    columns: Mapping[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    weight: int = 1  # rows of the file it stands for
    point_area: int = 0  # the area its coordinates lie in, 0: none or not looked for

    def problem(self, name: str, reason: str, kind: str) -> Problem:
        """A problem with one field of this row, named as its file names it."""
        value = self.source_ref if name == "source_ref" else self.fields.get(name)
        shown = "" if value is None else str(value)
        return Problem(self.columns.get(name, name), shown[:200], reason, kind)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What to do with what the store does not know yet.

    ``create`` makes a new entry, ``reject`` refuses the row, ``unlocated`` (places only) hangs the
    case on 未定位. ``strict_moves`` refuses moves that skip a state; a source that delivers
    snapshots skips states as a matter of course.
    """

    unknown_area: str = "reject"
    unknown_category: str = "reject"
    unknown_department: str = "reject"
    unknown_source: str = "create"
    # named: by code or name; point: by coordinates alone; point_within: by name, then the part of
    # it the coordinates lie in (a point outside the named area does not move the case).
    locate: str = "named"
    area_level: str = ""  # the level at which names are looked up, "" for any
    strict_moves: bool = False
    check_codes: bool = False  # grid codes must match the city's pattern


@dataclass(slots=True)
class Outcome:
    """What one chunk came to; counted into the report only once it is committed."""

    read: int = 0
    rejected: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    unlocated: int = 0


@dataclass(kw_only=True)
class BatchReport:
    """What one delivery came to. rows_read == added + changed + unchanged + rejected."""

    source_code: str
    origin: str
    dry_run: bool = False
    batch_id: int | None = None  # None for a dry run
    rows_read: int = 0
    rows_added: int = 0
    rows_changed: int = 0
    rows_unchanged: int = 0
    rows_rejected: int = 0
    rows_unlocated: int = 0  # of those added: on a 未定位 leaf
    areas_added: int = 0
    created: Counter[str] = field(default_factory=Counter)  # "category" → 3
    reasons: Counter[str] = field(default_factory=Counter)  # kind of problem → how often
    examples: list[tuple[int, Problem]] = field(default_factory=list)  # the first few, by row
    rejects_path: Path | None = None
    seconds: float = 0.0

    @property
    def rows_accepted(self) -> int:
        """Rows that are in the store now (or would be)."""
        return self.rows_added + self.rows_changed + self.rows_unchanged

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """A few lines for the terminal."""
        would = "would be " if self.dry_run else ""
        lines = [
            f"{self.origin}: {self.rows_read:,} rows read in {self.seconds:.1f} s",
            f"  {self.rows_added:,} {would}added, {self.rows_changed:,} {would}changed,"
            f" {self.rows_unchanged:,} unchanged, {self.rows_rejected:,} {would}rejected",
        ]
        if self.rows_unlocated:
            lines.append(f"  {self.rows_unlocated:,} of the added without a known grid (未定位)")
        if self.areas_added:
            lines.append(f"  {self.areas_added:,} areas {would}added")
        for what, count in sorted(self.created.items()):
            lines.append(f"  {count:,} {what} entries {would}created")
        for kind, count in self.reasons.most_common(10):
            lines.append(f"  rejected: {count:,} × {kind}")
        if self.rejects_path is not None:
            lines.append(f"  rejected rows with reasons: {self.rejects_path}")
        return "\n".join(lines)


# Called with (share done from 0 to 1, what is being done) from time to time.
Progress = Callable[[float, str], None]


class ImportRefused(Exception):
    """The file, the mapping or the store does not allow the import; nothing has been written."""
