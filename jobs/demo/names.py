"""Neutral place names for what the reports do not name, with their English forms.

A name is a pair (Chinese, English). None belongs to a particular city: 和平, 建设 or 东风 exist in
almost every one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

Name = tuple[str, str]

_POOL: Final = (
    "和平 Heping,建设 Jianshe,东风 Dongfeng,胜利 Shengli,光明 Guangming,团结 Tuanjie,友谊 Youyi,"
    "新华 Xinhua,文化 Wenhua,幸福 Xingfu,前进 Qianjin,红旗 Hongqi,向阳 Xiangyang,长青 Changqing,"
    "兴隆 Xinglong,永安 Yong'an,万宝 Wanbao,火炬 Huoju,东安 Dong'an,西安 Xi'an,南山 Nanshan,"
    "北苑 Beiyuan,中兴 Zhongxing,民生 Minsheng,民主 Minzhu,富强 Fuqiang,文明 Wenming,曙光 Shuguang,"
    "朝阳 Chaoyang,春晖 Chunhui,湖滨 Hubin,河畔 Hepan,青松 Qingsong,翠柏 Cuibai,金桥 Jinqiao,"
    "银河 Yinhe,福民 Fumin,安康 Ankang,康乐 Kangle,平安 Ping'an,祥和 Xianghe,永乐 Yongle,"
    "兴业 Xingye,"
    "振兴 Zhenxing,跃进 Yuejin,先锋 Xianfeng,五一 Wuyi,八一 Bayi,新村 Xincun,新兴 Xinxing,"
    "丰收 Fengshou,丰乐 Fengle,明珠 Mingzhu,明德 Mingde,仁和 Renhe,太平 Taiping,泰安 Tai'an,"
    "长虹 Changhong,虹桥 Hongqiao,景园 Jingyuan,馨园 Xinyuan,桃园 Taoyuan,梅园 Meiyuan,"
    "竹园 Zhuyuan,"
    "柳树 Liushu,杨树 Yangshu,榆林 Yulin,槐荫 Huaiyin,石桥 Shiqiao,双河 Shuanghe,双山 Shuangshan,"
    "三合 Sanhe,四合 Sihe,五福 Wufu,六合 Liuhe,七星 Qixing,八方 Bafang,九龙 Jiulong,十里 Shili"
)
POOL: Final[tuple[Name, ...]] = tuple(
    (pair.split(" ")[0], pair.split(" ")[1]) for pair in _POOL.split(",")
)
_ROUNDS: Final[tuple[Name, ...]] = (("", ""), ("东", " East"), ("西", " West"), ("新", " New"))

STREET: Final[Name] = ("街道", "Subdistrict")
TOWN: Final[Name] = ("镇", "Town")
TOWNSHIP: Final[Name] = ("乡", "Township")
COMMUNITY: Final[Name] = ("社区", "Community")
VILLAGE: Final[Name] = ("村", "Village")
ESTATE: Final[Name] = ("小区", "Estate")


def draw_names(generator: np.random.Generator) -> Iterator[Name]:
    """The pool in random order, then again with 东, 西, 新; unique as long as it lasts (316)."""
    for suffix_zh, suffix_en in _ROUNDS:
        for number in generator.permutation(len(POOL)):
            name_zh, name_en = POOL[number]
            yield name_zh + suffix_zh, name_en + suffix_en


def joined(name: Name, kind: Name) -> Name:
    """("和平", "Heping") and 社区 give ("和平社区", "Heping Community")."""
    return name[0] + kind[0], f"{name[1]} {kind[1]}"
