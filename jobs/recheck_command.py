"""``./yiwang recheck``: draw a sample of closed cases, list it, record what was found."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import Engine

from dashboard.clocks.city_time import day_start
from dashboard.settings import Settings
from data_access.engine import begin_read
from data_access.rechecks import read_open_rechecks
from jobs.recheck import RESULTS, RecheckError, draw, record
from jobs.store_command import run_on_store


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 when done, 1 on errors, 2 on wrong arguments or settings."""
    return run_on_store(_parser().parse_args(argv))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yiwang recheck", description="Sample re-checks 抽查核实 of closed cases."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    one = commands.add_parser("draw", help="draw a share of the cases closed in some days")
    one.set_defaults(command=_draw)
    one.add_argument("--percent", type=_fraction, default=Fraction(5), help="default 5")
    one.add_argument("--from", dest="first", type=date.fromisoformat, help="first day, 2026-11-01")
    one.add_argument("--to", dest="last", type=date.fromisoformat, help="last day, inclusive")
    one.add_argument("--seed", default="1", help="another sample of the same cases")
    one.add_argument("--area", help="code of the area; default the whole city")
    one.add_argument("--by", help="who draws")
    one = commands.add_parser("list", help="what is still to be looked at")
    one.set_defaults(command=_list)
    one = commands.add_parser("record", help="record what a re-check found")
    one.set_defaults(command=_record)
    one.add_argument("recheck_id", type=int, metavar="NUMBER")
    one.add_argument("result", choices=RESULTS, help="属实, 虚报 or 未解决; the last two reopen")
    one.add_argument("--note")
    one.add_argument("--by", help="who looked")
    return parser


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None


def _draw(engine: Engine, settings: Settings, options: argparse.Namespace) -> None:
    """The last seven complete days unless told otherwise."""
    now = datetime.now(UTC)
    today = now.astimezone(settings.city_zone).date()
    last = options.last or today - timedelta(days=1)
    first = options.first or last - timedelta(days=6)
    if first > last:
        raise RecheckError(f"{first} lies after {last}")
    drawn = draw(
        engine,
        start=day_start(first, settings.city_time_zone),
        end=day_start(last + timedelta(days=1), settings.city_time_zone),
        percent=options.percent,
        seed=options.seed,
        now=now,
        drawn_by=options.by,
        area_code=options.area,
    )
    print(
        f"closed {first} to {last}: {drawn.candidates:,} cases; sample {drawn.sample:,},"
        f" of which new {drawn.added:,}"
    )


def _list(engine: Engine, settings: Settings, _options: argparse.Namespace) -> None:
    with begin_read(engine) as connection:
        rows = read_open_rechecks(connection)
    for row in rows:
        closed = row.closed_at.astimezone(settings.city_zone) if row.closed_at else None
        shown = f"{closed:%Y-%m-%d %H:%M}" if closed else "-"
        cells = (
            row.recheck_id,
            row.case_code,
            row.department or "-",
            row.category,
            row.area,
            shown,
        )
        print("\t".join(map(str, cells)))


def _record(engine: Engine, settings: Settings, options: argparse.Namespace) -> None:
    reopened = record(
        engine,
        options.recheck_id,
        options.result,
        settings=settings,
        now=datetime.now(UTC),
        by=options.by,
        note=options.note,
    )
    print(f"recorded: {options.result}" + ("; the case is reopened" if reopened else ""))


if __name__ == "__main__":
    sys.exit(main())
