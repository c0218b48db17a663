"""Findings in the store, on both engines: read from the rows, replaced case by case, listed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from dashboard.readings.finding_list import UnknownFindingError, list_findings
from dashboard.readings.reader import Reader
from dashboard.settings import Settings
from data_access.case_columns import CaseRange
from data_access.engine import begin_read, begin_write
from data_access.tables import (
    callbacks,
    case_events,
    case_extensions,
    case_findings,
    case_rechecks,
    case_suspensions,
    cases,
    deadline_changes,
)
from jobs.rebuild_rollups import rebuild
from jobs.refresh_findings import (
    read_all_findings,
    read_findings,
    refresh_findings,
    replace_all_findings,
)
from tests.store.history import plant_city

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIFE = (
    "reported", "accepted", "filed", "dispatched", "signed", "handling", "handled", "visiting",
    "closed",
)  # fmt: skip


@pytest.fixture
def city(engine: Engine) -> Engine:
    plant_city(engine)
    return engine


class Writer:
    """Writes cases whose row follows their log, and then what a test does to them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, case_id: int, *states: str, area_id: int = 7, **columns: Any) -> None:
        last = states[-1]
        values: dict[str, Any] = {"state": last}
        if last == "closed":
            values["closed_at"] = AT + MINUTE * len(states)
        with begin_write(self.engine) as connection:
            connection.execute(
                insert(cases).values(
                    case_id=case_id, case_code=f"C{case_id}", source_id=1,
                    source_ref=str(case_id), category_id=1, area_id=area_id,
                    reported_at=AT, ingested_at=AT, updated_at=AT, **(values | columns),
                )
            )  # fmt: skip
            for number, state in enumerate(states):
                before = states[number - 1] if number else None
                connection.execute(
                    insert(case_events).values(
                        case_id=case_id, seq=number + 1, event_at=AT + MINUTE * number,
                        known_at=AT, from_state=before, to_state=state,
                    )
                )  # fmt: skip

    def hang(self, table: Any, case_id: int, **values: Any) -> None:
        with begin_write(self.engine) as connection:
            connection.execute(insert(table).values(case_id=case_id, **values))

    def found(self, *case_ids: int, settings: Settings | None = None) -> list[tuple[str, str]]:
        with begin_read(self.engine) as connection:
            found = read_findings(connection, list(case_ids), settings or Settings())
        return [(one.kind, one.detail) for one in found]


@pytest.fixture
def writer(city: Engine) -> Writer:
    return Writer(city)


def test_rows_are_read_as_they_are_meant(writer: Writer) -> None:
    writer.add(1, *LIFE)
    writer.add(2, "reported", "accepted", "closed", "handling", state="handling")
    writer.add(3, "reported", "睡觉", state="reported")
    writer.add(4, "reported", "closed", close_kind="handled", accepted_at=AT)
    writer.add(5, "reported", "closed", close_kind="on_site", accepted_at=AT)
    assert writer.found(1) == []
    assert writer.found(2) == [("skipped_steps", "accepted>closed"), ("cycle_mismatch", "2>1")]
    assert writer.found(3) == [("unknown_state", "睡觉")]
    assert writer.found(4, 5) == [("unlawful_close", "handled")]
    assert writer.found(99) == []


def test_case_without_any_log(writer: Writer) -> None:
    writer.add(1, *LIFE)
    with begin_write(writer.engine) as connection:
        connection.execute(delete(case_events))
    assert writer.found(1) == [("no_events", "closed")]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({"is_solved": True, "answer": "satisfied"}, 0),
        ({"is_solved": False, "answer": "satisfied"}, 1),
        ({"is_solved": True, "answer": "dissatisfied"}, 1),
        ({"is_solved": False, "is_contacted": False}, 0),  # nobody was reached
        ({"is_solved": False, "answer": "dissatisfied", "is_valid": False}, 0),
    ],
)
def test_call_back_before_the_closure(writer: Writer, call: dict[str, Any], expected: int) -> None:
    writer.add(1, *LIFE)
    given = {"is_valid": True, "is_contacted": True, "visited_at": AT + 7.5 * MINUTE} | call
    writer.hang(callbacks, 1, **given)
    assert writer.found(1) == [("closed_dissatisfied", "")] * expected


def test_reopening_and_its_recheck(writer: Writer) -> None:
    writer.add(1, *LIFE, "rework", cycle_no=2)
    assert writer.found(1) == [("reopen_without_reason", "")]
    recheck = {"drawn_at": AT, "checked_at": AT + 8.5 * MINUTE, "result": "false"}
    writer.hang(case_rechecks, 1, **recheck)
    assert writer.found(1) == []
    with begin_write(writer.engine) as connection:
        connection.execute(update(case_rechecks).values(result="true"))
    assert writer.found(1) == [("reopen_without_reason", "")]
    with begin_write(writer.engine) as connection:
        connection.execute(update(cases).values(repeated_at=AT + 8.5 * MINUTE))
    assert writer.found(1) == []


