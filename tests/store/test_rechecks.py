"""抽查核实 on both engines: a sample is drawn, a false closure reopens the case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from dashboard.lifecycle.fold import Event, derive
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.ingest import read_events
from data_access.rechecks import read_open_rechecks
from data_access.tables import (
    case_cycles,
    case_events,
    case_rechecks,
    cases,
    categories,
    deadline_changes,
)
from data_access.types import to_epoch_ms
from jobs.rebuild_rollups import rebuild
from jobs.recheck import Drawn, RecheckError, draw, record
from jobs.recheck_command import main
from jobs.refresh_findings import read_findings
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city
from tests.store.root_totals import root_totals

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
# A Monday, 09:00 in the city.
REPORTED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
CLOSED = REPORTED + 2 * DAY
NOW = REPORTED + 7 * DAY + 2 * HOUR  # a Monday again, 11:00
LIFE = (
    "reported", "accepted", "filed", "dispatched", "signed", "handling", "handled", "checking",
    "closed",
)  # fmt: skip


@pytest.fixture
def city(engine: Engine, settings: Settings) -> Engine:
    """Forty closed cases, ten of department 1 and thirty of 2; each closed a day late."""
    plant_city(engine)
    with begin_write(engine) as connection:
        connection.execute(update(categories).values(limit_kind="work_hour", limit_amount=8))
        for case_id in range(1, 41):
            _add(connection, case_id, department_id=1 if case_id <= 10 else 2)
    rebuild(engine, settings=settings, now=NOW)
    return engine


def _add(connection: Any, case_id: int, **more: Any) -> None:
    due = REPORTED + DAY
    connection.execute(
        insert(cases).values(
            case_id=case_id, case_code=f"C{case_id}", source_id=1, source_ref=str(case_id),
            category_id=1, area_id=7, state="closed", reported_at=REPORTED, accepted_at=REPORTED,
            handled_at=CLOSED - HOUR, checked_at=CLOSED - HOUR / 2, closed_at=CLOSED,
            limit_kind="work_hour", limit_amount=8, clock_started_at=REPORTED,
            due_soon_at=due - HOUR, deadline_handle_at=due, deadline_at=due,
            close_kind="handled", ingested_at=REPORTED, updated_at=CLOSED, **more,
        )
    )  # fmt: skip
    for number, state in enumerate(LIFE):
        at = REPORTED + number * timedelta(minutes=1) if state != "closed" else CLOSED
        connection.execute(
            insert(case_events).values(
                case_id=case_id, seq=number + 1, event_at=at, known_at=at,
                from_state=LIFE[number - 1] if number else None, to_state=state,
            )
        )  # fmt: skip


def drawn(engine: Engine, **more: Any) -> Drawn:
    given: dict[str, Any] = {"start": REPORTED, "end": NOW, "percent": Fraction(10), "seed": "1"}
    return draw(engine, **(given | {"now": NOW} | more))


def sample(engine: Engine) -> list[Any]:
    with begin_read(engine) as connection:
        query = select(case_rechecks).order_by(case_rechecks.c.recheck_id)
        return list(connection.execute(query))


def test_sample_has_its_share_of_every_department_and_is_drawn_once(city: Engine) -> None:
    assert drawn(city, drawn_by="李四") == Drawn(candidates=40, sample=4, added=4)
    rows = sample(city)
    assert [row.case_id <= 10 for row in rows].count(True) == 1
    assert {(row.drawn_at, row.drawn_by, row.checked_at) for row in rows} == {(NOW, "李四", None)}
    assert drawn(city) == Drawn(candidates=40, sample=4, added=0)
    again = drawn(city, seed="2", percent=Fraction(20))
    assert again.sample == 8 and 4 <= again.added <= 8
    with begin_read(city) as connection:
        listed = read_open_rechecks(connection)
    assert [row.department for row in listed] == sorted(row.department for row in listed)
    assert len(listed) == 4 + again.added


def test_only_what_was_closed_in_the_window_and_area(city: Engine) -> None:
    assert drawn(city, end=CLOSED).candidates == 0
    assert drawn(city, start=CLOSED, end=CLOSED + HOUR).candidates == 40
    assert drawn(city, area_code="A03").candidates == 0
    with begin_write(city) as connection:
        connection.execute(update(cases).where(cases.c.case_id > 30).values(state="void",
                           closed_at=None, voided_at=NOW))  # fmt: skip
    assert drawn(city).candidates == 30
    with pytest.raises(RecheckError, match="no area 'nowhere'"):
        drawn(city, area_code="nowhere")
    with pytest.raises(RecheckError, match="at most 100"):
        drawn(city, percent=Fraction(101))


@pytest.fixture
def recheck(city: Engine) -> tuple[int, int]:
    """(number, case) of one re-check still to be done."""
    drawn(city, percent=Fraction(1))
    (row,) = sample(city)
    return row.recheck_id, row.case_id


def one(engine: Engine, table: Any, case_id: int) -> Any:
    with begin_read(engine) as connection:
        return connection.execute(select(table).where(table.c.case_id == case_id)).one()


def test_true_closure_stays(city: Engine, settings: Settings, recheck: tuple[int, int]) -> None:
    number, case_id = recheck
    before = one(city, cases, case_id)
    assert not record(city, number, "true", settings=settings, now=NOW, note="照片相符")
    assert one(city, cases, case_id) == before
    kept = one(city, case_rechecks, case_id)
    assert (kept.checked_at, kept.result, kept.note) == (NOW, "true", "照片相符")


@pytest.mark.parametrize("result", ["false", "unsolved"])
def test_false_closure_goes_back_with_its_own_limit(
    city: Engine, settings: Settings, recheck: tuple[int, int], result: str
) -> None:
    number, case_id = recheck
    assert record(city, number, result, settings=settings, now=NOW)
    row, cycle = one(city, cases, case_id), one(city, case_cycles, case_id)
    assert (row.state, row.cycle_no, row.close_kind) == ("rework", 2, None)
    assert (row.closed_at, row.handled_at, row.checked_at) == (None, None, None)
    # 8 working hours from Monday 11:00: one hour before noon, four after, three on Tuesday
    assert row.deadline_at == NOW + DAY
    assert row.clock_started_at == NOW
    # the first cycle keeps its lateness
    assert (cycle.cycle_no, cycle.started_at, cycle.reopened_at) == (1, REPORTED, NOW)
    assert (cycle.closed_at, cycle.deadline_at) == (CLOSED, REPORTED + DAY)
    change = one(city, deadline_changes, case_id)
    assert (change.reason, change.old_deadline_at, change.new_deadline_at) == (
        "rework", REPORTED + DAY, NOW + DAY,
    )  # fmt: skip
    with begin_read(city) as connection:
        log = read_events(connection, [case_id])
        found = read_findings(connection, [case_id], settings)
    case = derive(Event(e["event_at"], e["known_at"], e["from_state"], e["to_state"]) for e in log)
    assert case is not None
    assert (case.state, case.cycle_no, len(case.cycles)) == ("rework", 2, 1)
    assert case.cycles[0].closed_ms == to_epoch_ms(CLOSED)
    assert [one.kind for one in found] == []  # the re-check is its reason


def test_numbers_follow(city: Engine, settings: Settings, recheck: tuple[int, int]) -> None:
    refresh(city, settings=settings, now=NOW)
    before = root_totals(city)
    record(city, recheck[0], "false", settings=settings, now=NOW)
    refresh(city, settings=settings, now=NOW)
    after = root_totals(city)
    changed = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    assert changed.items() >= {
        "closed": -1, "closed_late": -1, "reopened": 1, "rechecked": 1, "open_in": 1,
    }.items()  # fmt: skip
    assert "breached" not in changed and "handled_late" not in changed


def test_recheck_is_recorded_once(
    city: Engine, settings: Settings, recheck: tuple[int, int]
) -> None:
    record(city, recheck[0], "true", settings=settings, now=NOW)
    with pytest.raises(RecheckError, match="recorded before, as true"):
        record(city, recheck[0], "false", settings=settings, now=NOW)
    with pytest.raises(RecheckError, match="no re-check 999"):
        record(city, 999, "true", settings=settings, now=NOW)
    with pytest.raises(RecheckError, match="no result"):
        record(city, recheck[0], "perhaps", settings=settings, now=NOW)


def test_case_that_went_back_already_is_not_sent_back_again(
    city: Engine, settings: Settings, recheck: tuple[int, int]
) -> None:
    number, case_id = recheck
    with begin_write(city) as connection:
        values = {"state": "rework", "closed_at": None, "cycle_no": 2}
        connection.execute(update(cases).where(cases.c.case_id == case_id).values(**values))
    assert not record(city, number, "false", settings=settings, now=NOW)
    assert one(city, cases, case_id).cycle_no == 2
    assert one(city, case_rechecks, case_id).result == "false"


def test_case_that_is_closed_again_can_be_drawn_again(
    city: Engine, settings: Settings, recheck: tuple[int, int]
) -> None:
    number, case_id = recheck
    record(city, number, "false", settings=settings, now=NOW)
    with begin_write(city) as connection:
        values = {"state": "closed", "closed_at": NOW + DAY}
        connection.execute(update(cases).where(cases.c.case_id == case_id).values(**values))
    later = drawn(city, percent=Fraction(100), end=NOW + 2 * DAY, now=NOW + 2 * DAY)
    assert later == Drawn(candidates=40, sample=40, added=40)


def test_command_line(
    city: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = city.url.render_as_string(hide_password=False)
    monkeypatch.setenv("YIWANG_DATABASE_URL", url)
    days = ["--from", "2026-03-02", "--to", "2026-03-09"]
    assert main(["draw", "--percent", "2.5", *days]) == 0
    assert "40 cases; sample 1, of which new 1" in capsys.readouterr().out
    assert main(["list"]) == 0
    number, code, *_ = capsys.readouterr().out.split("\t")
    assert code.startswith("C")
    assert main(["record", number, "false", "--by", "王五"]) == 0
    assert "reopened" in capsys.readouterr().out
    assert main(["record", number, "false"]) == 1
    assert "recorded before" in capsys.readouterr().err
    assert main(["list"]) == 0 and capsys.readouterr().out == ""
    assert main(["draw", "--from", "2026-03-09", "--to", "2026-03-02"]) == 1
