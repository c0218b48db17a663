"""The page 系统状态: is what people see fresh and true, and if not, where does it hang."""

from __future__ import annotations

from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place
from dashboard.components.page_shell import page
from dashboard.components.spans import clock_text, moment_text, number_text
from dashboard.components.system_lists import (
    acts_card,
    batches_card,
    store_card,
    tokens_card,
)
from dashboard.components.work_page import nothing, scroll_table, work_card
from dashboard.words import word

SYSTEM: Final = Place(page="system")
_LIVE: Final = {"data-again": "5", "data-beat": "5"}  # ages grow without any new version
_SKEW_SHOWN_MS: Final = 2000
_SIGNS: Final = {"good": "●", "warn": "▲", "bad": "■", "none": "–"}


def system_page(shown: Any, frame: PageFrame, *, request: str, answer: str) -> html.Div:
    """The page of the document that ``readings.system_page`` makes; ``request`` and ``answer`` are
    the ids behind its forms."""
    lang = shown["lang"]
    cards = [
        _screens_card(shown, frame),
        _jobs_card(shown, frame),
        _feeds_card(shown, frame),
        tokens_card(shown, frame, request=request, answer=answer),
        batches_card(shown, frame),
        store_card(shown),
        acts_card(shown, frame),
    ]
    content = [_summary(shown, frame), html.Div(cards, className="work-cards system-cards")]
    return page(
        shown,
        frame,
        content,
        place=SYSTEM,
        title=word("system.title", lang),
        attributes=_LIVE,
    )


