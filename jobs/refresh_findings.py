"""refresh_findings: what is wrong with cases' logs 数据质量问题, kept beside the rollups.

Called by the rollup job with the cases it looks at, and by a rebuild with all of them. Findings
depend on a case's rows alone, so writing them again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from dashboard.lifecycle.findings import ENTRY_BITS, STATES, Finding, LogRules, find
from dashboard.settings import Settings
from data_access.case_columns import Wanted, case_id_ranges
from data_access.case_logs import read_case_logs
from data_access.findings import delete_all_findings, replace_findings

_CHUNK = 200_000


def log_rules(settings: Settings) -> LogRules:
    """What the city allows."""
    return LogRules(
        extensions_allowed=settings.extensions_allowed,
        suspension_limit_days=settings.suspension_limit_days,
    )


def read_findings(connection: Connection, wanted: Wanted, settings: Settings) -> list[Finding]:
    """The findings of the wanted cases as their rows stand; nothing is written."""
    logs = read_case_logs(
        connection, wanted, states=tuple(map(str, STATES)), entry_columns=ENTRY_BITS
    )
    return find(logs, log_rules(settings))


def refresh_findings(connection: Connection, wanted: Wanted, settings: Settings) -> int:
    """Replace the findings of the wanted cases, those of cases that are gone included; how many.

    At most 200,000 cases at once, in the caller's transaction.
    """
    found = read_findings(connection, wanted, settings)
    replace_findings(connection, wanted, found)
    return len(found)


def read_all_findings(connection: Connection, settings: Settings) -> list[list[Finding]]:
    """The findings of all cases, in chunks: for a rebuild, which reads before it writes."""
    ranges = case_id_ranges(connection, size=_CHUNK)
    return [read_findings(connection, wanted, settings) for wanted in ranges]


def replace_all_findings(connection: Connection, chunks: Iterable[list[Finding]]) -> None:
    """Put the findings of all cases in place of what is there."""
    delete_all_findings(connection)
    for found in chunks:
        replace_findings(connection, [], found)
