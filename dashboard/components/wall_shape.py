"""What a wall 大屏 shows beside a page's head: the document of ``GET /api/wall`` (docs/wall.md)."""

from __future__ import annotations

from typing import Any

from dashboard.components.board_shape import PageHead, Tile


class Wall(PageHead):
    """One document for a whole wall; the lists are drawn in the browser by ``assets/js/84_wall_*``.

    ``bars``: today's sources; ``hours``: today and a week ago; ``walk``: the area and what lies
    below it; ``months``: satisfaction; ``roster``: officers of the day.
    """

    schema: int
    geometry: str | None
    tiles: list[Tile]
    bars: list[dict[str, Any]]
    hours: dict[str, list[int | None]]
    walk: list[dict[str, Any]]
    league: dict[str, Any]
    duty: dict[str, Any]
    months: dict[str, Any]
    roster: dict[str, Any]
    alarms: dict[str, Any]
    emergencies: list[dict[str, Any]]
