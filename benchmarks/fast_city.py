"""The demo city living faster than ``demo --live`` lets it: many small beats a second.

python -m benchmarks.fast_city URL PROFILE SPEED BEATS_A_SECOND
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

from dashboard.settings import Settings
from data_access.engine import open_engine
from jobs.demo.live import LiveCity


def main(url: str, profile: str, speed: str, beats: str) -> None:
    """Beat until the process is ended."""
    settings = Settings(database_url=url)
    city = LiveCity(open_engine(url), profile=profile, settings=settings, speed=float(speed))
    pause = 1 / float(beats)
    while True:
        started = time.monotonic()
        city.beat(datetime.now(UTC), pause)
        time.sleep(max(0.0, pause - (time.monotonic() - started)))


if __name__ == "__main__":
    main(*sys.argv[1:])
