"""What the forty KPIs ask of a demo city: every stage with plausible figures, lawful to the row."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, delete, select, text

from dashboard.clocks.case_clock import CaseTimes, Extension, Suspension, settled_deadlines
from dashboard.readings.case_limits import clocks_of, copied_limit
from dashboard.settings import Settings
from data_access.engine import begin_read, begin_write, open_engine
from data_access.migrate import migrate
from data_access.tables import (
    calendar_years,
    case_extensions,
    case_suspensions,
    cases,
    feed_cursors,
    limit_rules,
)
from data_access.types import to_epoch_ms
from jobs.demo import generate
from jobs.link_repeats import run_link_repeats
from jobs.recompute_deadlines import run_recompute_deadlines
from jobs.resume_suspended import run_resume_suspended

MINUTE, DAY = 60_000, 86_400_000
KIND = "(SELECT kind FROM sources s WHERE s.source_id = c.source_id)"
LIVE = "accepted_at IS NOT NULL AND voided_at IS NULL"
NEXT = "SELECT to_state, event_at, lead(event_at) OVER (PARTITION BY case_id ORDER BY seq) AS ended"
ZONE = 8 * 60 * MINUTE  # Asia/Shanghai


@pytest.fixture(scope="module")
def tiefeng(tmp_path_factory: pytest.TempPathFactory, demo_now: datetime) -> Engine:
    """The district of three years in an embedded store: instants are numbers there."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('tiefeng')}/city.db")
    migrate(engine)
    generate(engine, profile="tiefeng", settings=Settings(), now=demo_now)
    return engine


SHARES = {
    # 网格自办 of what workers report and is closed
    "closed in the grid": (0.40, 0.60, f"""SELECT avg(dispatched_at IS NULL) FROM cases c
        WHERE {KIND} = 'worker' AND closed_at IS NOT NULL"""),
    "valid reports of workers": (0.93, 0.98, f"""SELECT avg(voided_at IS NULL AND filed_at IS NOT
        NULL) FROM cases c WHERE {KIND} = 'worker' AND reported_at < :now - {40 * DAY}"""),
    "proactive": (0.50, 0.70, f"""SELECT avg({KIND} IN ('worker', 'video', 'sensor')) FROM cases c
        WHERE {LIVE} AND {KIND} <> 'internal'"""),
    "returned by units": (0.02, 0.05, """SELECT sum(to_state = 'returned_unit') * 1.0 /
        sum(to_state = 'dispatched') FROM case_events"""),
    "sent to one department only": (0.95, 0.98, """SELECT 1 - avg(many) FROM (SELECT
        count(DISTINCT department_id) > 1 AS many FROM case_events WHERE to_state = 'dispatched'
        GROUP BY case_id)"""),
    "dispatched within a quarter of an hour": (0.95, 0.99, f"""SELECT avg(sent - filed_at <=
        {15 * MINUTE}) FROM (SELECT c.filed_at, min(e.event_at) AS sent FROM cases c JOIN
        case_events e ON e.case_id = c.case_id WHERE e.to_state = 'dispatched' GROUP BY 1)"""),
    "signed for within two hours": (0.92, 0.98, f"""SELECT avg(signed_at - dispatched_at <=
        {120 * MINUTE}) FROM cases WHERE signed_at IS NOT NULL AND NOT is_urgent"""),
    "urgent ones within a quarter of an hour": (0.92, 0.99, f"""SELECT avg(signed_at -
        dispatched_at <= {15 * MINUTE}) FROM cases WHERE signed_at IS NOT NULL AND is_urgent"""),
    "contacted within half an hour": (0.50, 0.75, f"""SELECT avg(first_contact_at - dispatched_at
        <= {30 * MINUTE}) FROM cases WHERE first_contact_at IS NOT NULL"""),
    "contacted within an hour": (0.80, 0.97, f"""SELECT avg(first_contact_at - dispatched_at <=
        {60 * MINUTE}) FROM cases WHERE first_contact_at IS NOT NULL"""),
    "checked within half an hour": (0.93, 0.98, f"""SELECT avg(ended - event_at <= {30 * MINUTE})
        FROM ({NEXT} FROM case_events) WHERE to_state = 'checking' AND ended IS NOT NULL"""),
    "repeats": (0.03, 0.06, f"""SELECT avg(repeat_of_case_id IS NOT NULL) FROM cases
        WHERE {LIVE}"""),
    "repeated": (0.03, 0.06, f"SELECT avg(repeated_at IS NOT NULL) FROM cases WHERE {LIVE}"),
    "merged": (0.005, 0.02, "SELECT avg(state = 'merged') FROM cases"),
    "void after filing": (0.002, 0.02, """SELECT avg(state = 'void') FROM cases
        WHERE filed_at IS NOT NULL"""),
    "whistles answered in time": (0.90, 0.97, """SELECT avg(coalesce(arrived_at <= due_at, 0))
        FROM whistle_calls WHERE due_at < :now"""),
    "closures found true": (0.93, 0.97, """SELECT avg(result = 'true') FROM case_rechecks
        WHERE checked_at IS NOT NULL"""),
    "extended": (0.005, 0.02, """SELECT (SELECT count(*) FROM case_extensions WHERE is_approved) *
        1.0 / count(*) FROM cases WHERE handled_at IS NOT NULL"""),
    "callers called back": (0.45, 0.75, f"""SELECT avg(EXISTS (SELECT 1 FROM callbacks b WHERE
        b.case_id = c.case_id AND b.is_valid)) FROM cases c WHERE closed_at IS NOT NULL
        AND {KIND} IN ('hotline', 'public')"""),
    "twice daily patrols": (0.85, 0.97, f"""SELECT (SELECT count(*) FROM (SELECT 1 FROM patrols
        WHERE started_at < :now - {DAY} GROUP BY area_id, (started_at + {ZONE}) / {DAY}
        HAVING min((started_at + {ZONE}) % {DAY}) < {DAY // 2}
        AND max((started_at + {ZONE}) % {DAY}) >= {DAY // 2})) * 1.0 / count(*) FROM (SELECT
        DISTINCT area_id, (starts_at + {ZONE}) / {DAY} FROM shifts s WHERE starts_at < :now - {DAY}
        AND NOT EXISTS (SELECT 1 FROM leaves l WHERE l.worker_id = s.worker_id AND l.kind = 'leave'
        AND l.starts_at < s.ends_at AND l.ends_at > s.starts_at))"""),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARES)
