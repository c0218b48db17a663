"""The roll call 点名 of one unit: its promises 议定事项 and answers 说明, as they stand now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from dashboard.lifecycle.promises import PromiseState, promise_state
from dashboard.readings.promise_acting import known_promise
from data_access import promises as store
from data_access.actions import Row
from data_access.engine import begin_read
from data_access.types import to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

_FINISHED_DAYS: Final = 30  # how long a finished promise stays in sight
_ANSWERS: Final = 3


@dataclass(frozen=True, kw_only=True)
class PromiseView:
    """A promise as a page shows it. ``evidence``: (case id, code) of cases."""

    promise_id: int
    matter: str
    responsible: str
    made_on: date
    due_ms: int
    state: PromiseState
    result: str
    evidence: Sequence[tuple[int, str]]

    @property
    def is_open(self) -> bool:
        return self.state in (PromiseState.OPEN, PromiseState.LATE)


@dataclass(frozen=True, kw_only=True)
class AnswerView:
    """What a unit said at a roll call."""

    answer_id: int
    text: str
    entered_by: str
    answered_ms: int


@dataclass(frozen=True, kw_only=True)
class RollCall:
    """``promises``: open ones by what is due first, then those finished lately; ``answers``: the
    newest few; ``can_act``: whether editing is on."""

    promises: Sequence[PromiseView]
    answers: Sequence[AnswerView]
    can_act: bool

    @property
    def late(self) -> int:
        return sum(one.state is PromiseState.LATE for one in self.promises)


def read_roll_call(reader: Reader, department_id: int) -> RollCall:
    """What one unit has promised and said, in a snapshot of its own: what was just written down is
    there, whatever the numbers stand for."""
    now = reader.now()
    with begin_read(reader.engine) as connection:
        rows = store.read_promises(
            connection,
            department_id=department_id,
            resolved_from=now - timedelta(days=_FINISHED_DAYS),
        )
        answers = store.read_answers(connection, department_id, limit=_ANSWERS)
    return RollCall(
        promises=tuple(promise_view(row, now) for row in rows),
        answers=tuple(_answer(row) for row in answers),
        can_act=reader.settings.editing,
    )


def promise_view(row: Row, now: datetime) -> PromiseView:
    """A row of the ledger with its state at ``now``."""
    return PromiseView(
        promise_id=row["promise_id"],
        matter=row["matter"],
        responsible=row["responsible"],
        made_on=row["made_on"],
        due_ms=to_epoch_ms(row["due_at"]),
        state=promise_state(known_promise(row), to_epoch_ms(now)),
        result=row["result"] or "",
        evidence=tuple(row["evidence"]),
    )


def _answer(row: Row) -> AnswerView:
    return AnswerView(
        answer_id=row["answer_id"],
        text=row["text"],
        entered_by=row["entered_by"],
        answered_ms=to_epoch_ms(row["answered_at"]),
    )
