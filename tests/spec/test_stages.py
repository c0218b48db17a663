"""Stages 环节: dispatch, signing for, returns and checks against their limits; where cases end."""

from __future__ import annotations

from tests.spec.case_table import in_period, november

DISPATCH = """
accepted    | filed       | closed      | sent
11-02 09:00 | 11-02 09:00 |             | 11-02 09:15 dispatched 1
11-02 09:00 | 11-02 09:00 |             | 11-02 09:16 dispatched 1
11-02 09:00 | 11-02 09:00 |             |
11-02 09:00 | 11-02 09:00 | 11-02 09:10 |
11-30 23:50 | 11-30 23:50 |             |
"""


def test_dispatch_within_a_quarter_of_an_hour() -> None:
    # On time, a minute late, never sent; closed on the spot and still within the limit: neither.
    assert november(DISPATCH)("case.on_time_dispatch_rate") == "33.33"
    assert november(DISPATCH, dispatch_limit_minutes=16)("case.on_time_dispatch_rate") == "66.67"


SIGNING = """
accepted    | signed      | is     | sent
11-02 09:00 | 11-02 11:00 |        | 11-02 09:00 dispatched 1
11-02 09:00 | 11-02 11:01 |        | 11-02 09:00 dispatched 1
11-02 09:00 |             |        | 11-02 09:00 dispatched 1
11-02 09:00 | 11-02 09:16 | urgent | 11-02 09:00 dispatched 1
11-02 09:00 | 11-02 12:30 |        | 11-02 09:00 dispatched 1; 11-02 12:00 dispatched 2
"""


def test_signing_for_within_two_hours_and_urgent_ones_within_a_quarter() -> None:
    # The last one is timed from its last dispatch.
    assert november(SIGNING)("case.on_time_sign_rate") == "40.00"
    assert november(SIGNING, sign_limit_urgent_minutes=16)("case.on_time_sign_rate") == "60.00"


DEPARTMENTS = """
accepted    | sent
11-02 09:00 | 11-02 09:10 dispatched 1
11-02 09:00 | 11-02 09:10 dispatched 1; 11-03 09:00 returned_unit 1; 11-03 10:00 dispatched 2
11-02 09:00 | 11-02 09:10 dispatched 1; 11-03 09:00 returned_unit 1; 11-03 10:00 dispatched 1
11-02 09:00 |
"""


def test_returns_and_changes_of_department() -> None:
    value = november(DEPARTMENTS)
    assert value("case.unit_return_rate") == "40.00"  # two returns of five dispatches
    assert value("case.dispatch_accuracy_rate") == "66.67"  # the same one again is no change


def test_a_later_change_of_department_is_not_known_before() -> None:
    until_the_2nd = in_period(DEPARTMENTS, "11-01", "11-03")
    assert until_the_2nd("case.dispatch_accuracy_rate") == "100.00"


def test_checks_within_half_an_hour() -> None:
    table = """
    accepted    | sent
    11-02 09:00 | 11-05 09:00 – 11-05 09:30 checking
    11-02 09:00 | 11-05 09:00 – 11-05 09:31 checking; 11-06 09:00 – 11-06 09:10 checking
    11-02 09:00 | 11-05 09:00 checking
    11-30 20:00 | 11-30 23:45 checking
    """
    # Every check counts; one that goes on is late once its limit ran out, and nothing before.
    assert november(table)("case.on_time_check_rate") == "50.00"


def test_rechecks_found_true() -> None:
    table = """
    accepted    | closed      | rechecked
    11-02 09:00 | 11-03 09:00 | 11-20 09:00 true
    11-02 09:00 | 11-03 09:00 | 11-20 09:00 true; 11-25 09:00 false
    """
    assert november(table)("case.recheck_true_rate") == "66.67"


SOURCES = """
accepted    | source   | closed      | sent
11-02 09:00 | worker   | 11-03 09:00 |
11-02 09:00 | worker   | 11-03 09:00 | 11-02 10:00 dispatched 1
11-02 09:00 | video    | 11-03 09:00 |
11-02 09:00 | sensor   |             |
11-02 09:00 | hotline  | 11-03 09:00 |
11-02 09:00 | public   |             |
11-02 09:00 | internal | 11-03 09:00 |
"""


def test_found_by_ourselves_or_reported_by_others() -> None:
    value = november(SOURCES)
    assert value("case.proactive_rate") == "66.67"  # four of six; internal ones are neither
    assert value("case.grid_closure_rate") == "50.00"  # of the workers' two, one left the grid
