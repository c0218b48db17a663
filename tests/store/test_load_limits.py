"""A city's table of limits: every row taken in or refused with its reason, on both engines."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, insert, select, update

from dashboard.clocks import Limit
from dashboard.readings.calendars import limit_book_of
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import categories, ingest_batches, limit_rules, rejects
from jobs.ingest import ImportRefused
from jobs.limit_files import read_limit_file
from jobs.load_limits import LimitReport, load_limits

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "limits"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HEADER = ("大类", "小类", "处置单位", "主管部门", "立案条件", "结案条件", "处置时限")


@pytest.fixture
def load(engine: Engine, settings: Settings) -> Any:
    def run(path: Path, **options: Any) -> LimitReport:
        report = load_limits(engine, settings, path, now=NOW, **options)
        counted = report.added + report.unchanged + len(report.rejects)
        assert counted == report.rows_read
        return report

    return run


def book(path: Path, *rows: tuple[Any, ...], header: tuple[str, ...] = HEADER) -> Path:
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    for row in (header, *rows):
        sheet.append(row)
    workbook.save(path)
    return path


def rules(engine: Engine) -> list[dict[str, Any]]:
    query = (
        select(limit_rules, categories.c.name_zh)
        .join(categories, categories.c.category_id == limit_rules.c.category_id)
        .order_by(limit_rules.c.rule_id)
    )
    with begin_read(engine) as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def plant(engine: Engine, *names: tuple[str, str]) -> None:
    """Categories by (大类, 小类)."""
    with begin_write(engine) as connection:
        groups: dict[str, int] = {}
        for number, (group, name) in enumerate(names):
            if group not in groups:
                key = connection.execute(
                    insert(categories).values(code=f"G{number}", name_zh=group)
                ).inserted_primary_key
                assert key is not None
                groups[group] = key[0]
            connection.execute(
                insert(categories).values(code=f"C{number}", name_zh=name, parent_id=groups[group])
            )


@pytest.mark.parametrize("name", ["limits.toml", "limits.xlsx"])
def test_the_examples_say_the_same_and_nothing_the_second_time(
    engine: Engine, load: Any, name: str
) -> None:
    report = load(EXAMPLES / name, create_categories=True)
    assert (report.added, report.created, report.rejects) == (10, 13, [])
    found = {(row["name_zh"], row["filing_condition"]): row for row in rules(engine)}
    told = {
        key: (row["limit_kind"], row["limit_amount"], row["start_rule"])
        for key, row in found.items()
    }
    assert told == {
        ("暴露垃圾", ""): ("work_hour", 4.0, "instant"),
        ("道路保洁", ""): ("work_hour", 2.0, "instant"),
        ("积存建筑垃圾", ""): ("work_hour", 4.0, "instant"),
        ("绿地养护", ""): ("work_day", 5.0, "instant"),
        ("私搭乱建", "制止施工"): ("work_hour", 4.0, "instant"),
        ("私搭乱建", "立案处罚"): ("work_day", 7.0, "instant"),
        ("私搭乱建", "拆除"): ("work_day", 20.0, "instant"),
        ("燃气隐患", ""): ("urgent_hour", 2.0, "instant"),
        ("投诉", ""): ("work_day", 13.0, "next_day"),
        ("咨询", ""): ("natural_day", 3.0, "instant"),
    }
    garbage = found["暴露垃圾", ""]
    assert garbage["filing_condition_text"] == "公共区域堆有未入箱的生活垃圾"
    assert garbage["closing_condition_text"] == "垃圾清运完毕，场地清扫干净"
    assert (garbage["handling_unit"], garbage["lead_unit"]) == ("环卫所", "城市管理局")
    assert garbage["document"] == "立案结案标准（示例）"
    assert garbage["valid_from"] is None  # the first limit of a category counts for any day
    for again in ("limits.toml", "limits.xlsx"):
        report = load(EXAMPLES / again, create_categories=True)
        assert (report.added, report.unchanged, report.created) == (0, 10, 0)
    assert len(rules(engine)) == 10


def test_bad_rows_are_refused_with_row_and_reason_and_the_others_come_in(
    engine: Engine, load: Any, tmp_path: Path
) -> None:
    plant(engine, ("市容", "暴露垃圾"), ("市容", "占道"), ("园林", "树木"), ("城管", "树木"))
    path = book(
        tmp_path / "table.xlsx",
        ("市容", "暴露垃圾", "环卫所", "城管局", "有垃圾", "清运", "4工作时"),
        ("市容", "占道", "", "", "", "", "立即"),
        ("市容", "不存在", "", "", "", "", "4工作时"),
        ("", "树木", "", "", "", "", "1个工作日"),  # below 市容 there is no 树木
        ("市容", "暴露垃圾", "", "", "有垃圾", "", "2工作时"),
        ("市容", "暴露垃圾", "", "", "长" * 61, "", "2工作时"),
        ("市容", "占道", "所" * 121, "", "", "", "2工作时"),
        (None, None, None, None, None, None, "99999工作日"),
        ("市容", "占道", "", "", "", "", "3天"),
    )
    report = load(path)
    told = {row.row_no: (row.problems[0].column, row.problems[0].reason) for row in report.rejects}
    assert told.keys() == {3, 4, 5, 6, 7, 8, 9}
    assert told[3][0] == "处置时限" and "立即" in told[3][1]
    assert told[4] == ("小类", "unknown category '市容/不存在' (--create-categories makes it)")
    assert "unknown category" in told[5][1]
    assert told[6] == ("立案条件", "the same category and condition as row 2")
    assert "条件简称" in told[7][1]
    assert told[8] == ("处置单位", "longer than 120 characters")
    assert "more than 10,000" in told[9][1]
    kept = [(row["name_zh"], row["filing_condition"], row["limit_kind"]) for row in rules(engine)]
    assert kept == [("暴露垃圾", "有垃圾", "work_hour"), ("占道", "", "natural_day")]
    with begin_read(engine) as connection:
        stored = connection.execute(select(rejects).order_by(rejects.c.reject_id)).mappings().all()
        batch = connection.execute(select(ingest_batches)).mappings().one()
    assert [row["row_no"] for row in stored] == [3, 4, 5, 6, 7, 8, 9]
    assert (batch["source_code"], batch["rows_read"], batch["rows_rejected"]) == ("limits", 9, 7)
    assert report.rejects_path is not None
    lines = list(csv.reader(report.rejects_path.read_text(encoding="utf-8-sig").splitlines()))
    assert len(lines) == 1 + 7
    assert "row 3 (市容/占道): 处置时限" in str(report)


def test_merged_cells_mean_the_same_as_above(engine: Engine, load: Any, tmp_path: Path) -> None:
    path = book(
        tmp_path / "table.xlsx",
        ("城市秩序", "私搭乱建", "", "", "正在施工", "", "4工作时"),
        (None, None, "", "", "需处罚", "", "7工作日"),
        (None, "占道经营", "", "", "占道", "", "2工作时"),
        ("公用设施", None, "", "", "", "", "3天"),  # a rule for the whole 大类
    )
    load(path, create_categories=True)
    found = [(row["name_zh"], row["filing_condition"]) for row in rules(engine)]
    assert found == [
        ("私搭乱建", "正在施工"),
        ("私搭乱建", "需处罚"),
        ("占道经营", ""),
        ("公用设施", ""),
    ]


def test_a_changed_limit_counts_from_today_or_the_day_that_is_named(
    engine: Engine, load: Any, tmp_path: Path
) -> None:
    plant(engine, ("市容", "暴露垃圾"))
    for amount, options in ((4, {}), (6, {}), (8, {"valid_from": date(2027, 1, 1)})):
        row = ("市容", "暴露垃圾", "", "", "", "", f"{amount}工作时")
        assert load(book(tmp_path / "table.xlsx", row), **options).added == 1
    assert [row["valid_from"] for row in rules(engine)] == [
        None, date(2026, 11, 22), date(2027, 1, 1),
    ]  # fmt: skip
    category = rules(engine)[0]["category_id"]
    with begin_read(engine) as connection:
        found = limit_book_of(connection)
    days = ("2020-01-01", "2026-11-21", "2026-11-22", "2026-12-31", "2027-01-01")
    assert [found.limit_for(category, None, date.fromisoformat(day)) for day in days] == [
        Limit("work_hour", 4), Limit("work_hour", 4), Limit("work_hour", 6),
        Limit("work_hour", 6), Limit("work_hour", 8),
    ]  # fmt: skip


def test_the_first_rule_of_a_category_with_a_limit_of_its_own_counts_from_today(
    engine: Engine, load: Any, tmp_path: Path
) -> None:
    plant(engine, ("市容", "暴露垃圾"))
    with begin_write(engine) as connection:
        connection.execute(update(categories).values(limit_kind="work_day", limit_amount=1))
    load(book(tmp_path / "table.xlsx", ("市容", "暴露垃圾", "", "", "", "", "4工作时")))
    assert [row["valid_from"] for row in rules(engine)] == [date(2026, 11, 22)]


def test_dates_start_rules_and_other_names_of_columns(
    engine: Engine, load: Any, tmp_path: Path
) -> None:
    header = ("案件小类", "时限", "起算", "生效日期", "备注", "依据")
    path = book(
        tmp_path / "table.xlsx",
        ("投诉", "13个工作日", "次日起算", datetime(2027, 3, 1), "x", "文件"),
        ("咨询", "3天", "明天", "", "", ""),
        ("求助", "3天", "", "下月", "", ""),
        ("建议", 5, "", "2027-04-01", "", ""),
        header=header,
    )
    report = load(path, create_categories=True)
    (rule,) = rules(engine)
    assert (rule["start_rule"], rule["valid_from"], rule["document"]) == (
        "next_day", date(2027, 3, 1), "文件",
    )  # fmt: skip
    assert report.unknown_columns == ["备注"]
    assert "备注" in str(report)
    assert [row.problems[0].column for row in report.rejects] == [
        "处置时限",
        "生效日期",
        "处置时限",
    ]
    assert "4工作时" in report.rejects[2].problems[0].reason  # a number alone has no unit


def test_a_dry_run_writes_nothing_and_says_the_same(
    engine: Engine, load: Any, tmp_path: Path
) -> None:
    report = load(EXAMPLES / "limits.toml", create_categories=True, dry_run=True)
    assert (report.added, report.created) == (10, 13)
    assert "would be added" in str(report)
    with begin_read(engine) as connection:
        for table in (limit_rules, categories, ingest_batches, rejects):
            assert connection.execute(select(table)).all() == []
    assert load(EXAMPLES / "limits.toml", create_categories=True).added == 10


def test_one_category_of_a_name_that_comes_twice_is_found_by_its_group(
    engine: Engine, load: Any, tmp_path: Path
) -> None:
    plant(engine, ("园林", "树木"), ("城管", "树木"))
    path = book(
        tmp_path / "table.xlsx",
        ("城管", "树木", "", "", "", "", "4工作时"),
        ("", "", "", "", "", "", ""),
        header=HEADER,
    )
    load(path)
    plain = book(tmp_path / "plain.xlsx", ("树木", "1工作日"), header=("小类", "处置时限"))
    report = load(plain)
    assert "several categories" in report.rejects[0].problems[0].reason
    by_code = book(tmp_path / "code.xlsx", ("C1", "1工作日"), header=("小类", "处置时限"))
    assert load(by_code).added == 1
    assert len({row["category_id"] for row in rules(engine)}) == 1  # C1 is 城管/树木


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.toml", None, "no such file"),
        ("broken.toml", "limit = [", "not valid TOML"),
        ("empty.toml", "document = 'x'", "no [[limit]] tables"),
        ("short.toml", "[[limit]]\ngroup = 'x'", "no column 处置时限"),
        ("short.csv", "名称,处置时限\nx,1天\n", "no column 大类/小类"),
        ("table.docx", "x", "can read"),
    ],
)
def test_files_that_are_no_table_of_limits_are_refused(
    tmp_path: Path, name: str, content: str | None, said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(ImportRefused, match=said.replace("[", r"\[")):
        read_limit_file(path)


def test_a_csv_and_a_toml_with_chinese_keys_are_read(tmp_path: Path) -> None:
    text = tmp_path / "table.csv"
    text.write_text("大类,小类,处置时限\n市容,垃圾,4工作时\n,,2天\n", encoding="gb18030")
    assert [row.label for row in read_limit_file(text).rows] == ["市容/垃圾", "市容/垃圾"]
    keys = tmp_path / "table.toml"
    keys.write_text(
        'valid_from = 2027-01-01\n[[limit]]\n"小类" = "垃圾"\n"处置时限" = "4工作时"\n'
        '[[limit]]\n"处置时限" = "4工作时"\n',
        encoding="utf-8",
    )
    first, second = read_limit_file(keys).rows
    assert (first.limit, first.valid_from) == (Limit("work_hour", 4), date(2027, 1, 1))
    assert second.problems[0].reason == "the row names no category"  # TOML has no merged cells
