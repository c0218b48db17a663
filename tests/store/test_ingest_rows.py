"""The one way in, on both engines: nothing twice, nothing lost, nothing half."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from dashboard.readings.as_of import Clocks, read_case_as_of
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.ingest import read_events
from data_access.tables import (
    areas,
    calendar_days,
    case_cycles,
    case_events,
    case_suspensions,
    cases,
    categories,
    change_log,
    ingest_batches,
    metadata,
    rejects,
)
from data_access.types import from_epoch_ms, to_epoch_ms
from jobs.ingest import BatchReport, ImportRefused, IncomingCase, Policies, ingest_rows
from jobs.refresh_findings import read_findings

GRIDS = {"230602001001001": "一网格", "230602001001002": "二网格"}


def ms(text: str) -> int:
    """City time (Asia/Shanghai) → epoch ms."""
    return to_epoch_ms(datetime.fromisoformat(text + "+08:00"))


@pytest.fixture
def city(engine: Engine) -> Engine:
    """A city with one district and two grids, two categories, an ordinary calendar."""
    with begin_write(engine) as connection:
        tree = [("230600", None, "city", 0, "大庆市"), ("230602", 1, "district", 1, "萨尔图区")]
        tree += [(code, 2, "grid", 2, name) for code, name in GRIDS.items()]
        for number, (code, parent, level, depth, name) in enumerate(tree, start=1):
            values = {"area_id": number, "code": code, "parent_id": parent, "level": level}
            connection.execute(insert(areas).values(**values, depth=depth, name_zh=name))
        connection.execute(
            insert(categories),
            [
                {
                    "code": "0101",
                    "name_zh": "暴露垃圾",
                    "limit_kind": "work_hour",
                    "limit_amount": 4,
                },
                {"code": "0102", "name_zh": "其他", "limit_kind": None, "limit_amount": None},
            ],
        )
        connection.execute(insert(calendar_days).values(day=date(2024, 1, 1), is_working_day=0))
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT setval('areas_area_id_seq', 100)")
    return engine


def incoming(ref: str, row_no: int = 2, /, **fields: Any) -> IncomingCase:
    told = {
        "category": "暴露垃圾",
        "area": "230602001001001",
        "reported_at": ms("2024-11-22T16:50"),
        "accepted_at": ms("2024-11-22T17:00"),
        "known_at": ms("2024-11-22T17:05"),
    }
    return IncomingCase(row_no, ref, told | fields)


@pytest.fixture
def deliver(city: Engine, settings: Settings) -> Any:
    def run(*rows: IncomingCase, policies: Policies | None = None, **more: Any) -> BatchReport:
        report = ingest_rows(
            city,
            settings,
            iter(rows),
            source_code="12345",
            origin="test",
            policies=policies,
            **more,
        )
        counted = report.rows_accepted + report.rows_rejected
        assert counted == report.rows_read == len(rows)
        return report

    return run


def only(engine: Engine, table: Any = cases) -> dict[str, Any]:
    with begin_read(engine) as connection:
        return dict(connection.execute(select(table)).mappings().one())


def everything(engine: Engine) -> dict[str, list[Any]]:
    with begin_read(engine) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name not in {"ingest_batches", "sources"}
        }


def count(engine: Engine, table: Any) -> int:
    with begin_read(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_new_case_gets_its_deadline_from_the_category(city: Engine, deliver: Any) -> None:
    assert deliver(incoming("a")).rows_added == 1
    row = only(city)
    assert row["state"] == "accepted"
    assert to_epoch_ms(row["deadline_at"]) == ms("2024-11-25T11:00")  # Friday 17:00 + 4 工作时
    assert to_epoch_ms(row["due_soon_at"]) == ms("2024-11-25T10:12")
    assert row["case_code"] == "12345-a"
    assert to_epoch_ms(row["ingested_at"]) == ms("2024-11-22T17:05")


def test_same_row_twice_changes_nothing(city: Engine, deliver: Any) -> None:
    deliver(incoming("a"), incoming("b", state="handling", arrived_at=ms("2024-11-22T17:30")))
    before = everything(city)
    report = deliver(
        incoming("a"), incoming("b", state="handling", arrived_at=ms("2024-11-22T17:30"))
    )
    assert report.rows_unchanged == 2
    assert everything(city) == before  # not even the change log has grown


def test_changed_row_updates_what_changed_and_tells_its_history(city: Engine, deliver: Any) -> None:
    deliver(incoming("a"))
    with begin_write(city) as connection:
        connection.execute(update(cases).values(title="written by hand"))
    log = count(city, change_log)
    report = deliver(incoming("a", area="230602001001002", known_at=ms("2024-11-23T09:00")))
    assert report.rows_changed == 1
    assert only(city)["title"] == "written by hand"
    assert count(city, change_log) == log + 2  # the case and its event
    with begin_read(city) as connection:
        events = connection.execute(select(case_events).order_by(case_events.c.seq)).all()
    assert [event.to_state for event in events] == ["reported", "accepted", "accepted"]
    assert "一网格" in events[-1].opinion and "二网格" in events[-1].opinion
    assert to_epoch_ms(events[-1].known_at) == ms("2024-11-23T09:00")


def moves_of(engine: Engine) -> list[tuple[str, int]]:
    """(state, when it was entered) of the only case's events."""
    with begin_read(engine) as connection:
        events = read_events(connection, [only(engine)["case_id"]])
    return [(event["to_state"], event["event_at"]) for event in events]


