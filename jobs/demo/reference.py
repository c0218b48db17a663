"""What every demo city shares: departments, categories with limits, sources, visit classes."""

from __future__ import annotations

from typing import Final, NamedTuple

from jobs.demo.names import Name

MONTHS_FLAT: Final = (1.0,) * 12
# Weight of each month, January first.
SEASONS: Final[dict[str, tuple[float, ...]]] = {
    "flat": MONTHS_FLAT,
    "heating": (3.2, 2.4, 1.4, 0.5, 0.05, 0.03, 0.03, 0.03, 0.1, 1.6, 3.0, 3.4),
    "snow": (2.6, 2.0, 1.2, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3, 1.6, 2.4),
    "flood": (0.1, 0.1, 0.3, 0.6, 1.0, 2.0, 3.4, 2.8, 1.0, 0.4, 0.2, 0.1),
    "summer": (0.4, 0.4, 0.7, 1.0, 1.4, 1.7, 1.8, 1.7, 1.3, 0.9, 0.6, 0.4),
    "spring": (0.4, 0.5, 1.6, 2.2, 1.8, 1.2, 0.9, 0.8, 0.8, 0.7, 0.5, 0.4),
}


class Department(NamedTuple):
    """A functional department 职能部门."""

    key: str
    name: Name


class Category(NamedTuple):
    """A 小类 of cases; ``channel``: who mostly reports it, field workers or citizens."""

    group: str
    name: Name
    limit_kind: str
    limit_amount: float
    department: str
    season: str
    channel: str
    weight: float
    title: str
    flag: str = ""  # is_public_security | is_mediation | must_attend


class Source(NamedTuple):
    """Where cases come from; ``interval_seconds`` None: no promise of a regular delivery."""

    code: str
    name: Name
    kind: str  # worker video sensor hotline public internal
    interval_seconds: int | None
    field_share: float
    citizen_share: float
    self_handled: float  # closed on the spot 自处置 or answered at once 直接答复

    @property
    def is_proactive(self) -> bool:
        """主动发现: found by workers, video or sensors rather than reported."""
        return self.kind in ("worker", "video", "sensor")

    @property
    def has_caller(self) -> bool:
        """Whether somebody of the public reported it, whose telephone is known."""
        return self.kind in ("hotline", "public")


def _departments(text: str) -> tuple[Department, ...]:
    found = []
    for line in text.strip().splitlines():
        key, name_zh, name_en = (part.strip() for part in line.split("|"))
        found.append(Department(key, (name_zh, name_en)))
    return tuple(found)


# In order of importance: a profile takes the first so many. Those a category names come first.
DEPARTMENTS: Final = _departments("""
urban|城市管理局|Urban Management Bureau
housing|住房和城乡建设局|Housing and Construction Bureau
police|公安局|Public Security Bureau
water|水务局|Water Affairs Bureau
heat|供热管理办公室|Heating Office
market|市场监督管理局|Market Regulation Bureau
environment|生态环境局|Ecology and Environment Bureau
transport|交通运输局|Transport Bureau
traffic|公安局交警支队|Traffic Police
gas|燃气管理办公室|Gas Supply Office
power|供电公司|Power Supply Company
emergency|应急管理局|Emergency Management Bureau
fire|消防救援支队|Fire and Rescue
civil|民政局|Civil Affairs Bureau
labour|人力资源和社会保障局|Human Resources and Social Security Bureau
health|卫生健康委员会|Health Commission
education|教育局|Education Bureau
justice|司法局|Justice Bureau
agriculture|农业农村局|Agriculture and Rural Affairs Bureau
forestry|园林绿化中心|Parks and Greening Centre
property|物业管理服务中心|Property Management Centre
legal|政法委员会|Political and Legal Affairs Commission
telecom|通信管理办公室|Telecommunications Office
resources|自然资源局|Natural Resources Bureau
petition|信访局|Petitions Bureau
data|营商环境建设监督局|Business Environment Bureau
culture|文化体育和旅游局|Culture, Sports and Tourism Bureau
medical|医疗保障局|Healthcare Security Administration
veterans|退役军人事务局|Veterans Affairs Bureau
disabled|残疾人联合会|Disabled Persons' Federation
women|妇女联合会|Women's Federation
youth|共青团委员会|Youth League Committee
union|总工会|Federation of Trade Unions
industry|工业和信息化局|Industry and Information Technology Bureau
commerce|商务局|Commerce Bureau
tax|税务局|Tax Bureau
""")

