"""What distinguishes one demo city from another: names, sizes, volumes and exact figures.

Sizes and figures come from published reports about the five places; docs/demo.md says for each of
them what is reported and what is generated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from jobs.demo.names import Name


@dataclass(frozen=True, kw_only=True)
class KnownPlace:
    """A street, town or township and communities in it that a report names; an empty name: not."""

    name: Name = ("", "")
    communities: tuple[Name, ...] = ()


@dataclass(frozen=True, kw_only=True)
class District:
    """A first-level unit 区/县: ``code`` six digits (GB/T 2260 where it has one)."""

    name: Name
    code: str
    kind: str = "general"  # functional 功能区
    grids: int
    dedicated: int = 0  # 专属网格, on top of ``grids``
    streets: int
    urban_share: float  # of its streets: 街道 rather than 镇 or 乡
    longitude: float
    latitude: float
    activity: float = 1.0  # cases per resident, relative
    lateness: float = 1.0  # share of late cases, relative
    satisfaction: float = 1.0  # odds of a satisfied answer, relative
    known: tuple[KnownPlace, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Quota:
    """Exactly ``accepted`` cases accepted in a period, ``closed`` of them closed by its end.

    ``period``: months (the last three complete calendar months), year (the last complete calendar
    year) or history (all of it, up to now).
    """

    period: str
    accepted: int
    closed: int | None = None


@dataclass(frozen=True, kw_only=True)
class YearQuota:
    """Exact numbers of accepted cases of one flag in the last complete year and the one before."""

    flag: str  # is_public_security | is_mediation
    year_before: int
    last_year: int
    solved_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The wave of December of the last complete year."""

    answers: int
    satisfied: int


