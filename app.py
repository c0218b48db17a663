"""Yiwang 一网: the command line that starts everything. ``./yiwang --help`` lists the commands.

Each command imports what it needs when it runs, so that help and errors come at once.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from dashboard.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from dashboard.runtime.processes import Family
    from data_access.store_facts import StoreFacts

ROOT = Path(__file__).resolve().parent
DEFAULT_PROFILE = "daqing"
_START_SECONDS = 180.0
_CHILD_MARK = "_YIWANG_CHILD"


class UserError(Exception):
    """Something the person at the terminal can mend; shown as one line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit codes: 0 good, 1 failed, 2 wrong use or settings, 130 interrupted."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments and arguments[0] in _FOREIGN:  # their options are not ours to read
        return _FOREIGN[arguments[0]](arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
    except SettingsError as error:
        for problem in error.problems:
            print(f"yiwang: {problem}", file=sys.stderr)
        return 2
    try:
        return int(options.command(settings, options))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        message = _explained(error)
        if message is None or settings.log_level == "debug":
            raise
        print(f"yiwang: {message}", file=sys.stderr)
        return 1


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Everything with one command: store, demo city, web, jobs; ends together."""
    from dashboard.runtime.ports import open_port
    from dashboard.runtime.processes import Family, raise_on_terminate
    from jobs.first_start import prepare_schema

    raise_on_terminate()
    open_port(settings).close()  # a busy port is said now, not after the demo city is made
    facts = prepare_schema(settings)
    if not facts.has_areas:
        _fill(settings, options.profile or DEFAULT_PROFILE)
        facts = prepare_schema(settings)
    with Family() as family:
        _start_child(family, "web", "serve")
        _start_child(family, "jobs", "jobs")
        if facts.is_demo:
            profile = _profile_of(facts.city_name) or options.profile or DEFAULT_PROFILE
            _start_child(family, "demo", "demo", profile, "--live", "--speed", str(options.speed))
        try:
            _accompany(family, settings)
        except KeyboardInterrupt:  # the usual end, not a failure
            print("yiwang: ending", file=sys.stderr)
            return 0


def _start_child(family: Family, name: str, *arguments: str) -> None:
    environ = {**os.environ, _CHILD_MARK: "1"}
    family.start(name, [sys.executable, str(ROOT / "app.py"), *arguments], environ=environ)


def _accompany(family: Family, settings: Settings) -> NoReturn:
    """Print the address once the board answers, then wait; a child that dies is an error."""
    from dashboard.runtime.ports import shown_address
    from dashboard.runtime.processes import Ended

    address = shown_address(settings)
    ended = family.wait_until(lambda: _answers(address + "api/tick"), seconds=_START_SECONDS)
    if ended is False:
        raise UserError(f"the web process did not answer on {address} in {_START_SECONDS:.0f} s")
    if not isinstance(ended, Ended):
        print(f"\n  一网 Yiwang: {address}   (Ctrl-C ends)\n", flush=True)
        ended = family.wait()
    raise UserError(f"{ended}; the others are ended too")


def _answers(url: str) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def serve(settings: Settings, _options: argparse.Namespace) -> int:
    """The web process alone."""
    from dashboard.runtime.logs import configure_logs
    from dashboard.runtime.ports import open_port
    from dashboard.runtime.web_server import serve_application

    configure_logs(settings.log_level, process="web")
    listener = open_port(settings)
    _require_schema(settings)
    from dashboard.app_factory import create_asgi

    application = create_asgi(settings, pages_folder=str(ROOT / "pages"))
    serve_application(application, listener, log_level=settings.log_level)
    return 0


def demo(settings: Settings, options: argparse.Namespace) -> int:
    """Generate a demo city, or (``--live``) let the one in the store live."""
    from jobs.demo import PROFILES

    if options.profile not in PROFILES:
        raise UserError(f"no profile {options.profile!r}; there are {', '.join(PROFILES)}")
    if not options.live:
        _fill(settings, options.profile, options)
        print("demo city ready: ./yiwang run, or serve, jobs and demo --live", file=sys.stderr)
        return 0
    return _live(settings, options)


def _live(settings: Settings, options: argparse.Namespace) -> int:
    from dashboard.runtime.logs import configure_logs
    from data_access.engine import open_engine
    from jobs.demo import live

    configure_logs(settings.log_level, process="demo")
    facts = _require_schema(settings)
    if not facts.is_demo:
        raise UserError("the store holds no demo city: ./yiwang demo PROFILE makes one")
    stop = threading.Event()
    _stop_on_signals(stop)
    engine = open_engine(settings.database_url)
    try:
        live(engine, profile=options.profile, settings=settings, speed=options.speed, stop=stop)
    finally:
        engine.dispose()
    return 0


def import_(settings: Settings, options: argparse.Namespace) -> int:
    """Bring a file of real cases into the store."""
    for path in (options.file, options.map):
        if not path.is_file():
            raise UserError(f"there is no file {path}")
    from dashboard.runtime.terminal import progress_bar
    from data_access.engine import open_engine
    from jobs.first_start import prepare_schema
    from jobs.ingest import ImportRefused, import_file

    facts = prepare_schema(settings)
    if facts.is_demo and not options.dry_run:
        raise UserError(
            "the store holds a demo city; real cases need a store of their own: set"
            " YIWANG_DATABASE_URL, for example sqlite:///var/city.db"
        )
    engine = open_engine(settings.database_url)
    try:
        with progress_bar(f"import {options.file.name}") as progress:
            report = import_file(
                engine,
                settings,
                options.file,
                options.map,
                dry_run=options.dry_run,
                progress=progress,
            )
    except ImportRefused as refused:
        raise UserError(str(refused)) from refused
    finally:
        engine.dispose()
    print(report)
    return 0


def limits(settings: Settings, options: argparse.Namespace) -> int:
    """Take in a city's table of time limits."""
    from jobs.load_limits import load_limit_file

    print(load_limit_file(settings, options))
    return 0


def migrate(settings: Settings, _options: argparse.Namespace) -> int:
    """Bring the schema up to date and put missing triggers back."""
    from data_access.migrate import head_revision
    from jobs.first_start import prepare_schema

    prepare_schema(settings)
    print(f"schema: revision {head_revision()}")
    return 0


def rebuild(settings: Settings, _options: argparse.Namespace) -> int:
    """Compute all rollups from scratch while readers go on reading."""
    from datetime import UTC, datetime

    from dashboard.runtime.terminal import progress_bar
    from data_access.engine import open_engine
    from jobs.rebuild_rollups import rebuild as rebuild_rollups

    _require_schema(settings)
    engine = open_engine(settings.database_url)
    try:
        with progress_bar("rebuild") as progress:
            rebuild_rollups(engine, settings=settings, now=datetime.now(UTC), progress=progress)
    finally:
        engine.dispose()
    return 0


def check(settings: Settings, _options: argparse.Namespace) -> int:
    """Say what is wrong and how to mend it; exit code 1 where something is."""
    from jobs.check import check as findings

    marks = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}
    problems = 0
    for finding in findings(settings):
        print(f"{marks[finding.level]} {finding.text}")
        if finding.mend:
            print(f"        → {finding.mend}")
        problems += finding.level == "problem"
    return 1 if problems else 0


