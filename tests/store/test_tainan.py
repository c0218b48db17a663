"""105,339 real cases of a real city, dirty as they are: every row accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from dashboard.settings import Settings
from data_access.engine import begin_read, open_engine
from data_access.migrate import migrate
from data_access.tables import areas, case_events, cases, categories
from jobs.ingest import BatchReport, import_file

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "tainan1999"
CASES, REVISIONS = "tainan1999_cases_2015_2019.csv.gz", "tainan1999_revisions.csv.gz"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("tainan")
    return Settings(
        database_url=f"sqlite:///{folder / 'tainan.db'}",
        data_dir=str(folder),
        city_time_zone="Asia/Taipei",
    )


@pytest.fixture(scope="module")
def tainan(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database_url)
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def imported(shared_data: Path, tainan: Engine, settings: Settings) -> BatchReport:
    return import_file(tainan, settings, shared_data / "tainan1999" / CASES, EXAMPLE / "cases.toml")


@pytest.fixture(scope="module")
def revised(
    imported: BatchReport, shared_data: Path, tainan: Engine, settings: Settings
) -> BatchReport:
    path = shared_data / "tainan1999" / REVISIONS
    return import_file(tainan, settings, path, EXAMPLE / "revisions.toml")


def test_every_row_is_accounted_for(imported: BatchReport) -> None:
    assert imported.rows_read == 105_339
    assert imported.rows_added + imported.rows_rejected == 105_339
    assert imported.rows_rejected == 0


def test_counts_by_year_in_the_citys_own_time(
    tainan: Engine, settings: Settings, imported: BatchReport
) -> None:
    zone = settings.city_zone
    with begin_read(tainan) as connection:
        moments = connection.execute(select(cases.c.reported_at)).scalars()
        years: dict[int, int] = {}
        for moment in moments:
            year = moment.astimezone(zone).year
            years[year] = years.get(year, 0) + 1
    assert years == {2015: 11473, 2016: 29663, 2017: 26412, 2018: 23704, 2019: 14087}


def test_areas_are_the_citys_districts_and_villages(tainan: Engine, imported: BatchReport) -> None:
    with begin_read(tainan) as connection:
        found = connection.execute(
            select(areas.c.level, func.count(), func.count(areas.c.polygon))
            .where(areas.c.kind != "unlocated")
            .group_by(areas.c.level)
        ).all()
    assert {tuple(row) for row in found} == {
        ("city", 1, 0), ("district", 37, 37), ("community", 752, 752),
    }  # fmt: skip


def test_blank_and_unknown_districts_are_unlocated_of_the_city(
    tainan: Engine, imported: BatchReport
) -> None:
    with begin_read(tainan) as connection:
        count = connection.execute(
            select(func.count())
            .select_from(cases.join(areas))
            .where(areas.c.code == "67000-U")
        ).scalar_one()  # fmt: skip
    assert count == 79  # 78 blank, and one that says 妨礙安寧


def test_spellings_are_one_after_cleaning(tainan: Engine, imported: BatchReport) -> None:
    with begin_read(tainan) as connection:
        names = connection.execute(select(categories.c.name_zh)).scalars().all()
        found = connection.execute(
            select(func.count())
            .select_from(cases.join(categories))
            .where(categories.c.name_zh == "髒亂及污染")
        ).scalar_one()
    assert found == 11_403 + 38
    assert "髒亂及汙染" not in names


def test_revisions_and_withdrawals_are_applied_with_their_dates(
    tainan: Engine, revised: BatchReport
) -> None:
    assert revised.rows_read == 21_770
    assert revised.reasons == {"no such case": 141}  # withdrawn before the file was made
    with begin_read(tainan) as connection:
        withdrawals = connection.execute(
            select(func.count())
            .select_from(case_events)
            .where(case_events.c.opinion == "withdrawn by the source")
        ).scalar_one()
        void = connection.execute(
            select(func.count()).where(cases.c.state == "void", cases.c.voided_at.is_not(None))
        ).scalar_one()
    assert withdrawals == 220 - 141
    assert void == 76  # three were published again


def test_repeating_both_imports_changes_nothing(
    tainan: Engine, settings: Settings, shared_data: Path, revised: BatchReport
) -> None:
    folder = shared_data / "tainan1999"
    report = import_file(tainan, settings, folder / CASES, EXAMPLE / "cases.toml")
    assert (report.rows_unchanged, report.rows_changed) == (105_339, 0)
    report = import_file(tainan, settings, folder / REVISIONS, EXAMPLE / "revisions.toml")
    assert (report.rows_unchanged, report.rows_changed) == (21_629, 0)
