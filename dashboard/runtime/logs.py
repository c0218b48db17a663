"""One line per message on standard error, the same in every process."""

from __future__ import annotations

import logging
import sys


def configure_logs(level: str, *, process: str) -> None:
    """Send all log messages to standard error: time, process, level, text."""
    logging.basicConfig(
        level=level.upper(),
        stream=sys.stderr,
        format=f"%(asctime)s {process} %(levelname)s %(message)s",
        datefmt="%Y-%m-%d %H:%M:%S",
        force=True,
    )
