"""Files of real life, broken, foreign or huge: a clear message, or every row counted."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, func, select

from dashboard.settings import Settings
from data_access.engine import begin_read
from data_access.tables import (
    areas,
    callbacks,
    case_events,
    cases,
    ingest_batches,
    metadata,
    rejects,
    sources,
)
from data_access.types import to_epoch_ms
from jobs.ingest import BatchReport, ImportRefused, import_file
from jobs.ingest.tables import ForeignTable

MAP = """
[source]
code = "hotline"
name_zh = "热线"
[times]
time_zone = "Asia/Shanghai"
formats = ["iso", "%Y/%m/%d %H:%M"]
[columns]
source_ref = "编号"
reported_at = "上报时间"
closed_at = "办结时间"
category = "类别"
area = "网格"
state = "状态"
longitude = "经度"
latitude = "纬度"
[values.state]
"处理中" = "handling"
"已办结" = "closed"
[coordinates]
system = "GCJ-02"
[policy]
unknown_category = "create"
[[areas]]
level = "city"
code = "230600"
name = "大庆市"
[[areas]]
level = "grid"
code = "230602001001001"
name = "一网格"
parent = "=230600"
"""
HEADER = "编号,上报时间,办结时间,类别,网格,状态,经度,纬度"
GOOD = "a1,2024-11-18 08:00,,垃圾,230602001001001,处理中,125.02,46.58"
CLOSED = "a2,2024/11/18 09:30,2024-11-19T10:00:00+08:00,垃圾,一网格,已办结,,"

Import = Callable[..., BatchReport]


@pytest.fixture
def run(engine: Engine, settings: Settings, tmp_path: Path) -> Import:
    """Write a file and import it."""

    def run(content: str | bytes | Path, *, name: str = "in.csv", **more: Any) -> BatchReport:
        mapping = tmp_path / "map.toml"
        mapping.write_text(more.pop("mapping", MAP), encoding="utf-8")
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(engine, settings, path, mapping, **more)

    return run


def rows_in(engine: Engine, table: Any) -> int:
    with begin_read(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def assert_nothing_written(engine: Engine) -> None:
    filled = {table.name for table in metadata.sorted_tables if rows_in(engine, table)}
    # Since when the history of cases is complete, and that no day of field work is counted yet:
    # what every new store holds.
    assert filled == {"job_marks", "field_changes"}


def table(*lines: str) -> str:
    return "\n".join((HEADER, *lines)) + "\n"


def test_foreign_table_becomes_cases(engine: Engine, run: Import) -> None:
    report = run(table(GOOD, CLOSED))
    assert (report.rows_added, report.rows_rejected, report.areas_added) == (2, 0, 2)
    with begin_read(engine) as connection:
        first, second = connection.execute(select(cases).order_by(cases.c.source_ref)).all()
    assert (first.state, second.state) == ("handling", "closed")
    assert to_epoch_ms(first.reported_at) == to_epoch_ms(
        datetime.fromisoformat("2024-11-18T08:00+08:00")
    )
    assert first.accepted_at == first.reported_at
    assert first.longitude == pytest.approx(125.0138, abs=0.001)  # GCJ-02 → WGS-84
    again = run(table(GOOD, CLOSED))
    assert (again.rows_unchanged, again.areas_added) == (2, 0)


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        ("in.csv", lambda text: text.encode("utf-8-sig")),
        ("in.csv", lambda text: text.encode("gb18030")),
        ("in.csv.gz", lambda text: gzip.compress(text.encode())),
        ("in.tsv", lambda text: text.replace(",", "\t").encode()),
        ("in.csv", lambda text: text.replace(",", ";").replace("\n", "\r\n").encode()),
    ],
)
def test_encodings_and_delimiters_are_found_out(
    engine: Engine, run: Import, name: str, encode: Callable[[str], bytes]
) -> None:
    assert run(encode(table(GOOD, CLOSED)), name=name).rows_added == 2


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("b,2024-11-18 08:00,,垃圾,999,处理中,,", "网格", "unknown area '999'"),
        ("b,18.11.2024 8 Uhr,,垃圾,一网格,处理中,,", "上报时间", "not a date"),
        (
            "b,2024-11-18 08:00,2024-11-17 08:00,垃圾,一网格,已办结,,",
            "办结时间",
            "closed 2024-11-17",
        ),
        ("b,2024-11-18 08:00,,垃圾,一网格,睡觉,,", "状态", "unknown status '睡觉'"),
        ("b,2024-11-18 08:00,,垃圾,一网格,处理中,east,46", "经度", "not a number"),
        (",2024-11-18 08:00,,垃圾,一网格,处理中,,", "编号", "missing"),
        ("b,2024-11-18 08:00,垃圾,一网格,处理中,,", "", "has 7 cells, the header has 8"),
    ],
)
def test_bad_row_is_named_by_row_and_column_and_the_others_come_in(
    engine: Engine, run: Import, line: str, column: str, reason: str
) -> None:
    report = run(table(GOOD, line, CLOSED))
    assert (report.rows_added, report.rows_rejected) == (2, 1)
    with begin_read(engine) as connection:
        kept = connection.execute(select(rejects).order_by(rejects.c.reject_id)).first()
    assert kept is not None
    assert (kept.row_no, kept.column_name) == (3, column)
    assert reason in kept.reason
    assert report.rejects_path is not None and report.rejects_path.is_file()


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (table(GOOD).encode() + b"b,2024-11-18 08:00,,\xff\xfe,x,y,,\n", "in.csv",
         r"row 3, column '类别': bytes 0xff 0xfe are not utf-8; nothing was imported"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "in.csv", "not a text file"),
        (b"PK\x03\x04rest", "in.csv", "is a ZIP or XLSX file"),
        (b"PK\x03\x04rest", "in.xlsx", "damaged or no XLSX workbook"),
        (b"not gzip", "in.csv.gz", "damaged or no gzip file"),
        (gzip.compress(table(GOOD, CLOSED).encode())[:-12], "in.csv.gz", "damaged"),
        (b"", "in.csv", "empty, not even a header row"),
        (table(GOOD, 'x,"2024').encode(), "in.csv", "row 3: not readable as CSV"),
        ("编号,编号\n".encode(), "in.csv", "'编号' is there twice"),
        ("编号,上报时间\n".encode(), "in.csv", "no column '办结时间', '状态'"),
        (b"x", "in.pdf", "can read .csv"),
    ],
)  # fmt: skip
def test_broken_file_is_refused_before_anything_is_written(
    engine: Engine, run: Import, content: bytes, name: str, message: str
) -> None:
    with pytest.raises(ImportRefused, match=message):
        run(content, name=name)
    assert_nothing_written(engine)


def test_missing_file(engine: Engine, run: Import, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="there is no such file"):
        run(tmp_path / "nowhere.csv")


def test_workbook_with_and_without_values_of_formulas(
    engine: Engine, run: Import, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(","))
    sheet.append(
        [101.0, datetime(2024, 11, 18, 8), None, "垃圾", "一网格", "处理中", 125.02, 46.58]
    )
    sheet.append(
        [102, datetime(2024, 11, 18, 9), None, '="垃"&"圾"', "一网格", "处理中", None, None]
    )
    path = tmp_path / "in.xlsx"
    book.save(path)
    report = run(path)
    assert (report.rows_added, report.rows_rejected) == (1, 1)
    row_no, problem = report.examples[0]
    assert (row_no, problem.column) == (3, "类别")
    assert "cell D3 is a formula without a stored value" in problem.reason
    with begin_read(engine) as connection:
        assert connection.execute(select(cases.c.source_ref)).scalar_one() == "101"


def test_dry_run_of_a_file_writes_nothing(engine: Engine, run: Import) -> None:
    report = run(table(GOOD, CLOSED, "b,2024-11-18 08:00,,垃圾,999,处理中,,"), dry_run=True)
    assert (report.rows_added, report.rows_rejected, report.areas_added) == (2, 1, 2)
    assert "would be" in report.summary()
    assert_nothing_written(engine)


def test_second_city_in_one_store_is_refused(engine: Engine, run: Import) -> None:
    run(table(GOOD))
    with pytest.raises(ImportRefused, match="already holds the city 230600 大庆市"):
        run(table(GOOD), mapping=MAP.replace('"230600"', '"230200"').replace("=230600", "=230200"))
    assert rows_in(engine, areas) == 2
    assert rows_in(engine, ingest_batches) == 1


REVISIONS = """
kind = "revisions"
[source]
code = "hotline"
[times]
time_zone = "Asia/Shanghai"
[columns]
source_ref = "id"
known_at = "seen"
field = "field"
old = "old"
new = "new"
[fields]
"类别" = "category"
"时间" = ["reported_at", "accepted_at"]
"撤回" = "withdrawn"
[policy]
unknown_category = "create"
"""


def test_revisions_are_applied_with_their_dates_and_only_once(engine: Engine, run: Import) -> None:
    run(table(GOOD, CLOSED))
    lines = (
        "id,seen,field,old,new",
        "a1,2024-11-19 10:00,类别,垃圾,噪音",
        "a1,2024-11-19 10:00,时间,2024-11-18 08:00,2024-11-18 07:00",
        "a1,2024-11-20 10:00,类别,别的,路灯",  # it has moved on: history only
        "a2,2024-11-21 10:00,撤回,,",
        "zz,2024-11-21 10:00,撤回,,",
        "a1,2024-11-21 10:00,颜色,,",
    )
    report = run("\n".join(lines), mapping=REVISIONS, name="rev.csv")
    assert (report.rows_read, report.rows_changed, report.rows_rejected) == (6, 4, 2)
    assert report.reasons == {"no such case": 1, "unknown field": 1}
    with begin_read(engine) as connection:
        first, second = connection.execute(select(cases).order_by(cases.c.source_ref)).all()
        events = connection.execute(
            select(case_events).where(case_events.c.opinion.is_not(None)).order_by(
                case_events.c.known_at
            )
        ).all()  # fmt: skip
    assert [event.opinion for event in events] == [
        "类别: 垃圾 → 噪音; 时间: 2024-11-18 08:00 → 2024-11-18 07:00",
        "类别: 别的 → 路灯",
        "withdrawn by the source",
    ]
    assert first.reported_at.hour == 23 and first.accepted_at == first.reported_at
    assert (second.state, second.void_reason, second.closed_at) == (
        "void", "withdrawn by the source", None,
    )  # fmt: skip
    assert second.voided_at == events[-1].known_at
    again = run("\n".join(lines), mapping=REVISIONS, name="rev.csv")
    assert (again.rows_unchanged, again.rows_rejected) == (4, 2)


def test_huge_file_is_read_in_bounded_memory(tmp_path: Path) -> None:
    line = GOOD + "," + "x" * 200 + "\n"

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        path.write_text(HEADER + ",text\n" + line * rows, encoding="utf-8")
        tracemalloc.start()
        found = ForeignTable(path)
        assert sum(1 for _ in found.rows()) == found.row_count == rows
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    small, large = peak(6_000), peak(60_000)  # 1.7 MB and 17 MB
    assert large < 1.2 * small + 500_000


STAGES = MAP.replace('code = "hotline"', 'code = "hotline"\nkind = "hotline"')


def test_stages_come_in_by_a_mapping(engine: Engine, run: Import) -> None:
    mapping = STAGES.replace(
        'state = "状态"',
        'state = "状态"\nclose_kind = "办结方式"\nfirst_contact_at = "首次联系"\n'
        'visited_at = "回访时间"\ncall_back_answer = "评价"\nfiling_condition = "立案条件"',
    ).replace(
        "[coordinates]",
        '[values.close_kind]\n"直接答复" = "answered"\n[values.call_back_answer]\n'
        '"满意" = "satisfied"\n[coordinates]',
    )
    header = f"{HEADER},办结方式,首次联系,回访时间,评价,立案条件"
    lines = (
        f"{GOOD},,2024-11-18 08:20,,,整栋",
        f"{CLOSED},直接答复,2024/11/18 09:40,2024-11-19 09:00,满意,",
    )
    text = "\n".join((header, *lines)) + "\n"
    assert run(text, mapping=mapping).rows_added == 2
    with begin_read(engine) as connection:
        rows = connection.execute(select(cases).order_by(cases.c.source_ref)).all()
        source = connection.execute(select(sources)).one()
        call = connection.execute(select(callbacks)).one()
    assert [row.filing_condition for row in rows] == ["整栋", None]
    assert [row.close_kind for row in rows] == [None, "answered"]
    assert all(row.first_contact_at > row.reported_at for row in rows)
    assert (source.kind, source.is_proactive) == ("hotline", False)
    assert (call.case_id, call.answer, call.is_contacted) == (rows[1].case_id, "satisfied", True)
    assert run(text, mapping=mapping).rows_unchanged == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('kind = "radio"', "source.kind = 'radio': allowed are 'worker'"),
        ('kind = "hotline"\nis_proactive = true', "source.is_proactive: must be false"),
        ('kind = "video"\nis_proactive = false', "source.is_proactive: must be true"),
    ],
)
def test_a_source_that_contradicts_itself_is_refused(
    engine: Engine, run: Import, line: str, message: str
) -> None:
    mapping = MAP.replace('name_zh = "热线"', line)
    with pytest.raises(ImportRefused, match=message):
        run(table(GOOD), mapping=mapping)
    assert_nothing_written(engine)
