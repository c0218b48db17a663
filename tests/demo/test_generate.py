"""A demo city in a store: sound rows, deterministic, marked as a demo, watched by the triggers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, func, select, text, update

from dashboard.settings import Settings
from data_access.tables import areas, cases, change_log, metadata, rollup_state
from data_access.triggers import read_missing_triggers
from jobs.demo import PROFILES, StoreNotEmptyError, generate

Problems = Callable[[Connection], list[str]]


@pytest.fixture
def demo(engine: Engine, settings: Settings, demo_now: datetime) -> Engine:
    """The test profile's city in a store of either engine."""
    generate(engine, profile="test", settings=settings, now=demo_now)
    return engine


def test_rows_keep_the_rules(demo: Engine, row_problems: Problems) -> None:
    with demo.connect() as connection:
        assert row_problems(connection) == []


def test_the_rules_would_be_seen_broken(demo: Engine, row_problems: Problems) -> None:
    with demo.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'handling' WHERE case_id = 7"))
        assert any("case" in problem for problem in row_problems(connection))


def test_every_table_of_work_has_rows_and_nothing_lies_ahead(
    demo: Engine, demo_now: datetime
) -> None:
    filled = (
        "areas", "departments", "categories", "sources", "calendar_days", "workers",
        "worker_grids", "shifts", "check_ins", "leaves", "patrols", "visit_classes",
        "visit_subjects", "visits", "cases", "case_events", "case_cycles", "case_suspensions",
        "case_extensions", "callbacks", "supervisions", "survey_waves", "survey_answers",
        "campaigns", "campaign_targets", "campaign_progress",
    )  # fmt: skip
    happened = {
        "cases": ("reported_at", "accepted_at", "closed_at", "voided_at", "updated_at"),
        "case_events": ("event_at", "known_at"), "callbacks": ("visited_at",),
        "check_ins": ("at",), "visits": ("visited_at",), "patrols": ("started_at",),
        "campaign_progress": ("at",), "workers": ("last_seen_at",), "shifts": ("checked_in_at",),
    }  # fmt: skip
    with demo.connect() as connection:
        for name in filled:
            assert connection.scalar(select(func.count()).select_from(metadata.tables[name])), name
        for name, columns in happened.items():
            for column in columns:
                newest = connection.scalar(select(func.max(metadata.tables[name].c[column])))
                assert newest <= demo_now, (name, column)


def test_the_store_says_it_is_a_demo_and_its_rollups_are_live(demo: Engine) -> None:
    with demo.connect() as connection:
        state = connection.execute(select(rollup_state)).one()
    assert (state.is_demo, state.city_name, state.status) == (1, PROFILES["test"].name[0], "live")


def test_changes_are_logged_again_and_new_rows_get_new_numbers(demo: Engine) -> None:
    with demo.begin() as connection:
        assert read_missing_triggers(connection) == []
        assert connection.scalar(select(func.count()).select_from(change_log)) == 0
        connection.execute(update(cases).where(cases.c.case_id == 1).values(title="改正"))
        assert connection.scalar(select(func.count()).select_from(change_log)) == 1
        row = connection.execute(select(areas).where(areas.c.area_id == 1)).mappings().one()
        values = {key: row[key] for key in ("hierarchy", "level", "depth", "kind", "name_zh")}
        new = connection.execute(areas.insert().values(code="neu", **values)).inserted_primary_key
        assert new is not None
        assert new[0] == connection.scalar(select(func.max(areas.c.area_id)))


def test_the_same_seed_and_minute_give_the_same_store(
    sqlite_engine: Engine, settings: Settings, demo_now: datetime, tmp_path: object
) -> None:
    from data_access.engine import open_engine
    from data_access.migrate import migrate

    other = open_engine(f"sqlite:///{tmp_path}/again.db")
    migrate(other)
    generate(sqlite_engine, profile="test", settings=settings, now=demo_now)
    later = demo_now.replace(second=demo_now.second + 20)  # the same minute
    generate(other, profile="test", settings=settings, now=later)
    for name, table in metadata.tables.items():
        if name == "job_marks":  # the database's own clock stands there
            continue
        key = list(table.primary_key.columns)
        with sqlite_engine.connect() as one, other.connect() as two:
            first = one.execute(select(table).order_by(*key)).all()
            assert first == two.execute(select(table).order_by(*key)).all(), name
    other.dispose()


def test_a_store_with_areas_is_refused(
    sqlite_engine: Engine, settings: Settings, demo_now: datetime
) -> None:
    generate(sqlite_engine, profile="test", settings=settings, now=demo_now, years=1)
    with pytest.raises(StoreNotEmptyError):
        generate(sqlite_engine, profile="test", settings=settings, now=demo_now, years=1)


def test_progress_rises_from_0_to_1(
    sqlite_engine: Engine, settings: Settings, demo_now: datetime
) -> None:
    seen: list[float] = []
    generate(sqlite_engine, profile="test", settings=settings, now=demo_now, years=1,
             progress=lambda done, _label: seen.append(done))  # fmt: skip
    assert seen == sorted(seen) and seen[0] == 0.0 and seen[-1] == 1.0