def test_steps_passed_on_the_way_are_told_one_by_one(city: Engine, deliver: Any) -> None:
    deliver(incoming("a"))
    times = {
        "filed_at": ms("2024-11-22T17:01"), "dispatched_at": ms("2024-11-22T17:10"),
        "arrived_at": ms("2024-11-22T17:50"), "handled_at": ms("2024-11-23T09:00"),
    }  # fmt: skip
    deliver(incoming("a", state="handling", **times, known_at=ms("2024-11-22T18:00")))
    assert moves_of(city)[2:] == [
        ("filed", times["filed_at"]), ("dispatched", times["dispatched_at"]),
        ("handling", times["arrived_at"]),
    ]  # fmt: skip
    with begin_read(city) as connection:
        found = read_findings(connection, [only(city)["case_id"]], Settings())
    assert [(one.kind, one.detail) for one in found] == [
        ("skipped_steps", "dispatched>handling"), ("missing_event", "handled_at"),
    ]  # fmt: skip


def test_new_case_that_is_suspended_was_so_since_the_source_says(
    city: Engine, deliver: Any
) -> None:
    since = ms("2024-11-22T17:03")
    deliver(incoming("a", state="suspended", suspended_at=since))
    assert moves_of(city)[-1] == ("suspended", since)
    assert to_epoch_ms(only(city, case_suspensions)["started_at"]) == since


def test_what_a_source_published_is_known_since_then(
    city: Engine, deliver: Any, settings: Settings
) -> None:
    deliver(incoming("a"))
    grid = "230602001001002"
    deliver(incoming("a", area=grid, known_at=ms("2024-11-23T09:00")))
    deliver(incoming("a", area=grid, closed_at=ms("2024-11-25T10:00"),
                     known_at=ms("2024-11-25T12:00")))  # fmt: skip
    key = only(city)["case_id"]

    def then(moment: str) -> tuple[Any, ...] | None:
        clocks = Clocks(known_at=from_epoch_ms(ms(moment)))
        with begin_read(city) as connection:
            case = read_case_as_of(connection, key, clocks, settings)
        return case and (case.area_id, str(case.state), case.closed_ms)

    assert then("2024-11-22T17:04") is None
    assert then("2024-11-22T17:05") == (3, "accepted", None)
    assert then("2024-11-23T09:00") == (4, "accepted", None)
    assert then("2024-11-25T11:59") == (4, "accepted", None)
    assert then("2024-11-25T12:00") == (4, "closed", ms("2024-11-25T10:00"))


def test_second_row_of_a_case_in_one_delivery_sees_the_first(city: Engine, deliver: Any) -> None:
    closed = ms("2024-11-23T10:00")
    report = deliver(incoming("a"), incoming("a", 3, state="closed", closed_at=closed))
    assert (report.rows_added, report.rows_changed) == (1, 1)
    assert only(city)["state"] == "closed"


