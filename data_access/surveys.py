"""Survey waves 问卷: answers summed for every area, and read for a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, insert, or_, select

from data_access.frames import ANSWERS
from data_access.tables import areas, change_log, survey_answers, survey_sums, survey_waves
from data_access.tables.feed import SURVEY


@dataclass(frozen=True, kw_only=True)
class Wave:
    """One survey wave; ``sample_label`` says who was asked."""

    wave_id: int
    name_zh: str
    name_en: str | None
    sample_label: str | None


def read_changed_waves(connection: Connection) -> list[int]:
    """Waves with an unconsumed change in the log, seen before or not."""
    query = select(change_log.c.key).distinct().where(change_log.c.kind == SURVEY)
    return sorted(connection.execute(query).scalars())


def read_wave_ids(connection: Connection) -> list[int]:
    """All waves."""
    return list(connection.execute(select(survey_waves.c.wave_id)).scalars())


def read_answer_counts(connection: Connection, wave_id: int) -> list[tuple[int, str, int]]:
    """(area, answer, how many) of a wave, for the areas the answers name."""
    table = survey_answers
    rows = connection.execute(
        select(table.c.area_id, table.c.answer, func.count())
        .where(table.c.wave_id == wave_id)
        .group_by(table.c.area_id, table.c.answer)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def replace_wave(
    connection: Connection, wave_id: int, sums: Mapping[int, Mapping[str, int]]
) -> None:
    """Put these counts (area → answer → how many) in place of the wave's."""
    connection.execute(delete(survey_sums).where(survey_sums.c.wave_id == wave_id))
    rows = [
        {
            "wave_id": wave_id,
            "area_id": area_id,
            "answers": sum(counts.values()),
            **{name: counts.get(name, 0) for name in ANSWERS},
        }
        for area_id, counts in sums.items()
    ]
    if rows:
        connection.execute(insert(survey_sums), rows)


def read_latest_wave(connection: Connection, before: date) -> Wave | None:
    """The newest wave that began before a day and has answers."""
    answered = select(survey_sums.c.wave_id)
    row = connection.execute(
        select(survey_waves)
        .where(survey_waves.c.started_on < before, survey_waves.c.wave_id.in_(answered))
        .order_by(survey_waves.c.started_on.desc(), survey_waves.c.wave_id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Wave(
        wave_id=row.wave_id,
        name_zh=row.name_zh,
        name_en=row.name_en,
        sample_label=row.sample_label,
    )


def read_wave_sums(connection: Connection, wave_id: int, area_id: int) -> dict[int, dict[str, int]]:
    """Counts of a wave for an area and its children: area → answer → how many, plus ``answers``."""
    names: Sequence[str] = ("answers", *ANSWERS)
    rows = connection.execute(
        select(survey_sums.c.area_id, *(survey_sums.c[name] for name in names))
        .join(areas, areas.c.area_id == survey_sums.c.area_id)
        .where(survey_sums.c.wave_id == wave_id)
        .where(or_(areas.c.area_id == area_id, areas.c.parent_id == area_id))
    )
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}
