"""Groups of repeats 重复诉求组: all cases that hang together by "repeats an earlier one"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# 反复诉求 points: groups of at least as many cases are counted apart (a Chengdu district's rule).
SIZES: Final = (3, 5)


def group_roots(links: Ints) -> dict[int, int]:
    """case → first case of its group, of every case that stands in a link (case, repeated case).

    A circle, which the rule cannot make but a hand can, ends somewhere in itself. No links: {}.
    """
    if not len(links):
        return {}
    ids, places = np.unique(links, return_inverse=True)
    places = places.reshape(links.shape)
    above = np.arange(len(ids))
    above[places[:, 0]] = places[:, 1]
    for _ in range(int(np.ceil(np.log2(len(ids)))) + 1):  # twice as far with every turn
        above = above[above]
    return dict(zip(ids.tolist(), ids[above].tolist(), strict=True))


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What the cases of a group have in common 同一来电人、同一地点同一类别."""

    same_caller: bool
    same_place: bool


def likeness(told: Sequence[Mapping[str, object]]) -> Likeness:
    """``told``: ``phone``, ``address`` and ``category_id`` of each case; None is like nothing."""
    phones = {one["phone"] for one in told}
    same_caller = len(phones) == 1 and not phones & {None, ""}
    addresses, categories = ({one[name] for one in told} for name in ("address", "category_id"))
    # Of one category and not of one caller: what joined them was the place, be it 50 m away.
    same_place = len(categories) == 1 and (len(addresses) == 1 or not same_caller)
    return Likeness(same_caller=same_caller, same_place=same_place)
