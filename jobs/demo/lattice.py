"""Cells that tile a city without gaps or overlaps by construction.

A hexagonal lattice shares its vertices by integer keys. The vertices, never the cells, are moved:
first jittered by less than would make edges cross, then by maps of the whole plane that are
one-to-one (shears and contractions towards town centres). Neighbours therefore stay neighbours and
borders coincide to the last digit. A hexagonal vertex joins at most three cells, so the border of
any union of cells never touches itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Corners of a cell, counter-clockwise, in units of (√3/2, 1/2).
_CORNERS = np.array([(0, 2), (-1, 1), (-1, -1), (0, -2), (1, -1), (1, 1)], dtype=np.int64)
_JITTER = 0.24  # of the edge length; two corners may approach by twice that
_ANGLES = 36  # directions of a cut that are tried before giving up


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """``centres`` (n, 2), ``corners`` (n, 6) numbers into ``vertices`` (m, 2), counter-clockwise.

    ``neighbours`` (n, 6): the cell across the edge from corner k to corner k + 1, -1 outside.
    """

    centres: Floats
    corners: Ints
    vertices: Floats
    neighbours: Ints

    def __len__(self) -> int:
        return len(self.centres)


def hexagons(count: int, aspect: float) -> Lattice:
    """``count`` cells in a rounded shape ``aspect`` times as wide as high, about the origin."""
    reach = int(2.2 * np.sqrt(count * max(aspect, 1 / aspect))) + 3
    q, r = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    keys = np.column_stack(((2 * q + r).ravel(), (3 * r).ravel())).astype(np.int64)
    x, y = keys[:, 0] * np.sqrt(3) / 2, keys[:, 1] / 2
    # A convex outline keeps every straight cut connected.
    size = np.abs(x / np.sqrt(aspect)) ** 2.6 + np.abs(y * np.sqrt(aspect)) ** 2.6
    keys = keys[np.lexsort((x, y, size))[:count]]
    corner_keys = (keys[:, None, :] + _CORNERS[None, :, :]).reshape(-1, 2)
    unique, numbers = np.unique(corner_keys, axis=0, return_inverse=True)
    corners = numbers.reshape(-1, 6).astype(np.int64)
    scale = np.array([np.sqrt(3) / 2, 0.5])
    return Lattice(
        centres=keys * scale,
        corners=corners,
        vertices=unique * scale,
        neighbours=_neighbours(corners, len(unique)),
    )


def _neighbours(corners: Ints, vertices: int) -> Ints:
    """Across each edge a → b lies the cell that has the edge b → a."""
    after = np.roll(corners, -1, axis=1)
    forward, backward = (corners * vertices + after).ravel(), (after * vertices + corners).ravel()
    order = np.argsort(forward)
    place = np.minimum(np.searchsorted(forward[order], backward), len(order) - 1)
    found = forward[order][place] == backward
    cells = np.where(found, order[place] // 6, -1)
    return cells.reshape(-1, 6).astype(np.int64)


def partition(
    lattice: Lattice,
    cells: Ints,
    sizes: list[int],
    generator: np.random.Generator,
    positions: list[tuple[float, float]] | None = None,
) -> list[Ints]:
    """Cut connected ``cells`` into connected parts of exactly these sizes, by recursive bisection.

    ``positions`` (one a part) ask for parts that lie to each other roughly as the positions do.
    Raises ValueError if the sizes do not add up or no straight cut leaves both sides connected.
    """
    if sum(sizes) != len(cells):
        raise ValueError(f"{sizes} do not add up to {len(cells)} cells")
    return _bisect(lattice, cells, list(range(len(sizes))), sizes, positions, generator)


def _bisect(
    lattice: Lattice,
    cells: Ints,
    parts: list[int],
    sizes: list[int],
    positions: list[tuple[float, float]] | None,
    generator: np.random.Generator,
) -> list[Ints]:
    """The cells of each of ``parts``, in their order."""
    if len(parts) == 1:
        return [cells]
    angle = _main_angle(lattice.centres[cells]) + generator.uniform(-0.35, 0.35)
    if positions is not None:
        angle = _main_angle(np.array([positions[part] for part in parts]))
    for attempt in range(_ANGLES):
        turned = angle + (attempt + 1) // 2 * (-1) ** attempt * np.pi / _ANGLES
        axis = np.array([np.cos(turned), np.sin(turned)])
        order = parts
        if positions is not None:
            order = sorted(parts, key=lambda part: float(np.dot(positions[part], axis)))
        cut = _half([sizes[part] for part in order])
        first = sum(sizes[part] for part in order[:cut])
        ranked = cells[np.argsort(lattice.centres[cells] @ axis, kind="stable")]
        sides = (ranked[:first], order[:cut]), (ranked[first:], order[cut:])
        if not all(is_connected(lattice, side) for side, _ in sides):
            continue
        try:
            halves = [_bisect(lattice, *side, sizes, positions, generator) for side in sides]
        except ValueError:
            continue  # a few cells may lie so that no cut works: three around one, say
        found = dict(zip(order, halves[0] + halves[1], strict=True))
        return [found[part] for part in parts]
    raise ValueError(f"no straight cut of {len(cells)} cells leaves both sides connected")


def _main_angle(points: Floats) -> float:
    """Direction in which points spread most."""
    centred = points - points.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return float(np.arctan2(vectors[1, -1], vectors[0, -1]))


def _half(sizes: list[int]) -> int:
    """How many of the parts, in order, come nearest to half of all; at least one, never all."""
    sums = np.cumsum(sizes)[:-1]
    return int(np.argmin(np.abs(sums - sum(sizes) / 2))) + 1


def is_connected(lattice: Lattice, cells: Ints) -> bool:
    """Whether one can walk between any two of the cells across shared edges."""
    left = set(cells.tolist())
    stack = [left.pop()] if left else []
    while stack:
        for neighbour in lattice.neighbours[stack.pop()].tolist():
            if neighbour in left:
                left.remove(neighbour)
                stack.append(neighbour)
    return not left


def warped(
    lattice: Lattice,
    cores: list[tuple[Ints, float]],
    generator: np.random.Generator,
) -> Floats:
    """The vertices (m, 2), moved so that the result looks like a grown city; within [-1, 1].

    ``cores``: the cells of each town and its share of all cells; cells shrink towards its centre.
    """
    angle = generator.uniform(0, 2 * np.pi, len(lattice.vertices))
    length = _JITTER * np.sqrt(generator.random(len(lattice.vertices)))
    jitter = length[:, None] * np.column_stack((np.cos(angle), np.sin(angle)))
    centres = np.array([lattice.centres[cells].mean(axis=0) for cells, _ in cores])
    half = np.abs(lattice.vertices).max(axis=0)
    # The town centres travel with the plane, so each contraction finds the next centre in place.
    points = np.vstack((lattice.vertices + jitter, centres)) / half
    for number, (_, share) in enumerate(cores):
        _contract(points, points[len(lattice.vertices) + number], 0.55, 0.5 * np.sqrt(share))
    _shear(points, generator)
    points = points[: len(lattice.vertices)]
    low, high = points.min(axis=0), points.max(axis=0)
    moved: Floats = (points - (low + high) / 2) / ((high - low) / 2)
    return moved


def _contract(points: Floats, centre: Floats, strength: float, radius: float) -> None:
    """Draw the plane together around a centre; one-to-one for a strength below 1."""
    offset = points - centre
    pull = strength * np.exp(-(offset**2).sum(axis=1) / (2 * radius**2))
    points -= offset * pull[:, None]


def _shear(points: Floats, generator: np.random.Generator) -> None:
    """Wave the plane along each axis in turn; a shear is always one-to-one."""
    for frequency, amplitude in ((1.5, 0.09), (3.7, 0.040), (7.3, 0.016), (15.0, 0.006)):
        for axis in (0, 1):
            phase = generator.uniform(0, 2 * np.pi)
            points[:, axis] += amplitude * np.sin(frequency * points[:, 1 - axis] + phase)


def border_rings(lattice: Lattice, region: Ints) -> dict[int, list[list[int]]]:
    """Border of every region as rings of vertex numbers, not closed; outer rings run ccw.

    ``region`` names the region of each cell, negative for none. Only edges that belong to exactly
    one cell of the region remain, so the union is exact.
    """
    across = np.where(lattice.neighbours >= 0, region[lattice.neighbours], -1)
    kept = (across != region[:, None]) & (region[:, None] >= 0)
    after = np.roll(lattice.corners, -1, axis=1)
    owner = np.broadcast_to(region[:, None], kept.shape)[kept]
    edges: dict[int, dict[int, int]] = {}
    for number, start, end in zip(
        owner.tolist(), lattice.corners[kept].tolist(), after[kept].tolist(), strict=True
    ):
        edges.setdefault(number, {})[start] = end
    return {number: _chained(following) for number, following in edges.items()}


def _chained(following: dict[int, int]) -> list[list[int]]:
    rings = []
    while following:
        start, vertex = following.popitem()
        ring = [start]
        while vertex != start:
            ring.append(vertex)
            vertex = following.pop(vertex)
        rings.append(ring)
    return rings
