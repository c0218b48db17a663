"""The shape of the catalogue page 指标目录页 as the API publishes it (``GET /api/catalogue``)."""

from __future__ import annotations

from typing import TypedDict

from dashboard.components.board_shape import PageHead, Tile


class Bounds(TypedDict):
    """Thresholds in force 阈值; ``version`` 0 is the catalogue's own."""

    good: str
    warn: str | None
    bad: str | None
    relative: str | None
    levels: str | None
    version: int
    version_text: str
    effective_on: str
    source: str
    evidence: str
    evidence_text: str


class Definition(TypedDict):
    """What the catalogue says of a KPI; every text in the page's language."""

    key: str
    number: str
    name: str
    meaning: str
    formula: str
    period_rule: str
    unit: str
    direction: str
    basis: str | None
    source: str
    evidence: str
    evidence_text: str
    version: str
    effective_on: str
    bounds: Bounds | None


class CatalogueItem(Tile, Definition):
    """A KPI with its value now."""


class Subject(TypedDict):
    """KPIs of one subject."""

    key: str
    name: str
    items: list[CatalogueItem]


class Catalogue(PageHead):
    """Every KPI of the city for one area and period; ``levels``: how many are judged how."""

    groups: list[Subject]
    levels: dict[str, int]


class Version(TypedDict):
    """One version of a KPI's thresholds; 0 is the catalogue's own. ``state``: now, later, past."""

    version: int
    name: str
    good: str
    warn: str | None
    bad: str | None
    effective_on: str
    document: str | None
    note: str | None
    entered_by: str | None
    entered_on: str | None
    state: str


class Given(TypedDict):
    """One number of a golden vector."""

    name: str
    value: str


class GoldenVector(TypedDict):
    """Counts in, the printed value out; ``published``: who printed them; ``settings``: variants."""

    given: list[Given]
    expected: str
    published: str | None
    settings: str
    note: str


class KpiDetail(TypedDict):
    """All there is about one KPI beside its value; ``good``, ``warn``: the bounds in force today
    as a person would type them."""

    definition: Definition
    versions: list[Version]
    vectors: list[GoldenVector]
    can_edit: bool
    is_judged: bool
    is_editing: bool
    today: str
    bound_unit: str
    good: str
    warn: str


class KnownSide(TypedDict):
    """A KPI as it was known at one moment; both sides as text, the denominator None for a count."""

    text: str
    state: str
    numerator: str
    denominator: str | None


class KnownCase(TypedDict):
    """A case that counts otherwise; ``then``, ``now``: its part of numerator and denominator."""

    case_id: int
    case_code: str
    change: str
    change_name: str
    then: list[str]
    now: list[str]
    why: str


class KnownReport(TypedDict):
    """A figure made again; moments are city time, as text. ``counts``: cases by kind of change,
    ``total`` of them all, ``rows`` at most 200. ``is_kept``: the journal of changes reaches back to
    that moment, as it does since ``kept_since``."""

    known: str
    known_now: str
    unit: str
    then: KnownSide
    now: KnownSide
    change: str | None
    total: int
    counts: dict[str, int]
    is_rate: bool
    kept_since: str
    is_kept: bool
    rows: list[KnownCase]


class AsKnown(TypedDict):
    """What was asked for and what came of it; neither problem nor report: nothing was asked."""

    asked: str
    problem: str | None
    report: KnownReport | None
