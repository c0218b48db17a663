"""One bad row is refused by itself, whatever is wrong with it; its neighbours go in."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from dashboard.settings import Settings
from data_access.engine import begin_read
from data_access.tables import cases, categories, departments
from jobs.ingest import BatchReport, Policies, ingest_rows
from tests.store.test_ingest_rows import city, incoming, ms

__all__ = ["city"]  # the fixture
CREATING = Policies(unknown_category="create", unknown_department="create", unknown_area="create")


def _deliver(engine: Engine, settings: Settings, *rows: Any, **more: Any) -> BatchReport:
    return ingest_rows(engine, settings, iter(rows), source_code="12345", origin="test", **more)


def _stored(engine: Engine) -> dict[str, str]:
    with begin_read(engine) as connection:
        return dict(connection.execute(select(cases.c.source_ref, cases.c.case_code)).all())


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"known_at": ms("2024-11-22T17:05") + 10**15}, "known_at"),
        ({"known_at": "yesterday"}, "known_at"),
        ({"suspended_at": -(10**14), "state": "suspended"}, "suspended_at"),
        ({"title": "a\x00b"}, "title"),
        ({"category": "x\x00"}, "category"),
        ({"category": "长" * 121}, "category"),
        ({"department": "长" * 121}, "department"),
        ({"area": "长" * 41}, "area"),
        ({"limit_kind": "work_day", "limit_amount": 99_999.0}, "limit_amount"),
    ],
)
def test_a_bad_row_is_refused_alone(
    city: Engine, settings: Settings, fields: dict[str, Any], column: str
) -> None:
    report = _deliver(
        city, settings, incoming("a"), incoming("b", 3, **fields), incoming("c"), policies=CREATING
    )
    assert (report.rows_added, report.rows_rejected) == (2, 1)
    assert [problem.column for _, problem in report.examples] == [column]
    assert set(_stored(city)) == {"a", "c"}


def test_a_case_code_of_another_case_is_refused(city: Engine, settings: Settings) -> None:
    first, second = incoming("a", case_code="X1"), incoming("b", 3, case_code="X1")
    report = _deliver(city, settings, first, second, incoming("c", case_code="X2"))
    assert (report.rows_added, report.rows_rejected) == (2, 1)
    assert report.examples[0][1].column == "case_code"
    again = _deliver(city, settings, incoming("d", case_code="X2"), incoming("c", case_code="X1"))
    assert again.rows_rejected == 2
    assert _stored(city) == {"a": "X1", "c": "X2"}
    assert _deliver(city, settings, first).rows_unchanged == 1


def test_long_references_that_begin_alike_get_codes_of_their_own(
    city: Engine, settings: Settings
) -> None:
    refs = ["9" * 78 + "1", "9" * 78 + "2"]
    assert _deliver(city, settings, *map(incoming, refs)).rows_added == 2
    codes = _stored(city)
    assert len(set(codes.values())) == 2
    assert all(len(code) <= 60 for code in codes.values())


def test_a_long_name_keeps_its_words_and_gets_a_short_code(
    city: Engine, settings: Settings
) -> None:
    department = "Department of Transportation and Public Works, Bureau of Street Lighting"
    category = "Street light out of order: more than one lamp on the same circuit, see map"
    row = incoming("a", department=department, category=category)
    for ref in ("a", "b"):
        told = incoming(ref, **row.fields)
        assert _deliver(city, settings, told, policies=CREATING).rows_added == 1
    with begin_read(city) as connection:
        for table, name in ((departments, department), (categories, category)):
            query = select(table.c.code).where(table.c.name_zh == name)
            assert len(connection.execute(query).scalar_one()) <= table.c.code.type.length


def test_a_blank_cell_never_empties_what_a_case_must_have(city: Engine, settings: Settings) -> None:
    first = incoming("a", case_code=None, supervise_level=None)
    assert _deliver(city, settings, first).rows_added == 1
    assert _deliver(city, settings, first).rows_unchanged == 1
    report = _deliver(city, settings, incoming("a", reported_at=None))
    assert report.examples[0][1].column == "reported_at"


def test_a_number_with_a_zero_byte_is_refused(city: Engine, settings: Settings) -> None:
    report = _deliver(city, settings, incoming("a\x00"), incoming("b"))
    assert (report.rows_added, report.rows_rejected) == (1, 1)
    assert report.examples[0][1].column == "source_ref"
