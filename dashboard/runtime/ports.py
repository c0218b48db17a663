"""The listening socket, taken before anything slow is done."""

from __future__ import annotations

import errno
import socket

from dashboard.settings import Settings


class PortError(Exception):
    """The address cannot be listened on; the message names the setting."""


def open_port(settings: Settings) -> socket.socket:
    """A bound socket for ``settings.host`` and ``settings.port``; raises PortError."""
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise PortError(f"host {host!r} is unknown ({error.strerror}): set YIWANG_HOST") from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise PortError(_why(error, host, port)) from None
    return listener


def shown_address(settings: Settings) -> str:
    """The address to type into a browser."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"http://{host}:{settings.port}/"


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is in use by another program: stop that one,"
            f" or choose another port, for example YIWANG_PORT={port + 1 if port < 65535 else 8050}"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} needs root: set YIWANG_PORT to 1024 or more"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"host {host!r} is not an address of this machine: set YIWANG_HOST"
    return f"cannot listen on {host}:{port} ({error.strerror}): set YIWANG_HOST or YIWANG_PORT"
