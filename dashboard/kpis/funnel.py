"""The connector funnel 发现→认领→派遣→处置→核查→办结: how far the cases of a source came.

A case has come to a step when that step's moment or that of a later one is known: what is closed on
the spot has passed all of them. Times between steps are taken only where both moments are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

# 发现, 认领 (受理), 派遣, 处置完成, 核查, 办结: each with the moment that tells it.
STEPS: Final = ("reported", "accepted", "dispatched", "handled", "checked", "closed")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """``count`` came to the step; ``median_ms`` from the last step before that is known, None
    without any case."""

    count: int
    median_ms: int | None


def reached(moments: Mapping[str, Ints], *, missing: int) -> dict[str, Mask]:
    """Step → which cases came to it; ``moments``: step → epoch ms, ``missing`` for none."""
    found: dict[str, Mask] = {}
    later: Mask | None = None
    for step in reversed(STEPS):
        own = moments[step] != missing
        later = own if later is None else later | own
        found[step] = later
    return {step: found[step] for step in STEPS}


def stages(moments: Mapping[str, Ints], chosen: Mask, *, missing: int) -> dict[str, Stage]:
    """The steps of the chosen cases."""
    came = reached(moments, missing=missing)
    before = moments[STEPS[0]]
    found: dict[str, Stage] = {}
    for step in STEPS:
        own = moments[step]
        known = chosen & (own != missing) & (before != missing)
        lengths = own[known] - before[known]
        median = None if step == STEPS[0] else middle(lengths[lengths >= 0])
        found[step] = Stage(count=int((came[step] & chosen).sum()), median_ms=median)
        before = np.where(own != missing, own, before)
    return found


def middle(values: Ints) -> int | None:
    """The nearest-rank median 最近秩: a value that occurred, of an even number the lower of two."""
    if not len(values):
        return None
    place = (len(values) - 1) // 2
    return int(np.partition(values, place)[place])


def is_false(voided: Mask, is_merged: Mask) -> Mask:
    """误报: refused or found untrue; what was merged into another case was true."""
    return voided & ~is_merged