def age_text(age_ms: int | None, lang: str) -> str:
    """An age in the unit people would use; the twin of ``yiwang.ageText``. "—" for none."""
    if age_ms is None:
        return "—"
    seconds = max(0, age_ms // 1000)
    for unit, length, most in (("seconds", 1, 120), ("minutes", 60, 7200), ("hours", 3600, 172800)):
        if seconds < most:
            return word(f"age.{unit}", lang, n=seconds // length)
    return word("age.days", lang, n=seconds // 86400)


def state_mark(level: str, text: str) -> html.Span:
    """A state by colour, shape and word; ``level``: good, warn, bad or none."""
    return html.Span(
        [html.Span(_SIGNS[level], className="state-sign", **{"aria-hidden": "true"}), text],
        className=f"system-state st-{level}",
    )


def _summary(shown: Any, frame: PageFrame) -> html.Section:
    """Five figures: status and lag, version, and how many of the rest are well."""
    lang, lag = shown["lang"], shown["lag_ms"]
    is_slow = lag is None or lag > 1000 * frame.stale_after_seconds
    screens = shown["screens"]
    feeds = [one for one in shown["feeds"] if one["interval_seconds"]]
    well = {
        "screens": sum(not any(mark["is_bad"] for mark in one["marks"]) for one in screens),
        "sources": sum(one["state"] == "ok" for one in feeds),
        "jobs": sum(one["state"] == "ok" for one in shown["jobs"]),
    }
    counts = {"screens": len(screens), "sources": len(feeds), "jobs": len(shown["jobs"])}
    state = word(f"system.status.{shown['status']}", lang)
    as_of = clock_text(shown["as_of_ms"], frame.zone)
    figures = [
        _figure(
            word("system.lag", lang), age_text(lag, lang), state, "bad" if is_slow else "good",
            title=word("system.lag_hint", lang), part="lag",
        ),
        _figure(
            word("system.version", lang), number_text(shown["version"]),
            word("system.version_hint", lang, time=as_of), "none", part="version",
        ),
    ]  # fmt: skip
    for name, count in counts.items():
        level = "none" if not count else "good" if well[name] == count else "warn"
        text = word("system.of", lang, n=well[name], all=count) if count else "—"
        figures.append(_figure(word(f"system.{name}_ok", lang), text, "", level, part=name))
    return html.Section(
        figures, className="system-figures", **{"aria-label": word("system.summary", lang)}
    )


def _figure(
    name: str, value: str, note: str, level: str, *, part: str, title: str = ""
) -> html.Div:
    sign = [html.Span(_SIGNS[level], className="state-sign")] if level != "none" else []
    return html.Div(
        [
            html.Span(name, className="system-name"),
            html.Span([*sign, value], className="system-value", **{"data-f": "value"}),
            html.Span(note, className="system-note"),
        ],
        className=f"card system-figure st-{level}",
        title=title,
        **{"data-part": f"system-{part}"},
    )


def _screens_card(shown: Any, frame: PageFrame) -> html.Section:
    lang = shown["lang"]
    title = word("system.screens", lang)
    hint = word("system.screens_hint", lang, version=number_text(shown["version"]))
    if not shown["screens"]:
        none = nothing(word("system.screens_none", lang))
        return work_card(title, [none], part="screens", hint=hint, span=12)
    columns = [("", "screen"), ("wide", "standing"), ("", "profile"), ("num", "heartbeat"),
               ("num", "painted"), ("num", "heap"), ("num", "skew"), ("", "viewport"),
               ("", "build")]  # fmt: skip
    heads = [(kind, word(f"system.{name}", lang)) for kind, name in columns]
    rows = [_screen(one, lang, frame) for one in shown["screens"]]
    table = scroll_table(heads, rows, label=title, kind="system-table")
    note = str(len(rows))
    return work_card(title, [table], part="screens", hint=hint, note=note, span=12)


def _screen(one: Any, lang: str, frame: PageFrame) -> html.Tr:
    name = word("system.screen_no", lang, n=one["number"])
    heap = "—" if one["heap"] is None else f"{one['heap'] / 1e6:.0f} MB"
    painted = [
        number_text(one["version"]),
        html.Span(clock_text(one["painted_ms"], frame.zone), className="cell-note"),
    ]
    build = [html.Span(one["build"][-12:], className="code")]
    if one["is_old"]:
        build.append(html.Span(word("system.step.old", lang), className="cell-note"))
    named = [html.Span(one["name"], className="cell-note")] if one["name"] else []
    cells = [
        html.Th([html.Span(name), *named], scope="row"),
        html.Td([screen_mark(mark, lang) for mark in one["marks"]], className="marks"),
        html.Td(one["profile"]),
        html.Td(age_text(one["age_ms"], lang), className="num"),
        html.Td(painted, className="num"),
        html.Td(heap, className="num"),
        html.Td(_skew(one["skew_ms"], lang), className="num"),
        html.Td(one["viewport"]),
        html.Td(build),
    ]
    number = str(one["number"])
    return html.Tr(cells, **{"data-key": f"screen-{number}", "data-screen": number})


def screen_mark(mark: Any, lang: str) -> html.Span:
    """One thing to say of a screen, such as 落后 4 分钟."""
    key = f"system.shows.{mark['kind']}" if mark["is_reported"] else f"system.step.{mark['kind']}"
    level = "good" if mark["kind"] == "ok" else "bad" if mark["is_bad"] else "warn"
    return state_mark(level, word(key, lang, age=age_text(mark["for_ms"], lang)))


def _skew(skew_ms: int | None, lang: str) -> str:
    """How far a screen's clock is off; below what matters it is "0"."""
    if skew_ms is None:
        return "—"
    if abs(skew_ms) < _SKEW_SHOWN_MS:
        return word("age.seconds", lang, n=0)
    sign = "−" if skew_ms > 0 else "+"  # the screen is slow: its clock shows less
    return f"{sign}{age_text(abs(skew_ms), lang)}"


def _jobs_card(shown: Any, frame: PageFrame) -> html.Section:
    lang = shown["lang"]
    title = word("system.jobs", lang)
    if not shown["jobs"]:
        none = nothing(word("system.jobs_none", lang))
        return work_card(title, [none], part="jobs", span=6)
    columns = [("", "job"), ("", "job_state"), ("num", "interval"), ("num", "last_run"),
               ("num", "next_run"), ("num", "failures")]  # fmt: skip
    heads = [(kind, word(f"system.{name}", lang)) for kind, name in columns]
    rows = [_job(one, lang, frame) for one in shown["jobs"]]
    table = scroll_table(heads, rows, label=title, kind="system-table")
    return work_card(title, [table], part="jobs", span=6)


def _job(one: Any, lang: str, frame: PageFrame) -> html.Tr:
    level = {"ok": "good", "failing": "bad", "silent": "bad"}[one["state"]]
    age = age_text(one["age_ms"], lang)
    state = word(f"system.job.{one['state']}", lang, error=one["error"], age=age)
    cells: list[Component] = [
        html.Th(html.Span(one["name"], className="code"), scope="row"),
        html.Td(state_mark(level, state)),
        html.Td(f"{one['interval_ms'] / 1000:g} s", className="num"),
        html.Td(clock_text(one["last_ms"], frame.zone), className="num"),
        html.Td(clock_text(one["next_ms"], frame.zone), className="num"),
        html.Td(number_text(one["failures"]), className="num"),
    ]
    return html.Tr(cells, **{"data-key": f"job-{one['name']}", "data-job": one["name"]})


def _feeds_card(shown: Any, frame: PageFrame) -> html.Section:
    """Every source with its age against its promise."""
    lang = shown["lang"]
    title = word("system.sources", lang)
    columns = [("", "source"), ("", "job_state"), ("num", "age"), ("num", "promise"),
               ("num", "last"), ("num", "rows_total"), ("", "failure")]  # fmt: skip
    heads = [(kind, word(f"system.{name}", lang)) for kind, name in columns]
    rows = [_feed(one, lang, frame) for one in shown["feeds"]]
    table = scroll_table(heads, rows, label=title, kind="system-table")
    return work_card(title, [table], part="feeds", span=6)


def _feed(one: Any, lang: str, frame: PageFrame) -> html.Tr:
    level = {"ok": "good", "late": "warn", "stopped": "bad", "none": "none"}[one["state"]]
    promise = one["interval_seconds"]
    none = word("system.no_promise", lang)
    told = age_text(1000 * promise, lang) if promise else none
    state = word(f"sources.{one['state']}", lang) if promise else none
    failed = moment_text(one["failed_ms"], frame.zone) if one["failed_ms"] else ""
    failure = " ".join(part for part in (failed, one["failure"]) if part)
    cells = [
        html.Th(one["name"], scope="row"),
        html.Td(state_mark(level, state)),
        html.Td(age_text(one["age_ms"], lang), className="num"),
        html.Td(told, className="num"),
        html.Td(moment_text(one["last_ms"], frame.zone), className="num"),
        html.Td(number_text(one["rows"]), className="num"),
        html.Td(failure, className="wide"),
    ]
    return html.Tr(cells, **{"data-key": f"feed-{one['code']}", "data-source": one["code"]})
