"""Limits as people write them 时限写法: 4工作时, 2紧急工作时, 1个工作日, 7天, 24小时."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from dashboard.clocks.limit import Limit

# Longer words first: 工作时 must not be read as 时. 小时 and 天 alone are continuous time.
_UNITS: Final[tuple[tuple[str, str, float], ...]] = (
    ("紧急工作时", "urgent_hour", 1.0),
    ("紧急工作小时", "urgent_hour", 1.0),
    ("紧急时", "urgent_hour", 1.0),
    ("工作小时", "work_hour", 1.0),
    ("工作时", "work_hour", 1.0),
    ("工作日", "work_day", 1.0),
    ("工作天", "work_day", 1.0),
    ("自然日", "natural_day", 1.0),
    ("自然天", "natural_day", 1.0),
    ("日历天", "natural_day", 1.0),
    ("日历日", "natural_day", 1.0),
    ("分钟", "urgent_hour", 1 / 60),
    ("小时", "urgent_hour", 1.0),
    ("周", "natural_day", 7.0),
    ("天", "natural_day", 1.0),
    ("日", "natural_day", 1.0),
    ("urgent_hour", "urgent_hour", 1.0),
    ("work_hour", "work_hour", 1.0),
    ("work_day", "work_day", 1.0),
    ("natural_day", "natural_day", 1.0),
    ("working hour", "work_hour", 1.0),
    ("working day", "work_day", 1.0),
    ("minute", "urgent_hour", 1 / 60),
    ("hour", "urgent_hour", 1.0),
    ("day", "natural_day", 1.0),
)
_STARTS: Final = {
    "次工作日起算": "next_work_day",
    "下一工作日起算": "next_work_day",
    "次日起算": "next_day",
    "第二日起算": "next_day",
    "即时起算": "instant",
    "立即起算": "instant",
    "instant": "instant",
    "next_day": "next_day",
    "next_work_day": "next_work_day",
}
_DIGITS: Final = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2,
}  # fmt: skip
_AROUND: Final = re.compile(r"^(?:不超过|限|在)+|(?:以内|之内|内|完成|办结)+$")
_NUMBER: Final = re.compile(r"(\d+(?:\.\d+)?|半|[零〇一二两三四五六七八九十百]+)\s*个?\s*(.+)")


def parse_limit(text: str) -> Limit:
    """The limit a person wrote, its start rule included: 13个工作日（次日起算）.

    小时 and 天 without 工作 are continuous, as 紧急工作时 and 自然日 are. Chinese numerals, wide
    digits, 半 and words such as 不超过 and 以内 are read. Raises ValueError with the reason for
    anything else: 立即 and 当日 name no amount of time, and two amounts are no single limit.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        raise ValueError("the limit is missing")
    rest, rule = _without_start(plain)
    found = _NUMBER.fullmatch(_AROUND.sub("", rest).strip())
    if found is None:
        raise ValueError(f"{text!r} names no amount of time: write for example 4工作时 or 1工作日")
    unit = found[2].strip().lower().removesuffix("s")
    for name, kind, factor in _UNITS:
        if unit == name:
            return Limit(kind, _number(found[1], text) * factor, rule)
    raise ValueError(
        f"{text!r} has no known unit: use 紧急工作时, 工作时, 工作日, 自然日, 小时 or 天"
    )


def parse_start_rule(text: str) -> str:
    """次日起算 → next_day. Raises ValueError for words that are no rule."""
    plain = unicodedata.normalize("NFKC", text).strip()
    rule = _STARTS.get(plain) or _STARTS.get(f"{plain}起算")
    if rule is None:
        raise ValueError(f"{text!r} is no start rule: use 即时起算, 次日起算 or 次工作日起算")
    return rule


def _without_start(plain: str) -> tuple[str, str]:
    """The text less a start rule in brackets or after a comma, and the rule."""
    found = re.fullmatch(r"(.+?)\s*[(\[,;、]\s*([^()\[\]]+?)\s*[)\]]?", plain)
    if found is None:
        return plain, "instant"
    return found[1].strip(), parse_start_rule(found[2])


def _number(text: str, whole: str) -> float:
    if text == "半":
        return 0.5
    if text[0].isdigit():
        return float(text)
    return float(_chinese_number(text, whole))


def _chinese_number(text: str, whole: str) -> int:
    """Numerals up to 九百九十九; raises ValueError for signs in an order that is no number."""
    total, digit, last_unit = 0, None, 1000
    for sign in text:
        unit = {"百": 100, "十": 10}.get(sign)
        if unit is None and digit in (None, 0):
            digit = _DIGITS[sign]
        elif unit is not None and unit < last_unit:
            total += (1 if digit is None else digit) * unit
            digit, last_unit = None, unit
        else:
            raise ValueError(f"{whole!r}: {text!r} is no number")
    return total + (digit or 0)