_CATEGORIES = """
市容环境|暴露垃圾|Exposed rubbish|work_hour|4|urban|summer|field|9|发现暴露垃圾，需清运
市容环境|道路保洁|Street cleaning|work_hour|2|urban|flat|field|6|路面不洁，需清扫
市容环境|积存建筑垃圾|Construction waste|work_hour|4|urban|spring|field|3.2|堆放建筑垃圾，需清运
市容环境|小广告|Illegal posters|work_day|1|urban|flat|field|3.6|墙面张贴小广告
市容环境|占道经营|Street vending|work_hour|4|urban|summer|field|4.6|占道经营影响通行
市容环境|油烟污染|Cooking fumes|work_day|5|environment|summer|citizen|1.3|餐饮油烟扰民
市政设施|井盖破损|Damaged manhole cover|urgent_hour|24|housing|flat|field|1.6|井盖破损，存在安全隐患
市政设施|路面破损|Damaged road surface|work_day|5|housing|spring|field|2.8|路面破损，需修补
市政设施|路灯故障|Street lamp fault|work_day|2|housing|flat|field|2.6|路灯不亮
市政设施|排水堵塞|Blocked drain|work_day|2|housing|flood|citizen|2.8|下水井堵塞外溢
市政设施|道路积水|Flooded road|urgent_hour|8|housing|flood|citizen|2.2|雨后道路积水
市政设施|积雪未清|Snow not cleared|work_hour|8|urban|snow|citizen|4.2|道路积雪结冰未清理
园林绿化|绿地养护|Green space upkeep|work_day|5|forestry|summer|field|1.7|绿地缺株、杂草
园林绿化|树木倒伏|Fallen tree|urgent_hour|12|forestry|flood|citizen|0.8|树木倒伏影响通行
住房物业|供热温度不足|Insufficient heating|urgent_hour|24|heat|heating|citizen|10|室内温度不达标
住房物业|供热管网漏水|Heating pipe leak|urgent_hour|12|heat|heating|citizen|2.2|供热管网漏水
住房物业|房屋漏水|Leaking building|work_day|7|housing|flood|citizen|2.4|屋面渗漏
住房物业|物业服务|Property service|work_day|5|property|flat|citizen|5.2|物业服务不到位
住房物业|电梯故障|Lift fault|urgent_hour|6|market|flat|citizen|1.7|电梯停运
住房物业|私搭乱建|Unauthorised building|work_day|20|urban|spring|field|1.6|疑似私搭乱建
水电气热|停水|Water cut|urgent_hour|24|water|summer|citizen|2.0|居民家中停水
水电气热|停电|Power cut|urgent_hour|24|power|summer|citizen|1.4|居民楼停电
水电气热|燃气隐患|Gas hazard|urgent_hour|2|gas|heating|field|0.8|疑似燃气泄漏
交通出行|违法停车|Illegal parking|work_hour|4|traffic|flat|field|5.4|违停占用消防通道
交通出行|交通设施损坏|Damaged traffic facility|work_day|3|transport|flat|field|1.3|交通护栏损坏
交通出行|公交服务|Bus service|work_day|5|transport|flat|citizen|1.0|公交线路服务诉求
安全隐患|消防通道堵塞|Blocked fire exit|urgent_hour|24|fire|flat|field|2.2|消防通道被占用
安全隐患|楼道堆物|Obstructed stairwell|work_day|2|emergency|flat|field|4.6|楼道堆放杂物
安全隐患|电动车飞线充电|E-bike charging|work_day|2|emergency|flat|field|2.2|电动车飞线充电
社会治安|打架斗殴|Fighting|urgent_hour|4|police|summer|citizen|0.5|打架斗殴|is_public_security
社会治安|盗窃|Theft|natural_day|7|police|flat|citizen|0.7|财物被盗|is_public_security
社会治安|扰乱秩序|Disorder|urgent_hour|6|police|summer|citizen|0.6|扰乱秩序|is_public_security
矛盾纠纷|邻里纠纷|Neighbour dispute|natural_day|7|justice|flat|field|1.2|邻里纠纷需调解|is_mediation
矛盾纠纷|家庭纠纷|Family dispute|natural_day|7|justice|flat|field|0.8|家庭矛盾需调解|is_mediation
矛盾纠纷|噪音扰民|Noise nuisance|work_day|3|police|summer|citizen|2.8|夜间噪音扰民
民生服务|低保救助|Subsistence aid|natural_day|15|civil|flat|field|1.5|低保救助咨询与申请
民生服务|社保咨询|Social security enquiry|work_day|3|labour|flat|citizen|2.0|社保缴费咨询
民生服务|就业用工|Employment|natural_day|7|labour|spring|citizen|1.4|就业用工诉求
民生服务|欠薪投诉|Unpaid wages|natural_day|15|labour|heating|citizen|0.9|拖欠工资投诉
民生服务|独居老人关爱|Elderly living alone|urgent_hour|24|civil|flat|field|1.5|需上门|must_attend
民生服务|家庭情况变化|Family change|work_day|3|civil|flat|field|1.2|家庭情况变化需登记|must_attend
卫生教育|医疗卫生|Health service|work_day|5|health|flat|citizen|1.2|医疗卫生服务诉求
卫生教育|入学咨询|School enrolment|work_day|5|education|summer|citizen|0.9|入学政策咨询
市场监管|食品安全|Food safety|natural_day|7|market|summer|citizen|1.4|食品安全投诉
市场监管|消费纠纷|Consumer dispute|natural_day|7|market|flat|citizen|2.0|消费纠纷投诉
"""

