"""The life of a case 案件流程: its states, what may follow what, and what a row must then say."""

from dashboard.lifecycle.states import (
    CLOSE_AT_ONCE,
    ENTRY_COLUMNS,
    NAMES_ZH,
    TRANSITIONS,
    VOID_STATES,
    State,
    broken_rules,
    is_allowed,
)

__all__ = [
    "CLOSE_AT_ONCE",
    "ENTRY_COLUMNS",
    "NAMES_ZH",
    "TRANSITIONS",
    "VOID_STATES",
    "State",
    "broken_rules",
    "is_allowed",
]
