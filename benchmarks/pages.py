"""Part ``pages``: server time of every page at a million cases, and its first paint in a browser.

"First" is the answer with nothing kept, as after a start or for a question nobody asked before;
"again" the next answer of the same version. Both are whole requests through the Flask server of the
product, in this process. On a busy machine the wall clock tells of its other work; processor time,
PostgreSQL's included, is what an idle core would take. The named baseline in every round is
``benchmarks.naive_dash``.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from dash import get_app
from flask import Flask
from sqlalchemy import Connection, Engine, Table, func, insert, make_url, select

from benchmarks import naive_dash
from benchmarks.kept_sums import cost_rows, settle
from benchmarks.page_paint import paint_rows
from benchmarks.product import cpu_seconds
from benchmarks.results import Results, Row, percentile
from benchmarks.stores import FOLDER, Store, administer, drop_store, is_complete
from dashboard.app_factory import create_asgi
from dashboard.readings.reader import Reader
from dashboard.runtime.terminal import progress_bar
from dashboard.settings import PROGRAM_DIRECTORY
from data_access import rollup_reads as reads
from data_access import tables
from data_access.engine import begin_read, begin_write, open_engine
from jobs.first_start import fill_with_demo

PROFILE, YEARS = "daqing", 8  # a good million of cases
_FORTNIGHT, _FORTNIGHTS = 14, 26
ALLOWED_MS = 300.0


def run_pages(
    engine_name: str, server: str, results: Results, *, options: argparse.Namespace
) -> None:
    """Answers of all pages in interleaved rounds, then the first paint of some of them."""
    rounds = 2 if options.quick else options.rounds
    with _city(engine_name, server, options) as store:
        engine = open_engine(store.url)
        settle(engine, store.settings())
        places = find_places(engine)
        title = f"{engine_name}, {places.cases:,} cases"
        with serving(store) as subject:
            rows = page_rows(subject, engine, page_paths(places), rounds=rounds)
        results.add("pages", f"server time of pages, {title}", rows)
        kept = cost_rows(engine, store.settings(), rounds=rounds)
        results.add("pages", f"what keeping sums costs, {title}", kept)
        engine.dispose()
        if not options.no_browser:
            painted = paint_rows(store, places.districts, visits=2 if options.quick else 7)
            results.add("pages", f"first paint, {title}", painted)


@contextmanager
def _city(engine_name: str, server: str, options: argparse.Namespace) -> Iterator[Store]:
    """The demo city with a history of ``YEARS``, or the store of ``--store``."""
    if options.store:
        yield Store(engine_name=engine_name, cases=0, url=options.store)
        return
    profile, years = ("test", 3) if options.quick else (PROFILE, YEARS)
    name = f"yiwang_bench_{profile}_{years}"
    url = f"sqlite:///{FOLDER / name}.db"
    if engine_name != "sqlite":
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
    store = Store(engine_name=engine_name, cases=0, url=url)
    if not is_complete(store):
        drop_store(store, server)
        if engine_name != "sqlite":
            administer(server, f'CREATE DATABASE "{name}"')
        with progress_bar(f"demo city {profile}, {years} years") as report:
            fill_with_demo(store.settings(), profile=profile, years=years, progress=report)
        engine = open_engine(url)
        lengthen_field_work(engine)
        engine.dispose()
    try:
        yield store
    finally:
        if not options.keep:
            drop_store(store, server)


def lengthen_field_work(engine: Engine) -> None:
    """Repeat the demo's fortnight of shifts and patrols back over a year: what a city that has
    used the product that long has. Ids are drawn by the database."""
    now = datetime.now(UTC)
    zero = now - timedelta(days=_FORTNIGHT)
    for table, name in ((tables.shifts, "starts_at"), (tables.patrols, "started_at")):
        columns = [column for column in table.c if not column.primary_key]
        began = table.c[name]
        with begin_write(engine) as connection:
            rows = connection.execute(select(*columns).where(began >= zero, began < now))
            fortnight = [row._asdict() for row in rows]
            for number in range(1, _FORTNIGHTS):
                back = timedelta(days=_FORTNIGHT * number)
                moved = [_moved(row, back) for row in fortnight]
                connection.execute(insert(table), moved)


def _moved(row: dict[str, Any], back: timedelta) -> dict[str, Any]:
    return {
        name: value - back if isinstance(value, datetime) else value for name, value in row.items()
    }


@dataclass(frozen=True, kw_only=True)
class Places:
    """What a store has to ask for: codes, "" where there is none."""

    cases: int
    districts: list[str]
    street: str
    grid: str
    case: str
    category: str
    department: str
    campaign: str


def find_places(engine: Engine) -> Places:
    """The first of everything. Raises RuntimeError for a store without areas."""
    with begin_read(engine) as connection:
        root = reads.read_root(connection)
        if root is None:
            raise RuntimeError("the store has no areas")
        districts = reads.read_children(connection, root.area_id)
        line = [districts[0]]
        while not line[-1].is_leaf:
            line.append(reads.read_children(connection, line[-1].area_id)[0])
        cases = tables.cases
        newest = select(cases.c.case_code).order_by(cases.c.accepted_at.desc()).limit(1)
        return Places(
            cases=connection.execute(select(func.count()).select_from(cases)).scalar_one(),
            districts=[one.code for one in districts],
            street=line[min(1, len(line) - 1)].code,
            grid=line[-1].code,
            case=connection.execute(newest).scalar_one(),
            category=_most_used(connection, tables.categories, "category_id"),
            department=_most_used(connection, tables.departments, "department_id"),
            campaign=_first_code(connection, tables.campaigns),
        )


def _first_code(connection: Connection, table: Table) -> str:
    return connection.execute(select(table.c.code).limit(1)).scalar() or ""


def _most_used(connection: Connection, table: Table, key: str) -> str:
    column = tables.cases.c[key]
    query = (
        select(table.c.code)
        .join(tables.cases, column == table.c[key])
        .group_by(table.c.code)
        .order_by(func.count().desc())
        .limit(1)
    )
    return connection.execute(query).scalar() or ""


def page_paths(places: Places) -> dict[str, str]:
    """Name → address of every page, the heavier questions among them."""
    district, street, grid = quote(places.districts[0]), quote(places.street), quote(places.grid)
    department, category = quote(places.department), quote(places.category)
    paths = {
        "/": "/",
        "/ a year": "/?window=d365",
        "/ a year, two dimensions": f"/?window=d365&category={category}&department={department}",
        "/area district": f"/area/{district}",
        "/area street": f"/area/{street}",
        "/area grid": f"/area/{grid}",
        "/cases": "/cases",
        "/cases a year, department": f"/cases?window=d365&department={department}",
        "/cases overdue": "/cases?by=any&is=overdue",
        "/cases free text": "/cases?by=any&q=" + quote("井盖"),
        "/cases text that is nowhere": "/cases?by=any&q=" + quote("没有这样的文字"),
        "/cases row 9,951": "/cases?by=any&offset=9950",
        "/case": f"/case/{quote(places.case)}",
        **{
            f"/overdue {tab}": f"/overdue?tab={tab}"
            for tab in ("overdue", "due_soon", "today", "meeting", "suspended", "supervised")
        },
        "/duty": "/duty",
        "/duty a year": "/duty?window=d365",
        "/duty district": f"/duty?area={district}",
        "/satisfaction": "/satisfaction",
        "/satisfaction a year": "/satisfaction?window=d365",
        "/campaign": "/campaign",
        "/kpis": "/kpis",
        "/kpis a year": "/kpis?window=d365",
        "/kpis/<rate>": "/kpis/case.on_time_closure_rate",
        "/kpis/<quantile>": "/kpis/case.time_to_close",
        "/kpis/<quantile> a year": "/kpis/case.time_to_close?window=d365",
        "/kpis/<first contact> a year": "/kpis/case.first_contact?window=d365",
        "/departments": "/departments",
        "/departments a year": "/departments?window=d365",
        "/department/<code>": f"/department/{department}",
        "/research": "/research",
        "/police": "/police",
        "/calendar": "/calendar",
        "/quality": "/quality",
        "/system": "/system",
        "/wall": "/wall",
    }
    if places.campaign:
        paths["/campaign/<code>"] = f"/campaign/{quote(places.campaign)}"
    return paths


@dataclass
class Serving:
    """The product's Flask server in this process, with a reader that can be made anew."""

    server: Flask
    store: Store
    opened: list[Engine] = field(default_factory=list)

    def forget(self) -> Reader:
        """Put a reader in place that has kept nothing."""
        engine = open_engine(self.store.url)
        self.opened.append(engine)
        reader = Reader(engine, self.store.settings(), build="benchmark")
        reader.ticker.look()
        reader.geometry_document()  # of the tree; no question makes it anew
        self.server.extensions["yiwang"] = reader
        return reader

    def ask(self, path: str) -> int:
        """Bytes of the answer. Raises RuntimeError for a page that could not be drawn."""
        answer = self.server.test_client().get(path)
        text = answer.get_data(as_text=True)
        if answer.status_code != 200 or 'data-page="missing"' in text:
            raise RuntimeError(f"{path} answered {answer.status}")
        return len(text)


