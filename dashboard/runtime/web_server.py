"""The web process: one ASGI application on one listening socket."""

from __future__ import annotations

import socket
from typing import Any

import uvicorn

# Live connections never end by themselves; browsers come back alone after a restart.
_GRACE_SECONDS = 3


def serve_application(application: Any, listener: socket.socket, *, log_level: str) -> None:
    """Serve until SIGTERM or SIGINT; then finish answers in hand and return."""
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        lifespan="auto",
        log_config=None,  # one log format for all processes: dashboard.runtime.logs
        log_level="debug" if log_level == "debug" else "warning",
        access_log=log_level == "debug",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])
