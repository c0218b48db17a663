"""The page /overdue 超期督办: tabs, the matrix that filters, rows with clock, light and actions."""

from __future__ import annotations

from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.case_actions import act_buttons, act_dialog, act_items, target_text
from dashboard.components.case_marks import case_href
from dashboard.components.form import editing_note
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place
from dashboard.components.overdue_matrix import work_link, work_matrix
from dashboard.components.page_shell import page
from dashboard.components.spans import moment_text, number_text
from dashboard.readings.worklist import LAST_OFFSET, PAGE_SIZE, Worklist, WorkRow
from dashboard.words import word

_COLUMNS = ("clock", "case", "department", "area", "state", "reminders", "acts")


def overdue_page(head: PageHead, work: Worklist, frame: PageFrame) -> html.Div:
    """The page for one tab and filter."""
    lang, asked = head["lang"], work.asked
    content = [
        _tabs(head, work),
        html.Div([_list(head, work, frame), work_matrix(head, work)], className="worklist"),
    ]
    if work.can_act:
        content.append(act_dialog(lang, task_due=work.task_due))
    filters = {"place": asked.place, "department": asked.department, "police": asked.police}
    more = {"tab": asked.tab} | {name: code for name, code in filters.items() if code}
    done = "|".join(
        f"{row.case_id}:{sum(row.target.seen.values())}:{row.target.is_typical:d}:"
        + ",".join(f"{one.kind}{one.subject}{one.state}" for one in row.items)
        for row in work.rows
    )
    return page(
        head,
        frame,
        content,
        place=Place(page="overdue", more=more),
        title=word("worklist.title", lang),
        key="|".join(
            map(
                str,
                (
                    asked.tab,
                    asked.place,
                    asked.department,
                    asked.police,
                    asked.offset,
                    head["version"],
                    done,
                ),
            )
        ),
    )


def _tabs(head: PageHead, work: Worklist) -> html.Nav:
    lang = head["lang"]
    links = [
        html.A(
            [
                html.Span(word(f"worklist.tab.{tab}", lang)),
                html.Span(number_text(count), className="work-tab-number"),
            ],
            href=work_link(head, tab, police=work.asked.police),
            className=f"work-tab work-tab-{tab}" + ("" if count else " is-zero"),
            **{"data-nav": "", "data-tab": tab, "data-count": str(count)},
            **({"aria-current": "page"} if tab == work.asked.tab else {}),
        )
        for tab, count in work.tabs
    ]
    return html.Nav(links, className="work-tabs", **{"aria-label": word("worklist.tabs", lang)})


def _list(head: PageHead, work: Worklist, frame: PageFrame) -> html.Section:
    lang, asked = head["lang"], work.asked
    parts = [
        html.H2(word(f"worklist.tab.{asked.tab}", lang)),
        html.Span(
            word("worklist.count", lang, n=number_text(work.total)),
            className="work-total",
            **{"data-f": "count", "data-total": str(work.total)},
        ),
    ]
    if asked.place or asked.department or asked.police:
        parts.append(_filter(head, work))
    parts.append(
        html.Span(
            word("page.computed", lang, time=moment_text(head["as_of_ms"], frame.zone)),
            className="card-hint",
        )
    )
    until = moment_text(work.until_ms, frame.zone)
    about = word(f"worklist.about.{asked.tab}", lang)
    body = [
        html.Header(parts, className="card-head"),
        html.P(about.replace("{until}", until), className="card-hint work-about"),
    ]
    if not work.can_act:
        body.append(html.Div(editing_note(lang, is_on=False), className="work-note"))
    if not work.rows:
        body.append(html.P(word("worklist.none", lang), className="nothing"))
    else:
        body += [_table(work, frame, lang), _pager(head, work)]
    return html.Section(body, className="card card-list card-work")


def _filter(head: PageHead, work: Worklist) -> html.Span:
    lang = head["lang"]
    clear = work_link(head, work.asked.tab)
    return html.Span(
        [
            html.Span(" · ".join(work.filters), className="work-filter-name"),
            html.A("×", href=clear, **{"data-nav": "", "aria-label": word("worklist.clear", lang)}),
        ],
        className="work-filter",
    )


def _table(work: Worklist, frame: PageFrame, lang: str) -> html.Div:
    names = [name for name in _COLUMNS if name != "acts" or work.can_act]
    head = html.Tr(
        [
            html.Th(word(f"worklist.col.{name}", lang), scope="col", className=f"work-{name}")
            for name in names
        ]
    )
    rows = [_row(row, frame, lang, can_act=work.can_act) for row in work.rows]
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="case-table work-table")
    return html.Div(table, className="table-box", tabIndex=0)


def _row(row: WorkRow, frame: PageFrame, lang: str, *, can_act: bool) -> html.Tr:
    until = "" if row.clock_ms is None else moment_text(row.clock_ms, frame.zone)
    clock = html.Td(
        html.Div(
            [
                html.Span(className=f"light light-{row.light}", title=row.light_text, role="img",
                          **{"aria-label": row.light_text}),
                html.Div(
                    [
                        html.Span(row.clock, className="work-clock-text"),
                        html.Span(word(row.clock_more, lang).replace("{time}", until),
                                  className="work-minor"),
                    ]
                ),
            ],
            className="work-clock-line",
        ),
        className=f"work-clock is-{row.light}",
    )  # fmt: skip
    urgent = [html.Span(word("overdue.urgent", lang), className="urgent")] if row.is_urgent else []
    items = act_items(row.items, frame, lang, can_act=can_act)
    case = html.Td(
        [
            html.Div([*urgent, html.Span(row.category, className="case-category")]),
            html.A(
                row.case_code,
                href=case_href({"case_code": row.case_code, "case_id": row.case_id}, lang),
                className="code",
                **{"data-nav": ""},
            ),
            *([] if items is None else [items]),
        ],
        className="work-case",
    )
    reminded = word("worklist.reminded", lang, n=row.reminders) if row.reminders else "—"
    cells = [
        clock,
        case,
        html.Td(row.department, className="work-unit"),
        html.Td(row.place, className="work-place"),
        html.Td(row.state, className="work-state"),
        html.Td(reminded, className="work-reminders", **{"data-reminders": str(row.reminders)}),
    ]
    if can_act:
        cells.append(html.Td(act_buttons(row.target, lang), className="work-acts"))
    return html.Tr(cells, **{"data-case": str(row.case_id), "data-act-of": target_text(row.target)})


def _pager(head: PageHead, work: Worklist) -> html.Nav:
    lang, asked = head["lang"], work.asked
    last = asked.offset + len(work.rows)
    ends = work.total if work.total <= LAST_OFFSET else LAST_OFFSET

    def turn(name: str, to: int, *, is_on: bool) -> html.A | html.Span:
        if not is_on:
            return html.Span(word(name, lang), className="seg is-off")
        href = work_link(
            head, asked.tab, asked.place, asked.department, police=asked.police, offset=to
        )
        return html.A(word(name, lang), href=href, className="seg", **{"data-nav": ""})

    shown = word("drawer.range", lang, first=number_text(asked.offset + 1), last=number_text(last))
    far = [html.Span(word("worklist.far", lang, n=number_text(ends)), className="work-minor")]
    return html.Nav(
        [
            turn("drawer.previous", max(0, asked.offset - PAGE_SIZE), is_on=asked.offset > 0),
            html.Span(shown),
            turn("drawer.next", asked.offset + PAGE_SIZE, is_on=last < ends),
            *(far if work.total > LAST_OFFSET else []),
        ],
        className="drawer-pager",
        **{"aria-label": word("worklist.pages", lang)},
    )
