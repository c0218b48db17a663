"""What a case list is asked 案件查询条件, from an address and back into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from dashboard.kpis.catalogue import CATALOGUE
from dashboard.lifecycle.states import State
from dashboard.readings.research_found import known_found
from dashboard.readings.windows import known_window
from dashboard.words import known_language
from data_access import case_search as search
from data_access.types import is_storable

MARKS, LIGHTS, PERIODS, SORTS = search.MARKS, search.LIGHTS, search.PERIODS, search.SORTS
TEXT_DEPTH: Final = search.TEXT_DEPTH
ANY_TIME: Final = "any"
PAGE_SIZE: Final = 50
# Further pages are not offered: a list that long is narrowed down or exported.
DEEPEST: Final = 10_000
LONGEST_TEXT: Final = 60
COLUMNS: Final = (
    "code", "title", "category", "area", "department", "source", "state", "remaining", "reported",
    "accepted", "deadline", "handled", "closed", "address", "marks",
)  # fmt: skip
USUAL_COLUMNS: Final = (
    "code", "title", "category", "area", "department", "state", "remaining", "accepted", "marks",
)  # fmt: skip
_LONGEST_CODE: Final = 60


@dataclass(frozen=True, kw_only=True)
class CaseQuestion:
    """A list of cases as the address says it; everything is known or left out.

    ``by``: the moment that must lie in the period ``window``, ANY_TIME for no period. ``number``
    and ``part``: instead, what a KPI of the window counts; ``found``: what 研判 found in it
    (``research_found``). ``order`` "" is the usual one for what is asked; a minus before the name
    turns it round.
    """

    area: str = ""
    window: str = ""
    lang: str = "zh"
    by: str = "accepted"
    category: str = ""
    source: str = ""
    department: str = ""
    police: str = ""
    states: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    light: str = ""
    text: str = ""
    number: str = ""
    part: str = "numerator"
    found: str = ""
    order: str = ""
    columns: tuple[str, ...] = USUAL_COLUMNS
    offset: int = 0

    @property
    def is_counted(self) -> bool:
        """Whether the rows are those behind a number, which has a period of its own."""
        return bool(self.number or self.found)

    @property
    def order_name(self) -> str:
        """The column by which the list is sorted."""
        if self.order:
            return self.order.lstrip("-")
        if self.is_counted:
            return "counted"
        is_urgent_work = {"overdue", "due_soon", "unhandled"} & set(self.marks)
        if is_urgent_work or self.light in ("red", "yellow"):
            return "deadline"
        return self.by if self.by in PERIODS else "accepted"

    @property
    def is_descending(self) -> bool:
        """Newest first, but what is due first comes first."""
        if self.order:
            return self.order.startswith("-")
        return self.order_name != "deadline"

    def query(self) -> dict[str, str]:
        """Its variables in an address, beside area, period and language."""
        said = {
            "number": self.number,
            "part": self.part if self.number and self.part != "numerator" else "",
            "found": self.found,
            "by": "" if self.by == "accepted" or self.is_counted else self.by,
            "category": self.category,
            "source": self.source,
            "department": self.department,
            "police": self.police,
            "state": ",".join(self.states),
            "is": ",".join(self.marks),
            "light": self.light,
            "q": self.text,
            "order": self.order,
            "cols": "" if self.columns == USUAL_COLUMNS else ",".join(self.columns),
            "offset": str(self.offset) if self.offset else "",
        }
        return {name: value for name, value in said.items() if value}

    def but(self, **changes: Any) -> CaseQuestion:
        """The same with changes, from its first page on."""
        return replace(self, **{"offset": 0, **changes})


def case_question(query: Mapping[str, Any], *, lang: str = "zh") -> CaseQuestion:
    """The question of an address that is not trusted: what is unknown is left out."""
    number = _code(query, "number")
    number = number if number in CATALOGUE else ""
    by = query.get("by")
    columns = _known(query.get("cols"), COLUMNS)
    order = str(query.get("order") or "")
    return CaseQuestion(
        area=_code(query, "area"),
        window=known_window(str(query.get("window") or "")),
        lang=known_language(query.get("lang"), lang),
        by=by if by in (*PERIODS, ANY_TIME) else "accepted",
        category=_code(query, "category"),
        source=_code(query, "source"),
        department=_code(query, "department"),
        police=_code(query, "police"),
        states=_known(query.get("state"), tuple(map(str, State))),
        marks=_known(query.get("is"), MARKS),
        light=query["light"] if query.get("light") in LIGHTS else "",
        text=_text(query.get("q"), LONGEST_TEXT),
        number=number,
        part="denominator" if query.get("part") == "denominator" else "numerator",
        found="" if number else known_found(query.get("found")),
        order=order if order.removeprefix("-") in SORTS else "",
        columns=columns or USUAL_COLUMNS,
        offset=_offset(query.get("offset")),
    )


def _offset(text: Any) -> int:
    try:
        found = int(text)
    except (TypeError, ValueError, OverflowError):
        return 0
    return min(max(0, found), DEEPEST - PAGE_SIZE)


def _known(text: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the names that a list with commas holds, in their own order."""
    asked = set(str(text or "").split(","))
    return tuple(name for name in names if name in asked)


def _code(query: Mapping[str, Any], name: str) -> str:
    return _text(query.get(name), _LONGEST_CODE)


def _text(value: Any, most: int) -> str:
    text = str(value or "").strip()[:most]
    return text if is_storable(text) else ""
