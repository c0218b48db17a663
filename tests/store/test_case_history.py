"""The journal of cases: what a row was before each change, on both engines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Table, delete, insert, select, update

from data_access.engine import begin_read, begin_write
from data_access.history_triggers import JOURNALED
from data_access.tables import (
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_history,
    case_rechecks,
    case_suspensions,
    cases,
)
from data_access.types import to_epoch_ms
from tests.store.history import plant_city

AT = datetime(2026, 3, 2, 8, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def city(engine: Engine) -> Engine:
    """A city with one case."""
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(
            insert(cases).values(
                case_id=1, case_code="C1", source_id=1, source_ref="1", category_id=1, area_id=7,
                title="路灯不亮", reporter_name="张三", state="accepted", reported_at=AT,
                accepted_at=AT, limit_amount=4.5, timeout_exempt=True, ingested_at=AT,
                updated_at=AT,
            )
        )  # fmt: skip
    return engine


def entries(engine: Engine) -> list[tuple[int, str, str, Any]]:
    """(case id, table, key, row before) of the whole journal, in order."""
    with begin_read(engine) as connection:
        rows = connection.execute(select(case_history).order_by(case_history.c.history_id)).all()
    return [
        (row.case_id, row.table_name, row.row_key, json.loads(row.before) if row.before else None)
        for row in rows
    ]


def write(engine: Engine, statement: Any) -> None:
    with begin_write(engine) as connection:
        connection.execute(statement)


def test_new_case_needs_no_entry(city: Engine) -> None:
    assert entries(city) == []


def test_row_before_a_change_is_kept_without_what_is_empty_or_personal(city: Engine) -> None:
    write(city, update(cases).values(area_id=8, title="路灯不亮 2"))
    ((case_id, table, key, before),) = entries(city)
    assert (case_id, table, key) == (1, "cases", "")
    flags = {name: bool(before.pop(name)) for name in ("is_urgent", "is_whistle", "timeout_exempt")}
    assert flags == {"is_urgent": False, "is_whistle": False, "timeout_exempt": True}
    assert before == {
        "case_code": "C1", "source_id": 1, "category_id": 1, "area_id": 7, "state": "accepted",
        "reported_at": to_epoch_ms(AT), "accepted_at": to_epoch_ms(AT), "cycle_no": 1,
        "limit_amount": 4.5, "ingested_at": to_epoch_ms(AT),
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"title": "new", "address": "x", "reporter_name": "李四", "reporter_phone": "1"},
        {"updated_at": AT + timedelta(days=1), "longitude": 1.5, "void_reason": "x"},
        {"area_id": 7, "accepted_at": AT},  # written again as it was
    ],
)
def test_change_that_no_measure_depends_on_keeps_nothing(
    city: Engine, change: dict[str, Any]
) -> None:
    write(city, update(cases).values(**change))
    assert entries(city) == []


def test_change_to_and_from_nothing_is_one(city: Engine) -> None:
    write(city, update(cases).values(closed_at=AT))
    write(city, update(cases).values(closed_at=None))
    assert [before.get("closed_at") for _, _, _, before in entries(city)] == [
        None, to_epoch_ms(AT),
    ]  # fmt: skip


def test_deleted_case_is_kept_whole(city: Engine) -> None:
    write(city, delete(cases))
    ((_, table, _, before),) = entries(city)
    assert table == "cases" and before["area_id"] == 7


ROWS: dict[Table, tuple[dict[str, Any], dict[str, Any], str]] = {
    case_cycles: (
        {"cycle_no": 1, "started_at": AT, "reopened_at": AT}, {"deadline_at": AT}, "1",
    ),
    case_suspensions: ({"seq": 3, "started_at": AT}, {"ended_at": AT}, "3"),
    case_extensions: ({"seq": 2, "applied_at": AT}, {"is_approved": True}, "2"),
    callbacks: ({"callback_id": 9, "visited_at": AT}, {"answer": "satisfied"}, "9"),
    case_rechecks: ({"recheck_id": 5, "drawn_at": AT}, {"result": "true"}, "5"),
}  # fmt: skip


@pytest.mark.parametrize("table", ROWS, ids=lambda table: table.name)
def test_what_hangs_on_a_case_is_kept_from_its_insertion(city: Engine, table: Table) -> None:
    values, change, key = ROWS[table]
    write(city, insert(table).values(case_id=1, **values))
    write(city, update(table).values(**change))
    write(city, delete(table))
    first, second, third = entries(city)
    assert first == (1, table.name, key, None)
    (name, value), *_ = change.items()
    assert second[:3] == third[:3] == (1, table.name, key)
    assert not second[3].get(name)
    expected = to_epoch_ms(value) if isinstance(value, datetime) else value
    assert third[3][name] == expected


def test_row_moved_to_another_case_ends_in_one_and_begins_in_the_other(city: Engine) -> None:
    write(city, insert(callbacks).values(callback_id=1, case_id=1, visited_at=AT))
    write(city, update(callbacks).values(case_id=2))
    _, ended, begun = entries(city)
    assert (ended[0], begun[0]) == (1, 2)
    assert ended[3]["visited_at"] == to_epoch_ms(AT) and begun[3] is None


def test_events_are_kept_only_where_a_hand_changes_the_log(city: Engine) -> None:
    event = {"seq": 1, "event_at": AT, "known_at": AT, "to_state": "reported"}
    write(city, insert(case_events).values(case_id=1, **event))
    write(city, update(case_events).values(opinion="a remark"))
    assert entries(city) == []
    write(city, update(case_events).values(to_state="accepted"))
    write(city, delete(case_events))
    assert [before["to_state"] for _, _, _, before in entries(city)] == ["reported", "accepted"]


def test_clock_is_the_databases(city: Engine) -> None:
    with begin_write(city) as connection:
        query = "SELECT clock_timestamp()" if city.dialect.name == "postgresql" else None
        before = connection.exec_driver_sql(query).scalar_one() if query else datetime.now(UTC)
        connection.execute(update(cases).values(area_id=8))
        after = connection.exec_driver_sql(query).scalar_one() if query else datetime.now(UTC)
        changed = connection.execute(select(case_history.c.changed_at)).scalar_one()
    assert before - timedelta(milliseconds=1) <= changed <= after


def test_every_kept_column_exists() -> None:
    for item in JOURNALED:
        assert set(item.columns) | set(item.shown) <= set(item.table.c.keys()), item.name
        assert not {"title", "address", "reporter_name", "reporter_phone"} & set(item.columns)
