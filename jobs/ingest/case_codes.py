"""Case codes 案件编号: every case has one, and no two cases share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from data_access.ingest import Row, read_case_codes
from jobs.ingest.codes import own_case_code
from jobs.ingest.incoming import IncomingCase, Problem
from jobs.ingest.judge import Judged


def part_by_code(
    connection: Connection,
    judged: Sequence[Judged],
    stored: Mapping[str, Row],
    source_code: str,
) -> tuple[list[Judged], list[tuple[IncomingCase, list[Problem]]]]:
    """(rows whose code is free or their own, refused rows): the first row with a code has it.

    ``stored`` are the known cases of these rows by ``source_ref``.
    """
    wanted = [_new_code(row, stored.get(row.case.source_ref), source_code) for row in judged]
    taken: dict[str, object] = dict(read_case_codes(connection, [code for code in wanted if code]))
    sound: list[Judged] = []
    refused: list[tuple[IncomingCase, list[Problem]]] = []
    for row, code in zip(judged, wanted, strict=True):
        if not code:
            sound.append(row)
        elif code in taken:
            reason = f"another case has the code {code!r}"
            refused.append((row.case, [row.case.problem("case_code", reason, "code taken")]))
        else:
            taken[code] = row
            sound.append(row)
    return sound, refused


def _new_code(row: Judged, known: Row | None, source_code: str) -> str:
    """The code the row brings into the store; empty where the case keeps its own."""
    told = row.values.get("case_code")
    if known is None:
        return str(told or own_case_code(source_code, row.case.source_ref))
    return "" if told in (None, known["case_code"]) else str(told)
