"""Reading the break-downs by category, source and department as totals and as day series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import add

from sqlalchemy import Connection, Integer, SmallInteger, bindparam, func, select, text

from data_access.measures import BREAK_DOWN_MEASURES, DIMENSIONS
from data_access.rollup_reads import Measures, Ranges
from data_access.tables import rollup_break

SUMS = ", ".join(f"sum(x.{name})" for name in BREAK_DOWN_MEASURES)


def read_member_sums(
    connection: Connection,
    area_id: int,
    dimension: str,
    members: Sequence[int],
    parts: Mapping[str, Ranges],
    *,
    with_children: bool,
    own_parts: Mapping[str, Ranges],
) -> dict[tuple[int, str], Measures]:
    """As rollup_reads.read_sums, of the cases of some members of one dimension alone."""
    family = "SELECT area_id FROM areas WHERE parent_id = :area UNION ALL SELECT :area"
    wanted = f"IN ({family})" if with_children else "= :area"
    arms = _arms(parts, wanted, members) + _arms(own_parts, "= :area", members)
    return sum_arms(connection, arms, area_id, dimension)


def sum_arms(
    connection: Connection, arms: Sequence[str], area_id: int, dimension: str
) -> dict[tuple[int, str], Measures]:
    """(key, part) → measures of SELECTs of part, key and every measure, in one statement; they may
    name ``:area`` and ``:dimension``. Nothing is asked without any."""
    sums: dict[tuple[int, str], list[int]] = {}
    if not arms:
        return {}
    query = text(" UNION ALL ".join(arms)).bindparams(
        bindparam("area", type_=Integer), bindparam("dimension", type_=SmallInteger)
    )
    bound = {"area": area_id, "dimension": DIMENSIONS[dimension]}
    for part, key, *values in connection.execute(query, bound):
        so_far = sums.get((key, part))
        sums[key, part] = list(map(add, so_far, values)) if so_far else values
    return {
        key: dict(zip(BREAK_DOWN_MEASURES, values, strict=True)) for key, values in sums.items()
    }


def _arms(parts: Mapping[str, Ranges], wanted: str, members: Sequence[int]) -> list[str]:
    """One SELECT a range with its bounds in the text, as in read_sums and for the same reason."""
    ids = ", ".join(str(int(one)) for one in members)
    return [
        f"SELECT '{name}', x.area_id, {SUMS} FROM rollup_break x"
        f" WHERE x.area_id {wanted} AND x.dimension = :dimension"
        f" AND x.period BETWEEN {int(low)} AND {int(high)} AND x.member_id IN ({ids})"
        " GROUP BY x.area_id"
        for name, ranges in parts.items()
        for low, high in ranges
    ]


def read_member_days(
    connection: Connection,
    area_id: int,
    dimension: str,
    members: Sequence[int],
    low: int,
    high: int,
) -> dict[int, Measures]:
    """Measures of every period in [low, high] that has a row: yyyymmdd → measures."""
    table = rollup_break
    rows = connection.execute(
        select(table.c.period, *(func.sum(table.c[name]) for name in BREAK_DOWN_MEASURES))
        .where(
            table.c.area_id == area_id,
            table.c.dimension == DIMENSIONS[dimension],
            table.c.period.between(low, high),
            table.c.member_id.in_(members),
        )
        .group_by(table.c.period)
    )
    return {
        row[0]: dict(zip(BREAK_DOWN_MEASURES, (int(one) for one in row[1:]), strict=True))
        for row in rows
    }