def test_extensions_against_the_deadline_they_changed(writer: Writer) -> None:
    settings = Settings(extensions_allowed=1)
    first, second = AT + timedelta(hours=4), AT + timedelta(hours=8)
    for case_id in (1, 2, 3):
        writer.add(case_id, *LIFE[:6], deadline_handle_at=second, deadline_at=second)
    late = {"applied_at": first + 10 * MINUTE, "decided_at": first + 20 * MINUTE}
    writer.hang(case_extensions, 1, seq=1, is_approved=True, new_deadline_at=second, **late)
    assert writer.found(1, settings=settings) == []  # nobody knows the deadline before
    change = {"changed_at": AT, "old_deadline_at": first, "new_deadline_at": second}
    writer.hang(deadline_changes, 1, reason="extension", **change)
    assert writer.found(1, settings=settings) == [("extension_after_overdue", "10")]
    writer.hang(case_extensions, 2, seq=1, applied_at=second + 3 * MINUTE)  # never granted
    assert writer.found(2, settings=settings) == [("extension_after_overdue", "3")]
    for seq in (1, 2, 3):
        values = {"seq": seq, "applied_at": AT, "decided_at": AT, "is_approved": seq != 2}
        writer.hang(case_extensions, 3, **values)
    assert writer.found(3, settings=settings) == [("extension_too_many", "2")]
    assert writer.found(3) == []


def test_suspensions(writer: Writer) -> None:
    settings = Settings(suspension_limit_days=30)
    writer.add(1, *LIFE[:6], "suspended")
    writer.hang(case_suspensions, 1, seq=1, started_at=AT + 6 * MINUTE)
    assert writer.found(1, settings=settings) == [("suspension_without_end", "")]
    with begin_write(writer.engine) as connection:
        connection.execute(update(case_suspensions).values(planned_end_at=AT + timedelta(days=31)))
    assert writer.found(1, settings=settings) == [("suspension_too_long", "31")]
    assert writer.found(1) == []
    with begin_write(writer.engine) as connection:
        connection.execute(update(case_suspensions).values(ended_at=AT + 9 * MINUTE))
    assert writer.found(1) == [("row_contradiction", "suspension")]


def stored(engine: Engine) -> list[tuple[Any, ...]]:
    with begin_read(engine) as connection:
        query = select(case_findings).order_by(case_findings.c.case_id, case_findings.c.seq)
        return [tuple(row) for row in connection.execute(query)]


def random_cases(writer: Writer, seed: int) -> Iterator[int]:
    random = Random(seed)
    for case_id in range(1, 25):
        states = ["reported", *random.choices(LIFE, k=random.randrange(0, 6))]
        row = {} if states[-1] == "closed" else {"closed_at": None}
        writer.add(case_id, *states, area_id=random.choice((7, 9, 10)), **row)
        yield case_id


def test_replacing_is_idempotent_and_a_rebuild_gives_the_same(writer: Writer) -> None:
    ids = list(random_cases(writer, 3))
    settings = Settings()
    with begin_write(writer.engine) as connection:
        for case_id in ids:
            refresh_findings(connection, [case_id], settings)
    once = stored(writer.engine)
    assert len(once) > 10
    with begin_write(writer.engine) as connection:
        assert refresh_findings(connection, CaseRange(1, 99), settings) == len(once)
    assert stored(writer.engine) == once
    with begin_read(writer.engine) as connection:
        chunks = read_all_findings(connection, settings)
    with begin_write(writer.engine) as connection:
        replace_all_findings(connection, chunks)
    assert stored(writer.engine) == once
    with begin_write(writer.engine) as connection:  # a case that is gone takes its findings along
        connection.execute(delete(cases).where(cases.c.case_id == once[0][0]))
        refresh_findings(connection, [once[0][0]], settings)
    assert stored(writer.engine) == [row for row in once if row[0] != once[0][0]]


def test_list_tells_kind_place_and_words(writer: Writer, settings: Settings) -> None:
    writer.add(1, "reported", "rejected", "filed", area_id=7)
    writer.add(2, *LIFE[:4], "signed", "closed", area_id=10)
    with begin_write(writer.engine) as connection:
        refresh_findings(connection, [1, 2], settings)
    rebuild(writer.engine, settings=settings, now=AT)
    reader = Reader(writer.engine, settings, build="test")
    whole = list_findings(reader, lang="zh")
    assert whole.total == 2
    assert [(kind["kind"], kind["count"]) for kind in whole.kinds] == [
        ("illegal_move", 1), ("skipped_steps", 1),
    ]  # fmt: skip
    newest, oldest = whole.rows
    assert newest["case_code"] == "C2"
    assert newest["detail"] == "从“已签收”直接到“已结案”，中间环节没有记录"
    assert oldest["area"] == "区域2 › 区域4 › 区域7"
    assert (oldest["kind_name"], oldest["state_name"]) == ("非法流转", "待派遣")
    assert oldest["at_ms"] is not None
    part = list_findings(reader, "A02", "illegal_move", lang="en")
    assert part.total == 1
    assert part.rows[0]["detail"] == "a case cannot go from Refused to Filed"
    assert list_findings(reader, "A02", "skipped_steps").total == 0
    assert list_findings(reader, offset=1).rows == [oldest]
    with pytest.raises(UnknownFindingError):
        list_findings(reader, kind="sleeping")
