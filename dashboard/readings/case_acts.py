"""What was done about cases 督办记录: supervisions, tasks, remarks and the audit, ready to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dashboard.clocks.city_time import city_today
from dashboard.lifecycle.sending_back import send_back_refusal
from dashboard.lifecycle.supervision import ReplyState, paper_number, reply_state
from dashboard.readings.board_parts import name_of
from dashboard.readings.scope import EVERYTHING, Scope
from dashboard.readings.sending_back import last_call
from dashboard.readings.supervision_acting import known_supervision
from dashboard.readings.view import find_area
from dashboard.words import WORDS, word
from data_access import actions as store
from data_access.engine import begin_read
from data_access.types import to_epoch_ms

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

_BAD = frozenset({ReplyState.LATE, ReplyState.REPLIED_LATE})


@dataclass(frozen=True, kw_only=True)
class ActTarget:
    """A case as the buttons need it; ``seen``: how often each thing was done, as shown."""

    case_id: int
    case_code: str
    summary: str = ""
    grid_code: str = ""
    is_open: bool = True
    is_typical: bool = False
    can_send_back: bool = False
    cycle: int = 1
    seen: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ActItem:
    """A supervision or a task; ``tone`` bad, good or plain; instants in epoch ms.

    ``lines``: (name of the field, text) of what was asked and answered; ``can``: what may be done
    with it now.
    """

    kind: str
    subject: int
    title: str
    state: str
    tone: str
    due_text: str
    due_ms: int | None
    made_by: str
    made_ms: int
    is_open: bool
    lines: tuple[tuple[str, str], ...]
    can: tuple[str, ...]
    notice_id: int | None
    notice: str


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A reminder, note or acknowledgement."""

    name: str
    text: str
    made_by: str
    made_ms: int
    notice_id: int | None = None
    notice: str = ""


@dataclass(frozen=True, kw_only=True)
class TrailRow:
    """One row of the audit in words; ``changes``: (field, before, after)."""

    at_ms: int
    actor: str
    action: str
    origin: str
    note: str
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class CaseActs:
    """Everything done about one case."""

    target: ActTarget
    items: tuple[ActItem, ...]
    remarks: tuple[Remark, ...]
    trail: tuple[TrailRow, ...]
    can_act: bool
    task_due: str


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was done about some cases, by case id; see ``read_done``."""

    items: Mapping[int, tuple[ActItem, ...]]
    remarks: Mapping[int, tuple[Remark, ...]]
    seen: Mapping[int, Mapping[str, int]]


def read_case_acts(
    reader: Reader, case_id: int, lang: str, *, scope: Scope = EVERYTHING
) -> CaseActs | None:
    """Everything done about a case, newest first; None where there is no such case in the scope."""
    with begin_read(reader.engine) as connection:
        row = store.read_case(connection, case_id)
        if row is None:
            return None
        find_area(connection, scope, row["area_code"])
        done = read_done(connection, [case_id], now=reader.now(), lang=lang)
        call = last_call(connection, case_id)
        zone = ZoneInfo(reader.settings.city_time_zone)
        trail = [_trail(one, lang, zone) for one in store.read_audit(connection, case_id)]
    target = ActTarget(
        case_id=case_id,
        case_code=row["case_code"],
        summary=row["title"] or row["category_zh"],
        grid_code="" if row["area_kind"] == "unlocated" else row["area_code"],
        is_open=row["closed_at"] is None and row["voided_at"] is None,
        is_typical=bool(row["is_typical"]),
        can_send_back=send_back_refusal(row["state"], call) is None,
        cycle=int(row["cycle_no"]),
        seen=done.seen[case_id],
    )
    return CaseActs(
        target=target, items=done.items[case_id], remarks=done.remarks[case_id],
        trail=tuple(trail), can_act=reader.settings.editing, task_due=usual_due(reader),
    )  # fmt: skip


def usual_due(reader: Reader) -> str:
    """When a task is to be done if nobody says otherwise: tomorrow 18:00 by the city's clocks."""
    day = city_today(reader.now(), reader.settings.city_time_zone) + timedelta(days=1)
    return f"{day.isoformat()}T18:00"


def read_done(connection: Connection, case_ids: Sequence[int], *, now: datetime, lang: str) -> Done:
    """Supervisions, tasks and remarks of these cases, in four statements."""
    papers = {
        (one["kind"], one["subject_id"]): one for one in store.read_notices(connection, case_ids)
    }
    now_ms = to_epoch_ms(now)
    items: dict[int, list[ActItem]] = {one: [] for one in case_ids}
    remarks: dict[int, list[Remark]] = {one: [] for one in case_ids}
    seen = {
        one: {"reminder": 0, "note": 0, "acknowledgement": 0, "supervision": 0, "task": 0}
        for one in case_ids
    }
    for row in store.read_supervisions(connection, case_ids):
        items[row["case_id"]].append(_supervision(row, papers, now_ms, lang))
        seen[row["case_id"]]["supervision"] += 1
    for row in store.read_tasks(connection, case_ids):
        items[row["case_id"]].append(task_item(row, papers, now_ms, lang))
        seen[row["case_id"]]["task"] += 1
    for row in store.read_remarks(connection, case_ids):
        remarks[row["case_id"]].append(_remark(row, papers, lang))
        seen[row["case_id"]][row["kind"]] += 1
    for found in items.values():
        found.sort(key=lambda one: (not one.is_open, -one.made_ms))
    return Done(
        items={key: tuple(found) for key, found in items.items()},
        remarks={key: tuple(found) for key, found in remarks.items()},
        seen=seen,
    )


