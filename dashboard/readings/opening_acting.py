"""Opening a statistic about single persons for a while 个人统计开放, and ending it early.

One statistic, one area below the city, a purpose, a reason, who approved it and a last day within
``statistics_open_days``; it ends by itself, and every act is in the audit.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from dashboard.clocks.city_time import city_today, day_start
from dashboard.lifecycle.supervision import Refusal
from dashboard.readings.acting import LONGEST_NAME, Desk, Outcome, whole
from dashboard.readings.opened_statistics import STATISTICS
from data_access import actions
from data_access import opened_statistics as store

LONGEST_PURPOSE = 60
_DAY = timedelta(days=1)


def open_statistic(desk: Desk) -> Outcome:
    """``statistic``, ``area`` (code), ``purpose``, ``reason``, ``approver``, ``ends_on`` (the last
    day, inclusive). Refused where the same statistic stands open for the area already."""
    draft = desk.draft
    code = draft.storable("area")
    area = actions.lock_area(desk.connection, code) if code else None
    if (before := desk.once()) is not None:
        return before
    wrong = draft.problems("reason", needed=True)
    wrong |= draft.problems("purpose", longest=LONGEST_PURPOSE, needed=True)
    wrong |= draft.problems("approver", longest=LONGEST_NAME, needed=True)
    if draft.get("approver") and draft.get("approver") == desk.act.actor:
        wrong["approver"] = "opened.wrong.approver"
    if draft.get("statistic") not in STATISTICS:
        wrong["statistic"] = "form.wrong.missing"
    if area is None or desk.is_outside(area) or "/" not in area["path"]:
        wrong["area"] = "opened.wrong.area"
    ends_at = _end(desk, draft.get("ends_on"))
    if ends_at is None:
        wrong["ends_on"] = "opened.wrong.end"
    if wrong or area is None or ends_at is None:
        return Outcome(wrong=wrong)
    line = [int(one) for one in area["path"].split("/")]
    if store.read_openings(desk.connection, line, desk.now, draft.get("statistic")):
        return Outcome(refused=Refusal.SAME_KIND)
    values = {
        "statistic": draft.get("statistic"),
        "area_id": area["area_id"],
        "purpose": draft.get("purpose"),
        "reason": draft.get("reason"),
        "approver": draft.get("approver"),
        "opened_by": desk.act.actor,
        "opened_at": desk.now,
        "ends_at": ends_at,
    }
    made = store.add_opening(desk.connection, values)
    after = {"name": f"{values['statistic']} {area['code']}", **values}
    desk.audit("open_statistic", None, made, note=values["reason"], after=after)
    return Outcome(said="opened.said.open")


def _end(desk: Desk, text: str) -> datetime | None:
    """The city midnight after the last day; None for a day that is none, past or too far."""
    settings = desk.reader.settings
    try:
        last = date.fromisoformat(text)
    except ValueError:
        return None
    today = city_today(desk.now, settings.city_time_zone)
    if not today <= last <= today + settings.statistics_open_days * _DAY:
        return None
    return day_start(last + _DAY, settings.city_time_zone)


def end_statistic(desk: Desk) -> Outcome:
    """End an opening (``subject``) before its last day."""
    number = whole(desk.draft.get("subject"))
    row = store.lock_opening(desk.connection, number) if number else None
    if row is None or desk.is_outside(row):
        return Outcome(wrong={"action": "opened.wrong.subject"})
    if (before := desk.once()) is not None:
        return before
    if row["ends_at"] <= desk.now or row["ended_at"] is not None:
        return Outcome(refused=Refusal.RESOLVED)
    store.end_opening(desk.connection, number, now=desk.now, by=desk.act.actor)
    after = {"name": row["statistic"], "ended_at": desk.now, "ended_by": desk.act.actor}
    desk.audit("end_statistic", None, number, before={"ended_at": None}, after=after)
    return Outcome(said="opened.said.end")
