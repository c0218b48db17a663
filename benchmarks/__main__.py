"""``./yiwang bench``: measure the product on this machine."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from benchmarks.results import Results
from benchmarks.stores import FOLDER, open_stores

PARTS = ("readings", "rebuild", "deadlines", "latency", "viewers", "pages", "soak")
_IN_A_BROWSER = ("latency", "viewers", "pages", "soak")
_DEFAULT_SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the parts that were asked for; all figures go to var/benchmarks/results.jsonl."""
    options = _parser().parse_args(argv)
    results = Results(FOLDER)
    usual = tuple(part for part in PARTS if part != "soak")  # which takes hours
    parts = usual if options.part == "all" else (options.part,)
    if set(_IN_A_BROWSER) & set(parts) and find_spec("playwright") is None:
        print(
            f"bench: {', '.join(_IN_A_BROWSER)} look at real pages and need Playwright:"
            " .venv/bin/python -m pip install -r tests/requirements.txt",
            file=sys.stderr,
        )
        return 2
    sizes = [20_000] if options.quick else options.cases
    for name in options.engine.split(","):
        for part in parts:
            _run(part, name, sizes, options, results)
    return 0


def _run(
    part: str, engine_name: str, sizes: list[int], options: argparse.Namespace, results: Results
) -> None:
    if part == "viewers":
        from benchmarks.viewers import run_viewers

        run_viewers(engine_name, options.postgres, results, options=options)
        return
    if part == "soak":
        from benchmarks.soak import run_soak

        run_soak(engine_name, options.postgres, results, options=options)
        return
    if part == "pages":
        from benchmarks.pages import run_pages

        run_pages(engine_name, options.postgres, results, options=options)
        return
    if part == "deadlines":
        from benchmarks.deadlines import run_deadlines

        run_deadlines(engine_name, options.postgres, results, quick=options.quick)
        return
    # With --keep, or in a run of several parts, the stores of one part serve the next.
    keep = options.keep or (options.part == "all" and part != "latency")
    used = sizes if part != "latency" else [max(size for size in sizes if size <= 1_000_000)]
    with open_stores(engine_name, used, server=options.postgres, keep=keep) as stores:
        if part == "readings":
            from benchmarks.readings import run_readings

            run_readings(stores, results, quick=options.quick)
        elif part == "rebuild":
            from benchmarks.rebuilding import run_rebuild

            run_rebuild(stores, results)
        else:
            from benchmarks.latency import run_latency

            run_latency(stores[-1], results, options=options)


def _sizes(given: str) -> list[int]:
    return sorted(int(one) for one in given.split(","))


def _numbers(given: str) -> list[int]:
    return [int(one) for one in given.split(",")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yiwang bench", description=__doc__)
    parser.add_argument("part", nargs="?", default="all", choices=("all", *PARTS))
    parser.add_argument("--cases", type=_sizes, default=[133_000, 1_000_000], metavar="N,N")
    parser.add_argument("--engine", default="sqlite", help="sqlite, postgres or both with a comma")
    parser.add_argument(
        "--postgres",
        default=os.environ.get("YIWANG_TEST_POSTGRES") or _DEFAULT_SERVER,
        help="a server on which databases may be made and dropped",
    )
    parser.add_argument(
        "--quick", action="store_true", help="20,000 cases, few rounds: does it run"
    )
    parser.add_argument("--keep", action="store_true", help="keep the stores for the next run")
    parser.add_argument("--rates", type=_numbers, default=[1, 10, 100], help="changes a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each rate is held")
    parser.add_argument("--viewers", type=_numbers, default=[1, 10, 50, 200])
    parser.add_argument("--updates", type=int, default=20_000, help="of part soak")
    parser.add_argument("--repaints", type=int, help="part soak: paint so often what was taken")
    parser.add_argument("--hours", type=float, help="part soak: for so long instead")
    parser.add_argument("--speed", type=float, default=5000, help="part soak: of the living city")
    parser.add_argument("--rounds", type=int, default=5, help="of part pages")
    parser.add_argument("--store", metavar="URL", help="for part pages: a store that is there")
    parser.add_argument("--no-browser", action="store_true", help="part pages: server time only")
    return parser


if __name__ == "__main__":
    sys.exit(main())
