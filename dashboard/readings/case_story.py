"""How a case went 办理过程: its stages with their lengths, and the citizens' view of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from dashboard.clocks import WorkCalendar
from dashboard.clocks.deadline import used_ms
from dashboard.clocks.remaining import working_span
from dashboard.readings.case_search import member_name, state_name
from dashboard.readings.masking import hidden_name, hidden_phone, hidden_text
from dashboard.words import WORDS, word
from data_access.case_details import CaseRecord
from data_access.types import to_epoch_ms

# Offices and posts, which are nobody's name.
_OFFICE: Final = re.compile(
    r".*(人|员|长|单位|系统|中心|部门|平台|座席|岗|组|科|局|办|站|室|窗口|热线)\d*"
)
_MILESTONES: Final = (
    "reported", "accepted", "filed", "dispatched", "signed", "first_contact", "arrived", "handled",
    "checked", "visited", "closed", "voided",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stay in a state, or a moment of the case where no moves were recorded.

    ``took_ms``: natural time until the next one, or until now for the last one of a running case;
    None where it has ended. ``working``: the same in working time, as text. ``cycle`` from 1;
    ``moved_from``: the name of the state before. ``known_ms``: when we learned of it.
    """

    name: str
    at_ms: int
    cycle: int
    took_ms: int | None
    working: str
    is_last: bool
    actor: str
    department: str
    opinion: str
    moved_from: str
    known_ms: int | None


def stages_of(record: CaseRecord, calendar: WorkCalendar, *, now_ms: int, lang: str) -> list[Stage]:
    """The stages in the order in which they happened; by the log, else by the case's moments."""
    steps = _steps(record, lang) or _moments(record, lang)
    is_running = record.row.closed_at is None and record.row.voided_at is None
    sent_back = [to_epoch_ms(cycle.reopened_at) for cycle in record.cycles]
    found = []
    for number, step in enumerate(steps):
        is_last = number == len(steps) - 1
        end = None if is_last else steps[number + 1]["at_ms"]
        if is_last and is_running:
            end = max(now_ms, step["at_ms"])
        took = None if end is None else max(0, end - step["at_ms"])
        working = "" if end is None else _working(calendar, step["at_ms"], end, lang)
        cycle = 1 + sum(moment <= step["at_ms"] for moment in sent_back)
        found.append(Stage(**step, cycle=cycle, took_ms=took, working=working, is_last=is_last))
    return found


def _working(calendar: WorkCalendar, start_ms: int, end_ms: int, lang: str) -> str:
    span = int(used_ms(calendar, start_ms, max(start_ms, end_ms), "work_hour"))
    if not span and end_ms > start_ms:
        return word("onecase.off_hours", lang)
    return working_span(span, "work_day", work_day_ms=calendar.day_ms, lang=lang)


def _steps(record: CaseRecord, lang: str) -> list[dict[str, Any]]:
    events = sorted(record.events, key=lambda event: (event.event_at, event.seq))
    return [
        {
            "name": state_name(event.to_state, lang),
            "at_ms": to_epoch_ms(event.event_at),
            "actor": shown_actor(event.actor),
            "department": member_name(event, "department", lang),
            "opinion": hidden_text(event.opinion),
            "moved_from": state_name(event.from_state, lang) if event.from_state else "",
            "known_ms": to_epoch_ms(event.known_at),
        }
        for event in events
    ]


def _moments(record: CaseRecord, lang: str) -> list[dict[str, Any]]:
    known = to_epoch_ms(record.row.ingested_at)
    found = [
        {
            "name": word(f"onecase.milestone.{name}", lang),
            "at_ms": to_epoch_ms(moment),
            "actor": "",
            "department": "",
            "opinion": "",
            "moved_from": "",
            "known_ms": known,
        }
        for name in _MILESTONES
        if (moment := getattr(record.row, f"{name}_at")) is not None
    ]
    return sorted(found, key=lambda step: step["at_ms"])


def shown_actor(actor: str | None) -> str:
    """Who did it: an office or a post as it stands, a person with the first character only."""
    if not actor or _OFFICE.fullmatch(actor):
        return actor or ""
    return hidden_name(actor)


def citizen_view(record: CaseRecord, *, zone: tzinfo, lang: str) -> list[tuple[str, list[str]]]:
    """谁有诉求、谁来接单、怎么响应、办理结果: the four questions, each with its sentences."""
    teller = _Teller(record, zone, lang)
    return [
        ("onecase.who", teller.who()),
        ("onecase.taken", teller.taken()),
        ("onecase.response", teller.response()),
        ("onecase.result", teller.result()),
    ]


class _Teller:
    """Sentences about one case."""

    def __init__(self, record: CaseRecord, zone: tzinfo, lang: str) -> None:
        self._record = record
        self._row = record.row
        self._zone = zone
        self._lang = lang

    def who(self) -> list[str]:
        row = self._row
        matter = hidden_text(row.title) or member_name(row, "category", self._lang)
        source = member_name(row, "source", self._lang)
        said = [
            self._say("who_text", time=self._time(row.reported_at), source=source, matter=matter)
        ]
        name, phone = hidden_name(row.reporter_name), hidden_phone(row.reporter_phone)
        if name or phone:
            said.append(" ".join(self._say("caller", name=name, phone=phone).split()))
        return said

    def taken(self) -> list[str]:
        row, said = self._row, []
        department = member_name(row, "department", self._lang)
        first = member_name(row, "first_department", self._lang)
        if row.dispatched_at is not None and department:
            time = self._time(row.dispatched_at)
            said.append(self._say("taken_text", time=time, department=department))
        elif department:
            said.append(department)
        if first and first != department:
            said.append(self._say("first_unit", department=first))
        sent = sum(event.to_state == "dispatched" for event in self._record.events)
        if sent > 1:
            said.append(self._say("handovers", n=sent - 1))
        if row.signed_at is not None:
            said.append(self._say("signed_text", time=self._time(row.signed_at)))
        if row.worker_name:
            said.append(self._say("worker", name=hidden_name(row.worker_name)))
        return said or [self._say("not_taken")]

    def response(self) -> list[str]:
        row, said = self._row, []
        begun = row.dispatched_at or row.accepted_at
        if row.first_contact_at is not None and begun is not None:
            span = self._span(begun, row.first_contact_at)
            said.append(self._say("contact_text", span=span))
        for name in ("arrived", "handled"):
            moment = getattr(row, f"{name}_at")
            if moment is not None:
                said.append(self._say(f"{name}_text", time=self._time(moment)))
        return said or [self._say("no_response")]

    def result(self) -> list[str]:
        row = self._row
        state = state_name(row.state, self._lang)
        if row.voided_at is not None:
            reason = hidden_text(row.void_reason) or "—"
            return [self._say("void_text", state=state, reason=reason)]
        if row.closed_at is None:
            return [self._say("running_text", state=state)]
        span = self._span(row.accepted_at or row.reported_at, row.closed_at)
        said = [self._say("closed_text", time=self._time(row.closed_at), span=span)]
        rated = [one for one in self._record.callbacks if one.is_valid and one.answer]
        if rated and (key := f"onecase.answer.{rated[-1].answer}") in WORDS:
            said.append(self._say("rated_text", answer=word(key, self._lang)))
        return said

    def _say(self, key: str, **values: Any) -> str:
        return word(f"onecase.{key}", self._lang, **values)

    def _time(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _span(self, start: datetime, end: datetime) -> str:
        length = max(0, to_epoch_ms(end) - to_epoch_ms(start))
        return working_span(length, "natural_day", work_day_ms=1, lang=self._lang)
