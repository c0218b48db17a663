"""The shape of a board 看板 as the API publishes it (``GET /api/board``, schema 1)."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class AreaRef(TypedDict):
    """One node of the area tree 区域; ``level_name`` and ``kind`` only on the board's own area."""

    code: str
    name: str
    level: str
    level_name: NotRequired[str]
    kind: NotRequired[str]


class WindowRef(TypedDict):
    """The period 统计时段; both days are city dates (ISO text), the last one inclusive.

    ``text``: both as people write them, with up to when a running period is counted;
    ``is_running``: now is in it; ``years``: those the store knows anything of, oldest first.
    """

    key: str
    label: str
    from_on: str
    to_on: str
    text: str
    is_running: bool
    years: list[int]


class Delta(TypedDict):
    """Change against the period before 环比; ``tone`` says whether that is good."""

    text: str
    versus: str
    tone: str


class Tile(TypedDict):
    """One KPI as a tile; ``text`` is final, "—" when there is nothing to measure."""

    key: str
    name: str
    scope_label: str
    basis: str | None
    text: str
    unit: str
    state: str
    level: str
    level_text: str
    numerator: float | None
    denominator: float | None
    interval: list[float] | None
    sample: int | None
    note: str
    delta: Delta | None
    spark: list[float | None]


class Trend(TypedDict):
    """Values by day, week or month (``grain``), oldest first; equal lengths; ``days`` names each
    point by its first day."""

    grain: str
    days: list[str]
    accepted: list[float | None]
    closed: list[float | None]
    overdue: list[float | None]


class Part(TypedDict):
    """One bar of a break-down; ``code`` is None for all others together; ``overdue`` only where it
    is kept."""

    code: str | None
    name: str
    value: int
    overdue: NotRequired[int | None]


class Column(TypedDict):
    """A column of the league."""

    key: str
    name: str
    unit: str
    kind: str


class Cell(TypedDict):
    """A value of the league: its text, and the number it is sorted by."""

    text: str
    value: float | None
    state: str
    level: str


class LeagueRow(TypedDict):
    """A child area and its cells in the order of the columns."""

    code: str
    name: str
    level: str
    kind: str
    is_leaf: bool
    cells: list[Cell]


class League(TypedDict):
    """Children of the area side by side 下级排名."""

    columns: list[Column]
    rows: list[LeagueRow]
    total: list[Cell]


class OverdueRow(TypedDict):
    """An open case past its deadline 超期未结; instants in epoch milliseconds."""

    case_code: str
    case_id: int | str
    category: str | None
    area: str
    department: str | None
    deadline_ms: int | None
    accepted_ms: int | None
    state_name: str
    is_urgent: bool


class Overdue(TypedDict):
    """Newest overdue cases and how many there are in all."""

    total: int
    rows: list[OverdueRow]


class GridWorker(TypedDict):
    """Somebody who serves a grid; name and telephone arrive masked."""

    role_name: str
    name: str
    phone: str
    is_full_time: bool


class GridSize(TypedDict):
    """Households against the range of the grid's kind: within, below, above, or ""."""

    state: str
    low: int
    high: int


class GridPortrait(TypedDict):
    """What is known of one grid 网格画像; counts may be None.

    ``open`` and ``overdue`` are cases of now; ``key_people`` has ``count`` and ``overdue``;
    ``completeness`` one cell for each group of 四必清 and one for all of them; ``missing_roles``
    those that somebody has elsewhere.
    """

    residents: int | None
    households: int | None
    houses: int | None
    shops: int | None
    structures: int | None
    marshals: int | None
    group_members: int | None
    size: GridSize
    open: int
    overdue: int
    key_people: dict[str, int]
    workers: list[GridWorker]
    missing_roles: list[str]
    heads: int
    completeness: list[dict[str, Any]]
    last_patrol_ms: int | None
    last_visit_ms: int | None
    police_grid: str | None
    police_code: str | None
    station: bool


class Duty(TypedDict):
    """Who is on duty now; ``computed_ms`` is None before the first computation."""

    rostered: int | None
    on_duty: int | None
    in_field: int | None
    on_leave: int | None
    absent: int | None
    grids_required: int | None
    grids_covered: int | None
    workers_active: int | None
    computed_ms: int | None


class Source(TypedDict):
    """A source of cases and when it was last heard of."""

    code: str
    name: str
    last_ms: int | None
    interval_seconds: int | None
    state: str


class CalendarNotice(TypedDict):
    """A year whose make-up days 调休 are not entered although deadlines reach into it."""

    year: int
    text: str


class PageHead(TypedDict):
    """What the head of every page shows, and what its links keep: area, period and language.

    ``below``: the areas to go down to, on pages that have no table of them; ``window_keys``: the
    periods offered as links, the usual ones without it.
    """

    build: str
    version: int
    lang: str
    is_demo: bool
    city: str
    area: AreaRef
    path: list[AreaRef]
    window: WindowRef
    as_of_ms: int | None
    computed_ms: int | None
    status: str
    message: str | None
    sources: list[Source]
    calendar_notice: CalendarNotice | None
    below: NotRequired[list[AreaRef]]
    window_keys: NotRequired[list[str]]


class Member(TypedDict):
    """A category, source or department by which a board is cut."""

    code: str
    name: str


class Board(PageHead):
    """Everything one screen needs for one area and period.

    ``slice``: the category, source, department or police grid it is cut to, by the name of the
    dimension; empty where all cases count.
    """

    schema: int
    slice: dict[str, Member]
    geometry: str | None
    tiles: list[Tile]
    more: list[Tile]
    trend: Trend
    breakdown: dict[str, list[Part]]
    league: League
    overdue: Overdue
    grid: GridPortrait | None
    duty: Duty | None
    settings: NotRequired[dict[str, Any]]
