"""The area tree of a demo city before it has a shape: names, codes, levels and exact sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from jobs.demo.names import (
    COMMUNITY,
    ESTATE,
    STREET,
    TOWN,
    TOWNSHIP,
    VILLAGE,
    Name,
    draw_names,
    joined,
)
from jobs.demo.profiles import District, KnownPlace, Profile


@dataclass(kw_only=True)
class Unit:
    """A node of the tree; ``size`` is the number of grids below it, 1 for a grid itself."""

    name: Name
    code: str
    level: str
    size: int
    kind: str = "general"
    position: tuple[float, float] | None = None  # longitude, latitude: only orders its siblings
    is_urban: bool = True
    district: int = 0
    children: list[Unit] = field(default_factory=list)

    def walk(self) -> Iterator[Unit]:
        """The unit and everything below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


def city_units(profile: Profile, generator: np.random.Generator) -> Unit:
    """The whole tree of a profile; the number of grids is the profile's, exactly."""
    root = Unit(name=profile.name, code=profile.code, level=profile.root_level, size=profile.grids)
    communities = _community_counts(profile)
    for number, district in enumerate(profile.districts):
        streets = _streets(profile, number, district, communities[number], generator)
        if profile.is_single:
            root.children += streets
            continue
        root.children.append(
            Unit(
                name=district.name, code=district.code, level="district", kind=district.kind,
                size=district.grids + district.dedicated, district=number, children=streets,
                position=(district.longitude, district.latitude),
            )
        )  # fmt: skip
    return root


def split_exactly(total: int, weights: np.ndarray, minimum: int = 0) -> list[int]:
    """Whole numbers in proportion to ``weights``, each at least ``minimum``, that add up to total.

    Largest remainders win. Raises ValueError if the minimum alone exceeds the total.
    """
    free = total - minimum * len(weights)
    if free < 0:
        raise ValueError(f"cannot give {minimum} to each of {len(weights)} out of {total}")
    shares = np.asarray(weights, dtype=np.float64)
    exact = shares / shares.sum() * free
    whole = np.floor(exact).astype(np.int64)
    winners = np.argsort(whole - exact, kind="stable")[: free - int(whole.sum())]
    whole[winners] += 1
    return [int(value) + minimum for value in whole]


def _community_counts(profile: Profile) -> list[int]:
    sizes = np.array([d.grids + d.dedicated for d in profile.districts], dtype=np.float64)
    if profile.communities is not None:
        return split_exactly(profile.communities, sizes, 1)
    return [
        max(district.streets, round(size / profile.grids_per_community))
        for district, size in zip(profile.districts, sizes, strict=True)
    ]


def _streets(
    profile: Profile,
    number: int,
    district: District,
    communities: int,
    generator: np.random.Generator,
) -> list[Unit]:
    weights = generator.uniform(0.7, 1.3, district.streets)
    counts = split_exactly(communities, weights, 1)
    total = district.grids + district.dedicated
    sizes = split_exactly(total, np.array(counts) * generator.uniform(0.9, 1.1, len(counts)), 0)
    sizes = [max(size, count) for size, count in zip(sizes, counts, strict=True)]
    sizes[int(np.argmax(sizes))] -= sum(sizes) - total
    dedicated = split_exactly(district.dedicated, np.array(sizes), 0)
    urban = round(district.urban_share * district.streets)
    names = draw_names(generator)
    streets = []
    for index in range(district.streets):
        known = district.known[index] if index < len(district.known) else None
        street = _street(
            district.code, index, urban, known, next(names), is_town=index - urban < 1 + index % 2
        )
        street.size, street.district = sizes[index], number
        street.children = _communities(
            profile, street, counts[index], dedicated[index], known, generator
        )
        streets.append(street)
    return streets


def _street(
    district_code: str, index: int, urban: int, known: KnownPlace | None, name: Name, *,
    is_town: bool,
) -> Unit:  # fmt: skip
    """A street office, town or township; digits 7–9 of its code say which (GB/T 10114)."""
    is_urban = index < urban
    kind, number = (STREET, 1 + index) if is_urban else (TOWN, 100 + index - urban)
    if not is_urban and not is_town:
        kind, number = TOWNSHIP, 200 + index - urban
    full = joined(name, kind)
    if known is not None and known.name[0]:
        full = known.name
    code = f"{district_code}{number:03d}"
    return Unit(name=full, code=code, level="street", size=0, is_urban=is_urban)


def _communities(
    profile: Profile,
    street: Unit,
    count: int,
    dedicated: int,
    known: KnownPlace | None,
    generator: np.random.Generator,
) -> list[Unit]:
    sizes = split_exactly(street.size, generator.uniform(0.75, 1.25, count), 1)
    special = _spread(dedicated, sizes, generator)
    given = list(known.communities) if known is not None else []
    taken = {name[0] for name in given}
    names = draw_names(generator)
    communities = []
    for index in range(count):
        is_urban = street.is_urban or index == 0
        if index < len(given):
            full = given[index]
            is_urban = not full[0].endswith("村")
        else:
            kind = COMMUNITY if is_urban else VILLAGE
            full = next(name for name in (joined(n, kind) for n in names) if name[0] not in taken)
        code = f"{street.code}{(1 if is_urban else 200) + index:03d}"
        community = Unit(
            name=full, code=code, level="community", size=sizes[index], is_urban=is_urban,
            district=street.district,
        )  # fmt: skip
        community.children = _grids(profile, community, special[index], generator)
        communities.append(community)
    return communities


def _spread(count: int, sizes: list[int], generator: np.random.Generator) -> list[int]:
    """``count`` dedicated grids over the communities, never the only grid of one."""
    room = np.repeat(np.arange(len(sizes)), np.maximum(np.array(sizes) - 1, 0))
    chosen = generator.permutation(room)[:count]
    return [int(value) for value in np.bincount(chosen, minlength=len(sizes))]


def _grids(
    profile: Profile, community: Unit, dedicated: int, generator: np.random.Generator
) -> list[Unit]:
    grids = [
        Unit(
            name=(f"第{number:02d}网格", f"Grid {number:02d}"),
            code=f"{community.code}{number:03d}", level="grid", size=1,
            is_urban=community.is_urban, district=community.district,
        )
        for number in range(1, community.size + 1)
    ]  # fmt: skip
    for number in generator.permutation(community.size)[:dedicated]:
        grid = grids[int(number)]
        grid.kind = "dedicated"
        grid.name = (f"专属{number + 1:02d}网格", f"Dedicated Grid {number + 1:02d}")
    if not community.is_urban or community.size < 4 or generator.random() >= profile.estate_share:
        return grids
    return _estates(community, grids, generator)


def _estates(community: Unit, grids: list[Unit], generator: np.random.Generator) -> list[Unit]:
    """小区 between a community and its grids: some communities have them, others do not."""
    count = max(2, round(community.size / 6))
    names = draw_names(generator)
    estates, start = [], 0
    for index, size in enumerate(split_exactly(community.size, np.ones(count), 1), start=1):
        estates.append(
            Unit(
                name=joined(next(names), ESTATE), code=f"{community.code}-E{index:02d}",
                level="estate", size=size, district=community.district,
                children=grids[start : start + size],
            )
        )  # fmt: skip
        start += size
    return estates