def test_reopened_case_starts_a_cycle_with_the_normal_limit(city: Engine, deliver: Any) -> None:
    closed, again = ms("2024-11-23T10:00"), ms("2024-11-26T09:00")
    deliver(incoming("a", closed_at=closed, handled_at=ms("2024-11-23T09:00")))
    deliver(incoming("a", state="rework", known_at=again))
    row, cycle = only(city), only(city, case_cycles)
    assert (row["state"], row["cycle_no"], row["closed_at"], row["handled_at"]) == (
        "rework", 2, None, None,
    )  # fmt: skip
    assert to_epoch_ms(row["deadline_at"]) == ms("2024-11-26T15:00")
    assert to_epoch_ms(cycle["closed_at"]) == closed
    assert to_epoch_ms(cycle["reopened_at"]) == again
    assert to_epoch_ms(cycle["deadline_at"]) == ms("2024-11-25T11:00")
    deliver(incoming("a", closed_at=ms("2024-11-26T15:30")))
    assert only(city)["cycle_no"] == 2
    assert only(city)["state"] == "closed"


def test_pause_moves_the_deadline_on_the_working_calendar(city: Engine, deliver: Any) -> None:
    start = {"reported_at": ms("2024-11-20T08:00"), "accepted_at": ms("2024-11-20T08:00")}
    deliver(incoming("a", **start))
    deliver(incoming("a", **start, state="suspended", suspended_at=ms("2024-11-20T10:00")))
    assert only(city, case_suspensions)["ended_at"] is None
    deliver(incoming("a", **start, state="handling", arrived_at=ms("2024-11-21T14:00")))
    assert to_epoch_ms(only(city, case_suspensions)["ended_at"]) == ms("2024-11-21T14:00")
    assert to_epoch_ms(only(city)["deadline_at"]) == ms("2024-11-21T16:00")


def test_blank_place_hangs_on_the_unlocated_leaf(city: Engine, deliver: Any) -> None:
    report = deliver(incoming("a", area=""), incoming("b", 3, area="230602"))
    assert report.rows_unlocated == 2
    with begin_read(city) as connection:
        codes = connection.execute(
            select(areas.c.code).where(areas.c.kind == "unlocated").order_by(areas.c.code)
        ).scalars()
        assert list(codes) == ["230600-U", "230602-U"]


@pytest.mark.parametrize(
    ("fields", "column", "reason"),
    [
        ({"area": "999"}, "area", "unknown area '999'"),
        ({"category": "龙卷风"}, "category", "unknown category '龙卷风'"),
        ({"category": ""}, "category", "missing"),
        ({"state": "sleeping"}, "state", "unknown status 'sleeping'"),
        ({"state": "closed"}, "closed_at", "without a closing time"),
        ({"closed_at": ms("2024-11-22T16:00")}, "closed_at", "before it was reported"),
        ({"closed_at": ms("2024-11-22T16:55")}, "closed_at", "before it was accepted"),
        (
            {"state": "handling", "closed_at": ms("2024-11-23T16:00")},
            "closed_at",
            "but is handling",
        ),
        ({"reported_at": None}, "reported_at", "missing"),
        ({"reported_at": ms("1899-12-30T00:00")}, "reported_at", "not a plausible date"),
        ({"accepted_at": ms("2099-01-01T00:00")}, "accepted_at", "in the future"),
        ({"longitude": 125.0}, "longitude", "come together"),
        ({"longitude": 125.0, "latitude": 125.0}, "latitude", "between -90 and 90"),
        ({"is_urgent": "perhaps"}, "is_urgent", "neither yes nor no"),
    ],
)
def test_unsound_row_is_refused_with_row_column_and_reason(
    city: Engine, deliver: Any, fields: dict[str, Any], column: str, reason: str
) -> None:
    report = deliver(incoming("good"), incoming("bad", 3, **fields))
    assert (report.rows_added, report.rows_rejected) == (1, 1)
    kept = only(city, rejects)
    assert (kept["row_no"], kept["column_name"]) == (3, column)
    assert reason in kept["reason"]
    assert report.rejects_path is not None
    assert reason in report.rejects_path.read_text(encoding="utf-8-sig")
    assert only(city)["source_ref"] == "good"


