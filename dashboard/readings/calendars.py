"""The city's working calendar and table of limits as the store has them."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboard.clocks import Limit, LimitBook, LimitRule, WorkCalendar
from dashboard.clocks.city_calendar import city_calendar
from dashboard.settings import Settings
from data_access.calendar import read_calendar_days, read_complete_years
from data_access.limits import read_category_limits, read_limit_rules


def calendar_of(connection: Connection, settings: Settings) -> WorkCalendar:
    """The working calendar of the city in this snapshot, the one way to a WorkCalendar.

    See ``city_calendar`` for what a store without entered days has.
    """
    days, years = read_calendar_days(connection), read_complete_years(connection)
    return city_calendar(settings, days, years)


def limit_book_of(connection: Connection) -> LimitBook:
    """The table of limits in this snapshot; see ``LimitBook.limit_for``."""
    rules = [
        LimitRule(
            rule_id=row["rule_id"],
            category_id=row["category_id"],
            condition=row["filing_condition"],
            limit=Limit(row["limit_kind"], row["limit_amount"], row["start_rule"]),
            valid_from=row["valid_from"],
        )
        for row in read_limit_rules(connection)
    ]
    rows = read_category_limits(connection)
    plain = {
        row["category_id"]: Limit(row["limit_kind"], row["limit_amount"])
        for row in rows
        if row["limit_kind"] and row["limit_amount"] is not None
    }
    parents = {row["category_id"]: row["parent_id"] for row in rows if row["parent_id"]}
    return LimitBook(rules, plain=plain, parents=parents)
