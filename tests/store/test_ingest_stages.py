"""What a delivery may tell of the stages of a case, on both engines: said once, kept once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import (
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    cases,
    deadline_changes,
    departments,
    sources,
)
from data_access.types import to_epoch_ms
from jobs.ingest import BatchReport, ingest_rows
from tests.store.test_ingest_rows import city, incoming, ms

__all__ = ["city"]  # the fixture

CLOSED = ms("2024-11-23T10:00")


@pytest.fixture
def deliver(city: Engine, settings: Settings) -> Any:
    with begin_write(city) as connection:
        rows = [{"code": code, "name_zh": code} for code in ("城管", "水务")]
        connection.execute(departments.insert(), rows)

    def run(*rows: Any, **more: Any) -> BatchReport:
        return ingest_rows(city, settings, iter(rows), source_code="12345", origin="t", **more)

    return run


def _rows(engine: Engine, table: Any) -> list[dict[str, Any]]:
    with begin_read(engine) as connection:
        key = table.primary_key.columns
        return [dict(row) for row in connection.execute(select(table).order_by(*key)).mappings()]


def _only(engine: Engine, table: Any = cases) -> dict[str, Any]:
    (row,) = _rows(engine, table)
    return row


def test_how_a_case_was_closed_is_kept_until_it_is_reopened(city: Engine, deliver: Any) -> None:
    deliver(incoming("a", closed_at=CLOSED, close_kind="on_site"))
    assert _only(city)["close_kind"] == "on_site"
    deliver(incoming("a", state="rework", known_at=ms("2024-11-26T09:00")))
    row, cycle = _only(city), _only(city, case_cycles)
    assert (row["state"], row["close_kind"]) == ("rework", None)
    assert to_epoch_ms(cycle["deadline_handle_at"]) == ms("2024-11-25T11:00")
    assert deliver(incoming("a", close_kind="handled")).rows_rejected == 1  # not closed again yet
    deliver(incoming("a", closed_at=ms("2024-11-26T15:00"), close_kind="handled"))
    assert _only(city)["close_kind"] == "handled"


def test_a_call_back_is_taken_once_and_corrected(city: Engine, deliver: Any) -> None:
    called = {"closed_at": CLOSED, "visited_at": ms("2024-11-23T09:00")}
    first = incoming("a", **called, call_back_answer="satisfied", call_back_solved="是")
    deliver(first)
    expected = {"is_valid": True, "is_contacted": True, "is_solved": True, "answer": "satisfied"}
    assert expected.items() <= _only(city, callbacks).items()
    assert deliver(first).rows_unchanged == 1
    again = incoming("a", **called, call_back_answer="dissatisfied", call_back_solved="否")
    assert deliver(again).rows_changed == 1
    row = _only(city, callbacks)
    assert (row["answer"], row["is_solved"]) == ("dissatisfied", False)
    assert "call-back" in _rows(city, case_events)[-1]["opinion"]
    later = incoming("a", closed_at=CLOSED, visited_at=ms("2024-11-23T09:30"),
                     call_back_contacted="no", call_back_valid="yes")  # fmt: skip
    deliver(later)
    assert [one["is_contacted"] for one in _rows(city, callbacks)] == [True, False]


def test_an_extension_moves_the_deadline_that_was_computed_here(city: Engine, deliver: Any) -> None:
    granted = ms("2024-11-25T09:00")  # before Monday 11:00
    deliver(incoming("a"))
    assert deliver(incoming("a", extended_at=granted)).rows_changed == 1
    assert deliver(incoming("a", extended_at=granted)).rows_unchanged == 1
    row, extension, change = (
        _only(city),
        _only(city, case_extensions),
        _only(city, deadline_changes),
    )
    assert to_epoch_ms(row["deadline_at"]) == ms("2024-11-25T17:00")  # Friday 17:00 + 8 工作时
    assert to_epoch_ms(extension["decided_at"]) == granted
    assert extension["is_approved"] and extension["new_deadline_at"] == row["deadline_at"]
    assert change["reason"] == "extension"
    assert to_epoch_ms(change["old_deadline_at"]) == ms("2024-11-25T11:00")


def test_a_new_case_brings_its_extension_along(city: Engine, deliver: Any) -> None:
    deliver(incoming("a", extended_at=ms("2024-11-25T09:00")))
    assert to_epoch_ms(_only(city)["deadline_at"]) == ms("2024-11-25T17:00")
    own = ms("2024-11-30T12:00")
    deliver(incoming("b", deadline_at=own, extended_at=ms("2024-11-25T09:00")))
    assert to_epoch_ms(_rows(city, cases)[1]["deadline_at"]) == own
    assert to_epoch_ms(_rows(city, case_extensions)[1]["new_deadline_at"]) == own


def test_a_case_that_was_sent_back_tells_of_both_dispatches(city: Engine, deliver: Any) -> None:
    told = {
        "filed_at": ms("2024-11-22T17:05"), "first_dispatched_at": ms("2024-11-22T17:10"),
        "returned_at": ms("2024-11-22T17:30"), "dispatched_at": ms("2024-11-22T17:45"),
        "signed_at": ms("2024-11-22T17:50"), "first_contact_at": ms("2024-11-22T17:55"),
        "department": "水务", "first_department": "城管", "state": "signed",
    }  # fmt: skip
    deliver(incoming("a", **told))
    events = _rows(city, case_events)
    ids = {row["name_zh"]: row["department_id"] for row in _rows(city, departments)}
    assert [(row["to_state"], row["department_id"]) for row in events] == [
        ("reported", None), ("accepted", None), ("filed", None), ("dispatched", ids["城管"]),
        ("returned_unit", ids["城管"]), ("filed", None), ("dispatched", ids["水务"]),
        ("signed", ids["水务"]),
    ]  # fmt: skip
    assert [row["from_state"] for row in events[1:]] == [row["to_state"] for row in events[:-1]]
    assert deliver(incoming("a", **told)).rows_unchanged == 1
    deliver(
        incoming(
            "b",
            state="returned_unit",
            department="城管",
            dispatched_at=ms("2024-11-22T17:10"),
            returned_at=ms("2024-11-22T17:30"),
        )
    )
    last = _rows(city, case_events)[-1]
    assert (last["to_state"], to_epoch_ms(last["event_at"])) == (
        "returned_unit", ms("2024-11-22T17:30")
    )  # fmt: skip


def test_a_merged_case_names_its_master(city: Engine, deliver: Any) -> None:
    report = deliver(incoming("a"), incoming("b", 3, master_ref="a"), incoming("c", 4))
    assert report.rows_added == 3
    first, second, third = _rows(city, cases)
    assert (second["state"], second["master_case_id"]) == ("merged", first["case_id"])
    assert deliver(incoming("b", master_ref="a")).rows_unchanged == 1
    deliver(incoming("c", state="merged", master_ref="b"))
    third = _rows(city, cases)[2]
    assert (third["state"], third["master_case_id"]) == ("merged", second["case_id"])


def test_a_master_that_nobody_knows_refuses_the_row_and_what_depends_on_it(
    city: Engine, deliver: Any
) -> None:
    report = deliver(
        incoming("a"), incoming("b", 3, master_ref="?"), incoming("c", 4, master_ref="b"),
        incoming("d", 5, master_ref="d"), incoming("e", 6, state="handling", master_ref="a"),
    )  # fmt: skip
    assert (report.rows_added, report.rows_rejected) == (1, 4)
    assert report.reasons == {"no such master": 3, "status against": 1}


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"close_kind": "sold", "closed_at": CLOSED}, "close_kind"),
        ({"close_kind": "on_site"}, "close_kind"),
        ({"filing_condition": "长" * 61}, "filing_condition"),
        ({"call_back_answer": "fine", "visited_at": CLOSED}, "call_back_answer"),
        ({"call_back_solved": "perhaps", "visited_at": CLOSED}, "call_back_solved"),
        ({"call_back_solved": "yes"}, "visited_at"),
        ({"extended_at": "soon"}, "extended_at"),
    ],
)
def test_what_contradicts_is_refused(
    city: Engine, deliver: Any, fields: dict[str, Any], column: str
) -> None:
    report = deliver(incoming("good"), incoming("bad", 3, **fields))
    assert (report.rows_added, report.rows_rejected) == (1, 1)
    assert [problem.column for _, problem in report.examples] == [column]


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({}, ("public", False)),
        ({"is_proactive": True}, ("worker", True)),
        ({"kind": "sensor"}, ("sensor", True)),
        ({"kind": "hotline", "is_proactive": False}, ("hotline", False)),
    ],
)
def test_kind_of_a_source(
    city: Engine, deliver: Any, told: dict[str, Any], kept: tuple[str, bool]
) -> None:
    deliver(incoming("a"), source_values=told)
    row = _only(city, sources)
    assert (row["kind"], row["is_proactive"]) == kept


def test_a_kind_changed_by_hand_stays(city: Engine, deliver: Any) -> None:
    deliver(incoming("a"))
    with begin_write(city) as connection:
        connection.execute(update(sources).values(kind="hotline"))
    deliver(incoming("b"), source_values={"kind": "worker"})
    assert _only(city, sources)["kind"] == "hotline"