def test_shares_are_plausible(tiefeng: Engine, demo_now: datetime, name: str) -> None:
    low, high, query = SHARES[name]
    with begin_read(tiefeng) as connection:
        share = connection.scalar(
            text(query), {"now": to_epoch_ms(demo_now)} if ":now" in query else {}
        )
    assert low <= share <= high


@pytest.mark.parametrize("visit_class", ["yearly", "quarterly", "monthly"])
@pytest.mark.parametrize("days", [30, 90])
def test_due_visits_of_every_class_are_mostly_made(
    tiefeng: Engine, demo_now: datetime, visit_class: str, days: int
) -> None:
    window = {"class": visit_class, "now": to_epoch_ms(demo_now), "days": days * DAY}
    with begin_read(tiefeng) as connection:
        due, made = connection.execute(text(
            "SELECT count(*), sum(visited_at <= due_at + 86400000 * (SELECT grace_days FROM"
            " visit_classes k WHERE k.visit_class = v.visit_class)) FROM visits v WHERE"
            " visit_class = :class AND due_at >= :now - :days AND due_at < :now"
        ), window).one()  # fmt: skip
        missed = connection.scalar(text(
            "SELECT count(*) FROM visit_subjects WHERE visit_class = :class"
            " AND next_due_at >= :now - :days AND next_due_at < :now"
        ), window)  # fmt: skip
    assert due > 100
    assert 0.93 <= made / (due + missed) < 1


def test_kinds_of_sources_and_of_closures(tiefeng: Engine) -> None:
    with begin_read(tiefeng) as connection:
        kinds = set(connection.execute(text("SELECT kind, is_proactive FROM sources")).all())
        ways = {
            (row.kind, row.close_kind)
            for row in connection.execute(text(
                f"SELECT DISTINCT {KIND} AS kind, close_kind FROM cases c"
                " WHERE closed_at IS NOT NULL AND dispatched_at IS NULL"))
        }  # fmt: skip
        filed = connection.scalar(text(
            "SELECT count(*) FROM cases WHERE close_kind = 'on_site' AND filed_at <> closed_at"
        ))  # fmt: skip
    assert kinds == {
        ("worker", 1), ("video", 1), ("sensor", 1), ("hotline", 0), ("public", 0), ("internal", 0)
    }  # fmt: skip
    assert ways == {
        ("worker", "on_site"), ("video", "on_site"), ("sensor", "on_site"), ("public", "on_site"),
        ("public", "answered"), ("hotline", "answered"),
    }  # fmt: skip
    assert filed == 0


