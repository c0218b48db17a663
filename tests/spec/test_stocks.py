"""Stocks 存量 at the end of a period: open, suspended, due soon, without a deadline."""

from __future__ import annotations

import pytest

from tests.spec.case_table import cases, in_period, november, totals

SUSPENDED = """
accepted    | yellow      | due         | closed      | suspended
11-02 09:00 | 11-10 09:00 | 11-12 09:00 |             | 11-05 09:00 – 11-20 09:00 planned 11-15 09:00
11-02 09:00 |             |             | 11-25 09:00 | 11-05 09:00
"""  # noqa: E501


@pytest.mark.parametrize(
    ("end", "open_cases", "suspended", "past_end", "overdue"),
    [
        ("11-04", "2", "0", "0", "0"),
        ("11-06", "0", "2", "0", "0"),  # suspended cases are a stock of their own
        ("11-13", "0", "2", "0", "0"),  # past the old deadline, and still neither open nor overdue
        ("11-16", "0", "2", "1", "0"),  # the first one should have gone on
        ("11-21", "1", "1", "0", "1"),  # resumed, and past the deadline that nobody moved
        ("11-26", "1", "0", "0", "1"),  # closed out of its suspension
    ],
)
def test_suspended_cases_day_by_day(
    end: str, open_cases: str, suspended: str, past_end: str, overdue: str
) -> None:
    value = in_period(SUSPENDED, "11-01", end)
    assert value("case.open") == open_cases
    assert value("case.suspended") == suspended
    assert value("case.suspended_past_end") == past_end
    assert value("case.overdue") == overdue


def test_a_deadline_passed_while_suspended_is_not_newly_overdue() -> None:
    assert november(SUSPENDED)("case.newly_overdue") == "0"


@pytest.mark.parametrize(
    ("end", "due_soon", "overdue"),
    [("11-10", "0", "0"), ("11-11", "1", "0"), ("11-12", "1", "0"), ("11-13", "0", "1")],
)
def test_yellow_and_then_red(end: str, due_soon: str, overdue: str) -> None:
    table = """
    accepted    | yellow      | due
    11-02 09:00 | 11-10 09:00 | 11-12 09:00
    """
    value = in_period(table, "11-01", end)
    assert (value("case.due_soon"), value("case.overdue")) == (due_soon, overdue)


def test_cases_without_a_deadline_are_open_and_never_overdue() -> None:
    table = """
    accepted    | due | closed
    11-02 09:00 |     |
    11-02 09:00 |     | 11-05 09:00
    """
    value = november(table)
    assert (value("case.open"), value("case.overdue"), value("case.due_soon")) == ("1", "0", "0")
    assert totals(cases(table)).stocks["undated"] == 1


def test_refused_void_and_merged_cases_are_nowhere_but_where_named() -> None:
    table = """
    reported    | accepted    | filed       | due         | is     | source
    11-02 08:00 |             |             |             | void   | worker
    11-02 08:00 | 11-02 09:00 | 11-02 09:00 | 11-04 09:00 | void   | worker
    11-02 08:00 |             |             |             | merged | worker
    11-02 08:00 | 11-02 09:00 | 11-02 09:00 | 11-04 09:00 |        | worker
    """
    value = november(table)
    assert (value("case.accepted"), value("case.open"), value("case.overdue")) == ("1", "1", "1")
    assert value("case.filing_accuracy_rate") == "50.00"  # one of the two filed is void by now
    assert value("case.valid_report_rate") == "25.00"  # one of four reports
    assert value("case.demand") == "2"  # the merged one was asked for too
