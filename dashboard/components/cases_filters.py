"""Filters of the case list 筛选: a form, quick filters, and the number the list belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashboard.components.board_shape import PageHead
from dashboard.components.form import choice, field
from dashboard.components.hrefs import WINDOW_KEYS, Place, place_href
from dashboard.lifecycle.states import State
from dashboard.readings.case_question import (
    ANY_TIME,
    LIGHTS,
    LONGEST_TEXT,
    MARKS,
    PERIODS,
    CaseQuestion,
)
from dashboard.readings.case_search import CaseListing
from dashboard.words import word

QUICK = (
    "open", "overdue", "due_soon", "suspended", "suspended_past_end", "urgent", "supervised",
    "reworked", "repeat", "whistle", "typical",
)  # fmt: skip
# Of now, whenever the case was accepted: choosing one lets the period go.
_OF_NOW = frozenset(QUICK[:5])


def filters_card(head: PageHead, listing: CaseListing, question: CaseQuestion) -> html.Section:
    """Form and quick filters; every choice is an address."""
    lang = head["lang"]
    fields = [
        field("q", word("cases.text", lang), kind="search", value=question.text, most=LONGEST_TEXT),
        *([] if question.is_counted else [_by(question, lang)]),
        _window(head, question),
        _members(listing, question, "category", lang),
        _members(listing, question, "department", lang),
        _members(listing, question, "source", lang),
        *_police(listing, question, lang),
        _state(question, lang),
        _light(question, lang),
        *_days(question, lang),
    ]
    foot = html.Div(
        [
            html.Button(word("cases.search", lang), className="button", type="submit"),
            html.A(
                word("cases.clear", lang),
                href=place_href(head, Place(page="cases")),
                className="link-inline",
                **{"data-nav": ""},
            ),
        ],
        className="form-foot",
    )
    form = html.Form(
        html.Div([*fields, foot], className="fields"),
        action="/cases",
        method="get",
        role="search",
        className="cases-form",
        **{"data-cases": "filters", "aria-label": word("cases.filters", lang)},
    )
    folded = html.Details(
        [html.Summary(word("cases.filters", lang), className="fold"), form],
        open=True,
        className="filters",
        **{"data-part": "filters"},
    )
    number = [_number(head, listing, question)] if question.is_counted else []
    return html.Section([*number, _quick(head, question), folded], className="card card-filters")


def _number(head: PageHead, listing: CaseListing, question: CaseQuestion) -> html.P:
    """Which number's cases these are, and the way out of it."""
    lang = head["lang"]
    part = word(f"cases.part.{question.part}", lang)
    name = listing.number_name
    if listing.is_rate:
        name = word("cases.number", lang, name=name, part=part)
    drop = html.A(
        "×",
        href=_href(head, question.but(number="", found="", part="numerator")),
        className="chip-drop",
        title=word("cases.drop", lang, name=name),
        **{"data-nav": "", "aria-label": word("cases.drop", lang, name=name)},
    )
    kept = {"data-number": question.number or question.found}
    return html.P([html.Span(name), drop], className="chip", **kept)


def _quick(head: PageHead, question: CaseQuestion) -> html.Nav:
    lang = head["lang"]
    links = [
        html.A(
            word(f"cases.mark.{mark}", lang),
            href=_href(head, _toggled(question, mark)),
            className="seg",
            **{"data-nav": "", "data-mark": mark},
            **({"aria-current": "true"} if mark in question.marks else {}),
        )
        for mark in (*QUICK, *(one for one in question.marks if one not in QUICK))
    ]
    return html.Nav(links, className="segs quick", **{"aria-label": word("cases.quick", lang)})


def _toggled(question: CaseQuestion, mark: str) -> CaseQuestion:
    if mark in question.marks:
        return question.but(marks=tuple(one for one in question.marks if one != mark))
    marks = tuple(one for one in MARKS if one == mark or one in question.marks)
    return question.but(marks=marks, by=ANY_TIME if mark in _OF_NOW else question.by)


def _href(head: PageHead, question: CaseQuestion) -> str:
    place = Place(page="cases", more=question.query())
    return place_href(head, place, window=question.window or None)


def _by(question: CaseQuestion, lang: str) -> Component:
    options = [(key, word(f"cases.by.{key}", lang)) for key in (*PERIODS, ANY_TIME)]
    return choice("by", word("cases.by", lang), options, question.by)


def _window(head: PageHead, question: CaseQuestion) -> Component:
    """The period; days or a past year of the address stand beside the usual ones."""
    lang = head["lang"]
    keys = [*WINDOW_KEYS, "all"]
    options = [(key, word(f"window.{key}", lang)) for key in keys]
    if head["window"]["key"] not in keys:
        options.append((head["window"]["key"], head["window"]["label"]))
    return choice("window", word("cases.window", lang), options, head["window"]["key"])


def _days(question: CaseQuestion, lang: str) -> list[Component]:
    first, _, last = question.window.partition("..")
    return [
        field("from", word("cases.from", lang), kind="date", value=first if last else ""),
        field("to", word("cases.to", lang), kind="date", value=last),
    ]


def _members(listing: CaseListing, question: CaseQuestion, dimension: str, lang: str) -> Component:
    chosen: str = getattr(question, dimension)
    options: list[tuple[str, str]] = [("", word("cases.every", lang))]
    if dimension == "department":
        options.append(("-", word("cases.nobody", lang)))
    if dimension == "police":
        options.append(("-", word("police.none", lang)))
    options += listing.choices.get(dimension, ())
    if chosen not in {code for code, _ in options}:
        options.append((chosen, chosen))
    return choice(dimension, word(f"cases.{dimension}", lang), options, chosen)


def _police(listing: CaseListing, question: CaseQuestion, lang: str) -> list[Component]:
    """By police grid 警格, where the city keeps them."""
    if not listing.choices.get("police") and not question.police:
        return []
    return [_members(listing, question, "police", lang)]


def _state(question: CaseQuestion, lang: str) -> Component:
    options = [("", word("cases.every", lang))]
    options += [(str(state), word(f"state.{state}", lang)) for state in State]
    chosen = ",".join(question.states)
    if len(question.states) > 1:
        options.append((chosen, _names(question.states, lang)))
    return choice("state", word("cases.state", lang), options, chosen)


def _names(states: Sequence[str], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(word(f"state.{state}", lang) for state in states)


def _light(question: CaseQuestion, lang: str) -> Component:
    options = [("", word("cases.every", lang))]
    options += [(light, word(f"cases.light.{light}", lang)) for light in LIGHTS]
    return choice("light", word("cases.light", lang), options, question.light)
