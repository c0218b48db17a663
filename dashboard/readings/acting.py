"""What every act 操作 shares: who acts on what, what was sent, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dashboard.clocks import LIMIT_KINDS, Limit
from dashboard.lifecycle.supervision import Refusal
from dashboard.readings.scope import Scope
from data_access import actions as store
from data_access.types import is_storable

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

LONGEST_TEXT: Final = 500
LONGEST_NAME: Final = 30
# What a form may ask for as time to answer, as "amount kind".
LIMITS: Final = ("4 work_hour", "1 work_day", "2 work_day", "3 work_day", "5 work_day")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of an act: a word to say with its values, or what is wrong.

    ``said``: key of a word; ``wrong``: field → key of a word. Done when ``wrong`` is empty and
    ``refused`` is None.
    """

    said: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
    refused: Refusal | None = None

    @property
    def is_done(self) -> bool:
        return not self.wrong and self.refused is None


class Draft:
    """The texts of a form, trimmed; what is missing is empty."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        return self._fields.get(name, "").strip()

    def storable(self, name: str) -> str:
        """The text, or nothing where a database would not take it."""
        found = self.get(name)
        return found if is_storable(found) else ""

    def problems(
        self, name: str, *, longest: int = LONGEST_TEXT, needed: bool = False
    ) -> dict[str, str]:
        """What is wrong with a text: field → key of a word."""
        found = self.get(name)
        if needed and not found:
            return {name: "form.wrong.missing"}
        bad = len(found) > longest or not is_storable(found)
        return {name: "form.wrong.long"} if bad else {}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What an act works with: its transaction, the reader, who acts, and what was sent."""

    connection: Connection
    reader: Reader
    act: store.Act
    draft: Draft
    scope: Scope

    @property
    def now(self) -> datetime:
        return self.act.acted_at

    def case(self) -> store.Row | None:
        """The case the act is about, locked; None where there is none in the scope."""
        case_id = whole(self.draft.get("case_id"))
        row = store.lock_case(self.connection, case_id) if case_id else None
        return None if row is None or self.is_outside(row) else row

    def is_outside(self, row: store.Row) -> bool:
        """Whether a row with a path lies outside of what the acting person may see."""
        line = {int(one) for one in row["path"].split("/")}
        return self.scope.tops is not None and not line & set(self.scope.tops)

    def once(self) -> Outcome | None:
        """The outcome of this very request if it was carried out before; ask with the lock held."""
        earlier = store.read_earlier(self.connection, self.act.request_key)
        return None if earlier is None else Outcome(said="act.said.already")

    def has_moved(self, case: store.Row, name: str) -> bool:
        """Whether somebody has done the same since the page that asks was made."""
        seen = self.draft.get(f"seen_{name}")
        return seen != str(store.count_seen(self.connection, case["case_id"])[name])

    def audit(
        self, action: str, case: Mapping[str, Any] | None, subject: int | None, **told: Any
    ) -> None:
        """Write down what was done."""
        case_id = None if case is None else case["case_id"]
        store.write_audit(
            self.connection, self.act, action, case_id=case_id, subject_id=subject, **told
        )


def is_open(case: store.Row) -> bool:
    """Neither closed nor void."""
    return case["closed_at"] is None and case["voided_at"] is None


def whole(text: str) -> int:
    """A positive number of a request that is not trusted; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def chosen_limit(text: str) -> Limit | None:
    """One of LIMITS as a limit; None for anything else."""
    if text not in LIMITS:
        return None
    amount, _, kind = text.partition(" ")
    return Limit(kind, float(amount)) if kind in LIMIT_KINDS else None


def due_moment(text: str, time_zone: str) -> datetime | None:
    """An ISO date and time of the city's clocks as an aware instant; None for anything else."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        return None
    if given.tzinfo is not None or not 2000 <= given.year <= 2100:
        return None
    return given.replace(tzinfo=ZoneInfo(time_zone))
