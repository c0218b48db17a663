"""Small parts of a case wherever it is listed: its address, its light, its marks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from dash import html

from dashboard.components.spans import due_text
from dashboard.readings.view import NO_CODES, SliceCodes
from dashboard.words import word

_PLAIN_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def case_name(code: str, case_id: int) -> str:
    """What an address calls a case: its code, which people know, or its id where the code holds
    signs an address cannot carry. ``assets/js/46_lists.js`` has the twin."""
    return code if _PLAIN_CODE.fullmatch(code) else str(case_id)


def case_href(row: Mapping[str, Any], lang: str) -> str:
    """The address of a case's page, for ``case_code`` and ``case_id`` of a listed row."""
    name = case_name(str(row["case_code"]), row["case_id"])
    return f"/case/{quote(name, safe='')}?{urlencode({'lang': lang})}"


def number_href(
    key: str, part: str, *, area: str, window: str, lang: str, codes: SliceCodes = NO_CODES
) -> str:
    """The address of exactly the cases in a KPI's numerator or denominator; "" for another part."""
    if part not in ("numerator", "denominator"):
        return ""
    asked = {"number": key, "part": part if part != "numerator" else "", "area": area}
    asked |= {"window": window, "lang": lang}
    asked |= codes.given
    return f"/cases?{urlencode({name: value for name, value in asked.items() if value})}"


def light_view(row: Mapping[str, Any], lang: str, now_ms: int | None) -> html.Span:
    """Light and time of a listed case; without words of its own clock the browser counts on."""
    light, text = row["light"], row["remaining"]
    name = word(f"cases.light.{light}", lang)
    parts = [html.Span(name, className="clight-name")]
    if not text and light == "red":  # 超期3天 says both
        due = due_text(row["deadline_ms"], now_ms, lang)
        shown = {"data-deadline": row["deadline_ms"]}
        parts = [html.Span(due, className="clight-name case-due", **shown)]
    elif text and text != name:
        parts.append(html.Span(_without(text, name), className="clight-time"))
    elif not text and row["deadline_ms"] is not None and light in ("yellow", "green"):
        parts.append(
            html.Span(
                due_text(row["deadline_ms"], now_ms, lang),
                className="clight-time case-due",
                **{"data-deadline": row["deadline_ms"]},
            )
        )
    return html.Span(parts, className=f"clight clight-{light}")


def _without(text: str, name: str) -> str:
    """The time alone where the text begins with the light's name: 超期 超期 2天 reads badly."""
    return text.removeprefix(f"已{name}").removeprefix(name).strip()


def mark_views(marks: Sequence[str], lang: str) -> list[html.Span]:
    """What is special about a case, as small labels."""
    return [
        html.Span(word(f"cases.mark.{name}", lang), className=f"mark mark-{name}") for name in marks
    ]
