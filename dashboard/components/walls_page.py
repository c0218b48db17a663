"""The profiles of video walls 大屏配置 `/walls`: a sketch of each, its keys, its problems."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import PageHead
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place
from dashboard.components.page_shell import page
from dashboard.components.work_page import work_card
from dashboard.readings.wall_profile import ProfileFile, WallProfile
from dashboard.words import word

WALLS: Final = Place(page="walls")


def walls_page(
    head: PageHead, files: Mapping[str, ProfileFile], frame: PageFrame, *, folder: str
) -> html.Div:
    """The whole page; ``folder``: where a city's own profiles lie."""
    lang = head["lang"]
    content = [
        html.P(word("walls.intro", lang, folder=folder), className="note"),
        html.Div([_card(file, lang) for file in files.values()], className="work-cards walls"),
    ]
    return page(head, frame, content, place=WALLS, title=word("walls.title", lang), kind="walls")


def _card(file: ProfileFile, lang: str) -> html.Section:
    owner = word("walls.own" if file.is_own else "walls.city", lang)
    title = (file.profile and file.profile.title) or file.name
    body: list[Component] = []
    if file.profile is None:
        body.append(html.P(word("walls.broken", lang), className="walls-broken"))
        body.append(html.Ul([html.Li(problem) for problem in file.problems]))
    else:
        body += [_sketch(file.profile, lang), _facts(file.profile, lang)]
    href = f"/wall/{file.name}?lang={lang}"
    body.append(html.A(word("walls.open", lang), href=href, className="button"))
    return work_card(
        title, body, part=f"wall-{file.name}", note=f"{file.name}.toml · {owner}", span=4
    )


def _sketch(profile: WallProfile, lang: str) -> html.Div:
    """Columns, panels and seams in the screen's own proportions."""
    width, height = profile.screen
    seams = profile.seams
    left = _side(profile, seams.x)
    right = _side(profile, tuple(1 - place for place in reversed(seams.x)))
    rows = len(seams.y) + 1
    columns = [
        _sketch_column(profile.left, left, rows, lang),
        _sketch_column(("map", "alarms"), 1 - left - right, 1, lang),
        _sketch_column(profile.right, right, rows, lang),
    ]
    lines = [
        *(html.I(style={"left": f"{100 * x:.3f}%"}, className="seam-x") for x in seams.x),
        *(html.I(style={"top": f"{100 * y:.3f}%"}, className="seam-y") for y in seams.y),
    ]
    style = {"aspectRatio": f"{width} / {height}"}
    return html.Div([*columns, *lines], className="wall-sketch", style=style)


def _side(profile: WallProfile, seams: tuple[float, ...]) -> float:
    """Share of a side column, by the rule of ``assets/js/84_wall_layout.js``."""
    width, height = profile.screen
    unit = min(width / 1920, height / 1080) / width
    usual = max(430 * unit, min(900 * unit, 0.24))
    first = next((place for place in seams if place >= 430 * unit), None)
    return first if first is not None and first <= min(1100 * unit, 0.4) else usual


def _sketch_column(names: tuple[str, ...], share: float, rows: int, lang: str) -> html.Div:
    """The panels over the rows of screens, so that none lies on a seam."""
    bounds = [len(names) * row // rows for row in range(rows + 1)]
    boxes: list[Component] = []
    for first, last in pairwise(bounds):
        parts = [
            html.Span(word(f"walls.panel.{name}", lang), className=f"sketch-{name}")
            for name in names[first:last]
        ]
        boxes += parts if rows == 1 else [html.Div(parts, className="sketch-part")]
    return html.Div(boxes, style={"flexGrow": f"{share:.3f}"})


def _facts(profile: WallProfile, lang: str) -> html.Dl:
    seams = word("walls.no_seams", lang)
    if profile.seams.x or profile.seams.y:
        seams = word("walls.seams_of", lang, x=len(profile.seams.x), y=len(profile.seams.y))
    dwell = word("walls.no_walk", lang)
    if profile.dwell_seconds:
        dwell = word("walls.dwell_of", lang, n=profile.dwell_seconds)
    rows = {
        "area": profile.area or word("walls.whole", lang),
        "screen": f"{profile.screen[0]} × {profile.screen[1]}",
        "seams": seams,
        "dwell": dwell,
        "metrics": " · ".join(word(f"map.metric.{one}", lang) for one in profile.metrics),
        "window": word(f"window.{profile.window}", lang),
        "personal": word(f"walls.personal.{profile.personal_data}", lang),
    }
    return html.Dl(
        [html.Div([html.Dt(word(f"walls.{key}", lang)), html.Dd(text)]) for key, text in
         rows.items()],
        className="walls-facts",
    )  # fmt: skip
