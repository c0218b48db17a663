"""The settings on which the facts of a case depend 计数规则; a changed rule means a rebuild."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from dashboard.settings import Settings
from data_access.measures import StageLimits

_MINUTE_MS = 60_000
_DAY_MS = 86_400_000


@dataclass(frozen=True, kw_only=True)
class FactRules:
    """The time zone of the city's days, and the limits of stages."""

    time_zone: str
    limits: StageLimits = field(default_factory=StageLimits)

    @property
    def fingerprint(self) -> str:
        """Short text that differs when any rule differs; kept beside the sums."""
        return blake2b(repr(self).encode(), digest_size=16).hexdigest()


def fact_rules(settings: Settings) -> FactRules:
    """The rules of a city's settings."""
    return FactRules(time_zone=settings.city_time_zone, limits=stage_limits(settings))


def stage_limits(settings: Settings) -> StageLimits:
    """The limits of stages in a city's settings."""
    return StageLimits(
        dispatch_ms=settings.dispatch_limit_minutes * _MINUTE_MS,
        sign_ms=settings.sign_limit_minutes * _MINUTE_MS,
        sign_urgent_ms=settings.sign_limit_urgent_minutes * _MINUTE_MS,
        check_ms=settings.check_limit_minutes * _MINUTE_MS,
        repeat_ms=settings.repeat_days * _DAY_MS,
    )
