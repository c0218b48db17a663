"""Campaigns 专项任务: their list, and one against the clock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, area_href, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import moment_text, number_text, year_moment_text
from dashboard.components.work_page import (
    LIVE,
    area_link,
    nothing,
    pager,
    scroll_table,
    work_card,
)
from dashboard.words import word

STEP = 20
# Progress is no case: no tick tells of it, so the page asks every ten seconds.
_LIVE = {**LIVE, "data-beat": "10"}
_MARKS = {"running": "lv-good", "late": "lv-bad"}


def campaign_list_page(shown: Any, frame: PageFrame) -> html.Div:
    """Every campaign; each leads to its page."""
    lang = shown["lang"]
    title = word("campaign.list", lang)
    if not shown["campaigns"]:
        card = work_card(title, [nothing(word("campaign.none", lang))], part="campaigns", span=12)
    else:
        names = ("name", "state", "start", "due", "target", "done", "share")
        number = ("target", "done", "share")
        columns = [
            ("name" if name == "name" else "num" if name in number else "",
             word(f"campaign.{name}", lang))
            for name in names
        ]  # fmt: skip
        rows = [_list_row(shown, one, frame) for one in shown["campaigns"]]
        table = scroll_table(columns, rows, label=title, kind="sticky-name")
        card = work_card(title, [table], part="campaigns", span=12)
    content = [html.Div([card], className="work-cards")]
    return page(shown, frame, content, place=Place(page="campaign"), title=title, attributes=_LIVE)


def _list_row(shown: Any, one: Mapping[str, Any], frame: PageFrame) -> html.Tr:
    href = place_href(shown, Place(page="campaign", detail=one["code"]))
    unit = f" {one['unit']}" if one["unit"] else ""
    return html.Tr(
        [
            html.Th(html.A(one["name"], href=href, **{"data-nav": ""}), className="name"),
            html.Td(_state(one, shown["lang"])),
            html.Td(year_moment_text(one["start_ms"], frame.zone)),
            html.Td(year_moment_text(one["due_ms"], frame.zone)),
            html.Td(number_text(one["target"]) + unit, className="num"),
            html.Td(number_text(one["done"]) + unit, className="num"),
            html.Td(f"{one['share']} %", className="num"),
        ],
        **{"data-key": one["code"]},
    )


def _state(one: Mapping[str, Any], lang: str) -> html.Span:
    mark = _MARKS.get(one["state"], "")
    return html.Span(
        word(f"campaign.state.{one['state']}", lang), className=f"state-mark {mark}".strip()
    )


def campaign_page(shown: Any, frame: PageFrame) -> html.Div:
    """The whole page of the document that ``readings.campaign_page`` makes."""
    one, offset = shown["campaign"], shown["lagging"]["offset"]
    more = {"police": shown["police"], "offset": str(offset) if offset else ""}
    place = Place(
        page="campaign",
        detail=one["code"],
        more={name: text for name, text in more.items() if text},
    )
    cards = [_burn_card(shown, frame)]
    if shown["areas"]:
        cards.append(_groups_card(shown, place, "areas"))
    cards.append(_lagging_card(shown, place, frame))
    if shown["police_grids"]:
        cards.append(_groups_card(shown, place, "police_grids"))
    content = [_crumb(shown, frame), _facts(shown, frame)]
    return page(
        shown,
        frame,
        [*content, html.Div(cards, className="work-cards")],
        place=place,
        title=one["name"],
        key=f"{shown['police']}|{offset}",
        attributes=_LIVE,
    )


def _crumb(shown: Any, frame: PageFrame) -> html.Div:
    lang, one = shown["lang"], shown["campaign"]
    back = place_href(shown, Place(page="campaign"))
    times = word(
        "campaign.times",
        lang,
        start=year_moment_text(one["start_ms"], frame.zone),
        due=year_moment_text(one["due_ms"], frame.zone),
    )
    parts: list[Component] = [
        html.A(word("campaign.list", lang), href=back, **{"data-nav": ""}),
        _state(one, lang),
        html.Span(times, className="cell-minor"),
    ]
    if shown["police"]:
        href = place_href(shown, Place(page="campaign", detail=one["code"]))
        text = word("campaign.all_police", lang, code=shown["police"])
        parts.append(html.A(text, href=href, **{"data-nav": ""}))
    return html.Div(parts, className="kpi-crumb")


def _facts(shown: Any, frame: PageFrame) -> html.Section:
    """Target, done and pace as numbers; nothing of it is a KPI of cases."""
    lang, pace, unit = shown["lang"], shown["pace"], shown["campaign"]["unit"]
    per_hour = word("campaign.per_hour", lang, unit=unit)
    behind = shown["lagging"]

    def said(name: str, n: str = "") -> str:
        return word(f"campaign.{name}", lang, n=n)

    facts = [
        ("target", number_text(pace["target"]), unit, ""),
        ("done", number_text(pace["done"]), unit, said("left", number_text(pace["left"]))),
        ("share", pace["share"], "%", said("elapsed", pace["elapsed"])),
        ("recent_rate", pace["recent_rate"], per_hour, said("recent", pace["recent_hours"])),
        ("mean_rate", pace["mean_rate"], per_hour, said("needed", pace["needed_rate"])),
        ("finish", moment_text(pace["finish_ms"], frame.zone), "", _finish_note(pace, lang)),
        ("lagging", number_text(behind["total"]), said("grids"),
         said("of_grids", number_text(behind["grids"]))),
    ]  # fmt: skip
    tiles = [
        html.Div(
            [
                html.Span(_fact_name(name, pace, lang), className="tile-name"),
                html.Span(
                    [
                        html.Span(value, className="tile-text", **{"data-f": name}),
                        html.Span(of, className="tile-unit"),
                    ],
                    className="tile-main",
                ),
                html.Span(note, className="tile-parts"),
            ],
            className="tile is-value"
            + (" is-late" if name == "finish" and pace["is_late"] else ""),
        )
        for name, value, of, note in facts
    ]
    return html.Section(tiles, className="tiles", **{"aria-label": word("campaign.facts", lang)})


def _fact_name(name: str, pace: Mapping[str, Any], lang: str) -> str:
    is_past = name == "finish" and pace["is_done"]
    return word("campaign.finished_at" if is_past else f"campaign.{name}", lang)


def _finish_note(pace: Mapping[str, Any], lang: str) -> str:
    if pace["is_done"]:
        return word("campaign.finished", lang)
    if pace["finish_ms"] is None:
        return word("campaign.no_pace", lang)
    return word("campaign.too_late" if pace["is_late"] else "campaign.in_time", lang)


def _burn_card(shown: Any, frame: PageFrame) -> html.Section:
    lang, pace = shown["lang"], shown["pace"]
    title = word("campaign.burn_up", lang)
    data = {
        **shown["burn_up"],
        "zone": frame.time_zone,
        "words": {
            name: word(f"campaign.chart.{name}", lang)
            for name in ("done", "even", "projected", "target", "now", "due")
        },
    }
    said = word(
        "campaign.chart.said",
        lang,
        done=number_text(pace["done"]),
        target=number_text(pace["target"]),
        share=pace["share"],
    )
    host = html.Div(
        className="burn-up",
        role="img",
        **{
            "data-burnup": json.dumps(data, ensure_ascii=False, separators=(",", ":")),
            "aria-label": said,
        },
    )
    hint = word("campaign.chart.hint", lang)
    return work_card(title, [host], part="burn-up", hint=hint, span=7)


def _groups_card(shown: Any, place: Place, name: str) -> html.Section:
    lang, rows = shown["lang"], shown[name]
    title = word(f"campaign.{name}", lang)
    first = "campaign.police_grid" if name == "police_grids" else "dutypage.area"
    columns = [("name", word(first, lang))]
    columns += [
        ("num", word(f"campaign.{one}", lang))
        for one in ("target", "done", "share", "rate", "lagging")
    ]
    lines = [_group_row(shown, place, row, is_police=name == "police_grids") for row in rows]
    table = scroll_table(columns, lines, label=title, kind="sticky-name")
    note = word("campaign.groups", lang, n=number_text(len(rows)))
    return work_card(title, [table], part=name, note=note, span=5)


def _group_row(shown: Any, place: Place, row: Mapping[str, Any], *, is_police: bool) -> html.Tr:
    if is_police:
        there = Place(page="campaign", detail=place.detail, more={"police": row["code"]})
        link = html.A(row["name"], href=place_href(shown, there), **{"data-nav": ""})
    else:
        kept = Place(page="campaign", detail=place.detail)
        link = area_link(shown, kept, row["code"], row["name"])
    mark = "lv-warn" if row["is_lagging"] else ""
    lag = f"{number_text(row['lagging'])} / {number_text(row['grids'])}"
    return html.Tr(
        [
            html.Th(link, className="name", scope="row"),
            html.Td(number_text(row["target"]), className="num"),
            html.Td(number_text(row["done"]), className="num"),
            html.Td(
                f"{row['share']} %",
                className=f"num strip {mark}".strip(),
                style={"--share": f"{row['fraction']}"},
            ),
            html.Td(row["rate"], className="num"),
            html.Td(lag, className="num" + (" lv-warn" if row["lagging"] else " is-zero")),
        ],
        **{"data-key": row["code"]},
    )


def _lagging_card(shown: Any, place: Place, frame: PageFrame) -> html.Section:
    lang, lagging = shown["lang"], shown["lagging"]
    title, hint = word("campaign.lagging", lang), word("campaign.lagging_hint", lang)
    if not lagging["rows"]:
        empty = nothing(word("campaign.nobody_lags", lang))
        return work_card(title, [empty], part="lagging", hint=hint, span=7)
    names = ("grid", "missing", "share", "done", "target", "last")
    columns = [
        ("name" if name == "grid" else "num", word(f"campaign.{name}", lang)) for name in names
    ]
    rows: Sequence[html.Tr] = [_lagging_row(shown, row, frame) for row in lagging["rows"]]
    body: list[Component] = [scroll_table(columns, rows, label=title, kind="sticky-name")]
    body.append(
        pager(
            shown,
            place,
            "offset",
            offset=lagging["offset"],
            shown=len(rows),
            step=STEP,
            total=lagging["total"],
        )
    )
    note = number_text(lagging["total"])
    return work_card(title, body, part="lagging", note=note, hint=hint, span=7)


def _lagging_row(shown: Any, row: Mapping[str, Any], frame: PageFrame) -> html.Tr:
    link = html.A(row["name"], href=area_href(shown, row["code"]), **{"data-nav": ""})
    last = "—" if row["last_ms"] is None else moment_text(row["last_ms"], frame.zone)
    return html.Tr(
        [
            html.Th(link, className="name", scope="row"),
            html.Td(number_text(row["missing"]), className="num lv-warn"),
            html.Td(f"{row['share']} %", className="num"),
            html.Td(number_text(row["done"]), className="num"),
            html.Td(number_text(row["target"]), className="num"),
            html.Td(last, className="num"),
        ],
        **{"data-key": row["code"]},
    )
