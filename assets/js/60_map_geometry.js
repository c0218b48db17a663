/* Geometry of all grids: fetched once, decoded once, kept for as long as the tab lives.
   World units: equirectangular about the city's middle, the wider side is 1000 long. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const known = new Map(); // address -> promise of a decoded city
  const CELLS = 64; // the look-up lattice has CELLS × CELLS squares

  yiwang.geometry = function (address) {
    if (!known.has(address)) {
      const promise = fetch(address).then(function (response) {
        if (!response.ok) throw new Error("geometry " + response.status);
        return response.json().then(decode);
      });
      promise.catch(() => known.delete(address)); // the next page or the retry asks again
      known.set(address, promise);
    }
    return known.get(address);
  };

  function scaleOf(file) {
    if (Array.isArray(file.scale)) return file.scale;
    return [1 / file.scale, 1 / file.scale];
  }

  function decode(file) {
    const scale = scaleOf(file);
    const origin = file.origin || [0, 0];
    const areas = file.areas.map(function (area) {
      return Object.assign({ children: [], box: null, leaf: -1 }, area, {
        rings: (area.rings || []).map((ring) => absolute(ring, origin, scale)),
      });
    });
    areas.forEach(function (area, index) {
      if (area.parent >= 0) areas[area.parent].children.push(index);
    });
    const project = projection(areas);
    areas.forEach((area) => area.rings.forEach(project));
    areas.forEach((area) => (area.box = boxOfRings(area.rings)));
    growBoxes(areas);
    const grids = file.grids;
    grids.forEach((index, leaf) => (areas[index].leaf = leaf));
    const city = { areas: areas, grids: grids, byCode: new Map() };
    areas.forEach((area, index) => city.byCode.set(area.code, index));
    city.paths = grids.map((index) => pathOf(areas[index].rings));
    city.box = areas.reduce((box, area) => joinBoxes(box, area.box), null);
    city.lattice = latticeOf(city);
    return city;
  }

  /* First point absolute, the others as steps from the one before. */
  function absolute(ring, origin, scale) {
    const points = new Float64Array(ring.length);
    let x = 0;
    let y = 0;
    for (let i = 0; i < ring.length; i += 2) {
      x += ring[i];
      y += ring[i + 1];
      points[i] = origin[0] + x * scale[0];
      points[i + 1] = origin[1] + y * scale[1];
    }
    return points;
  }

  function projection(areas) {
    const box = areas.reduce((all, area) => joinBoxes(all, boxOfRings(area.rings)), null);
    if (!box) return () => {};
    const squeeze = Math.cos((((box[1] + box[3]) / 2) * Math.PI) / 180);
    const unit = 1000 / Math.max((box[2] - box[0]) * squeeze, box[3] - box[1], 1e-9);
    return function (ring) {
      for (let i = 0; i < ring.length; i += 2) {
        ring[i] = (ring[i] - box[0]) * squeeze * unit;
        ring[i + 1] = (box[3] - ring[i + 1]) * unit;
      }
    };
  }

  function boxOfRings(rings) {
    let box = null;
    rings.forEach(function (ring) {
      for (let i = 0; i < ring.length; i += 2) {
        box = joinBoxes(box, [ring[i], ring[i + 1], ring[i], ring[i + 1]]);
      }
    });
    return box;
  }

  function joinBoxes(a, b) {
    if (!a || !b) return a || b;
    return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  }

  /* An area whose own outline is not stored reaches as far as what lies in it. */
  function growBoxes(areas) {
    for (let index = areas.length - 1; index >= 0; index -= 1) {
      let up = areas[index].parent;
      const box = areas[index].box;
      while (box && up >= 0) {
        areas[up].box = joinBoxes(areas[up].box, box);
        up = areas[up].parent;
      }
    }
  }

  function pathOf(rings) {
    const path = new Path2D();
    rings.forEach(function (ring) {
      path.moveTo(ring[0], ring[1]);
      for (let i = 2; i < ring.length; i += 2) path.lineTo(ring[i], ring[i + 1]);
      path.closePath();
    });
    return path;
  }

  yiwang.pathOfRings = pathOf;

  /* Which grids touch a square: makes "what is under the pointer" a matter of a few polygons. */
  function latticeOf(city) {
    const squares = new Map();
    if (!city.box) return squares;
    city.grids.forEach(function (index, leaf) {
      const box = city.areas[index].box;
      if (!box) return;
      const [c0, r0] = square(city, box[0], box[1]);
      const [c1, r1] = square(city, box[2], box[3]);
      for (let c = c0; c <= c1; c += 1) {
        for (let r = r0; r <= r1; r += 1) {
          const key = c * CELLS + r;
          if (!squares.has(key)) squares.set(key, []);
          squares.get(key).push(leaf);
        }
      }
    });
    return squares;
  }

  function square(city, x, y) {
    const box = city.box;
    const at = (value, low, high) =>
      Math.max(0, Math.min(CELLS - 1, Math.floor(((value - low) / (high - low || 1)) * CELLS)));
    return [at(x, box[0], box[2]), at(y, box[1], box[3])];
  }

  /* The grid at a point in world units, as its place in the order of the values; -1: none. */
  yiwang.leafAt = function (city, x, y) {
    if (!city.box) return -1;
    const [c, r] = square(city, x, y);
    const leaves = city.lattice.get(c * CELLS + r) || [];
    const hit = leaves.find((leaf) => isInside(city.areas[city.grids[leaf]].rings, x, y));
    return hit === undefined ? -1 : hit;
  };

  function isInside(rings, x, y) {
    let inside = false;
    rings.forEach(function (ring) {
      let j = ring.length - 2;
      for (let i = 0; i < ring.length; i += 2) {
        const above = ring[i + 1] > y !== ring[j + 1] > y;
        const cross =
          ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i];
        if (above && x < cross) inside = !inside;
        j = i;
      }
    });
    return inside;
  }

  /* From the area down to the city: indexes, the area itself first. */
  yiwang.ancestors = function (city, index) {
    const chain = [];
    for (let at = index; at >= 0; at = city.areas[at].parent) chain.push(at);
    return chain;
  };

  yiwang.leavesBelow = function (city, index) {
    const inside = new Uint8Array(city.grids.length);
    const open = [index];
    while (open.length) {
      const area = city.areas[open.pop()];
      if (area.leaf >= 0) inside[area.leaf] = 1;
      open.push(...area.children);
    }
    return inside;
  };
})();
