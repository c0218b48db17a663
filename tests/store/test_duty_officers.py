"""Officers of the day: rosters taken in row by row, and who has come, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine, select

from dashboard.readings.duty_officers import officers_on_duty
from dashboard.settings import Settings
from data_access.engine import begin_read
from data_access.rollup_reads import read_area, read_children
from data_access.tables import duty_officers, rejects
from jobs.load_registers import RegisterReport, load_register
from jobs.refresh_rollups import refresh
from tests.store.history import plant_city

NOW = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in the city
HEADER = ("区域", "部门", "姓名", "电话", "类型", "开始", "结束", "到位时间", "备注")
ROWS: tuple[tuple[Any, ...], ...] = (
    ("A01", "某某法院", "欧阳某", "13800001111", "带班领导", "2026-11-04 08:30",
     "2026-11-05 08:30", "2026/11/4 8:21", ""),
    ("A01", "局1", "值班员012", None, "常驻", datetime(2026, 11, 4, 8, 30),
     datetime(2026, 11, 4, 17, 30), None, ""),
    ("A01", "局2", "值班员013", None, "轮值", "2026-11-04 09:50", "2026-11-04 17:30", "", ""),
    ("A01", "局2", "值班员014", None, "轮值", "2026-11-04 18:00", "2026-11-05 08:00", "", ""),
    ("A01", "局1", "值班员011", None, "轮值", "2026-11-03 08:30", "2026-11-04 08:30", "", ""),
    ("A02", "局1", "值班员021", None, "常驻", "2026-11-04 08:30", "2026-11-04 17:30",
     "2026-11-04 08:29", ""),
)  # fmt: skip
BAD: tuple[tuple[Any, ...], ...] = (
    ("A99", "局1", "值班员031", None, "常驻", "2026-11-04 08:30", "2026-11-04 17:30", None, ""),
    ("A02", "局1", "值班员032", None, "顶班", "2026-11-04 08:30", "明天", None, ""),
    ("A02", "局1", "值班员033", None, "常驻", "2026-11-04 17:30", "2026-11-04 08:30", None, ""),
    ("A02", "局1", "值班员021", None, "轮值", "2026-11-04 08:30", "2026-11-04 17:30", None, ""),
)


def _book(path: Path, *rows: tuple[Any, ...]) -> Path:
    workbook = Workbook()
    for row in (HEADER, *rows):
        workbook.worksheets[0].append(row)
    workbook.save(path)
    return path


@pytest.fixture
def load(engine: Engine, settings: Settings, tmp_path: Path) -> Any:
    plant_city(engine)
    refresh(engine, settings=settings, now=NOW)

    def run(*rows: tuple[Any, ...], **options: Any) -> RegisterReport:
        path = _book(tmp_path / "roster.xlsx", *rows)
        report = load_register(engine, settings, "duty", path, now=NOW, **options)
        merged = report.merged
        counted = merged.added + merged.changed + merged.unchanged + len(report.rejects)
        assert counted == report.rows_read
        return report

    return run


def _shown(engine: Engine, code: str, now: datetime = NOW) -> dict[str, Any]:
    with begin_read(engine) as connection:
        area = read_area(connection, code)
        assert area is not None
        children = read_children(connection, area.area_id)
        return officers_on_duty(
            connection, area, children, now=now, time_zone="Asia/Shanghai", lang="zh"
        )


def test_every_row_is_taken_in_or_refused_with_its_reason(engine: Engine, load: Any) -> None:
    assert load(*ROWS, *BAD, is_dry_run=True).merged.added == 6
    report = load(*ROWS, *BAD)
    assert (report.merged.added, len(report.rejects)) == (6, 4)
    assert report.unknown_columns == ["备注"]
    told = {row.row_no: {one.column for one in row.problems} for row in report.rejects}
    assert told == {8: {"区域"}, 9: {"类型", "结束"}, 10: {"结束"}, 11: {"区域"}}
    with begin_read(engine) as connection:
        assert len(connection.execute(select(rejects)).all()) == 5
    assert load(*ROWS).merged.unchanged == 6
    # A later roster says when somebody came; a blank cell leaves what is known.
    came = (*ROWS[1][:7], "2026-11-04 08:40", "")
    assert load(came).merged.changed == load(ROWS[1]).merged.unchanged == 1
    with begin_read(engine) as connection:
        at = connection.execute(
            select(duty_officers.c.arrived_at).where(duty_officers.c.name == "值班员012")
        ).scalar_one()
    assert at == datetime(2026, 11, 4, 0, 40, tzinfo=UTC)


def test_who_has_come_and_whose_centre_it_is(engine: Engine, load: Any) -> None:
    assert _shown(engine, "A01")["centre"] is None
    load(*ROWS)
    shown = _shown(engine, "A01")
    assert [(row["unit"], row["state"]) for row in shown["rows"]] == [
        ("某某法院", "on_site"), ("局1", "absent"), ("局2", "expected"), ("局2", "coming"),
    ]  # fmt: skip
    assert (shown["on_site"], shown["due"], shown["is_own"]) == (1, 3, True)
    leader = shown["rows"][0]
    assert (leader["name"], leader["phone"]) == ("欧**", "138****11")
    assert shown["below"] == [{"code": "A02", "name": "区域2", "due": 1, "on_site": 1}]
    # An area without a roster shows the nearest centre above it; nobody is left after the duty.
    assert [_shown(engine, code)["centre"]["code"] for code in ("A07", "A03")] == ["A02", "A01"]
    assert not _shown(engine, "A07")["is_own"]
    assert _shown(engine, "A02", NOW + timedelta(days=2))["centre"] is None
