"""Child processes that live and end together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_PR_SET_PDEATHSIG = 1
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Ended:
    """A child that ended by itself."""

    name: str
    code: int

    def __str__(self) -> str:
        if self.code < 0:
            return f"{self.name} was ended by {signal.Signals(-self.code).name}"
        return f"{self.name} ended with code {self.code}"


class Family:
    """Starts children in sessions of their own, so that Ctrl-C reaches only the parent.

    The parent then ends them in order and waits; as a context manager it leaves none behind.
    """

    def __init__(self, *, grace_seconds: float = 15.0) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._grace_seconds = grace_seconds

    def __enter__(self) -> Family:
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def start(
        self, name: str, arguments: Sequence[str], *, environ: Mapping[str, str] | None = None
    ) -> None:
        """Start one child; its output is the parent's."""
        self._children[name] = subprocess.Popen(
            list(arguments),
            env=dict(os.environ if environ is None else environ),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )

    def ended(self) -> Ended | None:
        """The first child found dead, or None while all live."""
        for name, child in self._children.items():
            if (code := child.poll()) is not None:
                return Ended(name, code)
        return None

    def wait_until(self, is_true: Callable[[], bool], *, seconds: float) -> Ended | bool:
        """True once the condition holds, the child that died before, or False after ``seconds``."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if dead := self.ended():
                return dead
            if is_true():
                return True
            time.sleep(_POLL_SECONDS)
        return False

    def wait(self) -> Ended:
        """Block until a child ends by itself."""
        while True:
            if dead := self.ended():
                return dead
            time.sleep(_POLL_SECONDS)

    def end(self) -> None:
        """SIGTERM to the latest first, wait for all, SIGKILL what is left after the grace."""
        alive = [child for child in reversed(self._children.values()) if child.poll() is None]
        for child in alive:
            child.terminate()
        until = time.monotonic() + self._grace_seconds
        for child in alive:
            try:
                child.wait(timeout=max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def end_with_parent() -> None:
    """Ask Linux to end this process when its parent dies, even by SIGKILL; elsewhere nothing."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it died in between
        os.kill(os.getpid(), signal.SIGTERM)


def raise_on_terminate() -> None:
    """Turn SIGTERM into KeyboardInterrupt, so that both ways of ending take the same path."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
