"""From an address to a wall 大屏: its profile, its document, and what stands there without one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import flask
from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.frame import PageFrame
from dashboard.components.wall_page import wall_page
from dashboard.components.wall_shape import Wall
from dashboard.components.walls_page import walls_page
from dashboard.readings.wall_profile import choose_profile, load_profiles
from dashboard.readings.wall_tokens import COOKIE
from dashboard.settings import PROGRAM_DIRECTORY
from dashboard.shell.page_view import own_reader, page_view
from dashboard.words import known_language


def wall_view(profile: str | None, lang: str | None) -> html.Div:
    """The wall of a profile. A profile that cannot be used gives the default one and says so;
    without the database the page waits and tries again by itself."""
    reader = own_reader()
    usual = choose_profile(reader.settings, profile).profile.lang
    chosen = []

    def read(_area: Any, _window: Any, language: str) -> Any:
        chosen.append(reader.wall_profile(profile))
        return reader.wall_document(chosen[0], language).data

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        wall = cast(Wall, head)
        # A screen with a token shows; people act at their desks.
        can_act = reader.settings.editing and COOKIE not in flask.request.cookies
        return wall_page(wall, frame, chosen[0], can_act=can_act)

    return page_view(None, "today", known_language(lang, usual or reader.settings.language), draw,
                     read=read)  # fmt: skip


def walls_view(area: str | None, window: str | None, lang: str | None) -> html.Div:
    """All profiles, the broken ones with their problems."""
    settings = own_reader().settings
    files = load_profiles(settings)

    def draw(head: PageHead, frame: PageFrame) -> html.Div:
        folder = Path(settings.wall_profiles_dir)
        is_inside = folder.is_relative_to(PROGRAM_DIRECTORY)
        shown = folder.relative_to(PROGRAM_DIRECTORY) if is_inside else folder
        return walls_page(head, files, frame, folder=str(shown))

    return page_view(area, window, lang, draw)
