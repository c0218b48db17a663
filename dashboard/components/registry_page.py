"""Grid registry 网格台账: facts of an area, the areas below it side by side, and the gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import html
from dash.development.base_component import Component

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, area_href, place_href
from dashboard.components.page_shell import page
from dashboard.components.spans import number_text
from dashboard.components.work_page import LIVE, area_link, nothing, pager, scroll_table, work_card
from dashboard.words import word

REGISTRY: Final = Place(page="registry")
_PAGE: Final = 50
_COLUMNS: Final = (
    "grids", "dedicated", "households", "per_grid", "within_share", "residents", "houses",
    "reach_share", "workers", "workers_per_grid", "full_time_share", "staffed_share",
    "marshals", "marshals_per_grid", "stations", "reached_share", "visits", "visits_per_worker",
)  # fmt: skip
# Columns of something a city may not have at all: shown where there is one.
_COUNTED_BY: Final = {
    "marshals": "marshals", "marshals_per_grid": "marshals", "reach_share": "group_members",
}  # fmt: skip
# Which gap a cell is about; its number leads to the list of those grids.
_GAP_OF: Final = {"staffed_share": "no_worker", "reached_share": "out_of_reach"}


def registry_page(shown: Any, frame: PageFrame) -> html.Div:
    """The whole page of the document that ``readings.registry_page`` makes."""
    lang = shown["lang"]
    title = word("registry.title", lang)
    if not shown["total"]["grids"]:
        return page(
            shown, frame, [nothing(word("registry.no_grids", lang))], place=REGISTRY, title=title
        )
    gap = shown["gap"]
    cards = [_areas(shown)] if shown["rows"] else []
    content = [_facts(shown), html.Div([*cards, _gaps(shown)], className="work-cards")]
    place = Place(page="registry", more={"gap": gap} if gap else {})
    return page(shown, frame, content, place=place, title=title, key=gap, attributes=LIVE)


def _facts(shown: Any) -> html.Section:
    """What the area has, each with what it is measured by."""
    lang, total = shown["lang"], shown["total"]
    general = total["grids"] - total["dedicated"]
    facts = [
        ("grids", total["grids"], {"n": number_text(general),
                                   "m": number_text(total["dedicated"])}),
        ("households", total["households"], {"n": total["per_grid"]}),
        ("within", f"{total['within_share']} %", {
            "n": number_text(total["within"]), "m": number_text(total["measured"]),
            "norm": _norm(shown)}),
        ("residents", total["residents"], {"n": number_text(total["houses"])}),
        ("workers", total["workers"], {"n": total["workers_per_grid"],
                                       "m": total["full_time_share"]}),
        ("visits", total["visits"], {"n": total["visits_per_worker"]}),
    ]  # fmt: skip
    if total["group_members"]:
        facts.append(("reach", total["group_members"], {"n": total["reach_share"]}))
    if total["marshals"]:
        facts.append(("marshals", total["marshals"], {"n": total["marshals_per_grid"]}))
    if shown["has_stations"]:
        facts.append(("stations", total["stations"], {
            "m": number_text(shown["reach"]), "n": number_text(total["reached"]),
            "share": total["reached_share"]}))  # fmt: skip
    tiles = [_fact(name, value, notes, lang) for name, value, notes in facts]
    return html.Section(
        tiles, className="tiles tiles-fit", **{"aria-label": word("registry.facts", lang)}
    )


def _fact(name: str, value: Any, notes: Mapping[str, str], lang: str) -> html.Div:
    text = value if isinstance(value, str) else number_text(value)
    return html.Div(
        [
            html.Span(word(f"registry.fact.{name}", lang), className="tile-name"),
            html.Span(
                html.Span(text, className="tile-text", **{"data-f": name}), className="tile-main"
            ),
            html.Span(word(f"registry.fact.{name}_note", lang, **notes), className="tile-parts"),
        ],
        className="tile " + ("is-empty" if value is None else "is-value"),
    )


def _norm(shown: Any) -> str:
    lang = shown["lang"]
    return " · ".join(
        word("registry.norm", lang, kind=word(f"kind.{kind}", lang), low=low, high=high)
        for kind, (low, high) in shown["sizes"]
    )


def _areas(shown: Any) -> html.Section:
    lang, total = shown["lang"], shown["total"]
    names = [name for name in _COLUMNS if _is_shown(shown, name)]
    columns = [("name", word("dutypage.area", lang))]
    columns += [("num", word(f"registry.col.{name}", lang)) for name in names]
    own = html.Th(html.B(word("dutypage.own", lang)), className="name", scope="row")
    rows = [html.Tr([own, *_cells(shown, total, names)], className="total",
                    **{"data-key": "total"})]  # fmt: skip
    for row in shown["rows"]:
        link = area_link(shown, REGISTRY, row["code"], row["name"])
        name = html.Th(link, className="name", scope="row")
        rows.append(html.Tr([name, *_cells(shown, row, names)], **{"data-key": row["code"]}))
    title = word("registry.areas", lang)
    table = scroll_table(columns, rows, label=title, kind="sticky-name league-table")
    hint = word("registry.areas_hint", lang)
    note = word("campaign.groups", lang, n=number_text(len(shown["rows"])))
    return work_card(title, [table], part="registry", note=note, hint=hint, span=12)


def _is_shown(shown: Any, name: str) -> bool:
    """Columns of what nobody in the area tells are left out."""
    total = shown["total"]
    if name in ("stations", "reached_share"):
        return bool(shown["has_stations"])
    if name == "dedicated":
        return bool(total["dedicated"])
    if name in _COUNTED_BY:
        return bool(total[_COUNTED_BY[name]])
    return total[name] is not None


def _cells(shown: Any, row: Mapping[str, Any], names: list[str]) -> list[html.Td]:
    cells = []
    for name in names:
        value = row[name]
        text: Any = value if isinstance(value, str) else number_text(value)
        state = "empty" if text == "—" else "zero" if value == 0 else "value"
        gap, marks = _GAP_OF.get(name, ""), []
        if name == "within_share":
            gap = "below" if row["gaps"]["below"] >= row["gaps"]["above"] else "above"
        if gap and row["gaps"][gap]:
            there = Place(page="registry", more={"gap": gap})
            href = place_href(shown, there, area=row["code"])
            marks = [html.A(text, href=href, **{"data-nav": ""})]
        cells.append(html.Td(marks or text, className=f"num is-{state}", **{"data-of": name}))
    return cells


def _gaps(shown: Any) -> html.Section:
    """The kinds of gaps with their counts, and the grids of the chosen one."""
    lang, listed, chosen = shown["lang"], shown["gaps"], shown["gap"]
    segs = []
    for name, count in listed["counts"].items():
        current = {"aria-current": "true"} if name == chosen else {}
        href = place_href(shown, Place(page="registry", more={"gap": name}))
        segs.append(
            html.A(
                [word(f"registry.gap.{name}", lang), " ", html.B(number_text(count))],
                href=href, className="seg" + (" is-on" if name == chosen else ""),
                **{"data-nav": "", "data-gap": name, "data-count": str(count)}, **current,
            )
        )  # fmt: skip
    body: list[Component] = [html.Div(html.Span(segs, className="segs"), className="work-segs")]
    if not chosen:
        body.append(nothing(word("registry.choose", lang)))
    elif not listed["total"]:
        body.append(nothing(word("registry.no_gap", lang)))
    else:
        body += _list(shown)
    title, hint = word("registry.gaps", lang), word("registry.gaps_hint", lang)
    return work_card(title, body, part="registry-gaps", hint=hint, span=12)


def _list(shown: Any) -> list[Component]:
    lang, listed = shown["lang"], shown["gaps"]
    columns = [
        ("name", word("area.grid", lang)),
        ("num", word("registry.col.households", lang)),
        ("num", word("registry.col.residents", lang)),
    ]
    rows = [
        html.Tr(
            [
                html.Th(
                    html.A(row["name"], href=area_href(shown, row["code"]), **{"data-nav": ""}),
                    className="name",
                    scope="row",
                ),
                html.Td(number_text(row["households"]), className="num"),
                html.Td(number_text(row["residents"]), className="num"),
            ],
            **{"data-key": row["code"]},
        )
        for row in listed["rows"]
    ]
    title = word(f"registry.gap.{shown['gap']}", lang)
    parts: list[Component] = [scroll_table(columns, rows, label=title, kind="sticky-name")]
    if listed["total"] > _PAGE:
        place = Place(page="registry", more={"gap": shown["gap"]})
        parts.append(
            pager(shown, place, "offset", offset=listed["offset"], shown=len(rows), step=_PAGE,
                  total=listed["total"])
        )  # fmt: skip
    return parts
