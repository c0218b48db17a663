"""Words of registers 台账: duty officers 今日值班, police grids 警格, grid files, statistics.

Chinese and English of each; merged into ``dashboard.words``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REGISTER_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "officers.title": ("今日值班", "Officers of the day"),
    "officers.none": (
        "没有收到本区域及上级的值班表，故不显示，也不推测。值班表用 ./yiwang registry duty 导入。",
        "No duty roster of this area or those above was delivered, so none is shown or guessed. "
        "./yiwang registry duty takes one in.",
    ),
    "officers.of": ("{centre} 综治中心", "Centre of {centre}"),
    "officers.above": (
        "本区域没有值班表，显示上级 {centre} 综治中心",
        "No roster of its own; shown is the centre of {centre}",
    ),
    "officers.count": ("到位 {n} / 在值 {all}", "{n} on site of {all}"),
    "officers.state": ("到位", "On site"),
    "officers.unit": ("部门", "Department"),
    "officers.post": ("类型", "Post"),
    "officers.name": ("姓名", "Name"),
    "officers.phone": ("电话", "Phone"),
    "officers.time": ("值班时间", "On duty"),
    "officers.below": ("下级中心 到位/在值", "Centres below, on site of those on duty"),
    "officers.post.leader": ("带班领导", "Leader of the shift"),
    "officers.post.resident": ("常驻", "Resident"),
    "officers.post.rotating": ("轮值", "Rotating"),
    "officers.state.on_site": ("到位", "on site"),
    "officers.state.absent": ("未到位", "not come"),
    "officers.state.expected": ("刚到点", "just begun"),
    "officers.state.coming": ("待值", "later today"),
}