def _main_of(module: str, arguments: Sequence[str]) -> int:
    return int(import_module(module).main(arguments))


def _test(arguments: Sequence[str]) -> int:
    return _python("tests/run.py", *arguments)


def _bench(arguments: Sequence[str]) -> int:
    return _python("-m", "benchmarks", *arguments)


def _python(*arguments: str) -> int:
    """Another Python program of the repository, with the terminal handed over."""
    child = subprocess.Popen([sys.executable, *arguments], cwd=ROOT)
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:  # the terminal sent it to the child as well: let it tidy up
            continue


def _fill(settings: Settings, profile: str, options: argparse.Namespace | None = None) -> None:
    from dashboard.runtime.terminal import progress_bar
    from jobs.demo import PROFILES
    from jobs.first_start import fill_with_demo

    if profile not in PROFILES:
        raise UserError(f"no profile {profile!r}; there are {', '.join(PROFILES)}")
    with progress_bar(f"demo city {profile}") as progress:
        fill_with_demo(
            settings,
            profile=profile,
            seed=options.seed if options else 1,
            years=options.years if options else 3,
            replace=options.replace if options else False,
            progress=progress,
        )


def _require_schema(settings: Settings) -> StoreFacts:
    from data_access.engine import begin_read, open_engine
    from data_access.migrate import current_revision, head_revision
    from data_access.store_facts import read_store_facts

    engine = open_engine(settings.database_url)
    try:
        if current_revision(engine) != head_revision():
            raise UserError("the store's schema is not up to date: run ./yiwang migrate")
        with begin_read(engine) as connection:
            return read_store_facts(connection)
    finally:
        engine.dispose()


