"""The head of pages that are no board 页眉: place, period and state of the data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from dashboard.readings.about import about, reference
from dashboard.readings.view import Question, find_area, first_day, window_of
from dashboard.settings import Settings
from data_access import rollup_reads as reads
from data_access.rollups import read_state


def read_head(
    connection: Connection, question: Question, *, settings: Settings, now: datetime, build: str
) -> dict[str, Any]:
    """What ``components.board_shape.PageHead`` names, with the areas below.

    Raises UnknownAreaError (also for a store without any area) and OutsideScopeError.
    """
    area = find_area(connection, question.scope, question.area_code)
    state = read_state(connection)
    window = window_of(question.window_key, first_day(connection, area), settings=settings, now=now)
    below = reads.read_children(connection, area.area_id)
    head = about(
        connection,
        line=reads.read_areas(connection, area.line),
        window=window,
        years=reads.read_years(connection, area.line[0]),
        state=state,
        as_of=state.as_of or now,
        settings=settings,
        now=now,
        build=build,
        lang=question.lang,
    )
    return head | {"below": [reference(row, question.lang) for row in below]}
