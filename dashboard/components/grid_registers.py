"""四必清 and 五必到 on the duty page: files of grids by group of fields, and who turned up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dash import html

from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.spans import moment_text, number_text
from dashboard.components.work_page import area_link, nothing, scroll_table, work_card
from dashboard.words import word

GROUPS: Final = ("family", "people", "facilities", "risks", "all")


def completeness_card(shown: Any, place: Place, frame: PageFrame) -> html.Section:
    """四必清: filled of required by area and group."""
    lang, found = shown["lang"], shown["registers"]["completeness"]
    title, hint = word("clear.title", lang), word("clear.hint", lang)
    if not found["is_told"]:
        empty = nothing(word("clear.none", lang))
        return work_card(title, [empty], part="completeness", hint=hint, span=7)
    columns = [("name", word("dutypage.area", lang))]
    columns += [("num", word(f"clear.{name}", lang)) for name in GROUPS]
    columns += [("num", word(f"clear.{name}", lang)) for name in ("silent", "oldest")]
    rows = [_complete_row(shown, row, place, frame, number)
            for number, row in enumerate(found["rows"])]  # fmt: skip
    table = scroll_table(columns, rows, label=title, kind="sticky-name")
    return work_card(title, [table], part="completeness", hint=hint, span=7)


def _complete_row(
    shown: Any, row: Mapping[str, Any], place: Place, frame: PageFrame, number: int
) -> html.Tr:
    silent = row["silent"]
    return html.Tr(
        [
            html.Th(_name(shown, row, place, number), className="name", scope="row"),
            *(complete_cell(cell, has_counts=name == "all")
              for name, cell in zip(GROUPS, row["groups"], strict=True)),
            html.Td(number_text(silent), className="num lv-warn" if silent else "num is-zero"),
            html.Td(moment_text(row["oldest_ms"], frame.zone), className="num"),
        ],
        className="" if number else "total",
        **{"data-key": f"{'' if number else 'total'}{row['code']}"},
    )  # fmt: skip


def complete_cell(cell: Mapping[str, Any], *, has_counts: bool) -> html.Td:
    """A share with its shape; the two counts it is of beside it or as its title."""
    if cell["level"] == "none":
        return html.Td("—", className="num is-empty")
    counts = f"{number_text(cell['filled'])} / {number_text(cell['required'])}"
    more = [html.Span(counts, className="cell-minor")] if has_counts else []
    return html.Td(
        [html.Span(f"{cell['text']} %"), *more], className=f"num lv-{cell['level']}", title=counts
    )


def attendance_card(shown: Any, place: Place) -> html.Section:
    """五必到: flagged events, attended in time, and those missed; counts lead to their cases."""
    lang, found = shown["lang"], shown["registers"]["attendance"]
    title = word("attend.title", lang)
    hint = word("attend.hint", lang, n=found["limit_minutes"])
    if not found["rows"][0]["flagged"]:
        empty = nothing(word("attend.none", lang))
        return work_card(title, [empty], part="attendance", hint=hint, span=5)
    names = ("flagged", "attended", "unattended", "rate", "minutes")
    columns = [("name", word("dutypage.area", lang))]
    columns += [("num", word(f"attend.{name}", lang)) for name in names]
    rows = [_attend_row(shown, row, place, number) for number, row in enumerate(found["rows"])]
    table = scroll_table(columns, rows, label=title, kind="sticky-name")
    return work_card(title, [table], part="attendance", hint=hint, span=5)


def _attend_row(shown: Any, row: Mapping[str, Any], place: Place, number: int) -> html.Tr:
    def count(name: str, mark: str) -> html.Td:
        href = place_href(shown, Place(page="cases", more={"is": mark}), area=row["code"])
        link = html.A(number_text(row[name]), href=href, **{"data-nav": ""})
        bad = "lv-warn" if name == "unattended" and row[name] else ""
        return html.Td(link, className=f"num {bad}".strip(), **{"data-of": name})

    return html.Tr(
        [
            html.Th(_name(shown, row, place, number), className="name", scope="row"),
            count("flagged", "must_attend"),
            count("attended", "attended"),
            count("unattended", "unattended"),
            html.Td(f"{row['rate']} %" if row["rate"] != "—" else "—", className="num"),
            html.Td(number_text(row["minutes"]), className="num"),
        ],
        className="" if number else "total",
        **{"data-key": f"{'' if number else 'total'}{row['code']}"},
    )


def _name(shown: Any, row: Mapping[str, Any], place: Place, number: int) -> Any:
    if not number:
        return html.B(word("dutypage.own", shown["lang"]))
    return area_link(shown, place, row["code"], row["name"])