Papers = Mapping[tuple[str, int], Mapping[str, Any]]


def _paper(papers: Papers, kind: str, subject: int) -> tuple[int | None, str]:
    found = papers.get((kind, subject))
    if found is None:
        return None, ""
    return found["notice_id"], paper_number(kind, found["year"], found["number"])


def _supervision(row: store.Row, papers: Papers, now_ms: int, lang: str) -> ActItem:
    known = known_supervision(row)
    state = reply_state(known, now_ms)
    answered = known.replied_ms is not None
    notice_id, notice = _paper(papers, "supervision", row["supervision_id"])
    kind, level = _named("act.kind", row["kind"], lang), _named("act.level", row["level"], lang)
    can: tuple[str, ...] = ()
    if known.is_open:
        can = ("resolve", "withdraw") if answered else ("reply", "withdraw")
    return ActItem(
        kind="supervision", subject=row["supervision_id"],
        title=f"{kind} · {level}",
        state=word(f"act.reply.{state}", lang),
        tone="bad" if state in _BAD else ("good" if answered else "plain"),
        due_text="act.reply_due", due_ms=known.reply_due_ms, made_by=row["issued_by"] or "",
        made_ms=to_epoch_ms(row["issued_at"]), is_open=known.is_open,
        lines=_lines(
            lang, reason=row["reason"], requirement=row["requirement"],
            reply=_signed(row["reply"], row["replied_by"]),
            resolution=_signed(row["resolve_note"], row["resolved_by"]),
        ),
        can=can, notice_id=notice_id, notice=notice or row["code"],
    )  # fmt: skip


def task_item(row: store.Row, papers: Papers, now_ms: int, lang: str) -> ActItem:
    """A task for a grid as an item; ``papers`` may be empty."""
    due_ms, done, seen = to_epoch_ms(row["due_at"]), row["done_at"], row["acknowledged_at"]
    late = (to_epoch_ms(done) if done else now_ms) > due_ms
    state = "done" if done else "late" if late else "accepted" if seen else "waiting"
    can: tuple[str, ...] = () if done else ("finish_task",)
    notice_id, notice = _paper(papers, "task", row["task_id"])
    return ActItem(
        kind="task", subject=row["task_id"],
        title=f"{word('act.task', lang)} · {name_of(_Named(row), lang)}",
        state=word(f"act.task.{state}", lang),
        tone="bad" if late else ("good" if done else "plain"), due_text="act.task_due",
        due_ms=due_ms, made_by=row["issued_by"], made_ms=to_epoch_ms(row["issued_at"]),
        is_open=done is None,
        lines=_lines(lang, matter=row["matter"], result=_signed(row["result"], row["done_by"])),
        can=can if seen or done else ("acknowledge_task", *can),
        notice_id=notice_id, notice=notice,
    )  # fmt: skip


class _Named:
    """Names of a row as ``name_of`` reads them."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.name_zh, self.name_en = row["name_zh"], row["name_en"]


def _lines(lang: str, **texts: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((word(f"audit.field.{name}", lang), text) for name, text in texts.items() if text)


def _signed(text: str | None, who: str | None) -> str:
    if not who:
        return text or ""
    return f"{text} ({who})" if text else who


def _remark(row: store.Row, papers: Papers, lang: str) -> Remark:
    notice_id, notice = _paper(papers, "reminder", row["remark_id"])
    return Remark(
        name=word(f"act.remark.{row['kind']}", lang), text=row["text"] or "",
        made_by=row["made_by"], made_ms=to_epoch_ms(row["made_at"]),
        notice_id=notice_id if row["kind"] == "reminder" else None,
        notice=notice if row["kind"] == "reminder" else "",
    )  # fmt: skip


def _trail(row: store.Row, lang: str, zone: ZoneInfo) -> TrailRow:
    before, after = row["before"] or {}, row["after"] or {}
    changes = [
        (word(f"audit.field.{name}", lang), _told(name, before.get(name), lang, zone), shown)
        for name in after
        if (shown := _told(name, after[name], lang, zone))
        != _told(name, before.get(name), lang, zone)
    ]
    return TrailRow(
        at_ms=to_epoch_ms(row["acted_at"]), actor=row["actor"],
        action=word(f"audit.{row['action']}", lang), origin=row["origin"],
        note=row["note"] or "", changes=tuple(changes),
    )  # fmt: skip


def _named(prefix: str, value: Any, lang: str) -> str:
    """A kind or level in words; one that another program wrote stands as it is."""
    key = f"{prefix}.{value}"
    return word(key, lang) if key in WORDS else str(value)


def _told(name: str, value: Any, lang: str, zone: ZoneInfo) -> str:
    """A value of the audit in words, instants by the city's clocks; empty for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return word("audit.yes" if value else "audit.no", lang)
    if name == "kind":
        return _named("act.kind", value, lang)
    if name in ("level", "supervise_level"):
        return _named("act.level", value, lang)
    if name == "state":
        return _named("state", value, lang)
    if name == "resolution":
        return word(f"act.reply.{value}", lang)
    if name.endswith("_at"):
        return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
    return str(value)