def test_impossible_move_is_followed_and_listed(city: Engine, deliver: Any) -> None:
    deliver(incoming("a", state="void", void_reason="test"))
    assert deliver(incoming("a", state="handling")).rows_changed == 1
    row = only(city)
    assert (row["state"], row["voided_at"]) == ("handling", None)
    with begin_read(city) as connection:
        moves = [event["to_state"] for event in read_events(connection, [row["case_id"]])]
        found = read_findings(connection, [row["case_id"]], Settings())
    assert moves[-2:] == ["void", "handling"]
    assert ("illegal_move", "void>handling") in [(one.kind, one.detail) for one in found]


def test_strict_source_has_its_impossible_moves_refused(city: Engine, deliver: Any) -> None:
    strict = Policies(strict_moves=True)
    deliver(incoming("a", state="void", void_reason="test"))
    report = deliver(incoming("a", state="handling"), policies=strict)
    assert report.reasons == {"impossible move": 1}
    assert only(city)["state"] == "void"
    deliver(incoming("b", state="dispatched"))
    assert deliver(incoming("b", closed_at=ms("2024-11-23T10:00")), policies=strict).rows_rejected
    assert deliver(incoming("b", closed_at=ms("2024-11-23T10:00"))).rows_changed


def test_dry_run_tells_all_and_writes_nothing(city: Engine, deliver: Any) -> None:
    before = everything(city)
    policies = Policies(unknown_category="create", unknown_area="create")
    rows = (
        incoming("a", category="新类", area="新区"),
        incoming("b", 3, category="新类", area=""),
        incoming("c", 4, state="sleeping"),
    )
    report = deliver(*rows, policies=policies, dry_run=True)
    assert (report.rows_added, report.rows_rejected, report.rejects_path) == (2, 1, None)
    assert report.created["category"] == 1
    assert report.examples[0][0] == 4
    assert everything(city) == before
    assert count(city, ingest_batches) == 0
    wet = deliver(*rows, policies=policies)
    assert (wet.rows_added, wet.rows_rejected, wet.created) == (2, 1, report.created)


def test_broken_off_delivery_leaves_whole_cases_and_says_so(city: Engine, deliver: Any) -> None:
    def rows() -> Iterable[IncomingCase]:
        for number in range(2500):
            yield incoming(str(number), number + 2)
        raise OSError("the line went dead")

    with pytest.raises(OSError, match="dead"):
        deliver(*rows_of(rows), total=None)
    assert count(city, cases) == 0  # nothing was handed over at all

    def run() -> None:
        ingest_rows(city, Settings(data_dir="/nonexistent"), rows(), source_code="x", origin="wire")

    with pytest.raises(OSError, match="dead"):
        run()
    assert count(city, cases) == 2000  # the first chunk, whole, with its events
    assert count(city, case_events) == 4000
    batch = only(city, ingest_batches)
    assert (batch["status"], batch["rows_added"]) == ("failed", 2000)
    assert "dead" in batch["message"]


def rows_of(make: Any) -> list[IncomingCase]:
    return list(make())


def test_store_without_areas_is_refused(engine: Engine, settings: Settings) -> None:
    with pytest.raises(ImportRefused, match="no area tree"):
        ingest_rows(engine, settings, [incoming("a")], source_code="12345", origin="test")


def test_grid_code_is_checked_against_the_citys_pattern(city: Engine, deliver: Any) -> None:
    policies = Policies(check_codes=True)
    report = deliver(incoming("a", area="2306"), incoming("b", 3), policies=policies)
    assert report.reasons == {"malformed grid code": 1}
    assert report.rows_added == 1


def test_source_has_delivered(city: Engine, deliver: Any) -> None:
    from data_access.tables import sources

    deliver(incoming("a"))
    row = only(city, sources)
    assert row["rows_total"] == 1
    assert row["last_ingested_at"] > datetime(2020, 1, 1, tzinfo=UTC)
