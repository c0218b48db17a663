"""Documents the rules of the catalogue come from 文件依据, and the bounds that go with them."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from dashboard.kpis.model import OURS, Evidence, Reference, Source, Thresholds

_REPRODUCED, _UNVERIFIED = Evidence.REPRODUCED, Evidence.UNVERIFIED

NOTICES: Final = Source(
    "南通2016、天门2016、许昌2022通报数据可复算；GB/T 30428.4 原文未核对",
    "figures of the notices of Nantong 2016, Tianmen 2016 and Xuchang 2022 come out to the digit; "
    "the text of GB/T 30428.4 was not at hand",
    _REPRODUCED,
)
USUAL: Final = Source(
    "各地通报通用口径，标准原文未核对",
    "as cities' notices count it; no standard's text was at hand",
    _UNVERIFIED,
)
FIELD_SYSTEMS: Final = Source(
    "行业平台指标枚举与代码所见口径，标准原文未核对",
    "seen in indicator lists and code of field systems; no standard's text was at hand",
    _UNVERIFIED,
)
LIGHTS: Final = Source(
    "数字城管平台红黄绿灯通用设置，标准原文未核对",
    "the usual lights of digital city-management platforms; no standard's text was at hand",
    _UNVERIFIED,
)
SUSPENSION: Final = Source(
    "数字化城管挂账（缓办）制度，各地规定不一",
    "suspension as in local rules of digital city management, which differ",
    _UNVERIFIED,
)
CALLBACKS: Final = Source(
    "北京市某区接诉即办统计工具；官方权重未核实",
    "a tool of one Beijing district; official weights are unconfirmed",
    _UNVERIFIED,
)
YUANBAO: Final = Source(
    "丹东市元宝区2021年报道口径，数据可复算（3,821 ÷ 4,067）",
    "as reported by Yuanbao district in 2021; its figures come out (3,821 ÷ 4,067)",
    _REPRODUCED,
)
DAQING: Final = Source(
    "大庆市2023年报道口径（70,006 份问卷，91.26%）",
    "as reported by Daqing in 2023 (70,006 answers, 91.26 %)",
    _UNVERIFIED,
)
QINGYANG: Final = Source(
    "庆阳市报道所述机制；计算口径为本系统建议",
    "a practice reported by Qingyang; how it is counted is this product's recommendation",
    Evidence.RECOMMENDED,
)
ANYUE: Final = Source(
    "安岳县2017年报道所述机制；计算口径为本系统建议",
    "a practice reported by Anyue in 2017; how it is counted is this product's recommendation",
    Evidence.RECOMMENDED,
)
MINISTRY_HOTLINE: Final = Source(
    "12328 热线公布过抽查回访率 44.25%；计算口径为本系统建议",
    "hotline 12328 published a call-back rate of 44.25 %; how it is counted is this product's "
    "recommendation",
    Evidence.RECOMMENDED,
)
COMPOSITE: Final = Source(
    "成都某区考核代码所见权重，等级见行业平台；GB/T 30428.4 原文未核对",
    "weights as in a Chengdu district's code, grades as in a field system; the text of "
    "GB/T 30428.4 was not at hand",
    _UNVERIFIED,
)

# Counts that are many for one unit and few for a city.
UNIT_LEVELS: Final = frozenset(
    {"street", "community", "village", "estate", "grid", "police_grid", "department"}
)


def bounds(
    good: str, warn: str | None, *, source: Source = OURS, of_units: bool = False
) -> Thresholds:
    """Absolute bounds of green and yellow as decimals in the KPI's unit.

    ``of_units``: they are meant for single units and not for districts and cities.
    """
    return Thresholds(
        good=Fraction(good),
        warn=None if warn is None else Fraction(warn),
        source_zh=source.zh,
        source_en=source.en,
        evidence=source.evidence,
        levels=UNIT_LEVELS if of_units else None,
    )


def relative_bounds(
    good: str, warn: str | None, to: Reference, *, source: Source = OURS
) -> Thresholds:
    """Bounds as multiples of a reference value."""
    return Thresholds(
        good=Fraction(good),
        warn=None if warn is None else Fraction(warn),
        source_zh=source.zh,
        source_en=source.en,
        evidence=source.evidence,
        relative_to=to,
    )
