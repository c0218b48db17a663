"""Another clock for a whole process: with this folder on PYTHONPATH the product's own modules see
``datetime.now`` tell the machine's time and CLOCK_AHEAD_SECONDS more. Other libraries keep
theirs."""

import datetime
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType

_real = datetime.datetime
_ahead = datetime.timedelta(seconds=float(os.environ.get("CLOCK_AHEAD_SECONDS", "0")))
# The scheduler compares its moments with those the runner gives it.
_OURS = ("dashboard", "data_access", "jobs", "pages", "apscheduler")


class _Kind(type):
    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, _real)


class _OtherClock(_real, metaclass=_Kind):
    __slots__ = ()

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:  # type: ignore[override]
        return _real.now(tz) + _ahead


class _Loader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        if getattr(module, "datetime", None) is _real:
            module.datetime = _OtherClock  # type: ignore[attr-defined]


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] not in _OURS:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec and spec.origin and type(spec.loader) is importlib.machinery.SourceFileLoader:
            spec.loader = _Loader(name, spec.origin)
        return spec


sys.meta_path.insert(0, _Finder())
