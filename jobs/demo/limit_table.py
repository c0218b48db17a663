"""立案条件, 结案条件 and limits of the demo categories, as a city's table of limits gives them."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dashboard.clocks import LIMIT_KINDS
from jobs.demo.reference import CATEGORIES, DEPARTMENTS

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = dict[str, Any]

VALID_FROM: Final = date(2020, 1, 1)
DOCUMENT: Final = "网格事项立案结案标准（演示）"
_URGENT_HOURS: Final = 8.0  # a case with so few continuous hours or fewer is urgent 紧急

# category|立案条件|结案条件
_CONDITIONS = """
暴露垃圾|公共区域堆有未入箱的生活垃圾|垃圾清运完毕，场地清扫干净
道路保洁|路面有明显尘土、污物或积水|路面清扫干净，无残留污物
积存建筑垃圾|公共区域堆放建筑垃圾或渣土|清运完毕，恢复地面原貌
小广告|建筑物、杆体张贴喷涂小广告|清除干净，无明显痕迹
占道经营|占用道路、广场摆摊经营|经营者撤离，场地恢复通行
油烟污染|餐饮油烟直排或净化设施停用|设施正常运行，排放达标
井盖破损|井盖破损、松动、缺失或移位|更换或复位，安全无隐患
路面破损|路面坑槽、塌陷或板块破碎|修补完成，恢复通行
路灯故障|路灯不亮、灯杆倾斜或灯头脱落|修复亮灯，设施完好
排水堵塞|雨污水井堵塞或外溢|疏通完毕，排水正常
道路积水|路面积水影响通行|积水排除，恢复通行
积雪未清|降雪后道路积雪结冰未清理|清除完毕，露出路面
绿地养护|绿地缺株、杂草、黄土裸露|补植养护完成
树木倒伏|树木倒伏、断枝影响通行或安全|清理完毕，无安全隐患
供热温度不足|供热期室内温度低于规定标准|复测温度达到规定标准
供热管网漏水|供热管网跑冒滴漏|抢修完成，恢复供热
房屋漏水|屋面、外墙或管线渗漏|维修完成，复查无渗漏
物业服务|物业服务不到位或收费有争议|整改完成或书面答复居民
电梯故障|电梯停运、异响或困人|修复并经检验恢复运行
私搭乱建|未经许可搭建建筑物、构筑物|拆除完毕，恢复原状
停水|居民用水中断|恢复供水并告知居民
停电|居民用电中断|恢复供电并告知居民
燃气隐患|燃气泄漏或设施存在隐患|隐患排除，检测合格
违法停车|占用消防通道、人行道停车|车辆驶离，通道恢复
交通设施损坏|护栏、标志、信号设施损坏|修复完成，设施完好
公交服务|线路、班次或服务质量诉求|调整完成或书面答复
消防通道堵塞|消防通道、安全出口被占用堵塞|清理完毕，通道畅通
楼道堆物|楼道内堆放杂物|清理完毕，楼道畅通
电动车飞线充电|从室内拉线或进楼给电动车充电|整改完成，隐患排除
打架斗殴|发生打架斗殴|到场处置并移交公安机关
盗窃|居民财物被盗|受案登记并告知当事人
扰乱秩序|扰乱公共场所秩序|到场处置，秩序恢复
邻里纠纷|邻里之间发生纠纷|调解达成一致或引导依法解决
家庭纠纷|家庭成员之间发生纠纷|调解达成一致或引导依法解决
噪音扰民|施工、商业或生活噪音扰民|噪音消除或降至标准以内
低保救助|居民申请或咨询最低生活保障|完成受理审核或一次性告知
社保咨询|居民咨询社会保险事项|一次性告知办理要求
就业用工|居民求职或用工诉求|推荐岗位或书面答复
欠薪投诉|用人单位拖欠工资|工资支付到位或依法立案查处
独居老人关爱|独居老人需上门照料|已上门并落实照料措施
家庭情况变化|出生、死亡、迁移等情况变化|上门核实并完成登记
医疗卫生|医疗卫生服务诉求|处理完成或书面答复
入学咨询|居民咨询入学政策|一次性告知入学政策
食品安全|食品经营存在安全问题|核查处理完毕并反馈结果
消费纠纷|消费者权益争议|调解完成或依法处理
"""

# Stricter or more generous limits under a condition: category|condition|立案条件|kind|amount|share
_SPECIAL = """
井盖破损|缺失|井盖缺失，行人车辆可能坠入|urgent_hour|2|0.2
路面破损|塌陷|路面塌陷影响通行安全|urgent_hour|4|0.08
路灯故障|成片不亮|同一线路三盏以上路灯不亮|work_hour|8|0.2
道路积水|交通中断|积水致道路交通中断|urgent_hour|3|0.15
积雪未清|主干道|城市主干道积雪结冰|work_hour|4|0.3
供热温度不足|整栋|整栋或整片居民室温不达标|urgent_hour|12|0.15
电梯故障|困人|电梯困人|urgent_hour|1|0.08
私搭乱建|制止施工|正在施工的违法建设|work_hour|4|0.35
私搭乱建|立案处罚|违法建设需立案处罚|work_day|7|0.3
"""


class LimitRow(NamedTuple):
    """One line of the table: ``share`` of its category's cases are filed under it."""

    category: int  # number in CATEGORIES
    condition: str  # "": whatever the condition
    filing: str
    closing: str
    kind: str
    amount: float
    share: float


