"""Numbered papers 督办通知、催办通知、任务通知: numbered and kept when issued, read for printing.

What a paper says is kept with it, so that it reads the same a year later; only the answer and how
it ended are added from the store when it is printed. Papers are official and always Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dashboard.lifecycle.supervision import paper_number, paper_title
from dashboard.readings.scope import EVERYTHING, OutsideScopeError, Scope
from dashboard.readings.thresholds import EditingOffError
from dashboard.words import word
from data_access import actions as store
from data_access import rollup_reads as reads
from data_access.engine import begin_read
from data_access.types import to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.acting import Desk
    from dashboard.readings.reader import Reader

_ZH = "zh"


class UnknownNoticeError(LookupError):
    """There is no paper with this number."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A number that was taken: ``text`` is the 发文字号."""

    kind: str
    year: int
    number: int

    @property
    def text(self) -> str:
        return paper_number(self.kind, self.year, self.number)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What a paper says beside its case; ``kind`` and ``level`` of a supervision only.

    ``due_ms``: by when to answer or to have it done; ``grid_path``: ids from the root to the grid a
    task is for.
    """

    requirement: str
    reason: str = ""
    kind: str = ""
    level: int = 0
    due_ms: int | None = None
    grid_path: str = ""


def next_number(desk: Desk, kind: str) -> Number:
    """Take the next number of the city's year, locked until the transaction ends."""
    year = desk.now.astimezone(ZoneInfo(desk.reader.settings.city_time_zone)).year
    return Number(kind=kind, year=year, number=store.take_number(desk.connection, kind, year))


def save_paper(
    desk: Desk, number: Number, paper: Paper, *, subject: int, case: store.Row | None
) -> None:
    """Keep a paper as it is issued; ``case`` None: it is about none."""
    content = {
        "number": number.text,
        "title": paper_title(number.kind),
        "issued_by": desk.act.actor,
        "recipient": _recipient(desk.connection, paper, case),
        "rows": _rows(desk, paper, case),
    }
    values = {
        "kind": number.kind, "year": number.year, "number": number.number, "subject_id": subject,
        "case_id": None if case is None else case["case_id"], "issued_at": desk.now,
    }  # fmt: skip
    store.add_notice(desk.connection, values, content)


def _recipient(connection: Connection, paper: Paper, case: store.Row | None) -> str:
    """责任单位: the department in charge; for a task the grid, by its whole name."""
    if paper.grid_path:
        return _place(connection, paper.grid_path)
    return str((case and case["department_zh"]) or word("overdue.no_department", _ZH))


def _place(connection: Connection, path: str) -> str:
    line = [int(one) for one in path.split("/")]
    names = [row.name_zh for row in reads.read_areas(connection, line)]
    return "".join(names[1:] or names)


def _rows(desk: Desk, paper: Paper, case: store.Row | None) -> list[list[str]]:
    """Label and text of each field of the form, in its order; empty ones are left out."""
    zone = desk.reader.settings.city_time_zone
    fields: list[tuple[str, str]] = []
    if paper.kind:
        kind = word(f"act.kind.{paper.kind}", _ZH)
        fields.append(("kind", f"{kind} · {word(f'act.level.{paper.level}', _ZH)}"))
    if case is not None:
        fields += _case_fields(desk, case, zone)
    fields += [
        ("reason", paper.reason),
        ("requirement", paper.requirement),
        ("due", moment_zh(paper.due_ms, zone)),
        ("signed", desk.act.actor),
    ]
    return [[word(f"paper.{name}", _ZH), text] for name, text in fields if text]


def _case_fields(desk: Desk, case: store.Row, zone: str) -> list[tuple[str, str]]:
    deadline = case["deadline_at"]
    late = None if deadline is None else desk.now - deadline
    filed = case["filed_at"] or case["accepted_at"] or case["reported_at"]
    over = ""
    if late is not None and late.total_seconds() > 0:
        minutes = int(late.total_seconds() // 60)
        hours, rest = divmod(minutes, 60)
        over = f"{hours // 24}天{hours % 24}小时" if hours >= 24 else f"{hours}小时{rest}分"
    return [
        ("case", f"{case['category_zh']}　{case['case_code']}"),
        ("matter", case["title"] or ""),
        ("place", _place(desk.connection, case["path"])),
        ("filed", moment_zh(to_epoch_ms(filed), zone)),
        ("deadline", moment_zh(deadline and to_epoch_ms(deadline), zone)),
        ("over", over),
    ]


def moment_zh(at_ms: int | None, time_zone: str) -> str:
    """2026年11月22日14时05分 by the city's clocks; empty for None."""
    if at_ms is None:
        return ""
    at = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(time_zone))
    return f"{at.year}年{at.month}月{at.day}日{at.hour:02d}时{at.minute:02d}分"


def date_zh(at: datetime, time_zone: str) -> str:
    """2026年11月22日 by the city's calendar."""
    on = at.astimezone(ZoneInfo(time_zone))
    return f"{on.year}年{on.month}月{on.day}日"


def read_paper(
    reader: Reader, notice_id: int, *, scope: Scope = EVERYTHING
) -> tuple[str, Mapping[str, Any]]:
    """(发文字号, what to print) of a paper, with the answer and the end of it as they are now.

    The right is asked for again: raises EditingOffError where acting is off, OutsideScopeError,
    and UnknownNoticeError.
    """
    if not reader.settings.editing:
        raise EditingOffError
    zone = reader.settings.city_time_zone
    with begin_read(reader.engine) as connection:
        notice = store.read_notice(connection, notice_id)
        if notice is None:
            raise UnknownNoticeError(str(notice_id))
        _check(connection, notice, scope)
        content = notice["content"]
        rows = [*content["rows"], *_since(connection, notice, zone)]
        root = reads.read_root(connection)
    unit = f"{root.name_zh if root else ''}{word('paper.office', _ZH)}"
    at = notice["issued_at"]
    paper = {**content, "rows": rows, "unit": unit, "issued_at": at, "date": date_zh(at, zone)}
    return content["number"], {**paper, "lead": word(f"paper.lead.{notice['kind']}", _ZH)}


def _check(connection: Connection, notice: store.Row, scope: Scope) -> None:
    if scope.tops is None:
        return
    found = store.read_notice_line(connection, notice)
    if not set(found) & set(scope.tops):
        raise OutsideScopeError(str(notice["notice_id"]))


def _since(connection: Connection, notice: store.Row, zone: str) -> list[list[str]]:
    """反馈情况 and 核销, or 完成情况: what has happened since; blank lines to fill in by hand."""
    if notice["kind"] == "reminder":
        return []
    if notice["kind"] == "task":
        task = store.read_task(connection, notice["subject_id"])
        ends = [("result", task and task["result"], task and task["done_by"], "done_at")]
        row = task
    else:
        row = store.read_supervision(connection, notice["subject_id"])
        ended = row and row["resolution"] and word(f"act.reply.{row['resolution']}", _ZH)
        note = " ".join(part for part in (ended, row and row["resolve_note"]) if part)
        ends = [
            ("reply", row and row["reply"], row and row["replied_by"], "replied_at"),
            ("resolved", note, row and row["resolved_by"], "resolved_at"),
        ]
    found = []
    for name, text, who, when in ends:
        at = row and row[when]
        signed = f"（{who}，{moment_zh(to_epoch_ms(at), zone)}）" if at else ""
        found.append([word(f"paper.{name}", _ZH), f"{text or ''}{signed}"])
    return found
