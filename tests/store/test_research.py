"""研判 over random cases on both engines: every rule against a look at each case, every number
against the list it opens."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from dash.development.base_component import Component
from sqlalchemy import Engine, insert, select

from dashboard.components.frame import PageFrame
from dashboard.components.research_page import research_page
from dashboard.readings.case_question import case_question
from dashboard.readings.case_search import count_listing, read_case_listing
from dashboard.readings.reader import Reader
from dashboard.readings.research_page import TABS, build_research_page, research_asked
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write
from data_access.tables import case_cycles, case_events, case_extensions, cases, visits
from jobs.refresh_rollups import refresh
from tests.store.history import GRIDS, plant_city

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
_REASONS = ("评价不满意", "核查不通过", None)
_STREET = {7: 4, 8: 4, 9: 5, 10: 6, 11: 6, 12: 12}  # 12 hangs on a district


@dataclass
class _Rows:
    """Everything of the store, read once and plainly."""

    cases: list[Any]
    cycles: list[Any]
    events: list[Any]
    extensions: list[Any]


def _cases(random: Random) -> Iterator[dict[str, Any]]:
    """Cases of ninety days, many of the last five same weekdays, some of whom repeat others."""
    for number in range(1, 420):
        days = random.choice((random.uniform(0, 90), 7 * random.randrange(5) + random.random()))
        reported = NOW - timedelta(days=days)
        accepted = reported + random.choice((0, 3, 20)) * _MINUTE
        signed = accepted + random.choice((5, 60)) * _MINUTE
        handled = signed + random.choice((timedelta(seconds=30), _HOUR, 22 * _HOUR, 23.4 * _HOUR))
        closed = handled + random.choice((0, 50)) * _MINUTE
        kind = random.choice(("on_site", "handled", "handled", "handled"))
        is_closed, is_void = closed < NOW and random.random() < 0.85, random.random() < 0.08
        fate = "void" if is_void else "closed" if is_closed else "handling"
        yield {
            "case_id": number, "case_code": f"R{number:04d}", "source_ref": str(number),
            "source_id": random.choice((1, 2)), "category_id": random.choice((1, 2)),
            "area_id": random.choice((*GRIDS[:5] * 6, 12)),
            "department_id": random.choice((None, 1, 1, 2)), "worker_id": None,
            "state": fate, "reported_at": reported,
            "accepted_at": None if is_void and random.random() < 0.5 else accepted,
            "dispatched_at": None if kind == "on_site" else accepted + 2 * _MINUTE,
            "signed_at": None if kind == "on_site" else signed,
            "handled_at": handled if fate == "closed" and kind == "handled" else None,
            "closed_at": closed if fate == "closed" else None,
            "voided_at": min(NOW, accepted + _HOUR) if is_void else None,
            "master_case_id": 1 if is_void and random.random() < 0.5 else None,
            "close_kind": kind if fate == "closed" else None,
            "limit_kind": random.choice(("natural_day", "natural_day", None)), "limit_amount": 1.0,
            "deadline_at": accepted + _DAY,
            "repeat_of_case_id": random.randrange(max(1, number - 30), number)
            if number > 1 and not is_void and random.random() < 0.3 else None,
            "address": f"路{random.randrange(9)}号", "reporter_phone": random.choice((None, "1")),
            "ingested_at": reported, "updated_at": NOW,
        }  # fmt: skip


def _plant(engine: Engine, random: Random) -> None:
    plant_city(engine)
    rows = list(_cases(random))
    # Bunched: a department's cases done in the 23rd hour of a day. A batch and a burst beside it.
    for number, row in enumerate(rows[:60]):
        done = row["accepted_at"] or row["reported_at"]
        if row["state"] != "closed":
            continue
        if number < 25:
            row |= {"department_id": 2, "limit_kind": "natural_day", "close_kind": "handled",
                    "handled_at": done + 23 * _HOUR, "closed_at": done + 24 * _HOUR}  # fmt: skip
        elif row["accepted_at"] < NOW - 20 * _DAY:
            night = datetime(2026, 11, 3, 15, number % 40, tzinfo=UTC)
            row |= {"department_id": 1, "handled_at": night, "closed_at": night + _HOUR,
                    "close_kind": "handled"}  # fmt: skip
    burst = datetime(2026, 11, 12, 2, 0, tzinfo=UTC)
    for number in range(420, 455):
        at = burst + (number - 420) * timedelta(seconds=15)
        rows.append(rows[0] | {
            "case_id": number, "case_code": f"R{number:04d}", "source_ref": str(number),
            "source_id": 1, "area_id": 12, "reported_at": at, "accepted_at": at, "signed_at": None,
            "dispatched_at": None, "handled_at": None, "closed_at": at + 9 * _MINUTE,
            "voided_at": None, "master_case_id": None, "state": "closed", "close_kind": "on_site",
            "repeat_of_case_id": None,
        })  # fmt: skip
    with begin_write(engine) as connection:
        connection.execute(insert(cases), rows)
        for row in rows:
            _log(connection, row, random)
        connection.execute(insert(visits), [
            {"worker_id": 1, "area_id": random.choice(GRIDS), "visit_class": "yearly",
             "visited_at": NOW - random.uniform(0, 40) * _DAY, "minutes": random.choice((1, 2, 9))}
            for _ in range(60)
        ])  # fmt: skip


def _log(connection: Any, row: dict[str, Any], random: Random) -> None:
    """Returns by units, rework with and without words, extensions."""
    case_id, seq = row["case_id"], 0
    for _ in range(random.choice((0, 0, 1, 2, 3))):
        seq += 1
        connection.execute(insert(case_events).values(
            case_id=case_id, seq=seq, from_state="dispatched", to_state="returned_unit",
            event_at=row["reported_at"] + seq * _HOUR, known_at=NOW,
            department_id=random.choice((None, 1, 2)),
        ))  # fmt: skip
    for cycle in range(1, random.choice((1, 1, 1, 2, 3))):
        at = row["reported_at"] + cycle * 30 * _HOUR
        connection.execute(insert(case_cycles).values(
            case_id=case_id, cycle_no=cycle, started_at=row["reported_at"], reopened_at=at
        ))  # fmt: skip
        if (said := random.choice((*_REASONS, ""))) != "":
            connection.execute(insert(case_events).values(
                case_id=case_id, seq=seq + cycle, event_at=at, known_at=NOW, to_state="rework",
                from_state=random.choice(("visiting", "closed", "checking")), opinion=said,
            ))  # fmt: skip
    if random.random() < 0.1:
        connection.execute(insert(case_extensions).values(
            case_id=case_id, seq=1, applied_at=row["reported_at"], is_approved=random.random() < 0.7
        ))  # fmt: skip


@pytest.fixture
def reader(engine: Engine, settings: Settings) -> Reader:
    # Another seed for each engine: both must hold for any.
    _plant(engine, Random(3 if engine.dialect.name == "sqlite" else 4))
    refresh(engine, settings=settings, now=NOW)
    made = Reader(engine, settings, build="test", now=lambda: NOW)
    made.ticker.look()
    return made


def _page(reader: Reader, area: str | None = None, window: str = "d30", **query: str) -> Any:
    asked = research_asked(query)
    build = partial(build_research_page, asked=asked)
    return reader.page("research", area, window, "zh", build, more=asked.key)


def _rows(reader: Reader) -> _Rows:
    tables = (cases, case_cycles, case_events, case_extensions)
    with begin_read(reader.engine) as connection:
        return _Rows(*(list(connection.execute(select(table))) for table in tables))


def _since(days: int) -> datetime:
    """Midnight of the first of so many days, the last of them today."""
    today = NOW.astimezone(ZONE).replace(hour=0, minute=0)
    return (today - (days - 1) * _DAY).astimezone(UTC)


def _links(tree: Any) -> Iterator[Any]:
    """Every link below a component that carries a count and opens a list."""
    if isinstance(tree, list | tuple):
        for one in tree:
            yield from _links(one)
    elif isinstance(tree, Component):
        if getattr(tree, "data-count", None) and tree.href.startswith("/cases?"):
            yield tree
        yield from _links(getattr(tree, "children", None))


@pytest.mark.parametrize(
    ("area", "window", "cut"),
    [(None, "d30", {}), ("A02", "d365", {"department": "d2"}), ("A12", "d7", {}),
     (None, "2026-11", {"category": "c1", "department": "-"})],
)  # fmt: skip
def test_every_number_opens_exactly_its_cases(
    reader: Reader, area: str | None, window: str, cut: dict[str, str]
) -> None:
    frame = PageFrame(time_zone="Asia/Shanghai", stale_after_seconds=10)
    opened: Counter[str] = Counter()
    draw = Random(f"{area}{window}{cut}")
    for asked in (*({"tab": tab} for tab in TABS), {"tab": "signals", "band": "19"}):
        page = research_page(_page(reader, area, window, **asked, **cut), frame)
        by_family: dict[str, list[Any]] = defaultdict(list)
        for link in _links(page):
            by_family[getattr(link, "data-found").partition(".")[0]].append(link)
        for link in (draw.choice(links) for links in by_family.values() for _ in range(2)):
            query = {key: values[0] for key, values in parse_qs(urlsplit(link.href).query).items()}
            question = case_question(query)
            assert question.found, link.href
            assert count_listing(reader, question) == int(getattr(link, "data-count")), link.href
            opened[question.found.partition(".")[0]] += 1
    assert {"rework", "group", "step", "limits"} <= opened.keys() or window == "d7"
    if (area, cut) == (None, {}):
        assert {"spike", "bunched", "bounced", "hasty", "self", "night", "burst", "band", "grid",
                "false", "decided"} <= opened.keys()  # fmt: skip


def test_spikes_are_those_of_five_same_weekdays(reader: Reader) -> None:
    part = _page(reader)["part"]
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * 5)
    for row in _rows(reader).cases:
        if row.voided_at or row.accepted_at is None or row.accepted_at > NOW:
            continue
        back, rest = divmod(NOW - row.accepted_at, 7 * _DAY)
        if back < 5 and rest < _DAY:
            street = f"A{_STREET[row.area_id]:02d}"
            counts[street, f"c{row.category_id}"][back] += 1
    assert part["is_known"]
    assert part["pairs"] == sum(numbers[0] > 0 for numbers in counts.values())
    for row in part["rows"]:
        assert row["counts"] == counts[row["area"]["code"], row["category"]["code"]]
        mean = sum(row["counts"][1:]) / 4
        variance = sum((one - mean) ** 2 for one in row["counts"][1:]) / 4
        above = row["counts"][0] > mean + 2 * variance**0.5
        assert row["is_spike"] == (above and row["counts"][0] >= part["least"])
    assert not _page(reader, window="2026-09-03")["part"]["is_known"]


def test_groups_are_what_the_links_join(reader: Reader) -> None:
    rows = {row.case_id: row for row in _rows(reader).cases}
    part = _page(reader, tab="repeats")["part"]

    def root(case_id: int) -> int:
        above = rows[case_id].repeat_of_case_id
        return case_id if above is None else root(above)

    groups: dict[int, set[int]] = defaultdict(set)
    live = {
        case_id
        for case_id, row in rows.items()
        if row.voided_at is None and row.accepted_at is not None and row.accepted_at <= NOW
    }
    for case_id in live:
        groups[root(case_id)].add(case_id)
    asked = {
        root(case_id)
        for case_id in live
        if rows[case_id].repeat_of_case_id and rows[case_id].accepted_at >= _since(30)
    }
    sizes = {one: len(groups[one]) for one in asked if len(groups[one]) > 1}
    assert part["all"] == len(sizes)
    assert part["sizes"] == [
        [least, sum(size >= least for size in sizes.values())] for least in (3, 5)
    ]
    assert {row["key"]: row["count"] for row in part["rows"]}.items() <= sizes.items()
    assert all("号" not in row["address"] or "*" in row["address"] for row in part["rows"])


def test_reasons_are_what_was_said(reader: Reader) -> None:
    found = _rows(reader)
    part = _page(reader, tab="rework")["part"]
    said = {(one.case_id, one.event_at): one for one in found.events if one.to_state == "rework"}
    void = {row.case_id for row in found.cases if row.voided_at}
    by_reason: dict[str, set[int]] = defaultdict(set)
    for cycle in found.cycles:
        if cycle.case_id in void or not _since(30) <= cycle.reopened_at <= NOW:
            continue
        move = said.get((cycle.case_id, cycle.reopened_at))
        stage = {"visiting": "回访后", "closed": "结案后", "checking": "核查后"}
        text = (move.opinion or stage[move.from_state]) if move else "没有流转"
        by_reason[text[:3]].add(cycle.case_id)
    assert part["total"] == len(set().union(*by_reason.values()))
    assert {one["text"][:3]: one["count"] for one in part["reasons"]} == {
        text[:3]: len(ids) for text, ids in by_reason.items()
    }


def test_signals_are_what_a_look_at_each_case_finds(reader: Reader) -> None:
    found = _rows(reader)
    part = _page(reader, tab="signals")["part"]
    counts = {one["key"]: one["count"] for one in part["signals"]}
    closed = [
        row for row in found.cases
        if row.closed_at and not row.voided_at and _since(30) <= row.closed_at <= NOW
    ]  # fmt: skip
    done = {row.case_id: row.handled_at or row.closed_at for row in closed}
    worked = [row for row in closed if row.close_kind == "handled"]
    assert counts["hasty"] == sum(
        timedelta(0) <= done[row.case_id] - (row.signed_at or row.accepted_at) < _MINUTE
        for row in worked
    )
    extended = {one.case_id for one in found.extensions if one.is_approved}
    bands: Counter[int] = Counter()
    for row in worked:
        if row.limit_kind and row.case_id not in extended:
            used = _DAY - (row.deadline_at - done[row.case_id])
            late = done[row.case_id] > row.deadline_at
            bands[20 if late else min(19, int(used / _DAY * 20))] += 1
    assert part["histogram"] == [bands[band] for band in range(21)]
    returns = Counter(
        one.case_id for one in found.events if one.to_state == "returned_unit"
        and one.event_at <= NOW
    )  # fmt: skip
    recent = {
        one.case_id for one in found.events
        if one.to_state == "returned_unit" and _since(30) <= one.event_at <= NOW
    }  # fmt: skip
    live = {row.case_id for row in found.cases if not row.voided_at}
    assert counts["bounced"] == sum(returns[one] >= 2 for one in recent & live)
    by_grid: dict[int, list[bool]] = defaultdict(list)
    for row in closed:
        by_grid[row.area_id].append(row.close_kind == "on_site" and row.source_id == 1)
    assert counts["self"] == sum(
        sum(own) for own in by_grid.values() if len(own) >= 10 and sum(own) > 0.8 * len(own)
    )
    reported = [row for row in found.cases if _since(30) <= row.reported_at <= NOW]
    sources = [((row.area_id, row.source_id), row.reported_at) for row in reported]
    assert counts["burst"] == _in_crowds(sources, 10 * _MINUTE, 30) >= 35
    dark = [
        (row.department_id, done[row.case_id])
        for row in closed
        if row.close_kind == "handled" and not 6 <= done[row.case_id].astimezone(ZONE).hour < 22
    ]
    # Those nobody is in charge of are no department, but a batch all the same.
    assert counts["night"] == _in_crowds(dark, _HOUR, 9) >= 10


def _in_crowds(rows: list[tuple[Any, datetime]], within: timedelta, more_than: int) -> int:
    """How many rows lie in a stretch with more than so many of their key, by every stretch."""
    crowded: set[int] = set()
    for key, start in rows:
        inside = {
            number
            for number, (other, at) in enumerate(rows)
            if other == key and start <= at <= start + within
        }
        if len(inside) > more_than:
            crowded |= inside
    return len(crowded)


def test_the_funnel_counts_every_report_once(reader: Reader) -> None:
    part = _page(reader, tab="funnel")["part"]
    reported = [row for row in _rows(reader).cases if _since(30) <= row.reported_at <= NOW]
    whole, *lines = part["lines"]
    assert whole["counts"][0] == len(reported)
    columns = zip(*(line["counts"] for line in lines), strict=True)
    assert [sum(column) for column in columns] == whole["counts"]
    wrong = [row for row in reported if row.voided_at and row.master_case_id is None]
    assert whole["false"] == len(wrong)
    assert sorted(whole["counts"], reverse=True) == whole["counts"]


def test_what_is_asked_for_without_sense_is_answered(reader: Reader) -> None:
    for found in ("spike.9.1", "band.x", "group.0", "step.nowhere", "spike"):
        listing = read_case_listing(reader, case_question({"found": found, "window": "d30"}))
        assert (listing.total or 0) == 0, found
    assert _page(reader, tab="no such", size="7", order="x", band="99")["tab"] == TABS[0]
