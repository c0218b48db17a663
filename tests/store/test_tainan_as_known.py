"""A real city's revisions: every month's count by category, as it was known at any moment.

The published rows were corrected and withdrawn later; the file of revisions says when each change
was seen. The rows are taken in as they were first published, then the revisions; what the store
then says of an earlier moment is compared with a plain replay of the two files.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from dashboard.readings.as_of import Clocks, read_totals_as_of
from dashboard.settings import Settings
from data_access.engine import begin_read, open_engine
from data_access.migrate import migrate
from data_access.rollup_reads import read_root
from data_access.slices import EVERY_CASE, Slice
from data_access.tables import categories
from jobs.ingest import import_file
from jobs.rebuild_rollups import rebuild

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "tainan1999"
ZONE = ZoneInfo("Asia/Taipei")
# The months of report that are taken: withdrawals in April 2016, times corrected in December 2017.
MONTHS = ("2016-03", "2016-04", "2016-05", "2017-12", "2018-01")

pytestmark = pytest.mark.slow
Row = dict[str, str]


@dataclass
class Published:
    """One case as the city published it over time."""

    row: Row
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)  # seen, field, old, new

    def first(self) -> Row:
        """As it was published first."""
        row = dict(self.row)
        for _, name, old, _ in reversed(self.changes):
            if name != "REMOVED":
                row[name] = old
        return row

    def as_known(self, moment: str) -> Row | None:
        """As it stood at a moment (UTC, ISO); None before it was published or while withdrawn."""
        if self.row["first_seen_utc"] > moment:
            return None
        row, withdrawn = self.first(), False
        for seen, name, _, new in self.changes:
            if seen > moment:
                break
            if name == "REMOVED":
                withdrawn = True
            else:  # published again
                row[name], withdrawn = new, False
        return None if withdrawn else row


def read(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture(scope="module")
def published(shared_data: Path) -> dict[str, Published]:
    folder = shared_data / "tainan1999"
    found = {
        row["service_request_id"]: Published(row)
        for row in read(folder / "tainan1999_cases_2015_2019.csv.gz")
        if row["requested_datetime"][:7] in MONTHS
    }
    for row in read(folder / "tainan1999_revisions.csv.gz"):
        if (case := found.get(row["service_request_id"])) is not None:
            case.changes.append((row["seen_utc"], row["field"], row["old"], row["new"]))
    return found


def write(path: Path, rows: Iterator[Row]) -> Path:
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed)
    return path


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("tainan")
    return Settings(
        database_url=f"sqlite:///{folder / 'tainan.db'}",
        data_dir=str(folder),
        city_time_zone="Asia/Taipei",
    )


@pytest.fixture(scope="module")
def store(
    published: dict[str, Published],
    shared_data: Path,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Engine]:
    engine = open_engine(settings.database_url)
    migrate(engine)
    folder = tmp_path_factory.mktemp("files")
    for name in ("tainan_districts_37.geojson", "tainan_villages_752.geojson"):
        (folder / name).symlink_to(shared_data / "tainan1999" / name)
    rows = write(folder / "cases.csv", (case.first() for case in published.values()))
    revisions = (
        {"service_request_id": key, "seen_utc": seen, "field": name, "old": old, "new": new}
        for seen, key, name, old, new in sorted(
            (change[0], key, *change[1:]) for key, case in published.items()
            for change in case.changes
        )
    )  # fmt: skip
    report = import_file(engine, settings, rows, EXAMPLE / "cases.toml")
    assert report.rows_rejected == 0
    later = import_file(
        engine, settings, write(folder / "revisions.csv", revisions), EXAMPLE / "revisions.toml"
    )
    assert later.rows_rejected == 0
    rebuild(engine, settings=settings, now=datetime.now(UTC))
    yield engine
    engine.dispose()


def category_of(row: Row) -> str:
    """As the mapping cleans it."""
    return row["service_name"].strip().replace("汙", "污") or "未分類"


MOMENTS = (
    "2016-04-10T00:00:00Z", "2016-04-20T00:00:00Z", "2016-05-01T00:00:00Z", "2016-05-20T00:00:00Z",
    "2017-12-10T12:00:00Z", "2017-12-26T12:00:00Z", "2018-01-10T00:00:00Z", "2020-01-01T00:00:00Z",
)  # fmt: skip


@pytest.mark.parametrize("moment", MOMENTS)
def test_months_by_category_as_known(
    store: Engine, settings: Settings, published: dict[str, Published], moment: str
) -> None:
    plain: Counter[tuple[str, str]] = Counter()
    for case in published.values():
        if (row := case.as_known(moment)) is not None:
            month = row["requested_datetime"][:7]
            plain[month, category_of(row)] += 1
            plain[month, ""] += 1
    clocks = Clocks(known_at=datetime.fromisoformat(moment.replace("Z", "+00:00")))
    with begin_read(store) as connection:
        root = read_root(connection)
        assert root is not None
        names = connection.execute(select(categories.c.category_id, categories.c.name_zh)).all()
        for month in MONTHS:
            start = datetime.fromisoformat(f"{month}-01T00:00:00").replace(tzinfo=ZONE)
            end = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
            slices = {"": EVERY_CASE} | {
                name: Slice(category_ids=(number,)) for number, name in names[:4]
            }
            for name, chosen in slices.items():
                totals = read_totals_as_of(
                    connection, root, start, end, clocks, settings=settings, chosen=chosen
                )
                assert totals.flows["accepted"] == plain[month, name], (month, name)


def test_corrections_make_a_difference(published: dict[str, Published]) -> None:
    """Else the test above could not fail."""
    stories = [[case.as_known(moment) for moment in MOMENTS] for case in published.values()]
    withdrawn = [story for story in stories if any(story) and story[-1] is None]
    assert len(withdrawn) > 20
    times = [{row["requested_datetime"] for row in story if row} for story in stories]
    assert sum(len(one) > 1 for one in times) > 50