def _profile_of(city_name: str | None) -> str | None:
    """The profile a demo store was made with; its city name tells it."""
    from jobs.demo import PROFILES

    return next((key for key, profile in PROFILES.items() if city_name in profile.name), None)


def _stop_on_signals(stop: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())


def _explained(error: Exception) -> str | None:
    """One line for an error a person can mend; None for a mistake of the program."""
    from sqlalchemy.exc import ArgumentError, OperationalError

    from dashboard.runtime.ports import PortError
    from data_access.migrate import UnknownRevisionError
    from jobs.first_start import StoreInUseError

    if isinstance(error, (UserError, PortError, StoreInUseError, UnknownRevisionError)):
        return str(error)
    if isinstance(error, OperationalError):
        reason = str(error.__cause__ or error).strip().splitlines()[0]
        return f"database: {reason}; ./yiwang check says more"
    if isinstance(error, ArgumentError):
        return f"YIWANG_DATABASE_URL cannot be read: {error}"
    if isinstance(error, PermissionError):
        return f"no permission for {error.filename}"
    if type(error).__module__.startswith("jobs.ingest"):  # its errors name file, row and column
        return str(error)
    return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yiwang", description="Yiwang 一网: one board for a city's grid management."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(
        name: str, function: Callable[..., int] | None, text: str
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(command=function)
        return added

    one = command("run", run, "set up if needed, then web, jobs and demo city; Ctrl-C ends all")
    one.add_argument("--profile", help=f"demo city for an empty store (default {DEFAULT_PROFILE})")
    _add_speed(one)
    command("serve", serve, "the web process alone")
    command("jobs", None, "the jobs process alone; jobs NAME runs one job once")  # see _FOREIGN
    one = command("demo", demo, "generate a demo city into an empty store")
    one.add_argument("profile", metavar="PROFILE", help="daqing qingyang tiefeng yuanbao anyue")
    one.add_argument("--live", action="store_true", help="let the city in the store live")
    _add_speed(one)
    one.add_argument("--seed", type=int, default=1, help="another city of the same kind")
    one.add_argument("--years", type=int, default=3, help="years of history (default 3)")
    one.add_argument("--replace", action="store_true", help="over the demo city that is there")
    one = command("import", import_, "bring in real cases from a CSV or XLSX file")
    one.add_argument("file", metavar="FILE", type=Path)
    one.add_argument("--map", metavar="MAP", type=Path, required=True, help="mapping file, TOML")
    one.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    one = command("limits", limits, "take in a table of time limits from XLSX, CSV or TOML")
    one.add_argument("file", metavar="FILE", type=Path)
    one.add_argument("--from", dest="since", metavar="DATE", help="first day (default: today)")
    one.add_argument("--create-categories", action="store_true", help="make unknown categories")
    one.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    command("registry", None, "take in a register: duty officers and more")
    command("recheck", None, "sample re-checks 抽查: draw, list, record")
    command("wall-token", None, "device tokens 设备令牌 of walls: create, list, revoke")
    command("migrate", migrate, "bring the database schema up to date")
    command("rebuild", rebuild, "compute all rollups from scratch")
    command("check", check, "say what is wrong with configuration or database, and how to mend it")
    command("test", None, "linters, types and all tests; more arguments go to pytest")
    command("bench", None, "benchmarks")
    return parser


def _add_speed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--speed", type=float, default=1.0, help="of the living demo city (1 = real pace)"
    )


# These read their own arguments; the parser lists them for --help only.
_FOREIGN: dict[str, Callable[[Sequence[str]], int]] = {"test": _test, "bench": _bench}
_MODULES = {"jobs": "__main__", "recheck": "recheck_command", "registry": "load_registers"}
_MODULES |= {"wall-token": "wall_token_command"}
_FOREIGN |= {name: partial(_main_of, f"jobs.{module}") for name, module in _MODULES.items()}


if __name__ == "__main__":
    if os.environ.pop(_CHILD_MARK, None):
        from dashboard.runtime.processes import end_with_parent

        end_with_parent()
    sys.exit(main())