def test_suspensions_end_as_planned_or_near_it_and_never_last_too_long(
    tiefeng: Engine, demo_now: datetime
) -> None:
    now = to_epoch_ms(demo_now)
    with begin_read(tiefeng) as connection:
        rows = connection.execute(text(
            "SELECT started_at, planned_end_at, ended_at FROM case_suspensions")).all()  # fmt: skip
    ended = [row for row in rows if row.ended_at is not None]
    standing = [row for row in rows if row.ended_at is None]
    assert all((row.ended_at or now) - row.started_at <= 365 * DAY for row in rows)
    assert all(row.planned_end_at is None or row.planned_end_at > now for row in standing)
    compared = {(row.ended_at > row.planned_end_at) - (row.ended_at < row.planned_end_at)
                for row in ended}  # fmt: skip
    assert compared == {-1, 0, 1}


def test_the_calendar_and_the_table_of_limits_are_entered(tiefeng: Engine) -> None:
    with begin_read(tiefeng) as connection:
        years = dict(
            connection.execute(select(calendar_years.c.year, calendar_years.c.is_complete)).all()
        )
        rules = connection.execute(select(limit_rules)).all()
        used = connection.execute(
            select(cases.c.category_id, cases.c.filing_condition, cases.c.limit_kind,
                   cases.c.limit_amount)
            .where(cases.c.limit_kind.is_not(None)).distinct()
        ).all()  # fmt: skip
    assert years[2026] and not years[2027]
    table = {(r.category_id, r.filing_condition): (r.limit_kind, r.limit_amount) for r in rules}
    assert all(r.filing_condition_text and r.closing_condition_text for r in rules)
    assert any(row.filing_condition for row in used)
    assert all(table[row[0], row[1] or ""] == (row[2], row[3]) for row in used)


def test_the_jobs_find_nothing_to_put_right(
    sqlite_engine: Engine, settings: Settings, demo_now: datetime
) -> None:
    generate(sqlite_engine, profile="test", settings=settings, now=demo_now)
    assert run_resume_suspended(sqlite_engine, settings=settings, now=demo_now) == 0
    assert run_recompute_deadlines(sqlite_engine, settings=settings, now=demo_now) == 0
    assert run_link_repeats(sqlite_engine, settings, demo_now) == 0
    with begin_write(sqlite_engine) as connection:  # as if nobody had looked for repeats yet
        connection.execute(delete(feed_cursors).where(feed_cursors.c.name.like("repeats%")))
    assert run_link_repeats(sqlite_engine, settings, demo_now) == 0


@pytest.mark.parametrize("closing_limits", ["", "0.5 urgent_hour, 1 work_day"])
def test_every_deadline_is_what_the_clocks_say(
    sqlite_engine: Engine, settings: Settings, demo_now: datetime, closing_limits: str
) -> None:
    settings = Settings(**{**vars(settings), "closing_limits": closing_limits})
    generate(sqlite_engine, profile="test", settings=settings, now=demo_now, years=2)
    with begin_read(sqlite_engine) as connection:
        clocks = clocks_of(connection, settings)
        times = _times(connection)
        rows = connection.execute(select(cases).where(cases.c.clock_started_at.is_not(None))).all()
    assert {bool(one.suspensions) for one in times.values()} == {True, False}
    detours = 0
    for row in rows:
        given = times.get(row.case_id, CaseTimes(limit=None, started_ms=None))
        detours += bool(given.suspensions or given.extensions)
        found = settled_deadlines(
            clocks.calendar,
            CaseTimes(
                limit=copied_limit(dict(row._mapping)),
                started_ms=to_epoch_ms(row.clock_started_at),
                suspensions=given.suspensions, extensions=given.extensions,
            ),
            clocks.rules,
        )  # fmt: skip
        assert found is not None
        stored = (row.due_soon_at, row.deadline_handle_at, row.deadline_at)
        assert tuple(map(to_epoch_ms, stored)) == (
            found.due_soon_ms, found.handle_ms, found.close_ms
        ), row.case_id  # fmt: skip
    assert detours > 20


def _times(connection: Connection) -> dict[int, CaseTimes]:
    """Suspensions and extensions of each case that has any; limit and start are left open."""
    pauses: dict[int, list[Suspension]] = {}
    for row in connection.execute(select(case_suspensions)):
        pauses.setdefault(row.case_id, []).append(Suspension(
            to_epoch_ms(row.started_at), None, row.ended_at and to_epoch_ms(row.ended_at)
        ))  # fmt: skip
    asked: dict[int, list[Extension]] = {}
    for row in connection.execute(select(case_extensions)):
        asked.setdefault(row.case_id, []).append(Extension(
            to_epoch_ms(row.applied_at), row.decided_at and to_epoch_ms(row.decided_at),
            bool(row.is_approved),
        ))  # fmt: skip
    return {
        case_id: CaseTimes(
            limit=None, started_ms=None, suspensions=tuple(pauses.get(case_id, ())),
            extensions=tuple(asked.get(case_id, ())),
        )
        for case_id in pauses.keys() | asked.keys()
    }  # fmt: skip
