"""The page /department/<code> 点名屏: one unit on one screen, in large type, for the meeting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import case_href, light_view
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import number_text, span_text
from dashboard.components.unit_promises import answer_card, promise_dialog, promises_card
from dashboard.components.units_league import moved_view, unit_href
from dashboard.components.work_page import nothing, work_card
from dashboard.readings.roll_call import RollCall
from dashboard.words import word

# Fetched again after a tick, and every ten seconds for what somebody else writes down.
_LIVE = {"data-again": "5", "data-beat": "10"}
_TABS = {"whistle": "whistle", "past": "unsigned", "rework": "rework"}


def unit_page(shown: Any, call: RollCall, frame: PageFrame) -> html.Div:
    """The page of the document that ``readings.unit_page`` makes, with what the unit promised."""
    lang, unit = shown["lang"], shown["unit"]
    place = Place(page="department", detail=unit["code"])
    lower = html.Div(
        [
            _worst_card(shown),
            promises_card(call, frame, lang),
            answer_card(call, unit["code"], frame, lang),
        ],
        className="work-cards unit-lower",
    )
    content: list[Component] = [_agenda(shown), _top(shown, call.late), _figures(shown), lower]
    if call.can_act:
        content.append(promise_dialog(lang))
    name = unit["name"]
    return page(shown, frame, content, place=place, title=name, key=unit["code"], attributes=_LIVE)


def _agenda(shown: Any) -> html.Nav:
    """The way to the units before and after it; arrow keys do the same."""
    lang, agenda = shown["lang"], shown["agenda"]
    label = word("rollcall.agenda", lang, n=agenda["number"], all=agenda["all"])
    everything = html.A(
        word("rollcall.all", lang),
        href=place_href(shown, Place(page="departments")),
        className="link-inline",
        **{"data-nav": ""},
    )
    middle = html.Span(
        [
            html.B(label),
            html.Span(word("rollcall.keys", lang), className="card-hint keys-hint"),
            everything,
        ],
        className="agenda-middle",
    )
    return html.Nav(
        [_turn(shown, "previous"), middle, _turn(shown, "next")],
        className="agenda",
        **{"aria-label": label},
    )


def _turn(shown: Any, name: str) -> Component:
    lang, other = shown["lang"], shown["agenda"][name]
    sign = "←" if name == "previous" else "→"
    if other is None:
        return html.Span(sign, className=f"turn turn-{name} is-off")
    text = [html.Span(sign, **{"aria-hidden": "true"}), html.Span(other["name"])]
    return html.A(
        text if name == "previous" else text[::-1],
        href=unit_href(shown, other["code"]),
        className=f"turn turn-{name}",
        title=word(f"rollcall.{name}", lang),
        **{"data-nav": "", "data-turn": name},
    )


def _top(shown: Any, late_promises: int) -> html.Section:
    """Rank and what the unit is called for, side by side."""
    lang, rank = shown["lang"], shown["rank"]
    group = word(f"units.group.{shown['unit']['kind']}", lang)
    head = html.Span(
        word("rollcall.rank", lang, kpi=rank["name"], group=group), className="unit-rank-name"
    )
    if rank["rank"] is None:
        why = word("rollcall.no_rank_why", lang, n=rank["minimum"])
        place: list[Component] = [
            html.B(word("rollcall.no_rank", lang), className="unit-rank-none"),
            html.Span(why, className="card-hint"),
        ]
    else:
        place = [
            html.B(str(rank["rank"]), className="unit-rank-number"),
            html.Span(word("rollcall.rank_of", lang, n=rank["of"]), className="unit-rank-of"),
            moved_view(rank["moved"], lang),
        ]
    score: list[Component] = [_opens(shown, rank["key"], rank["text"], "unit-score")]
    if rank["grade"]:
        grade = word("units.grade", lang, letter=rank["grade"])
        score.append(html.Span(grade, className=f"grade grade-{rank['grade'].lower()}"))
    points = html.Span(score, className="unit-place")
    return html.Section(
        [
            html.Div([head, html.Span(place, className="unit-place")], className="unit-rank"),
            html.Div([html.Span(rank["name"], className="unit-rank-name"), points],
                     className="unit-rank"),
            _marks(shown, late_promises),
        ],
        className="card unit-top",
        **{"data-part": "unit-top"},
    )  # fmt: skip


def _marks(shown: Any, late_promises: int) -> html.Div:
    lang, code = shown["lang"], shown["unit"]["code"]
    items: list[Component] = []
    for mark in shown["marks"]:
        more = {"tab": _TABS[mark["key"]], "unit": code}
        more |= {"late": "1"} if mark["key"] == "whistle" else {}
        items.append(
            html.A(
                "■ " + word(f"rollcall.mark.{mark['key']}", lang, n=number_text(mark["n"])),
                href=place_href(shown, Place(page="departments", more=more)),
                className=f"call-mark {'lv-bad' if mark['key'] != 'rework' else 'lv-warn'}",
                **{"data-nav": "", "data-mark": mark["key"], "data-key": mark["key"]},
            )
        )
    if late_promises:
        text = "■ " + word("rollcall.mark.promise", lang, n=late_promises)
        items.append(
            html.A(text, href="#promises", className="call-mark lv-bad", **{"data-key": "promise"})
        )
    if not items:
        items.append(html.Span(word("rollcall.mark.none", lang), className="call-mark lv-good"))
    name = html.Span(word("rollcall.marks", lang), className="unit-rank-name")
    return html.Div([name, html.Span(items, className="call-marks")], className="unit-rank wide")


def _opens(shown: Any, key: str, text: str, css: str) -> html.Button:
    """A figure of the unit that opens its definition with its cases."""
    cut = {"data-cut": f"department:{shown['unit']['code']}"}
    opens = {"data-kpi": key, "aria-haspopup": "dialog", **cut}
    return html.Button(text, className=f"cell-open {css}", type="button", **opens)


def _figures(shown: Any) -> html.Section:
    lang = shown["lang"]
    cards = [_figure(shown, one) for one in shown["figures"]]
    label = word("rollcall.numbers", lang)
    return html.Section(cards, className="unit-figures", **{"aria-label": label})


def _figure(shown: Any, one: Mapping[str, Any]) -> html.Div:
    lang = shown["lang"]
    delta = one["delta"]
    tone = delta["tone"] if delta else "none"
    unit = "" if one["state"] == "empty" else one["unit"]
    parts = _parts_text(one, lang)
    status = word("tile.empty", lang) if one["state"] == "empty" else one["level_text"]
    place = [] if one["rank"] is None else [
        html.Span(word("rollcall.place", lang, n=one["rank"], all=one["of"]))
    ]  # fmt: skip
    change = f"{delta['text']} {delta['versus']}" if delta else ""
    return html.Div(
        [
            html.Span(one["name"], className="unit-figure-name"),
            html.Span(
                [
                    _opens(shown, one["key"], one["text"], "unit-figure-text"),
                    html.Span(unit, className="unit-figure-unit"),
                    html.Span(status, className="tile-status"),
                ],
                className="unit-figure-main",
            ),
            html.Span(change, className=f"tile-delta tone-{tone}"),
            html.Span([html.Span(parts), *place], className="unit-figure-foot"),
        ],
        className=f"tile unit-figure is-{one['state']} lv-{one['level']}",
        **{"data-key": one["key"], "data-figure": one["key"]},
    )


def _parts_text(one: Mapping[str, Any], lang: str) -> str:
    if one["denominator"] is None:
        return ""
    if one["numerator"] is None:
        return word("units.sample", lang, n=number_text(one["denominator"]))
    return f"{number_text(one['numerator'])} / {number_text(one['denominator'])}"


def _worst_card(shown: Any) -> html.Section:
    lang, rows = shown["lang"], shown["worst"]
    title, hint = word("rollcall.worst", lang), word("rollcall.worst_hint", lang)
    if not rows:
        body: list[Component] = [nothing(word("rollcall.worst_none", lang))]
    else:
        body = [html.Ol([_worst(shown, row) for row in rows], className="worst-cases")]
    return work_card(title, body, part="unit-worst", hint=hint)


def _worst(shown: Any, row: Mapping[str, Any]) -> html.Li:
    lang, now = shown["lang"], shown["as_of_ms"]
    link = html.A(row["case_code"], href=case_href(row, lang), className="code", **{"data-nav": ""})
    age = row["accepted_ms"] and word(
        "rollcall.worst_open", lang, span=span_text(now - row["accepted_ms"], lang)
    )
    supervised = "supervised" in row["marks"]
    marks = [html.Span(word("rollcall.supervised", lang), className="mark")] if supervised else []
    facts = [one for one in (row["state_name"], row["area"], age) if one]
    return html.Li(
        [
            html.Div(
                [light_view(row, lang, now), html.B(row["category"]), *marks, link],
                className="worst-head",
            ),
            html.Div(row["title"], className="worst-title"),
            html.Div(" · ".join(facts), className="work-minor"),
        ],
        **{"data-key": str(row["case_id"]), "data-case": str(row["case_id"])},
    )