@contextmanager
def serving(store: Store) -> Iterator[Serving]:
    """The whole application, made as the web process makes it."""
    settings = store.settings()
    create_asgi(settings, pages_folder=str(PROGRAM_DIRECTORY / "pages"))
    subject = Serving(server=get_app().server, store=store)
    try:
        yield subject
    finally:
        for engine in subject.opened:
            engine.dispose()
        shutil.rmtree(settings.cache_dir, ignore_errors=True)


@dataclass
class _Taken:
    """Wall and processor ms of the rounds of one task; ``engine``: whose server works for it."""

    engine: Engine
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, task: Callable[[], Any]) -> Any:
        used = _used(self.engine)
        started = time.perf_counter()
        found = task()
        self.wall.append((time.perf_counter() - started) * 1000)
        self.cpu.append((_used(self.engine) - used) * 1000)
        return found


def _used(engine: Engine) -> float:
    """Seconds of processor of this process and, on PostgreSQL, of the processes that serve it."""
    if engine.dialect.name != "postgresql":
        return time.process_time()
    with begin_read(engine) as connection:
        pids = connection.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend'"
        ).scalars()
        return time.process_time() + sum(cpu_seconds(pid) for pid in pids)


def page_rows(
    subject: Serving, engine: Engine, paths: Mapping[str, str], *, rounds: int
) -> list[Row]:
    """One row a page, and the pages' later documents; every round asks all of them."""
    first = {name: _Taken(engine) for name in paths}
    again = {name: _Taken(engine) for name in paths}
    later = {name: _Taken(engine) for name in DOCUMENTS}
    naive = _Taken(engine)
    subject.forget()
    for path in paths.values():  # loads modules, fills the pages of the database
        subject.ask(path)
    naive_dash.evaluate(engine, 30)
    sizes = {}
    for _ in range(rounds):
        naive.run(lambda: naive_dash.evaluate(engine, 30))
        for name, path in paths.items():
            subject.forget()
            sizes[name] = first[name].run(lambda path=path: subject.ask(path))
            again[name].run(lambda path=path: subject.ask(path))
        for name, make in DOCUMENTS.items():
            reader = subject.forget()
            later[name].run(lambda make=make, reader=reader: make(reader))
    unit = percentile(naive.wall, 50)
    rows = [_row(name, first[name], again[name], unit, sizes[name]) for name in paths]
    rows += [_row(f"then: {name}", later[name], None, unit, 0) for name in DOCUMENTS]
    return [*rows, _row("baseline: naive Dash, 30 days", naive, None, unit, 0)]


DOCUMENTS: Mapping[str, Callable[[Reader], Any]] = {
    "/api/catalogue d30": lambda reader: reader.catalogue_document(None, "d30", "zh"),
    "/api/catalogue d365": lambda reader: reader.catalogue_document(None, "d365", "zh"),
    "/api/map-values d30": lambda reader: reader.map_document("case.overdue", "d30", "zh"),
}


def _row(name: str, first: _Taken, again: _Taken | None, unit: float, size: int) -> Row:
    median, used = percentile(first.wall, 50), percentile(first.cpu, 50)
    is_page = again is not None
    return {
        "page": name,
        "first p50 ms": median,
        "first max ms": max(first.wall),
        "CPU p50 ms": used,
        "again p50 ms": percentile(again.wall, 50) if again else float("nan"),
        "× naive": median / unit,
        "kB": size / 1000,
        "CPU ≤ 300": ("yes" if used <= ALLOWED_MS else "NO") if is_page else "",
    }
