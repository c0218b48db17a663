"""Real stores for every test: SQLite files, databases on a real PostgreSQL, real Redis, Chromium.

Each engine is migrated once for the session and copied for each test, which costs milliseconds.
``./yiwang test`` sets the YIWANG_TEST_… variables, and then a missing service is an error. Without
them a local service is used where there is one, and the tests that need it are skipped otherwise.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from dashboard.settings import Settings
from data_access.engine import open_engine
from data_access.migrate import migrate
from tests.services import postgres_programs, private_postgres

ROOT = Path(__file__).resolve().parent.parent
_LOCAL_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
_LOCAL_REDIS = "redis://127.0.0.1:6379/15"
_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A migrated, empty SQLite store of this test alone."""
    path = tmp_path / "yiwang.db"
    shutil.copyfile(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a PostgreSQL on which databases may be made: the one given, else one of our
    own that need not wait for the disk, else the local one."""
    given = os.environ.get("YIWANG_TEST_POSTGRES")
    with ExitStack() as stack:
        if given is None and postgres_programs() is not None:
            given = stack.enter_context(private_postgres())
        yield _answering(given)


def _answering(given: str | None) -> URL:
    url = make_url(given or _LOCAL_POSTGRES)
    engine = create_engine(url, connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as error:
        if given:
            raise
        pytest.skip(f"no PostgreSQL on 127.0.0.1:5432 and YIWANG_TEST_POSTGRES not set: {error}")
    finally:
        engine.dispose()
    return url


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL) -> Iterator[URL]:
    """An empty migrated database that tests copy."""
    url = _create_database(postgres_server, _database_name("template"))
    engine = open_engine(url.render_as_string(hide_password=False))
    migrate(engine)
    engine.dispose()
    yield url
    _drop_database(postgres_server, url)


@pytest.fixture
def empty_postgres_engine(postgres_server: URL) -> Iterator[Engine]:
    """A PostgreSQL database of this test alone, without any table."""
    url = _create_database(postgres_server, _database_name("empty"))
    engine = open_engine(url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    _drop_database(postgres_server, url)


@pytest.fixture
def postgres_engine(postgres_server: URL, postgres_template: URL) -> Iterator[Engine]:
    """A migrated, empty PostgreSQL store of this test alone."""
    name = _database_name(uuid.uuid4().hex[:10])
    url = _create_database(postgres_server, name, template=postgres_template.database)
    engine = open_engine(url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    _drop_database(postgres_server, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The same test on both engines."""
    name = "sqlite_engine" if request.param == "sqlite" else "postgres_engine"
    made: Engine = request.getfixturevalue(name)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Default settings whose files lie in the test's own directory."""
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'yiwang.db'}",
        data_dir=str(tmp_path / "var"),
        cache_dir=str(tmp_path / "var" / "cache"),
    )


@pytest.fixture(scope="session")
def redis_url() -> str:
    """The address of a real Redis database that tests may empty: one for each test process."""
    given = os.environ.get("YIWANG_TEST_REDIS")
    server, _, number = (given or _LOCAL_REDIS).rpartition("/")
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = f"{server}/{(int(number) - process) % 16}"
    try:
        with Redis.from_url(url, socket_connect_timeout=2) as client:
            client.ping()
    except RedisError as error:
        if given:
            raise
        pytest.skip(f"no Redis on 127.0.0.1:6379 and YIWANG_TEST_REDIS not set: {error}")
    return url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that browser journeys use."""
    given = os.environ.get("YIWANG_TEST_CHROMIUM")
    found = given or next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)
    if found is None:
        pytest.skip("no Chromium: apt-get install chromium")
    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real city data beside the repository, which is not part of it."""
    path = ROOT.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip(f"real data not found in {path}")
    return path


def _database_name(suffix: str) -> str:
    return f"yiwang_test_{os.getpid()}_{suffix}"


def _create_database(server: URL, name: str, *, template: str | None = None) -> URL:
    copied = f' TEMPLATE "{template}"' if template else ""
    _administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _administer(server, f'CREATE DATABASE "{name}"{copied}')
    return server.set(database=name)


def _drop_database(server: URL, url: URL) -> None:
    _administer(server, f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')


def _administer(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
