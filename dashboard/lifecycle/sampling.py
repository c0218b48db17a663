"""The sample for re-checks 抽查核实: random, reproducible, and as large in every department.

Of the closed cases a share is drawn and looked at again (暗访, 电话随访): what was reported as
closed must be so. The draw depends on the cases, the share and the seed alone, so that anybody
can make it again and see that nobody chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from hashlib import blake2b


def draw_sample(candidates: Iterable[tuple[int, int]], share: Fraction, seed: str) -> list[int]:
    """Case ids of the sample, ascending, out of (case id, department id) pairs.

    ``share`` from 0 to 1 of all candidates, rounded up; every department gives its own share, and
    what rounding leaves goes to those with the largest remainders, then to the smallest ids. Within
    a department the order is that of a keyed hash of the case id. No candidates give no sample.
    Raises ValueError for a share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 1: {share}")
    strata: dict[int, list[int]] = {}
    for case_id, department_id in candidates:
        strata.setdefault(department_id, []).append(case_id)
    sizes = {department_id: len(members) for department_id, members in strata.items()}
    key = seed.encode()[:64]
    drawn: list[int] = []
    for department_id, number in allot(sizes, share).items():
        ranked = sorted(strata[department_id], key=lambda case_id: (_lot(case_id, key), case_id))
        drawn += ranked[:number]
    return sorted(drawn)


def allot(sizes: Mapping[int, int], share: Fraction) -> dict[int, int]:
    """How many to draw from each stratum: the largest-remainder method 最大余数法."""
    total = -(-sum(sizes.values()) * share.numerator // share.denominator)
    wanted = {stratum: size * share for stratum, size in sizes.items()}
    found = {stratum: int(number) for stratum, number in wanted.items()}
    order = sorted(wanted, key=lambda stratum: (found[stratum] - wanted[stratum], stratum))
    for stratum in order[: total - sum(found.values())]:
        found[stratum] += 1
    return found


def _lot(case_id: int, key: bytes) -> bytes:
    return blake2b(str(case_id).encode(), key=key, digest_size=8).digest()
