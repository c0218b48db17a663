"""Thresholds 阈值 a city has set for its KPIs: versions with a date of effect, only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from data_access.rollups import read_state, save_state
from data_access.tables import kpi_thresholds


@dataclass(frozen=True, kw_only=True)
class ThresholdVersion:
    """One version for one KPI; ``good`` and ``warn`` are exact, in the KPI's unit.

    ``effective_on``: the first city day it holds for; ``entered_at``: an aware UTC instant.
    ``document``: 文件依据.
    """

    kpi_key: str
    version: int
    effective_on: date
    good: Fraction
    warn: Fraction
    document: str | None
    note: str | None
    entered_by: str
    entered_at: datetime


def read_thresholds(connection: Connection) -> list[ThresholdVersion]:
    """Every version of every KPI, by KPI and then by version; empty where none was ever set."""
    return _versions(connection, select(kpi_thresholds))


def read_kpi_thresholds(connection: Connection, kpi_key: str) -> list[ThresholdVersion]:
    """All versions of one KPI, oldest first; empty for a KPI nobody set any for."""
    return _versions(connection, select(kpi_thresholds).where(kpi_thresholds.c.kpi_key == kpi_key))


def save_threshold_version(
    connection: Connection,
    *,
    kpi_key: str,
    effective_on: date,
    good: Decimal,
    warn: Decimal,
    document: str | None,
    note: str | None,
    entered_by: str,
    entered_at: datetime,
) -> int:
    """Add the next version of a KPI and move the version of the numbers, so that every screen
    judges anew; returns the new version's number, from 1.

    The state row is written first: it is the lock behind which two editors wait for each other.
    In a store whose rollups were never built there is no such row, and the later of two editors
    at the same moment gets an IntegrityError.
    """
    if read_state(connection) is not None:
        save_state(connection, bump=True)
    newest = connection.execute(
        select(func.max(kpi_thresholds.c.version)).where(kpi_thresholds.c.kpi_key == kpi_key)
    ).scalar_one()
    version = int(newest or 0) + 1
    connection.execute(
        insert(kpi_thresholds).values(
            kpi_key=kpi_key,
            version=version,
            effective_on=effective_on,
            good=f"{good:f}",
            warn=f"{warn:f}",
            document=document,
            note=note,
            entered_by=entered_by,
            entered_at=entered_at,
        )
    )
    return version


def _versions(connection: Connection, query: Select[Any]) -> list[ThresholdVersion]:
    ordered = query.order_by(kpi_thresholds.c.kpi_key, kpi_thresholds.c.version)
    return [
        ThresholdVersion(
            kpi_key=row.kpi_key,
            version=row.version,
            effective_on=row.effective_on,
            good=Fraction(row.good),
            warn=Fraction(row.warn),
            document=row.document,
            note=row.note,
            entered_by=row.entered_by,
            entered_at=row.entered_at,
        )
        for row in connection.execute(ordered)
    ]
