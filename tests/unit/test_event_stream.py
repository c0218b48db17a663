"""The event stream: a tick that comes while another is being sent is not slept over."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

from dashboard.api.live import HEARTBEAT_SECONDS, Heartbeat, event_stream
from dashboard.readings.ticker import EMPTY


class _Viewer:
    async def is_disconnected(self) -> bool:
        return False


def test_a_move_during_sending_wakes_the_stream() -> None:
    async def watch() -> int:
        heartbeat = Heartbeat()
        heartbeat.attach()
        latest = SimpleNamespace(document=lambda build: {"version": 1})
        reader: Any = SimpleNamespace(ticker=SimpleNamespace(latest=latest), build="test")
        viewer: Any = _Viewer()
        stream = event_stream(viewer, reader, heartbeat)
        assert await anext(stream) == b"retry: 2000\n\n"
        assert b'"version":1' in await anext(stream)
        latest.document = lambda build: {"version": 2}  # while the first is on its way
        heartbeat.wake(EMPTY)
        await asyncio.sleep(0)
        event = await asyncio.wait_for(anext(stream), HEARTBEAT_SECONDS / 5)
        version: int = json.loads(event.split(b"data: ")[1])["version"]
        return version

    assert asyncio.run(watch()) == 2
