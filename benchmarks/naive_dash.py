"""The named baseline 对照: a plain Dash page over a pandas frame, as a first version is written.

``python -m benchmarks.naive_dash URL PORT`` serves it as Dash itself does. Its page has five
numbers, a trend, a table of districts and the newest overdue cases; one callback reads the window's
cases into a frame and draws them. Nothing is kept and nothing is summed beforehand.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import plotly.express as px
from dash import Dash, Input, Output, dash_table, dcc, html
from sqlalchemy import Engine, select

from data_access.engine import begin_read, open_engine
from data_access.tables import area_paths, areas, cases

WINDOWS = {"d30": 30, "d365": 365}
SHELL = "h1"  # what its layout draws before any number
FIRST_NUMBER = "#accepted"


def read_window(engine: Engine, days: int) -> pd.DataFrame:
    """One row a case accepted in the last ``days`` days, and every case that is not closed."""
    start = datetime.now(UTC) - timedelta(days=days)
    query = (
        select(
            cases.c.case_code, cases.c.area_id, cases.c.category_id, cases.c.accepted_at,
            cases.c.closed_at, cases.c.deadline_at, area_paths.c.path,
        )
        .join(area_paths, area_paths.c.area_id == cases.c.area_id)
        .where(cases.c.voided_at.is_(None))
        .where((cases.c.accepted_at >= start) | cases.c.closed_at.is_(None))
    )  # fmt: skip
    with begin_read(engine) as connection:
        return pd.read_sql(query, connection)


def evaluate(engine: Engine, days: int) -> dict[str, Any]:
    """Everything the page shows of a window."""
    frame = read_window(engine, days)
    now = pd.Timestamp.now(tz="UTC")
    for name in ("accepted_at", "closed_at", "deadline_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    inside = frame[frame["accepted_at"] >= now - pd.Timedelta(days=days)]
    is_open = frame["closed_at"].isna()
    overdue = frame[is_open & (frame["deadline_at"] < now)]
    on_time = inside["closed_at"] <= inside["deadline_at"]
    with begin_read(engine) as connection:
        named = pd.read_sql(select(areas.c.area_id, areas.c.name_zh), connection)
    names = dict(zip(named["area_id"].astype(str), named["name_zh"], strict=True))
    district = inside["path"].str.split("/").str[1].map(names)
    table = inside.assign(district=district, on_time=on_time).groupby("district")
    league = table.agg(accepted=("case_code", "size"), on_time=("on_time", "mean")).reset_index()
    trend = inside.groupby(inside["accepted_at"].dt.date).size().reset_index(name="accepted")
    return {
        "accepted": len(inside),
        "closed": int(inside["closed_at"].notna().sum()),
        "open": int(is_open.sum()),
        "overdue": len(overdue),
        "on_time": float(on_time.mean()),
        "trend": trend,
        "league": league,
        "newest": overdue.sort_values("deadline_at", ascending=False).head(10),
    }


def make_application(engine: Engine) -> Dash:
    """The page with one callback, as Dash's own tutorial builds one."""
    app = Dash("naive", serve_locally=True)
    tiles = ("accepted", "closed", "open", "overdue", "on_time")
    app.layout = html.Div(
        [
            html.H1("Overview"),
            dcc.Dropdown(list(WINDOWS), "d30", id="window"),
            *(html.Div(id=name) for name in tiles),
            dcc.Graph(id="trend"),
            dash_table.DataTable(id="league"),
            dash_table.DataTable(id="newest"),
        ]
    )
    outputs = [Output(name, "children") for name in tiles]

    @app.callback(
        *outputs, Output("trend", "figure"), Output("league", "data"), Output("newest", "data"),
        Input("window", "value"),
    )  # fmt: skip
    def draw(window: str) -> tuple[Any, ...]:
        found = evaluate(engine, WINDOWS[window])
        newest = found["newest"][["case_code", "deadline_at"]].astype(str)
        return (
            *(f"{name}: {found[name]:,.4g}" for name in tiles),
            px.line(found["trend"], x="accepted_at", y="accepted"),
            found["league"].to_dict("records"),
            newest.to_dict("records"),
        )

    return app


def main(url: str, port: str) -> None:
    """Serve until killed, as ``app.run()`` does."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = make_application(open_engine(url))
    application.run(host="127.0.0.1", port=port, debug=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
