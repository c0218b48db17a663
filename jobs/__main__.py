"""``python -m jobs``: the second process; ``python -m jobs NAME``: one job once."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.runtime.logs import configure_logs
from dashboard.settings import Settings, SettingsError, load_settings
from data_access.engine import open_engine
from data_access.migrate import current_revision, head_revision
from jobs.runner import AnotherLeaderError, run_once, run_timetable
from jobs.timetable import TIMETABLE


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 after a graceful stop or a good run, 1 on errors, 2 on wrong arguments."""
    parser = argparse.ArgumentParser(prog="jobs", description="Runs the jobs of the timetable.")
    names = [job.name for job in TIMETABLE]
    parser.add_argument("name", nargs="?", choices=names, help="run this one once and end")
    name: str | None = parser.parse_args(argv).name
    try:
        settings = load_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    configure_logs(settings.log_level, process="jobs")
    engine = open_engine(settings.database_url)
    try:
        if current_revision(engine) != head_revision():
            print("the store's schema is not up to date: run ./yiwang migrate", file=sys.stderr)
            return 1
        return _run(engine, settings, name)
    except (AnotherLeaderError, SQLAlchemyError) as error:
        print(f"jobs: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()


def _run(engine: Engine, settings: Settings, name: str | None) -> int:
    if name is not None:
        run_once(engine, settings, name)
        return 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    run_timetable(engine, settings, stop=stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
