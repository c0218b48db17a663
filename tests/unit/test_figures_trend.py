"""The trend figure is a plain dict, keeps gaps, and names colours by token."""

from __future__ import annotations

import json
import re
from pathlib import Path

import plotly
import pytest

from dashboard.figures.trend import SERIES, trend_figure

NAMES = {"accepted": "受理", "closed": "办结", "overdue": "超期未结"}
ASSETS = Path(__file__).resolve().parents[2] / "assets"


def test_traces_follow_the_series_and_keep_gaps() -> None:
    trend = {"days": ["2026-11-21"], "accepted": [3], "closed": [None], "overdue": [9]}
    figure = trend_figure(trend, NAMES, day_format="%m月%d日")
    assert [trace["name"] for trace in figure["data"]] == [NAMES[name] for name in SERIES]
    assert [trace["y"] for trace in figure["data"]] == [[3], [None], [9]]
    assert figure["data"][2]["yaxis"] == "y2"


@pytest.mark.parametrize("theme", [":root {", ':root[data-theme="dark"] {'])
def test_every_colour_token_exists_in_both_themes(theme: str) -> None:
    empty = {"days": [], "accepted": [], "closed": [], "overdue": []}
    text = json.dumps(trend_figure(empty, NAMES, day_format="%d"))
    block = (ASSETS / "10_tokens.css").read_text(encoding="utf-8").split(theme)[1].split("\n}")[0]
    used = set(re.findall(r'token:([\w-]+)"', text))
    assert used
    assert {token for token in used if f"--{token}:" not in block} == set()


def test_vendored_library_is_the_one_inside_plotly() -> None:
    head = (ASSETS / "vendor" / "plotly-cartesian.min.js").read_text(encoding="utf-8")[:200]
    own = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    with own.open(encoding="utf-8") as file:
        theirs = file.read(200)
    version = re.compile(r"v(\d+\.\d+\.\d+)")
    ours = version.search(head)
    assert ours is not None
    assert ours.group() == version.search(theirs).group()  # type: ignore[union-attr]
