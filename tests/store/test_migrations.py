"""The revisions make exactly the tables of the program, on both engines."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, inspect, select, text

from data_access.engine import begin_read, begin_write, open_engine
from data_access.migrate import (
    UnknownRevisionError,
    current_revision,
    head_revision,
    migrate,
    schema_differences,
    unmigrate,
)
from data_access.tables import metadata, sources
from data_access.triggers import read_missing_triggers


def test_migrated_store_has_no_difference_to_the_tables(engine: Engine) -> None:
    assert current_revision(engine) == head_revision()
    assert schema_differences(engine) == []
    with begin_read(engine) as connection:
        assert read_missing_triggers(connection) == []


def test_difference_is_seen(engine: Engine) -> None:
    with begin_write(engine) as connection:
        connection.exec_driver_sql("ALTER TABLE areas ADD COLUMN surprise INTEGER")
        connection.exec_driver_sql("DROP INDEX ix_cases_closed_at")
    found = " ".join(schema_differences(engine))
    assert "surprise" in found
    assert "ix_cases_closed_at" in found


def test_constraints_and_partial_indexes_equal_create_all(engine: Engine, tmp_path: Path) -> None:
    """compare_metadata is blind to CHECK, WHERE and WITHOUT ROWID: compare the DDL itself."""
    if engine.dialect.name != "sqlite":
        inspector = inspect(engine)
        for table in metadata.sorted_tables:
            checks = {check["name"] for check in inspector.get_check_constraints(table.name)}
            expected = {
                f"ck_{table.name}_{c.name}".replace(
                    f"ck_{table.name}_ck_{table.name}", f"ck_{table.name}"
                )
                for c in table.constraints
                if c.__visit_name__ == "check_constraint" and c.name
            }
            assert expected <= checks, table.name
        return
    other = open_engine(f"sqlite:///{tmp_path / 'all.db'}")
    metadata.create_all(other)
    query = text(
        "SELECT name, sql FROM sqlite_master"
        " WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name <> 'alembic_version'"
    )
    ddl = []
    for store in (engine, other):
        with begin_read(store) as connection:
            ddl.append(
                {
                    name: sorted(sql.replace(",", " ").split())
                    for name, sql in connection.execute(query)
                }
            )
    other.dispose()
    assert ddl[0] == ddl[1]


def test_migrating_again_keeps_data_and_revision(engine: Engine) -> None:
    at = datetime(2026, 3, 1, 12, 30, 0, 123000, tzinfo=UTC)
    with begin_write(engine) as connection:
        connection.execute(
            insert(sources).values(code="12345", name_zh="热线", last_ingested_at=at)
        )
    assert migrate(engine) == head_revision()
    with begin_read(engine) as connection:
        row = connection.execute(select(sources)).one()
    assert row.last_ingested_at == at
    assert row.is_proactive is False


def test_newer_store_is_refused(engine: Engine) -> None:
    with begin_write(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UnknownRevisionError, match="9999"):
        migrate(engine)


def test_unmigrate_leaves_nothing_and_can_be_undone(engine: Engine) -> None:
    unmigrate(engine)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert current_revision(engine) is None
    migrate(engine)
    assert schema_differences(engine) == []


def test_two_starts_at_once_migrate_once(tmp_path: Path, empty_postgres_engine: Engine) -> None:
    sqlite = open_engine(f"sqlite:///{tmp_path / 'race.db'}")
    for store in (sqlite, empty_postgres_engine):
        failures: list[BaseException] = []

        def start(store: Engine = store, failures: list[BaseException] = failures) -> None:
            try:
                migrate(store)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=start) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        assert current_revision(store) == head_revision()
    sqlite.dispose()


def test_empty_database_has_no_revision(empty_postgres_engine: Engine) -> None:
    assert current_revision(empty_postgres_engine) is None
