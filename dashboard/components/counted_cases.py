"""The cases behind a number 计入案件: numerator, denominator, and those left out with why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components.case_marks import case_href
from dashboard.components.frame import PageFrame
from dashboard.components.spans import moment_text, number_text
from dashboard.readings.case_list import CasePage
from dashboard.words import word

PAGE_SIZE = 50
PARTS = ("numerator", "denominator", "excluded")

# (part, offset, reason) → the address of that page of that list; None: a script asks for it.
Turn = Callable[[str, int, str], str]


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """One list of a KPI's cases, from the row numbered ``offset`` on.

    ``cases`` None: this number is not made of cases. ``parts``: the lists there are. ``reason``: of
    the cases left out, the one reason asked for; "" for all.
    """

    part: str
    offset: int
    cases: CasePage | None
    parts: Sequence[str] = ("numerator",)
    reason: str = ""


def case_list_view(
    listed: CaseList, *, lang: str, frame: PageFrame, turn: Turn | None = None, whole: str = ""
) -> html.Section:
    """The list with its length, the choice among the lists, and the way to its other pages.

    ``whole``: the address of the same cases on the page of cases, where they are searched and
    exported; "" for none.
    """
    cases = listed.cases
    if cases is None:
        return html.Section([html.P(word("drawer.no_list", lang), className="nothing")])
    switch = [_part_switch(listed, lang, turn)] if len(listed.parts) > 1 else []
    total = html.P(
        [word("drawer.total", lang, n=number_text(cases.total)), *_open_list(whole, lang)],
        className="drawer-total",
        **{"data-total": str(cases.total)},
    )
    above: list[Component] = [*switch, total]
    if cases.reasons:
        above.append(_reasons(listed, cases, lang, turn))
    if not cases.rows:
        none = html.P(word("drawer.no_cases", lang), className="nothing")
        return html.Section([*above, none])
    table = html.Div(_case_table(cases.rows, lang, frame), className="table-box", tabIndex=0)
    return html.Section([*above, table, _pager(listed, lang, turn)])


def _reasons(listed: CaseList, cases: CasePage, lang: str, turn: Turn | None) -> html.Ul:
    """Why cases are left out and how many for each reason; each narrows the list to itself."""
    total = sum(one["count"] for one in cases.reasons)
    rows = [{"reason": "", "name": word("drawer.any_reason", lang), "count": total}]
    items = []
    for one in (*rows, *cases.reasons):
        more = {
            "aria-pressed": "true" if one["reason"] == listed.reason else "false",
            "data-reason-count": str(one["count"]),
        }
        text = f"{one['name']} {number_text(one['count'])}"
        step = _step(text, listed.part, 0, turn, reason=one["reason"], **more)
        items.append(html.Li(step))
    return html.Ul(items, className="reasons")


def _open_list(whole: str, lang: str) -> list[Component]:
    if not whole:
        return []
    text = word("cases.open_list", lang)
    return [html.A(text, href=whole, className="link-inline open-list", **{"data-nav": ""})]


def _step(
    text: str,
    part: str,
    offset: int,
    turn: Turn | None,
    *,
    reason: str = "",
    is_on: bool = True,
    **more: str,
) -> Component:
    """A way to another page or list: a link on a page, a button in the drawer."""
    if turn is None:
        asked = {"data-case-part": part, "data-offset": str(offset), "data-reason": reason}
        return html.Button(text, className="seg", disabled=not is_on, **asked, **more)
    if not is_on:
        return html.Span(text, className="seg is-off")
    return html.A(
        text, href=turn(part, offset, reason), className="seg", **{"data-nav": ""}, **more
    )


def _part_switch(listed: CaseList, lang: str, turn: Turn | None) -> html.Div:
    steps = []
    for name in listed.parts:
        chosen = "true" if name == listed.part else "false"
        more = {"aria-pressed": chosen, "data-part-of": name}
        steps.append(_step(word(f"drawer.cases_{name}", lang), name, 0, turn, **more))
    return html.Div(steps, className="segs")


def _case_table(rows: Sequence[Mapping[str, Any]], lang: str, frame: PageFrame) -> html.Table:
    names = ["code", "category", "area", "department", "state", "accepted", "deadline", "closed"]
    has_reasons = any(row.get("reason") for row in rows)
    if has_reasons:
        names.insert(1, "reason")
    head = html.Tr([html.Th(word(f"case.{name}", lang), scope="col") for name in names])
    body = []
    for row in rows:
        texts = {
            "reason": row.get("reason") or "",
            "category": row["category"] or "—",
            "area": row["area"],
            "department": row["department"] or "—",
            "state": row["state_name"],
            "accepted": moment_text(row["accepted_ms"], frame.zone),
            "deadline": moment_text(row["deadline_ms"], frame.zone),
            "closed": moment_text(row["closed_ms"], frame.zone),
        }
        own = html.A(row["case_code"], href=case_href(row, lang), **{"data-nav": ""})
        cells = [
            html.Td(own if name == "code" else texts[name], className=f"col-{name}")
            for name in names
        ]
        body.append(html.Tr(cells, **{"data-case": str(row["case_id"])}))
    return html.Table([html.Thead(head), html.Tbody(body)], className="case-table")


def _pager(listed: CaseList, lang: str, turn: Turn | None) -> html.Div:
    cases, part, offset, reason = listed.cases, listed.part, listed.offset, listed.reason
    if cases is None:
        return html.Div()
    last = offset + len(cases.rows)
    back, onward = max(0, offset - PAGE_SIZE), offset + PAGE_SIZE
    shown = word("drawer.range", lang, first=number_text(offset + 1), last=number_text(last))
    return html.Div(
        [
            _step(word("drawer.previous", lang), part, back, turn, reason=reason, is_on=offset > 0),
            html.Span(shown),
            _step(
                word("drawer.next", lang),
                part,
                onward,
                turn,
                reason=reason,
                is_on=last < cases.total,
            ),
        ],
        className="drawer-pager",
    )
