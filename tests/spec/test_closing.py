"""Closing 结案: which cases are due in a period, and which of them are closed, and in time."""

from __future__ import annotations

from tests.spec.case_table import in_period, november

# One case of every fate in November.
FATES = """
accepted    | due         | closed      | is     | suspended
11-02 09:00 | 11-04 09:00 | 11-03 10:00 |        |
11-02 09:00 | 11-04 09:00 | 11-04 09:00 |        |
11-02 09:00 | 11-04 09:00 | 11-06 10:00 |        |
11-02 09:00 | 11-04 09:00 | 11-06 10:00 | exempt |
11-02 09:00 | 11-04 09:00 |             |        |
11-02 09:00 | 11-04 09:00 |             | exempt |
11-02 09:00 | 11-04 09:00 |             |        | 11-03 09:00
11-28 09:00 | 12-04 09:00 |             |        |
11-02 09:00 |             | 11-06 10:00 |        |
11-02 09:00 |             |             |        |
11-02 09:00 | 11-04 09:00 | 11-03 10:00 | void   |
11-02 09:00 | 11-04 09:00 |             | merged |
"""


def test_the_rates_of_one_case_of_every_fate() -> None:
    # Due are 5: closed early, closed at the very moment, closed late, exempt, overdue and open.
    # Not due: exempt and open, suspended, not yet due, without a deadline, void, merged.
    value = november(FATES)
    assert value("case.closure_rate") == "80.00"  # 4 of 5
    assert value("case.on_time_closure_rate") == "60.00"  # 3 of 5; exempt is on time
    assert value("case.overdue") == "1"
    assert value("case.closed") == "5"  # with the one that had no deadline
    assert value("case.cohort_closure_rate") == "50.00"  # 5 of the 10 accepted


def test_a_minute_too_late_is_late() -> None:
    table = """
    accepted    | due         | closed
    11-02 09:00 | 11-04 09:00 | 11-04 09:01
    """
    value = november(table)
    assert (value("case.closure_rate"), value("case.on_time_closure_rate")) == ("100.00", "0.00")


OPEN_ACROSS_THE_END = """
accepted    | due         | closed
11-25 09:00 | 12-02 09:00 | 12-05 09:00
"""


def test_open_across_the_end_and_not_yet_due_is_of_no_period_before() -> None:
    november_value = november(OPEN_ACROSS_THE_END)
    december_value = in_period(OPEN_ACROSS_THE_END, "12-01", "12-31")
    assert november_value("case.closure_rate") == "—"
    assert december_value("case.on_time_closure_rate") == "0.00"


OVERDUE_FOR_MONTHS = """
accepted    | due         | closed
09-10 09:00 | 09-20 09:00 | 11-15 09:00
"""


def test_an_overdue_case_counts_again_in_every_period_until_closed() -> None:
    for start, end, overdue, newly, rate in (
        ("09-01", "10-01", "1", "1", "0.00"),
        ("10-01", "11-01", "1", "0", "0.00"),  # 遗留超期: stock, and not newly overdue
        ("11-01", "12-01", "0", "0", "100.00"),  # closed late in November
        ("12-01", "12-31", "0", "0", "—"),
    ):
        value = in_period(OVERDUE_FOR_MONTHS, start, end)
        assert value("case.overdue") == overdue, start
        assert value("case.newly_overdue") == newly, start
        assert value("case.closure_rate") == rate, start


REWORKED = """
accepted    | due         | closed      | before
11-02 09:00 | 11-12 09:00 | 11-10 09:00 | due 11-05 09:00 closed 11-04 09:00 back 11-08 09:00
11-02 09:00 | 11-12 09:00 |             | due 11-05 09:00 closed 11-04 09:00 back 11-28 09:00
11-02 09:00 | 11-05 09:00 | 11-04 09:00 |
11-02 09:00 | 11-05 09:00 | 11-04 09:00 |
"""


def test_rework_closes_a_case_once_and_by_its_last_closure() -> None:
    value = november(REWORKED)
    assert value("case.closed") == "3"
    assert value("case.open") == "1"  # sent back on the 28th
    # The second one is open again, past the limit of its new cycle: due and overdue.
    assert value("case.closure_rate") == "75.00"
    assert value("case.rework_rate") == "25.00"  # 1 of 4 due; the open one is not closed yet
    assert value("case.first_time_closure_rate") == "66.67"  # 2 of 3 closed


def test_a_reopened_case_is_taken_back_from_the_day_it_was_closed() -> None:
    until_the_26th = in_period(REWORKED, "11-01", "11-27")
    # As known now: its closure of the 4th does not count any more, whatever the end of the period.
    assert until_the_26th("case.closed") == "3"
    assert until_the_26th("case.open") == "0"  # between two cycles it is not open


REPEATED = """
accepted    | closed      | due         | repeated    | is
11-01 09:00 | 11-02 09:00 | 11-04 09:00 | 11-20 09:00 |
11-01 09:00 | 11-02 09:00 | 11-04 09:00 | 12-20 09:00 |
11-20 09:00 | 11-21 09:00 | 11-24 09:00 |             | repeat
11-20 09:00 |             |             |             | merged
11-20 09:00 |             |             |             | void
"""


def test_repeats_within_thirty_days() -> None:
    value = november(REPEATED)
    assert value("case.repeat_rate") == "50.00"  # one repeat and one merged of 3 + 1
    assert value("case.demand") == "4"  # three accepted and one merged; the void one is none
    assert value("case.first_time_closure_rate") == "66.67"  # the first one was repeated
    assert november(REPEATED, repeat_days=10)("case.first_time_closure_rate") == "100.00"


def test_no_case_is_no_rate() -> None:
    table = """
    accepted    | due         | closed
    10-02 09:00 | 10-04 09:00 | 10-03 09:00
    """
    value = november(table)
    for key in ("case.closure_rate", "case.cohort_closure_rate", "case.first_time_closure_rate"):
        assert value(key) == "—"
    assert value("case.closed") == "0"