GROUPS: Final[dict[str, str]] = {
    "市容环境": "City appearance", "市政设施": "Municipal facilities",
    "园林绿化": "Parks and greening", "住房物业": "Housing and property",
    "水电气热": "Water, power, gas", "交通出行": "Traffic", "安全隐患": "Safety hazards",
    "社会治安": "Public security", "矛盾纠纷": "Disputes", "民生服务": "Social services",
    "卫生教育": "Health and education", "市场监管": "Market regulation",
}  # fmt: skip


def _categories() -> tuple[Category, ...]:
    found = []
    for line in _CATEGORIES.strip().splitlines():
        (group, zh, en, kind, amount, department, season, channel, weight, title, *flag) = (
            line.split("|")
        )
        found.append(Category(
            group, (zh, en), kind, float(amount), department, season, channel, float(weight), title,
            *flag,
        ))  # fmt: skip
    return tuple(found)


CATEGORIES: Final = _categories()

# Asked rather than complained about: answered at once 直接答复 where nothing is to be done.
CONSULTATIONS: Final = frozenset({
    "低保救助", "社保咨询", "就业用工", "医疗卫生", "入学咨询", "公交服务", "消费纠纷", "物业服务",
})  # fmt: skip

# The event sources of the field: code, names, kind, promise, shares, share handled at once.
SOURCES: Final = (
    Source("app", ("网格员APP上报", "Grid worker app"), "worker", 300, 0.56, 0.18, 0.58),
    Source("visit", ("走访发现", "Household visit"), "worker", 3600, 0.12, 0.12, 0.55),
    Source("snapshot", ("随手拍/小程序", "Citizen snapshot"), "public", 300, 0.08, 0.13, 0.20),
    Source("hotline_12345", ("12345热线", "12345 hotline"), "hotline", 60, 0.05, 0.38, 0.20),
    Source("hotline_other", ("8890/12319及其他热线", "Hotlines"), "hotline", 300, 0.02, 0.1, 0.14),
    Source("police_110", ("110非警务分流", "110 referral"), "hotline", 600, 0.01, 0.06, 0.05),
    Source("video", ("视频智能识别", "Video recognition"), "video", 60, 0.09, 0.0, 0.45),
    Source("iot", ("物联感知", "Sensors"), "sensor", 60, 0.02, 0.01, 0.10),
    Source("leader", ("领导批示", "Leader's instruction"), "internal", None, 0.003, 0.006, 0.0),
    Source("department", ("部门批转", "Department referral"), "internal", None, 0.01, 0.02, 0.0),
    Source("superior", ("上级交办", "Assigned from above"), "internal", None, 0.006, 0.014, 0.0),
    Source("media", ("媒体/网络留言", "Media, web messages"), "public", 3600, 0.006, 0.03, 0.05),
    Source("card", ("服务卡二维码", "Contact card QR code"), "public", 600, 0.015, 0.06, 0.50),
    Source("wechat", ("微信群", "WeChat group"), "public", 600, 0.01, 0.10, 0.55),
)

# 三必访: class, names, interval and grace in days (每年 ordinary, 每季 needy, 每月 living alone).
VISIT_CLASSES: Final = (
    ("yearly", "普通家庭（每年必访）", 365, 30),
    ("quarterly", "困难、残疾、失业、帮扶家庭（每季必访）", 91, 14),
    ("monthly", "独居老人、五保户（每月必访）", 30, 7),
)
