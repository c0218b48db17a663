"""Left out 未计入: why a case that touches the window does not count in a KPI.

For every KPI of cases: the cases in its denominator (or, without one, in its numerator) and the
cases left out are together all cases that touch the window, each once; and the counts by reason add
up to the length of the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.kpis.model import Kpi
from data_access.counted_flows import CALL_BACK_FLOWS
from data_access.counted_rows import Rows, Span
from data_access.excluded_cases import excluded_call_backs, excluded_cases

_NEVER = ("merged", "rejected", "void")
_STARTED = (*_NEVER, "not_accepted")
_TIMED = ("no_deadline", "exempt")

# The first line that names one of a KPI's measures tells the reasons, in the order in which they
# are tried.
_SUBJECTS: Final[Sequence[tuple[frozenset[str], tuple[str, ...]]]] = (
    (
        frozenset({"worker_reported", "worker_filed"}),
        ("not_by_worker", "reported_before", *_NEVER),
    ),
    (
        frozenset({"accepted_proactive", "accepted_public"}),
        (*_STARTED, "internal", "accepted_before"),
    ),
    (frozenset({"filed_all", "filed_void"}), ("not_filed", "filed_before", *_NEVER)),
    (
        frozenset({"dispatch_on_time", "dispatch_late"}),
        (*_NEVER, "not_filed", "filed_before", "pending_dispatch"),
    ),
    (
        frozenset({"signed_on_time", "signed_late"}),
        (*_NEVER, "not_dispatched", "dispatched_before", "pending_sign"),
    ),
    (
        frozenset({"dispatched", "dispatched_first", "dispatched_once", "returned_by_unit"}),
        (*_NEVER, "not_dispatched", "dispatched_before"),
    ),
    (frozenset({"check_on_time", "check_late", "rechecked", "recheck_true"}), _NEVER),
    (
        frozenset({"closed_from_grid", "closed_in_grid"}),
        (*_STARTED, "not_by_worker", "reopened", "suspended", "open"),
    ),
    (
        frozenset({"callback_due", "called_back"}),
        (*_STARTED, "not_by_public", "reopened", "suspended", "open"),
    ),
    (
        frozenset({"handled_on_time", "handled_late", "unhandled"}),
        (
            *_STARTED, "no_handling_deadline", "handled_before", "suspended", "exempt", "reopened",
            "within_limit",
        ),
    ),
    (
        frozenset({"breached"}),
        (*_STARTED, *_TIMED, "overdue_before", "closed_in_time", "suspended", "within_limit"),
    ),
    (
        frozenset({"overdue"}),
        (*_STARTED, "suspended", "no_deadline", "exempt", "reopened", "within_limit", "closed"),
    ),
    (
        frozenset({"due_soon"}),
        (*_STARTED, "suspended", *_TIMED, "overdue", "not_due_soon", "closed"),
    ),
    (
        frozenset({"suspended_past_end"}),
        (*_STARTED, "suspended_in_plan", "not_suspended", "closed"),
    ),
    (frozenset({"suspended"}), (*_STARTED, "not_suspended", "closed")),
    (frozenset({"undated"}), (*_STARTED, "suspended", "has_deadline", "closed")),
    (frozenset({"open"}), (*_STARTED, "suspended", "closed")),
    (
        frozenset({"closed", "closed_first_time", "closed_reworked", "closed_undated"}),
        (*_STARTED, "reopened", "suspended", "open"),
    ),
    (
        frozenset({"reported", "accepted", "filed", "repeated", "merged", "cohort_closed"}),
        (*_STARTED, "accepted_before"),
    ),
)  # fmt: skip


def reasons_of(kpi: Kpi) -> tuple[str, ...]:
    """The reasons for which a case can be left out of a KPI, in the order they are tried.

    The denominator decides, because that is what a case is in or not. Raises KeyError for a KPI of
    measures no reasons are known for.
    """
    names = _deciding(kpi)
    for measures, reasons in _SUBJECTS:
        if measures & names:
            return reasons
    raise KeyError(f"no reasons for {kpi.key}")


def excluded_rows(kpi: Kpi, counted: Sequence[Rows], span: Span) -> Rows:
    """(case_id, at, reason) of what touches the window and is not among ``counted``, the rows of
    the KPI's numerator and denominator. KPIs of call-backs leave out call-backs."""
    if _deciding(kpi) & set(CALL_BACK_FLOWS):
        return excluded_call_backs(span)
    return excluded_cases(counted, span, reasons_of(kpi))


def _deciding(kpi: Kpi) -> set[str]:
    """The measures of the denominator where it is made of cases, else of the numerator."""
    terms = kpi.denominator if kpi.has_list("denominator") else kpi.numerator
    return {term.name for term in terms or ()}
