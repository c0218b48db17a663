"""Reports of wall screens 大屏心跳: what a screen says of itself, checked, and kept.

A report comes from a browser and is not trusted: every value has a type and a limit, and what does
not fit refuses the whole report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from data_access import screens as store
from data_access.engine import begin_read, begin_write
from data_access.screen_tokens import note_token_seen
from data_access.types import from_epoch_ms, is_storable

if TYPE_CHECKING:
    from dashboard.readings.reader import Reader

STATES: Final = ("live", "late", "link", "failed", "data", "source", "rebuilding", "empty")
MOST_PAINTS: Final = 20
_CODE: Final = re.compile(r"[a-z0-9-]{8,40}")
_LARGEST: Final = 2**53
_LATEST_MS: Final = 4_102_444_800_000  # the year 2100


class BadReportError(ValueError):
    """A report that is not shaped like one."""


def is_screen_code(code: str) -> bool:
    """Whether this can be the code of a screen."""
    return _CODE.fullmatch(code) is not None


def parse_report(raw: Any, *, browser: str = "") -> dict[str, Any]:
    """The columns of ``screens`` out of a report's JSON. Raises BadReportError.

    Keys: profile, version, build, as_of_ms, painted_ms, state, heap, skew_ms, viewport, paints (a
    list of [version, what, hash]); instants are epoch ms by the screen's corrected clock, null for
    none.
    """
    if not isinstance(raw, Mapping):
        raise BadReportError("not an object")
    state = raw.get("state")
    if state not in STATES:
        raise BadReportError("state")
    return {
        "profile": _text(raw, "profile", 40),
        "version": _whole(raw, "version", 0, _LARGEST) or 0,
        "as_of": _instant(raw, "as_of_ms"),
        "painted_at": _instant(raw, "painted_ms"),
        "build": _text(raw, "build", 60),
        "state": state,
        "heap_bytes": _whole(raw, "heap", 0, _LARGEST),
        "skew_ms": _whole(raw, "skew_ms", -_LATEST_MS, _LATEST_MS),
        "viewport": _text(raw, "viewport", 40),
        "browser": browser[:300],
        "paints": _paints(raw.get("paints")),
    }


def _text(raw: Mapping[str, Any], name: str, longest: int) -> str:
    value = raw.get(name, "")
    if not isinstance(value, str) or len(value) > longest or not is_storable(value):
        raise BadReportError(name)
    return value


def _whole(raw: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
    value = raw.get(name)
    if value is None:
        return None
    if type(value) is not int or not low <= value <= high:
        raise BadReportError(name)
    return value


def _instant(raw: Mapping[str, Any], name: str) -> datetime | None:
    value = _whole(raw, name, 0, _LATEST_MS)
    return from_epoch_ms(value) if value else None


def _paints(value: Any) -> list[list[Any]]:
    if not isinstance(value, list) or len(value) > MOST_PAINTS:
        raise BadReportError("paints")
    for one in value:
        if not isinstance(one, list) or len(one) != 3:
            raise BadReportError("paints")
        _whole({"paint": one[0]}, "paint", 0, _LARGEST)
        for text in one[1:]:
            _text({"paint": text}, "paint", 80)
    return value


def save_report(
    reader: Reader, code: str, report: Mapping[str, Any], *, token_id: int | None
) -> int:
    """Keep a report; the screen's number. Raises TooManyScreensError and SQLAlchemyError."""
    now = reader.now()
    with begin_write(reader.engine) as connection:
        if token_id is not None:
            note_token_seen(connection, token_id, now)
        return store.save_heartbeat(connection, code, {**report, "token_id": token_id}, now)


def silent_seconds(reader: Reader, code: str) -> int | None:
    """For how long nothing was heard of a screen; None for one that is not known."""
    with begin_read(reader.engine) as connection:
        last = store.read_last_heartbeat(connection, code)
    return None if last is None else max(0, round((reader.now() - last).total_seconds()))
