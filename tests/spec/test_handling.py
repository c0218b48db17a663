"""Handling 处置: counted by cycles 办理轮次, against the deadline of handling."""

from __future__ import annotations

from tests.spec.case_table import cases, in_period, november, read, totals

FATES = """
accepted    | handle by   | due         | handled     | closed      | is     | suspended
11-02 09:00 | 11-04 09:00 | 11-05 09:00 | 11-03 09:00 | 11-06 09:00 |        |
11-02 09:00 | 11-04 09:00 | 11-05 09:00 | 11-04 10:00 | 11-04 11:00 |        |
11-02 09:00 | 11-04 09:00 | 11-05 09:00 | 11-04 10:00 |             | exempt |
11-02 09:00 | 11-04 09:00 | 11-05 09:00 |             |             |        |
11-02 09:00 | 11-04 09:00 | 11-05 09:00 |             |             |        | 11-03 09:00
11-02 09:00 |             | 11-05 09:00 |             | 11-04 09:00 |        |
11-02 09:00 |             |             | 11-03 09:00 | 11-03 10:00 |        |
11-29 09:00 | 12-01 09:00 | 12-02 09:00 |             |             |        |
"""


def test_the_rates_of_one_cycle_of_every_fate() -> None:
    # Due for handling are 5: in time (closed too late, which is another matter), late, exempt,
    # overdue and not handled, and the one whose closing limit stands for both.
    value = november(FATES)
    assert value("case.handling_rate") == "80.00"
    assert value("case.on_time_handling_rate") == "60.00"
    assert value("case.overdue_unhandled_rate") == "20.00"


def test_handled_in_time_is_not_closed_in_time() -> None:
    table = """
    accepted    | handle by   | due         | handled     | closed
    11-02 09:00 | 11-04 09:00 | 11-05 09:00 | 11-03 09:00 | 11-06 09:00
    """
    value = november(table)
    assert value("case.on_time_handling_rate") == "100.00"
    assert value("case.on_time_closure_rate") == "0.00"


SENT_BACK = """
accepted    | handle by   | due         | handled     | closed      | before
11-02 09:00 | 11-09 09:00 | 11-10 09:00 | 11-08 09:00 | 11-08 12:00 | handle by 11-04 09:00 due 11-05 09:00 handled 11-04 12:00 back 11-06 09:00
"""  # noqa: E501


def test_rework_has_a_limit_of_its_own_and_the_first_lateness_stays() -> None:
    value = november(SENT_BACK)
    assert value("case.on_time_handling_rate") == "50.00"  # two cycles, the first one late
    assert value("case.on_time_closure_rate") == "100.00"  # one case, in time by its last cycle
    assert value("case.rework_rate") == "100.00"


def test_overdue_and_not_handled_counts_again_until_handled() -> None:
    table = """
    accepted    | handle by   | due         | handled
    10-02 09:00 | 10-04 09:00 | 10-05 09:00 | 12-05 09:00
    """
    for start, end, rate in (
        ("10-01", "11-01", "100.00"),
        ("11-01", "12-01", "100.00"),
        ("12-01", "12-31", "0.00"),
    ):
        assert in_period(table, start, end)("case.overdue_unhandled_rate") == rate


def test_only_the_first_extension_counts() -> None:
    table = """
    accepted    | due         | closed      | extended
    11-02 09:00 | 11-04 09:00 | 11-03 09:00 | 11-03 08:00
    11-02 09:00 | 11-04 09:00 | 11-03 09:00 |
    11-02 09:00 | 12-04 09:00 |             | 11-20 09:00
    """
    # The third is extended and not due: it is in the numerator only.
    assert november(table)("case.extension_rate") == "100.00"


def test_more_extensions_than_cycles_due_pass_a_hundred() -> None:
    table = """
    accepted    | due         | closed      | extended
    11-02 09:00 | 11-04 09:00 | 11-03 09:00 |
    11-02 09:00 | 12-04 09:00 |             | 11-20 09:00
    11-02 09:00 | 12-04 09:00 |             | 11-20 09:00
    """
    assert november(table)("case.extension_rate") == "200.00"
    score = read("score.composite", totals(cases(table)))
    extension = score.parts[-1]
    assert extension.is_clamped and extension.points == 0  # held at its bound, and marked