def _limit_rows() -> tuple[LimitRow, ...]:
    texts = {}
    for line in _CONDITIONS.strip().splitlines():
        name, filing, closing = line.split("|")
        texts[name] = (filing, closing)
    numbers = {given.name[0]: number for number, given in enumerate(CATEGORIES)}
    special = []
    for line in _SPECIAL.strip().splitlines():
        name, condition, filing, kind, amount, share = line.split("|")
        special.append(LimitRow(numbers[name], condition, filing, texts[name][1], kind,
                                float(amount), float(share)))  # fmt: skip
    taken = np.bincount([row.category for row in special],
                        [row.share for row in special], len(CATEGORIES))  # fmt: skip
    plain = [
        LimitRow(number, "", *texts[given.name[0]], given.limit_kind, given.limit_amount,
                 1.0 - float(taken[number]))
        for number, given in enumerate(CATEGORIES)
    ]  # fmt: skip
    return (*plain, *special)


# The first len(CATEGORIES) rows are those of the categories themselves, in their order.
LIMITS: Final = _limit_rows()


def choose_limits(category: Ints, generator: np.random.Generator) -> Ints:
    """For each case the number of its row in LIMITS, by the shares of its category's rows."""
    chosen = category.copy()
    lot = generator.random(len(category))
    low = np.zeros(len(CATEGORIES))
    for number, row in enumerate(LIMITS[len(CATEGORIES) :], start=len(CATEGORIES)):
        mine = (category == row.category) & (lot >= low[row.category])
        mine &= lot < low[row.category] + row.share
        chosen[mine] = number
        low[row.category] += row.share
    return chosen


def limit_kinds() -> Ints:
    """The kind of each row of LIMITS as a number in LIMIT_KINDS."""
    return np.array([LIMIT_KINDS.index(row.kind) for row in LIMITS], dtype=np.int64)


def limit_amounts(scale: float) -> Floats:
    """The amount of each row of LIMITS in a city whose limits are so many times as long."""
    return np.array([scaled(row.amount, scale) for row in LIMITS])


def scaled(amount: float, scale: float) -> float:
    """A limit as a city with longer limits has it."""
    return round(amount * scale, 1)


def are_urgent() -> NDArray[np.bool_]:
    """Whether the cases of each row of LIMITS are urgent 紧急."""
    return np.array([row.kind == "urgent_hour" and row.amount <= _URGENT_HOURS for row in LIMITS])


def limit_rule_rows(first_category_id: int, scale: float) -> list[Columns]:
    """Rows of ``limit_rules``; the category ids are those of CATEGORIES in their order."""
    names = {given.key: given.name[0] for given in DEPARTMENTS}
    return [
        {"rule_id": number, "category_id": first_category_id + row.category,
         "filing_condition": row.condition, "filing_condition_text": row.filing,
         "closing_condition_text": row.closing, "limit_kind": row.kind,
         "limit_amount": scaled(row.amount, scale), "start_rule": "instant",
         "handling_unit": names[CATEGORIES[row.category].department], "lead_unit": None,
         "valid_from": VALID_FROM, "document": DOCUMENT}
        for number, row in enumerate(LIMITS, start=1)
    ]  # fmt: skip
