"""What hangs on a case as tables 案件附表: cycles, pauses, extensions, call-backs and so on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dashboard.lifecycle.finding_kinds import KINDS
from dashboard.readings.case_search import member_name
from dashboard.readings.case_story import shown_actor
from dashboard.readings.finding_list import finding_text
from dashboard.readings.masking import hidden_text
from dashboard.words import WORDS, word
from data_access.case_details import CaseRecord
from data_access.types import to_epoch_ms

# A moment in epoch ms, or a text; None and "" are nothing.
Cell = int | str | None


@dataclass(frozen=True, kw_only=True)
class CaseTable:
    """One table; ``name`` and ``columns`` are keys of words (``onecase.…``), rows as wide as it."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def case_tables(record: CaseRecord, *, lang: str) -> list[CaseTable]:
    """The tables that hold anything, in the order of the page."""
    tables = [make(record, lang) for make in _TABLES]
    return [table for table in tables if table.rows]


def _cycles(record: CaseRecord, lang: str) -> CaseTable:
    return CaseTable(
        name="cycles",
        columns=("cycle_no", "started", "deadline", "handled", "closed", "reopened"),
        rows=[
            (
                word("onecase.cycle", lang, n=one.cycle_no), _ms(one.started_at),
                _ms(one.deadline_at), _ms(one.handled_at), _ms(one.closed_at),
                _ms(one.reopened_at),
            )
            for one in record.cycles
        ],
    )  # fmt: skip


def _pauses(record: CaseRecord, _lang: str) -> CaseTable:
    return CaseTable(
        name="pauses",
        columns=("started", "planned", "ended", "reason", "approver"),
        rows=[
            (
                _ms(one.started_at), _ms(one.planned_end_at), _ms(one.ended_at),
                hidden_text(one.reason), shown_actor(one.approver),
            )
            for one in record.suspensions
        ],
    )  # fmt: skip


def _extensions(record: CaseRecord, lang: str) -> CaseTable:
    def decision(one: Any) -> str:
        if one.decided_at is None:
            return word("onecase.decision.pending", lang)
        return word(f"onecase.decision.{'yes' if one.is_approved else 'no'}", lang)

    return CaseTable(
        name="extensions",
        columns=("applied", "decided", "decision", "new_deadline", "reason"),
        rows=[
            (
                _ms(one.applied_at), _ms(one.decided_at), decision(one),
                _ms(one.new_deadline_at), hidden_text(one.reason),
            )
            for one in record.extensions
        ],
    )  # fmt: skip


def _changes(record: CaseRecord, lang: str) -> CaseTable:
    return CaseTable(
        name="changes",
        columns=("changed", "reason", "old_deadline", "new_deadline", "note"),
        rows=[
            (
                _ms(one.changed_at), _named("onecase.change", one.reason, lang),
                _ms(one.old_deadline_at), _ms(one.new_deadline_at), hidden_text(one.note),
            )
            for one in record.deadline_changes
        ],
    )  # fmt: skip


def _callbacks(record: CaseRecord, lang: str) -> CaseTable:
    def answer(one: Any) -> str:
        if not one.is_valid:
            return word("onecase.invalid", lang)
        return _named("onecase.answer", one.answer or "none", lang)

    def yes(value: Any) -> str:
        return word("onecase.yes" if value else "onecase.no", lang)

    return CaseTable(
        name="callbacks",
        columns=("visited", "contacted", "solved", "answer"),
        rows=[
            (_ms(one.visited_at), yes(one.is_contacted), yes(one.is_solved), answer(one))
            for one in record.callbacks
        ],
    )


def _supervisions(record: CaseRecord, lang: str) -> CaseTable:
    return CaseTable(
        name="supervisions",
        columns=(
            "supervision_code", "supervision_kind", "level", "issued", "reply_due", "replied",
            "resolved", "requirement", "reply",
        ),
        rows=[
            (
                one.code, _named("onecase.supervision", one.kind, lang), str(one.level),
                _ms(one.issued_at), _ms(one.reply_due_at), _ms(one.replied_at),
                _ms(one.resolved_at), hidden_text(one.requirement), hidden_text(one.reply),
            )
            for one in record.supervisions
        ],
    )  # fmt: skip


def _rechecks(record: CaseRecord, lang: str) -> CaseTable:
    return CaseTable(
        name="rechecks",
        columns=("drawn", "checked", "cycle_result", "note"),
        rows=[
            (
                _ms(one.drawn_at), _ms(one.checked_at),
                _named("onecase.recheck", one.result, lang), hidden_text(one.note),
            )
            for one in record.rechecks
        ],
    )  # fmt: skip


def _whistles(record: CaseRecord, lang: str) -> CaseTable:
    return CaseTable(
        name="whistles",
        columns=("department", "called", "due", "arrived"),
        rows=[
            (
                member_name(one, "department", lang), _ms(one.called_at), _ms(one.due_at),
                _ms(one.arrived_at),
            )
            for one in record.whistles
        ],
    )  # fmt: skip


def _findings(record: CaseRecord, lang: str) -> CaseTable:
    known = [one for one in record.findings if one.kind in KINDS]
    return CaseTable(
        name="findings",
        columns=("finding", "detail", "happened"),
        rows=[
            (
                KINDS[one.kind].name_en if lang == "en" else KINDS[one.kind].name_zh,
                finding_text(one.kind, one.detail, lang), _ms(one.at),
            )
            for one in known
        ],
    )  # fmt: skip


def _named(prefix: str, value: str | None, lang: str) -> str:
    """The word of a value; a value that has none stands as it is."""
    if not value:
        return ""
    key = f"{prefix}.{value}"
    return word(key, lang) if key in WORDS else value


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_epoch_ms(moment)


_TABLES: Final = (
    _supervisions, _cycles, _pauses, _extensions, _changes, _callbacks, _rechecks, _whistles,
    _findings,
)  # fmt: skip
