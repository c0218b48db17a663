"""Boston's own flag ONTIME/OVERDUE, reproduced from its times alone: a city's rule as a setting.

62,165 service requests, 2013 to 2023, of which 34,348 have no target; the city flags all of those
as on time. ``../shared/data/README.md`` says where they are from.
"""

from __future__ import annotations

import csv
import gzip
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dashboard.kpis.fact_rules import FactRules
from dashboard.kpis.facts import Facts, case_facts, unpack
from dashboard.kpis.formatting import percent_text
from dashboard.kpis.golden_vectors import VECTORS
from dashboard.kpis.model import Totals
from data_access.frames import NULL_MS, Ints
from data_access.measures import FLOWS, INDEX, MEASURES, STOCKS
from tests.spec.case_table import columns_of, read

DATA = (
    Path(__file__).resolve().parents[3] / "shared/data/boston311/boston311_animal_2013_2023.csv.gz"
)
ZONE = "America/New_York"
END = datetime(2024, 1, 5, tzinfo=ZoneInfo(ZONE))  # the last closure in the data is of the 4th

pytestmark = pytest.mark.skipif(not DATA.exists(), reason=f"no real data at {DATA}")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _instants(rows: list[dict[str, str]], column: str) -> Ints:
    """City wall time without offset → epoch milliseconds."""
    zone = ZoneInfo(ZONE)
    return np.array(
        [
            int(datetime.fromisoformat(row[column]).replace(tzinfo=zone).timestamp()) * 1000
            if row[column]
            else NULL_MS
            for row in rows
        ],
        dtype=np.int64,
    )


@pytest.fixture(scope="module")
def facts(rows: list[dict[str, str]]) -> Facts:
    opened = _instants(rows, "open_dt")
    columns = columns_of(
        len(rows), reported_ms=opened, accepted_ms=opened, filed_ms=opened,
        closed_ms=_instants(rows, "closed_dt"), deadline_ms=_instants(rows, "sla_target_dt"),
    )  # fmt: skip
    as_of_ms = int(END.timestamp() * 1000)
    return case_facts(columns, as_of_ms=as_of_ms, rules=FactRules(time_zone=ZONE))


@pytest.fixture(scope="module")
def found(facts: Facts) -> Totals:
    measures, _ = unpack(facts.packed)
    sums = np.bincount(measures, minlength=len(MEASURES))
    return Totals(
        flows={name: int(sums[INDEX[name]]) for name in FLOWS},
        stocks={
            name: int(sums[INDEX[f"{name}_in"]] - sums[INDEX[f"{name}_out"]]) for name in STOCKS
        },
    )


def _cases_of(facts: Facts, measure: str) -> set[int]:
    measures, _ = unpack(facts.packed)
    return set(facts.case[measures == INDEX[measure]].tolist())


def test_the_flag_of_every_closed_request_with_a_target(
    rows: list[dict[str, str]], facts: Facts
) -> None:
    closed = {n for n, row in enumerate(rows) if row["closed_dt"] and row["sla_target_dt"]}
    flagged = {n for n in closed if rows[n]["on_time"] == "ONTIME"}
    assert len(closed) == 24_501
    assert _cases_of(facts, "closed_on_time") == flagged
    assert _cases_of(facts, "closed_late") == closed - flagged


def test_open_requests_past_their_target_are_the_ones_flagged_overdue(
    rows: list[dict[str, str]], facts: Facts
) -> None:
    flagged = {n for n, row in enumerate(rows) if not row["closed_dt"] and row["sla_target_dt"]}
    assert {rows[n]["on_time"] for n in flagged} == {"OVERDUE"}
    assert _cases_of(facts, "overdue_in") - _cases_of(facts, "overdue_out") == flagged


def test_with_undated_requests_on_time_it_is_the_citys_own_count_and_rate(found: Totals) -> None:
    reading = read("case.on_time_closure_rate", found, undated_on_time=True)
    assert (reading.numerator, reading.denominator) == (57_789, 62_165)
    assert percent_text(reading) == "92.96"


def test_without_them_it_is_the_rate_of_the_requests_that_were_promised(found: Totals) -> None:
    reading = read("case.on_time_closure_rate", found)
    assert (reading.numerator, reading.denominator) == (23_441, 27_817)
    assert percent_text(reading) == "84.27"


def test_the_documents_examples_are_these_measured_counts(found: Totals) -> None:
    vectors = [vector for vector in VECTORS if vector.published.startswith("Boston")]
    assert len(vectors) == 2
    for vector in vectors:
        for name, value in vector.given.items():
            assert value == {**found.flows, **found.stocks}[name], name
