"""One line per message on standard error, the same in every process."""

from __future__ import annotations

import logging
import sys

# Libraries whose ordinary messages would bury ours. APScheduler warns whenever a run takes longer
# than its interval, which is normal here.
_TALKATIVE = {
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,
    "uvicorn": logging.WARNING,
}


def configure_logs(level: str, *, process: str) -> None:
    """Send all log messages to standard error: time, process, level, text."""
    logging.basicConfig(
        level=level.upper(),
        stream=sys.stderr,
        format=f"%(asctime)s {process} %(levelname)s %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
        force=True,
    )
    for name, least in _TALKATIVE.items():
        logging.getLogger(name).setLevel(logging.NOTSET if level == "debug" else least)
