"""Daily sums for every level of the tree, and the state of the whole read model."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
)

from data_access.measures import BREAK_DOWN_MEASURES, MEASURES
from data_access.tables.registry import instant, metadata, required
from data_access.types import BigKey


def _measures(names: tuple[str, ...]) -> list[Column[int]]:
    return [required(name, Integer, server_default="0") for name in names]


# period: 0 all time, yyyy, yyyymm or yyyymmdd in city time. A window is a handful of period ranges,
# so three years cost hardly more than thirty days.
rollup_area = Table(
    "rollup_area",
    metadata,
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    Column("period", Integer, primary_key=True, autoincrement=False),
    *_measures(MEASURES),
    Index("ix_rollup_area_period", "period"),
    sqlite_with_rowid=False,
)

# By category, source or department (data_access.measures.DIMENSIONS), upper levels only.
rollup_break = Table(
    "rollup_break",
    metadata,
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    Column("dimension", SmallInteger, primary_key=True, autoincrement=False),
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("member_id", Integer, primary_key=True, autoincrement=False),
    *_measures(BREAK_DOWN_MEASURES),
    sqlite_with_rowid=False,
)

# Accepted on one day, closed on another: what the cohort closure rate of a past window needs.
rollup_cohort = Table(
    "rollup_cohort",
    metadata,
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    Column("accepted_on", Integer, primary_key=True, autoincrement=False),  # yyyymmdd, city time
    Column("closed_on", Integer, primary_key=True, autoincrement=False),
    required("cases", Integer, server_default="0"),
    sqlite_with_rowid=False,
)

# Field work of whole city days, for every level: grid-days to be patrolled 双巡 (kind "patrol"),
# household visits due 必访 by class ("visit_monthly" …), and how many of either were done.
rollup_field = Table(
    "rollup_field",
    metadata,
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    Column("period", Integer, primary_key=True, autoincrement=False),  # yyyymmdd, city time
    Column("kind", String(24), primary_key=True),
    required("required", Integer),
    required("done", Integer),
    Index("ix_rollup_field_period", "period"),
    sqlite_with_rowid=False,
)

# Written by triggers only: in which time shifts, leave, patrols or visits have changed, so that the
# days of rollup_field are counted anew. Without times: anything may have.
field_changes = Table(
    "field_changes",
    metadata,
    Column("change_id", BigKey, primary_key=True),
    instant("from_at"),
    instant("until_at"),  # inclusive
)

# How long closed cases took, by UTC day of the closure, for quantiles (data_access/closing_days).
# A day without a row is read from the cases; the rollup job drops the days of cases that changed.
closing_days = Table(
    "closing_days",
    metadata,
    Column("day", Integer, primary_key=True, autoincrement=False),  # since 1970-01-01
    required("members", LargeBinary),  # int32 (n, 4): area, category, source, department or 0
    required("spells", LargeBinary),  # int64 (n, 2): first sight, closure, epoch ms
    required("pauses", LargeBinary),  # int64 (m, 3): row, start, end
)

# One row. version moves with every applied change; checked_at moves with every look at the feed,
# so an idle night is told apart from a dead job.
rollup_state = Table(
    "rollup_state",
    metadata,
    Column("state_id", SmallInteger, primary_key=True, autoincrement=False),
    required("version", BigInteger),
    required("tree_version", BigInteger, server_default="1"),  # moves when areas change
    instant("applied_at"),
    instant("checked_at"),
    instant("as_of"),  # deadlines up to here are in the numbers
    required("status", String(16)),  # empty, live, rebuilding, failed
    Column("message", Text),
    Column("time_zone", String(40)),  # the day cut the sums were made with
    Column("rules", String(40)),  # fingerprint of the other settings the sums depend on
    Column("city_name", String(120)),
    Column("is_demo", Integer, server_default="0"),
)
