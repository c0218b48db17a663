"""Grid portrait 网格画像: the end of the drill-down, what is known of one grid."""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import GridPortrait, GridWorker
from dashboard.components.frame import PageFrame
from dashboard.components.spans import moment_text, number_text
from dashboard.words import word

COUNTS = ("residents", "households", "houses", "shops", "structures")


def grid_portrait_card(grid: GridPortrait, lang: str, frame: PageFrame) -> html.Section:
    """People, houses, shops, workers with roles, last patrol and visit, police grid."""
    counts = {
        "residents": grid["residents"],
        "households": grid["households"],
        "houses": grid["houses"],
        "shops": grid["shops"],
        "structures": grid["structures"],
    }
    facts = html.Dl(
        [
            html.Div([html.Dt(word(f"grid.{name}", lang)), html.Dd(number_text(counts[name]))])
            for name in COUNTS
        ],
        className="facts",
    )
    return html.Section(
        [
            html.Header(html.H2(word("grid.title", lang)), className="card-head"),
            facts,
            _work(grid, lang, frame),
            html.H3(word("grid.workers", lang)),
            _workers(grid["workers"], lang),
        ],
        className="card card-grid",
        **{"data-part": "grid"},
    )


def _work(grid: GridPortrait, lang: str, frame: PageFrame) -> html.Dl:
    rows = [
        ("last_patrol", _moment(grid["last_patrol_ms"], lang, frame)),
        ("last_visit", _moment(grid["last_visit_ms"], lang, frame)),
        ("police", grid["police_grid"] or "—"),
        ("station", word("grid.has_station" if grid["station"] else "grid.no_station", lang)),
    ]
    return html.Dl(
        [
            html.Div([html.Dt(word(f"grid.{name}", lang)), html.Dd(text, **{"data-grid": name})])
            for name, text in rows
        ],
        className="facts facts-wide",
    )


def _moment(at_ms: int | None, lang: str, frame: PageFrame) -> str:
    return word("grid.never", lang) if at_ms is None else moment_text(at_ms, frame.zone)


def _workers(workers: list[GridWorker], lang: str) -> html.Ul | html.P:
    if not workers:
        return html.P(word("grid.no_workers", lang), className="nothing is-vacant")
    return html.Ul(
        [
            html.Li(
                [
                    html.Span(worker["role_name"], className="worker-role"),
                    html.Span(worker["name"], className="worker-name"),
                    html.Span(
                        word(
                            "grid.full_time" if worker["is_full_time"] else "grid.part_time", lang
                        ),
                        className="worker-kind",
                    ),
                ]
            )
            for worker in workers
        ],
        className="workers",
    )