@dataclass(frozen=True, kw_only=True)
class CampaignPlan:
    """A campaign 专项任务: target in ``unit`` over all grids, running for ``hours``."""

    code: str
    name: Name
    unit: str
    target: int
    hours: float
    started_days_ago: float
    done_share: float


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One demo city. Areas are counted without 未定位; people and houses are city totals."""

    key: str
    name: Name
    code: str
    root_level: str  # city, or district where the report is about one
    longitude: float
    latitude: float
    width_km: float
    height_km: float
    climate: str  # north: heating and snow | south
    districts: tuple[District, ...]
    grids_per_community: float
    communities: int | None = None  # exact number, where reported
    estate_share: float = 0.0  # communities with 小区 between them and their grids
    police_grids: int = 0
    residents: int
    houses: int
    marshals: int = 0
    group_members: int = 0
    stations: int = 0
    departments: int  # functional departments; the first-level units come on top
    workers: int
    full_time_share: float
    is_multi_role: bool = False  # 一长多员
    vacant_share: float = 0.0  # grids without a worker 空岗网格
    yearly_cases: int
    late_share: float = 0.075  # of the cases that go through a department
    suspended_open: int  # 挂账 at the end of the history
    limit_scale: float = 1.0
    self_handled: float = 1.0  # relative
    rework_scale: float = 1.0
    quotas: tuple[Quota, ...] = ()
    year_quotas: tuple[YearQuota, ...] = ()
    callback_satisfaction: float | None = None  # percent, exact in the last three months
    survey: Survey | None = None
    campaigns: tuple[CampaignPlan, ...] = ()
    hotline: str = "12345"

    @property
    def grids(self) -> int:
        """Number of grids, dedicated ones included."""
        return sum(district.grids + district.dedicated for district in self.districts)

    @property
    def is_single(self) -> bool:
        """Whether the root is itself a district, with streets directly below it."""
        return self.root_level == "district"


def _district(
    zh: str, en: str, code: str, grids: int, dedicated: int, streets: int, urban: float,
    at: tuple[float, float], rates: tuple[float, float, float] = (1, 1, 1), kind: str = "general",
    known: tuple[KnownPlace, ...] = (),
) -> District:  # fmt: skip
    return District(
        name=(zh, en), code=code, kind=kind, grids=grids, dedicated=dedicated, streets=streets,
        urban_share=urban, longitude=at[0], latitude=at[1], activity=rates[0], lateness=rates[1],
        satisfaction=rates[2], known=known,
    )  # fmt: skip


_HEATING: Final = CampaignPlan(
    code="heating-check", name=("冬季供暖入户排查", "Winter heating check"), unit="户",
    target=60_000, hours=24 * 21, started_days_ago=12, done_share=0.61,
)  # fmt: skip

DAQING: Final = Profile(
    key="daqing", name=("大庆市", "Daqing City"), code="230600", root_level="city",
    longitude=124.95, latitude=46.45, width_km=150, height_km=205, climate="north",
    districts=(
        _district("萨尔图区", "Saertu District", "230602", 640, 14, 9, 1.0, (125.02, 46.60),
                  (1.25, 0.7, 1.5)),
        _district("龙凤区", "Longfeng District", "230603", 500, 11, 8, 0.8, (125.13, 46.53),
                  (1.15, 0.9, 1.1)),
        _district("让胡路区", "Ranghulu District", "230604", 690, 16, 9, 0.9, (124.87, 46.65),
                  (1.2, 1.0, 1.0)),
        _district("红岗区", "Honggang District", "230605", 330, 7, 6, 0.8, (124.89, 46.40),
                  (1.0, 1.5, 0.8)),
        _district("大同区", "Datong District", "230606", 430, 6, 9, 0.3, (124.81, 46.04),
                  (0.8, 0.8, 1.9)),
        _district("肇州县", "Zhaozhou County", "230621", 560, 6, 12, 0.1, (125.27, 45.70),
                  (0.7, 1.2, 0.9)),
        _district("肇源县", "Zhaoyuan County", "230622", 590, 6, 14, 0.1, (125.08, 45.52),
                  (0.7, 0.9, 1.4)),
        _district("林甸县", "Lindian County", "230623", 420, 5, 8, 0.1, (124.87, 47.18),
                  (0.7, 1.3, 0.8)),
        _district("杜尔伯特蒙古族自治县", "Dorbod Mongol Autonomous County", "230624",
                  440, 6, 11, 0.1, (124.44, 46.86), (0.7, 0.8, 1.7)),
        _district("高新区", "High-tech Zone", "230671", 280, 10, 4, 1.0, (125.12, 46.59),
                  (1.3, 1.1, 1.0), kind="functional"),
    ),
    grids_per_community=7.0, residents=2_145_409, houses=1_312_499, group_members=1_460_000,
    departments=30, workers=5_000, full_time_share=0.86, vacant_share=0.004,
    yearly_cases=133_000, suspended_open=420,
    quotas=(Quota(period="year", accepted=133_000),),
    survey=Survey(answers=70_006, satisfied=63_887), campaigns=(_HEATING,),
)  # fmt: skip

QINGYANG: Final = Profile(
    key="qingyang", name=("庆阳市", "Qingyang City"), code="621000", root_level="city",
    longitude=107.60, latitude=36.00, width_km=190, height_km=200, climate="north",
    districts=(
        _district("西峰区", "Xifeng District", "621002", 1540, 0, 12, 0.35, (107.65, 35.73),
                  (1.5, 0.8, 1.2)),
        _district("庆城县", "Qingcheng County", "621021", 1020, 0, 15, 0.1, (107.88, 36.01)),
        _district("环县", "Huanxian County", "621022", 1330, 0, 20, 0.05, (107.31, 36.57),
                  (1.0, 0.7, 1.3)),
        _district("华池县", "Huachi County", "621023", 580, 0, 15, 0.05, (107.99, 36.46),
                  (0.9, 1.3, 0.9)),
        _district("合水县", "Heshui County", "621024", 680, 0, 12, 0.1, (108.02, 35.82),
                  (1.2, 0.9, 1.2)),
        _district("正宁县", "Zhengning County", "621025", 830, 0, 10, 0.1, (108.36, 35.49),
                  (0.8, 1.2, 1.0)),
        _district("宁县", "Ningxian County", "621026", 1410, 0, 18, 0.05, (107.93, 35.50),
                  (0.8, 1.4, 0.8)),
        _district("镇原县", "Zhenyuan County", "621027", 1450, 0, 19, 0.05, (107.20, 35.68),
                  (0.8, 1.1, 0.9)),
    ),
    grids_per_community=6.6, residents=2_180_000, houses=780_000, marshals=10_267,
    departments=36, workers=11_149, full_time_share=0.72, is_multi_role=True,
    yearly_cases=90_000, suspended_open=260,
    survey=Survey(answers=21_400, satisfied=19_602),
    campaigns=(CampaignPlan(
        code="flood-check", name=("防汛隐患排查", "Flood hazard check"), unit="处", target=26_000,
        hours=24 * 10, started_days_ago=6, done_share=0.72),),
)  # fmt: skip

TIEFENG: Final = Profile(
    key="tiefeng", name=("铁锋区", "Tiefeng District"), code="230204", root_level="district",
    longitude=124.00, latitude=47.34, width_km=25, height_km=21, climate="north",
    districts=(
        _district("铁锋区", "Tiefeng District", "230204", 372, 0, 8, 0.875, (124.00, 47.34), known=(
            KnownPlace(name=("龙华街道", "Longhua Subdistrict"),
                       communities=(("和平社区", "Heping Community"),)),
            KnownPlace(name=("东湖街道", "Donghu Subdistrict"),
                       communities=(("自建二社区", "Zijian No. 2 Community"),)),
        )),
    ),
    grids_per_community=7.2, police_grids=56, residents=296_000, houses=149_500, stations=184,
    departments=28, workers=428, full_time_share=1.0, yearly_cases=7_700, suspended_open=12,
    limit_scale=1.3, late_share=0.06,
    quotas=(Quota(period="history", accepted=23_088, closed=23_000),),
    year_quotas=(
        YearQuota(flag="is_public_security", year_before=656, last_year=496),
        YearQuota(flag="is_mediation", year_before=362, last_year=481, solved_share=0.99),
    ),
    campaigns=(CampaignPlan(
        code="sampling", name=("核酸采样", "Nucleic acid sampling"), unit="人", target=200_000,
        hours=6, started_days_ago=0, done_share=1.0),),
)  # fmt: skip

YUANBAO: Final = Profile(
    key="yuanbao", name=("元宝区", "Yuanbao District"), code="210602", root_level="district",
    longitude=124.39, latitude=40.14, width_km=11.0, height_km=10.6, climate="north",
    districts=(
        _district("元宝区", "Yuanbao District", "210602", 1035, 0, 5, 0.8, (124.39, 40.14), known=(
            KnownPlace(communities=(("永安花园社区", "Yong'an Garden Community"),)),
            KnownPlace(), KnownPlace(), KnownPlace(),
            KnownPlace(name=("金山镇", "Jinshan Town"),
                       communities=(("馨悦社区", "Xinyue Community"),)),
        )),
    ),
    grids_per_community=23.0, communities=45, estate_share=0.55, residents=220_000, houses=106_500,
    departments=29, workers=1_065, full_time_share=0.12, yearly_cases=16_000, suspended_open=30,
    limit_scale=2.0, self_handled=0.95, rework_scale=0.5,
    quotas=(Quota(period="months", accepted=4_067, closed=3_821),), callback_satisfaction=96.0,
    campaigns=(CampaignPlan(
        code="heating-check", name=("冬季供暖入户排查", "Winter heating check"), unit="户",
        target=18_000, hours=24 * 14, started_days_ago=9, done_share=0.78),),
    hotline="8890",
)  # fmt: skip

ANYUE: Final = Profile(
    key="anyue", name=("安岳县", "Anyue County"), code="512021", root_level="district",
    longitude=105.34, latitude=30.10, width_km=66, height_km=58, climate="south",
    districts=(
        _district("安岳县", "Anyue County", "512021", 2160, 0, 20, 0.15, (105.34, 30.10), known=(
            KnownPlace(communities=(
                ("北坝社区", "Beiba Community"), ("龙井社区", "Longjing Community"))),
            KnownPlace(communities=(
                ("解放村", "Jiefang Village"), ("贾岛村", "Jiadao Village"))),
        )),
    ),
    grids_per_community=6.0, residents=1_130_000, houses=412_000, departments=24, workers=2_290,
    full_time_share=0.25, vacant_share=0.01,
    yearly_cases=18_000, suspended_open=2_640, limit_scale=3.0,
    self_handled=0.9,
    quotas=(Quota(period="history", accepted=55_000, closed=52_000),),
    campaigns=(CampaignPlan(
        code="flood-check", name=("防汛隐患排查", "Flood hazard check"), unit="处", target=7_400,
        hours=24 * 8, started_days_ago=5, done_share=0.69),),
)  # fmt: skip

TEST: Final = Profile(
    key="test", name=("试验市", "Trial City"), code="990100", root_level="city",
    longitude=116.0, latitude=40.0, width_km=20, height_km=16, climate="north",
    districts=(
        _district("东城区", "Dongcheng District", "990102", 26, 2, 2, 1.0, (116.05, 40.00)),
        _district("西岭县", "Xiling County", "990121", 20, 0, 2, 0.0, (115.90, 40.02),
                  (1, 1.6, 0.7)),
        _district("高新区", "High-tech Zone", "990171", 12, 0, 1, 1.0, (116.00, 39.95),
                  kind="functional"),
    ),
    grids_per_community=5.0, estate_share=0.3, police_grids=9, residents=24_000, houses=11_000,
    marshals=70, group_members=9_000, stations=20, departments=24, workers=70, full_time_share=0.8,
    is_multi_role=True, yearly_cases=1_400, late_share=0.1, suspended_open=6,
    quotas=(Quota(period="months", accepted=340, closed=334),),
    survey=Survey(answers=900, satisfied=821),
    campaigns=(CampaignPlan(
        code="heating-check", name=("冬季供暖入户排查", "Winter heating check"), unit="户",
        target=900, hours=24 * 14, started_days_ago=9, done_share=0.8),),
)  # fmt: skip

PROFILES: Final[Mapping[str, Profile]] = MappingProxyType(
    {profile.key: profile for profile in (DAQING, QINGYANG, TIEFENG, YUANBAO, ANYUE, TEST)}
)
