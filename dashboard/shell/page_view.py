"""Pages beside the board: their head, and what is shown when it cannot be read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

import flask
from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.frame import PageFrame
from dashboard.components.missing_page import missing_area, missing_page, waiting_page
from dashboard.readings.reader import Reader
from dashboard.readings.scope import OutsideScopeError
from dashboard.readings.view import UnknownAreaError, UnknownSliceError
from dashboard.readings.windows import known_window
from dashboard.words import known_language, word

_LOG = logging.getLogger(__name__)


def own_reader() -> Reader:
    """The reader of the application that answers now."""
    return cast(Reader, flask.current_app.extensions["yiwang"])


def page_view(
    area: str | None,
    window: str | None,
    lang: str | None,
    draw: Callable[[PageHead, PageFrame], html.Div],
    *,
    read: Callable[..., Any] | None = None,
) -> html.Div:
    """The page that ``draw`` makes of a head (and of all else that ``read`` puts beside it).

    ``read`` is asked with area, window and language, and is the reader's ``head`` without one. An
    unknown period or language falls back to its default, an unknown area gives a page that says so;
    without any area, or with the database away, the page waits and tries again by itself.
    """
    reader = own_reader()
    settings = reader.settings
    lang = known_language(lang, settings.language)
    frame = PageFrame(
        time_zone=settings.city_time_zone, stale_after_seconds=settings.stale_after_seconds
    )
    try:
        head = cast(PageHead, (read or reader.head)(area, known_window(window), lang))
        return draw(head, frame)
    except UnknownSliceError:
        return missing_page(word("missing.slice", lang), lang)
    except (UnknownAreaError, OutsideScopeError):
        return missing_area(area, lang) if area else waiting_page(word("stale.empty", lang), lang)
    except Exception as error:  # as a rule the database is away
        _LOG.warning("a page could not be drawn: %s", error)
        _LOG.debug("where it happened", exc_info=True)
        return waiting_page(word("missing.board", lang), lang)


def whole_number(text: Any) -> int:
    """A number of an address or a request that is not trusted: zero for anything else."""
    try:
        return max(0, int(text))
    except (TypeError, ValueError, OverflowError):
        return 0
