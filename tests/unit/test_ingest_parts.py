"""The parts of file import that need no store: polygons, coordinates, cleaning, mapping, codes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.ingest.cleaning import cleaner
from jobs.ingest.codes import grid_code_problem
from jobs.ingest.coordinates import gcj02_shift, geometry_to_wgs84, to_wgs84
from jobs.ingest.encodings import detect_encoding
from jobs.ingest.incoming import ImportRefused
from jobs.ingest.mapping import read_mapping
from jobs.ingest.polygons import PolygonIndex, middle_of

ROOT = Path(__file__).resolve().parents[2]
SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]]}
HOLED = {
    "type": "MultiPolygon",
    "coordinates": [
        [
            [[10, 0], [14, 0], [14, 4], [10, 4], [10, 0]],
            [[11, 1], [13, 1], [13, 3], [11, 3], [11, 1]],
        ],
        [[[20, 0], [21, 0], [20, 1], [20, 0]]],
    ],
}


def test_points_in_polygons_with_holes_and_parts() -> None:
    index = PolygonIndex([(7, json.dumps(SQUARE)), (8, json.dumps(HOLED))])
    xs = np.array([2.0, 12.0, 10.5, 20.2, 9.0, np.nan, 2.0])
    ys = np.array([2.0, 2.0, 2.0, 0.2, 2.0, 1.0, 5.0])
    assert index.locate(xs, ys).tolist() == [7, 0, 8, 8, 0, 0, 0]
    assert PolygonIndex([]).locate(xs, ys).tolist() == [0] * 7
    assert middle_of(SQUARE) == (2.0, 2.0)


@given(
    st.lists(st.tuples(st.floats(-1, 6), st.floats(-1, 6)), min_size=1, max_size=40),
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_point_in_a_tiling_lies_in_the_tile_its_numbers_say(
    points: list[tuple[float, float]], columns: int, rows: int
) -> None:
    tiles = []
    for x in range(columns):
        for y in range(rows):
            ring = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]
            tiles.append((1 + x * 10 + y, json.dumps({"type": "Polygon", "coordinates": [ring]})))
    inside = [(x, y) for x, y in points if x % 1 and y % 1]  # edges belong to either side
    found = PolygonIndex(tiles).locate(
        np.array([x for x, _ in inside]), np.array([y for _, y in inside])
    )
    expected = [
        1 + int(x) * 10 + int(y) if 0 < x < columns and 0 < y < rows else 0 for x, y in inside
    ]
    assert found.tolist() == expected


@given(st.floats(75, 134), st.floats(18, 53))
def test_way_back_from_gcj02_is_exact(longitude: float, latitude: float) -> None:
    east, north = gcj02_shift(longitude, latitude)
    back = to_wgs84(longitude + east, latitude + north, "GCJ-02")
    assert back == pytest.approx((longitude, latitude), abs=1e-7)
    assert 0 < abs(east) + abs(north) < 0.02  # some hundred metres


def test_known_positions_of_the_vendor_systems() -> None:
    # Tiananmen: the offsets published with the reconstruction.
    assert to_wgs84(116.403963, 39.915119, "GCJ-02") == pytest.approx(
        (116.39772, 39.91372), abs=1e-4
    )
    assert to_wgs84(116.410340, 39.921490, "BD-09") == pytest.approx(
        (116.39772, 39.91372), abs=2e-4
    )
    assert to_wgs84(-71.06, 42.36, "GCJ-02") == (-71.06, 42.36)  # not outside China
    moved = geometry_to_wgs84(HOLED, "GCJ-02")
    assert len(moved["coordinates"][0]) == 2
    with pytest.raises(ValueError, match="unknown coordinate system"):
        to_wgs84(1, 2, "EPSG:3857")


def test_cleaning_rules_in_order() -> None:
    problems: list[str] = []
    clean = cleaner(
        [
            {"strip": True},
            {"half_width": True},
            {"remove": [" ", ":"]},
            {"first_of": ",、"},
            {"replace": {"汙": "污"}},
            {"regex": "^([^區]{1,2}區).*$", "with": r"\1"},
            {"same_as": {"白何區": "白河區"}},
            {"if_blank": "未知"},
        ],
        "clean.area",
        problems,
    )
    assert problems == []
    texts = [" 北 區", ":中西區", "東區裕農路446巷", "白何區,東區", "空氣汙染", "", "ＡＢ１"]
    assert [clean(text) for text in texts] == [
        "北區", "中西區", "東區", "白河區", "空氣污染", "未知", "AB1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("编号,区域\n1,萨尔图区\n", "utf-8"),
        ("编号,区域,类别\n1,萨尔图区,暴露垃圾\n2,让胡路区,道路破损\n" * 5, "gb18030"),
        ("編號,區域,類別\n1,臺南市安南區,路燈故障\n2,永康區,違規停車\n" * 5, "big5"),
    ],
)
def test_encoding_is_found_out(text: str, encoding: str) -> None:
    assert detect_encoding(text.encode(encoding)) == encoding


def test_utf8_with_a_broken_byte_is_still_called_utf8() -> None:
    good = "编号,区域\n1,萨尔图区\n".encode()
    assert detect_encoding(good + b"2,\xff\xfe\n" + good) == "utf-8"


@pytest.mark.parametrize("name", ["cases.toml", "revisions.toml"])
def test_example_mappings_are_sound(name: str) -> None:
    assert read_mapping(ROOT / "docs" / "examples" / "tainan1999" / name).source["code"]


def test_every_mistake_of_a_mapping_is_named_with_what_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(
        """
kind = "case"
colour = 1
[source]
[file]
encoding = "latin1"
[times]
time_zone = "Mars/Olympus"
[columns]
reported_at = 3
colour = "c"
[[clean.area]]
polish = true
[[clean.title]]
regex = "("
[policy]
unknown_area = "guess"
check_codes = "yes"
[[areas]]
level = "galaxy"
"""
    )
    with pytest.raises(ImportRefused) as caught:
        read_mapping(path)
    message = str(caught.value)
    for part in (
        "kind = 'case': allowed are 'cases', 'revisions'",
        "colour: no such key; allowed are kind",
        "source.code: missing",
        "file.encoding = 'latin1': allowed are 'auto'",
        "times.time_zone = 'Mars/Olympus'",
        "columns.reported_at: must be",
        "columns.colour: no such key",
        "columns.source_ref: missing",
        "clean.area[1].polish: no such rule; allowed are strip",
        "clean.title[1].regex = '(': must be",
        "policy.unknown_area = 'guess': allowed are 'reject', 'unlocated', 'create'",
        "policy.check_codes = 'yes': must be true or false",
        "areas[1].level = 'galaxy': allowed are 'city'",
        "areas[1].code: missing",
    ):
        assert part in message, part


@pytest.mark.parametrize("content", ["kind = ", "\x00"])
def test_mapping_that_is_no_toml(tmp_path: Path, content: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(content)
    with pytest.raises(ImportRefused, match="not valid TOML"):
        read_mapping(path)
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_mapping(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("code", "pattern", "good"),
    [
        ("230602001001001", r"\d{15}", True),
        ("230602001001000", r"\d{15}", False),
        ("23060200100100", r"\d{15}", False),
        ("230602001001001X", r"\d{15}", False),
        ("DQ-17", r"[A-Z]{2}-\d+", True),
    ],
)
def test_grid_codes(code: str, pattern: str, good: bool) -> None:
    assert (grid_code_problem(code, pattern) is None) is good
