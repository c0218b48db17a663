"""Findings about cases 数据质量问题 in the store: replaced case by case, listed by area."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, true

from data_access.bulk import bulk_insert
from data_access.case_columns import Wanted, is_wanted
from data_access.rollup_reads import AreaRow, is_below
from data_access.slices import EVERY_CASE, Slice, slice_condition
from data_access.tables import area_paths, case_findings, cases

# (case id, kind, epoch ms or None, detail)
FindingRow = tuple[int, str, int | None, str]


def replace_findings(connection: Connection, wanted: Wanted, rows: Sequence[FindingRow]) -> None:
    """Put these findings, sorted by case, in place of all findings of the wanted cases."""
    chosen = is_wanted(connection, case_findings.c.case_id, wanted)
    connection.execute(delete(case_findings).where(chosen))
    numbers: list[int] = []
    for place, row in enumerate(rows):
        follows = place > 0 and rows[place - 1][0] == row[0]
        numbers.append(numbers[-1] + 1 if follows else 1)
    if rows:
        bulk_insert(
            connection,
            case_findings,
            {
                "case_id": [row[0] for row in rows],
                "seq": numbers,
                "kind": [row[1] for row in rows],
                "at": [row[2] for row in rows],
                "detail": [row[3] for row in rows],
            },
        )


def delete_all_findings(connection: Connection) -> None:
    """Before a rebuild writes them all anew: findings of cases that are gone go too."""
    connection.execute(delete(case_findings))


def _below(area: AreaRow, chosen: Slice, kind: str | None) -> ColumnElement[bool]:
    return and_(
        is_below(area),
        slice_condition(chosen),
        true() if kind is None else case_findings.c.kind == kind,
    )


_JOINED = case_findings.join(cases, cases.c.case_id == case_findings.c.case_id).join(
    area_paths, area_paths.c.area_id == cases.c.area_id
)


def read_finding_counts(
    connection: Connection, area: AreaRow, *, chosen: Slice = EVERY_CASE
) -> dict[str, int]:
    """How many findings of each kind there are below an area; kinds without any are left out."""
    rows = connection.execute(
        select(case_findings.c.kind, func.count())
        .select_from(_JOINED)
        .where(_below(area, chosen, None))
        .group_by(case_findings.c.kind)
    )
    return {row[0]: int(row[1]) for row in rows}


def read_finding_page(
    connection: Connection,
    area: AreaRow,
    *,
    kind: str | None,
    offset: int,
    limit: int,
    chosen: Slice = EVERY_CASE,
) -> list[Any]:
    """Findings below an area, of the newest cases first: case_id, case_code, state, path, kind, at,
    detail."""
    return list(
        connection.execute(
            select(
                cases.c.case_id,
                cases.c.case_code,
                cases.c.state,
                area_paths.c.path,
                case_findings.c.kind,
                case_findings.c.at,
                case_findings.c.detail,
            )
            .select_from(_JOINED)
            .where(_below(area, chosen, kind))
            .order_by(case_findings.c.case_id.desc(), case_findings.c.seq)
            .offset(offset)
            .limit(limit)
        )
    )
