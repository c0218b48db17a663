"""Grid portrait 网格画像: the end of the drill-down, what is known of one grid."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import Board, GridPortrait, GridWorker
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.spans import moment_text, number_text
from dashboard.words import word

COUNTS = (
    "residents", "households", "houses", "shops", "structures", "marshals", "group_members",
)  # fmt: skip
_GROUPS = ("family", "people", "facilities", "risks", "all")


def grid_portrait_card(board: Board, grid: GridPortrait, frame: PageFrame) -> html.Section:
    """People, houses, shops, files, open cases, workers with roles, last patrol and visit."""
    lang = board["lang"]
    shown: Any = grid
    facts = html.Dl(
        [
            html.Div(
                [
                    html.Dt(word(f"grid.{name}", lang)),
                    html.Dd([number_text(shown[name]), *_size(grid, name, lang)]),
                ]
            )
            for name in COUNTS
        ],
        className="facts facts-grid",
    )
    parts: list[Component] = [
        html.Header(html.H2(word("grid.title", lang)), className="card-head"),
        facts,
        _work(board, grid, frame),
        _files(grid, lang),
        html.H3(word("grid.workers", lang)),
        *_missing(grid, lang),
        _workers(grid["workers"], lang),
    ]
    return html.Section(parts, className="card card-grid", **{"data-part": "grid"})


def _size(grid: GridPortrait, name: str, lang: str) -> list[Component]:
    """Whether the households lie within the range of the grid's kind."""
    size = grid["size"]
    if name != "households" or not size["state"]:
        return []
    text = word(f"grid.size.{size['state']}", lang, low=size["low"], high=size["high"])
    level = "lv-good" if size["state"] == "within" else "lv-warn"
    return [html.Span(text, className=f"state-mark {level}")]


def _work(board: Board, grid: GridPortrait, frame: PageFrame) -> html.Dl:
    lang = board["lang"]
    people = grid["key_people"]
    late = word("grid.visits_late", lang, n=number_text(people["overdue"]))
    rows: list[tuple[str, Any]] = [
        ("open", _cases(board, grid["open"], "open")),
        ("overdue", _cases(board, grid["overdue"], "overdue")),
        ("key_people", _link(board, "duty", f"{number_text(people['count'])} · {late}")),
        ("last_patrol", _moment(grid["last_patrol_ms"], lang, frame)),
        ("last_visit", _moment(grid["last_visit_ms"], lang, frame)),
        ("police", _police(board, grid)),
        ("station", word("grid.has_station" if grid["station"] else "grid.no_station", lang)),
    ]
    return html.Dl(
        [
            html.Div([html.Dt(word(f"grid.{name}", lang)), html.Dd(text, **{"data-grid": name})])
            for name, text in rows
        ],
        className="facts facts-wide",
    )


def _cases(board: Board, count: int, mark: str) -> html.A:
    """A count of now that leads to its cases."""
    place = Place(page="cases", more={"is": mark, "by": "any"})
    return html.A(number_text(count), href=place_href(board, place), **{"data-nav": ""})


def _link(board: Board, page: str, text: str) -> html.A:
    return html.A(text, href=place_href(board, Place(page=page)), **{"data-nav": ""})


def _police(board: Board, grid: GridPortrait) -> str | html.A:
    if not grid["police_grid"] or not grid["police_code"]:
        return grid["police_grid"] or "—"
    root = board["path"][0]["code"]
    place = Place(page="police", more={"police": grid["police_code"]})
    return html.A(grid["police_grid"], href=place_href(board, place, area=root), **{"data-nav": ""})


def _files(grid: GridPortrait, lang: str) -> html.Dl:
    """四必清: the four groups of fields and all together; "—" where nobody told."""
    items = []
    for name, cell in zip(_GROUPS, grid["completeness"], strict=True):
        is_told = cell["level"] != "none"
        text = f"{cell['text']} %" if is_told else "—"
        mark = " lv-warn" if cell["level"] == "warn" else ""
        shape = "▲ " if mark else ""
        counts = f"{number_text(cell['filled'])} / {number_text(cell['required'])}"
        value = html.Dd(f"{shape}{text}", className=mark.strip(), title=counts if is_told else "")
        items.append(html.Div([html.Dt(word(f"clear.{name}", lang)), value]))
    return html.Dl(items, className="facts facts-wide facts-files")


def _missing(grid: GridPortrait, lang: str) -> list[Component]:
    """一长多员: roles nobody has here that others have elsewhere, and more than one head."""
    told = []
    if grid["missing_roles"]:
        names = ("、" if lang == "zh" else ", ").join(grid["missing_roles"])
        told.append(word("grid.missing_roles", lang, names=names))
    if grid["heads"] > 1:
        told.append(word("grid.many_heads", lang, n=grid["heads"]))
    return [html.P(text, className="note") for text in told]


def _moment(at_ms: int | None, lang: str, frame: PageFrame) -> str:
    return word("grid.never", lang) if at_ms is None else moment_text(at_ms, frame.zone)


def _workers(workers: list[GridWorker], lang: str) -> html.Ul | html.P:
    if not workers:
        return html.P(word("grid.no_workers", lang), className="nothing is-vacant")
    return html.Ul([_worker(one, lang) for one in workers], className="workers")


def _worker(worker: GridWorker, lang: str) -> html.Li:
    kind = "grid.full_time" if worker["is_full_time"] else "grid.part_time"
    return html.Li(
        [
            html.Span(worker["role_name"], className="worker-role"),
            html.Span(f"{worker['name']} {worker['phone']}".strip(), className="worker-name"),
            html.Span(word(kind, lang), className="worker-kind"),
        ]
    )
