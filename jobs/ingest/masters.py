"""Merged cases 重复合并: the source's own number of the case each was merged into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from data_access.ingest import read_case_keys
from jobs.ingest.incoming import IncomingCase, Problem
from jobs.ingest.judge import Judged


def part_by_master(
    connection: Connection, judged: Sequence[Judged], source_id: int
) -> tuple[list[Judged], list[tuple[IncomingCase, list[Problem]]]]:
    """(rows whose master is known or comes with them, refused rows).

    A master of this chunk that is itself refused takes those merged into it along.
    """
    wanted = {row.attached.master_ref for row in judged} - {""}
    known = set(read_case_keys(connection, source_id, sorted(wanted))) if wanted else set()
    sound = list(judged)
    refused: list[tuple[IncomingCase, list[Problem]]] = []
    while True:
        there = known | {row.case.source_ref for row in sound}
        lost = [row for row in sound if _reason(row, there)]
        if not lost:
            return sound, refused
        refused += [
            (row.case, [row.case.problem("master_ref", _reason(row, there), "no such master")])
            for row in lost
        ]
        gone = {row.case.source_ref for row in lost}
        sound = [row for row in sound if row.case.source_ref not in gone]


def _reason(row: Judged, there: set[str]) -> str:
    master = row.attached.master_ref
    if master == row.case.source_ref and master:
        return "merged into itself"
    return f"there is no case {master!r} of this source" if master and master not in there else ""


def set_masters(
    connection: Connection, judged: Sequence[Judged], source_id: int, fresh: Mapping[str, int]
) -> None:
    """Write the master's key into the columns of each merged row; ``fresh``: of this chunk."""
    wanted = {row.attached.master_ref for row in judged} - {""}
    if not wanted:
        return
    keys = {**read_case_keys(connection, source_id, sorted(wanted)), **fresh}
    for row in judged:
        if row.attached.master_ref:
            row.values["master_case_id"] = keys.get(row.attached.master_ref)
