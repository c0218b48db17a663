"""The catalogue 指标目录: every KPI by subject, with value, judgement, thresholds and source."""

from __future__ import annotations

import json

from dash import html

from dashboard.components.board_shape import PageHead
from dashboard.components.catalogue_shape import Bounds, Catalogue, CatalogueItem, Subject
from dashboard.components.form import field
from dashboard.components.frame import PageFrame
from dashboard.components.hrefs import Place, place_href
from dashboard.components.page_shell import page
from dashboard.components.threshold_card import bound_marks
from dashboard.components.tile import interval_text, parts_text, status_text, unit_text
from dashboard.words import word

PLACE = Place(page="kpis")
LEVELS = ("bad", "warn", "good", "none")


def catalogue_page(catalogue: Catalogue, frame: PageFrame) -> html.Div:
    """The whole page; the script filters it and keeps its values current."""
    lang = catalogue["lang"]
    content = [
        _filter_bar(catalogue),
        *(_subject(subject, catalogue) for subject in catalogue["groups"]),
        html.P(
            word("kpis.no_match", lang), className="nothing away", **{"data-part": "kpis-nothing"}
        ),
    ]
    return page(
        catalogue,
        frame,
        content,
        place=PLACE,
        title=word("kpis.title", lang),
        attributes={"data-live": "/api/catalogue"},
    )


def _filter_bar(catalogue: Catalogue) -> html.Div:
    """Words to look for, and the judgements to show."""
    lang = catalogue["lang"]
    total = sum(catalogue["levels"].values())
    chips = [("", word("kpis.all", lang), total)]
    chips += [(name, _level_word(name, lang), catalogue["levels"][name]) for name in LEVELS]
    buttons = [
        html.Button(
            [
                html.Span(text, className="chip-name"),
                html.Span(str(count), className="chip-count", **{"data-f": f"level-{name}"}),
            ],
            className=f"seg level-chip lv-{name or 'any'}",
            **{"data-level-filter": name, "aria-pressed": "false" if name else "true"},
        )
        for name, text, count in chips
    ]
    search = field(
        "q", word("kpis.search", lang), kind="search", hint=word("kpis.search_hint", lang)
    )
    return html.Div(
        [
            html.Div(search, className="search"),
            html.Div(
                buttons,
                className="segs chips",
                role="group",
                **{"aria-label": word("kpis.by_level", lang)},
            ),
            html.P(
                word("kpis.shown", lang, n=total, all=total),
                className="card-hint",
                role="status",
                **{"data-part": "kpis-shown"},
            ),
        ],
        className="filter-bar",
        **{"data-part": "kpis-filter", "data-shown": word("kpis.shown", lang, n="#", all=total)},
    )


def _level_word(level: str, lang: str) -> str:
    return word("kpis.unjudged" if level == "none" else f"level.{level}", lang)


def _subject(subject: Subject, head: PageHead) -> html.Section:
    lang = head["lang"]
    names = ("number", "name", "meaning", "value", "level", "parts", "bounds", "source")
    heads = [html.Th(word(f"kpis.col.{name}", lang), className=f"c-{name}") for name in names]
    rows = [_row(item, head) for item in subject["items"]]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="kpi-table")
    title = html.H2(
        [
            html.Span(subject["name"]),
            html.Span(str(len(rows)), className="card-hint", **{"data-f": "count"}),
        ]
    )
    return html.Section(
        [html.Header(title, className="card-head"), table],
        className="card card-kpis",
        id=f"subject-{subject['key']}",
        **{"data-subject": subject["key"]},
    )


def _row(item: CatalogueItem, head: PageHead) -> html.Tr:
    lang = head["lang"]
    link = html.A(
        item["name"],
        href=place_href(head, Place(page="kpis", detail=item["key"])),
        className="kpi-name",
        **{"data-nav": ""},
    )
    basis = [html.Span(item["basis"], className="kind-mark")] if item["basis"] else []
    cells = [
        html.Td(item["number"] or "—", className="c-number"),
        html.Td([html.Div([link, *basis]), _formula(item)], className="c-name"),
        html.Td(html.P(item["meaning"], title=item["meaning"]), className="c-meaning"),
        html.Td(value_button(item, lang), className="c-value"),
        html.Td(status_chip(item, lang), className="c-level"),
        html.Td(_parts(item, lang), className="c-parts"),
        html.Td(_bounds(item["bounds"], lang), className="c-bounds"),
        html.Td(source_view(item), className="c-source"),
    ]
    return html.Tr(
        cells,
        className=f"is-{item['state']} lv-{item['level']}",
        **{"data-row": item["key"], "data-search": search_text(item), "data-level": item["level"]},
    )


def search_text(item: CatalogueItem) -> str:
    """What the filter looks in, in small letters."""
    words = (
        item["number"], item["key"], item["name"], item["meaning"], item["formula"],
        item["basis"] or "", item["evidence_text"], item["source"],
    )  # fmt: skip
    return " ".join(words).lower()


def _formula(item: CatalogueItem) -> html.P:
    return html.P(item["formula"], className="kpi-formula", title=item["meaning"])


def value_button(item: CatalogueItem, lang: str) -> html.Button:
    """The value, with its trend; opens the definition."""
    spark = json.dumps(item["spark"], separators=(",", ":"))
    return html.Button(
        [
            html.Span(className="spark", **{"data-spark": spark, "aria-hidden": "true"}),
            html.Span(
                [
                    html.Span(item["text"], className="kpi-text", **{"data-f": "text"}),
                    html.Span(unit_text(item), className="tile-unit", **{"data-f": "unit"}),
                ],
                className="kpi-figure",
            ),
            html.Span(item["scope_label"], className="kpi-scope", **{"data-f": "scope"}),
        ],
        className="kpi-value",
        title=word("tile.open_hint", lang),
        **{"data-kpi": item["key"], "aria-haspopup": "dialog"},
    )


def _parts(item: CatalogueItem, lang: str) -> list[html.Span]:
    return [
        html.Span(parts_text(item), **{"data-f": "parts"}),
        html.Span(interval_text(item, lang), className="kpi-scope", **{"data-f": "interval"}),
    ]


def status_chip(item: CatalogueItem, lang: str) -> html.Span:
    """The judgement as a word with its shape and colour."""
    return html.Span(status_text(item, lang), className="tile-status", **{"data-f": "status"})


def _bounds(bounds: Bounds | None, lang: str) -> html.Div:
    """The thresholds in force with version and date of effect."""
    if bounds is None:
        return html.Div(word("kpis.not_judged", lang), className="kpi-scope")
    last = None if bounds["warn"] else bounds["bad"]
    ranges = bound_marks(bounds["good"], bounds["warn"], last)
    notes = [bounds["relative"], bounds["levels"]]
    notes.append(f"{bounds['version_text']} · {bounds['effective_on']}")
    return html.Div(
        [
            html.Div(ranges, className="bounds"),
            *(html.Div(note, className="kpi-scope") for note in notes if note),
        ],
        **{"data-f": "bounds"},
    )


def source_view(item: CatalogueItem) -> html.Div:
    """How far the rule is verified, said first, and where it comes from."""
    return html.Div(
        [
            html.Span(item["evidence_text"], className=f"evidence ev-{item['evidence']}"),
            html.Span(item["source"], className="kpi-source"),
        ]
    )
