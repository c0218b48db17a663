"""The demo city 演示城市: made from nothing, deterministic, and always marked as one."""

from jobs.demo.generate import StoreNotEmptyError, generate
from jobs.demo.live import live
from jobs.demo.profiles import PROFILES

__all__ = ["PROFILES", "StoreNotEmptyError", "generate", "live"]
