/* Painting the map on one canvas: fills by class, borders, outlines of the next level, names. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const RED = ["case.overdue"]; // red is kept for overdue and emergencies
  let colours = null;

  function theme() {
    if (colours) return colours;
    const style = getComputedStyle(document.documentElement);
    const token = (name) => style.getPropertyValue("--" + name).trim();
    const scale = (name) => [0, 1, 2, 3, 4].map((step) => token(`${name}-${step}`));
    colours = {
      red: scale("map-red"),
      blue: scale("map-blue"),
      none: token("map-none"),
      hatch: token("map-hatch"),
      border: token("map-border"),
      outline: token("map-outline"),
      own: token("map-own"),
      ink: token("map-ink"),
      halo: token("map-halo"),
      card: token("card"),
    };
    return colours;
  }

  yiwang.on("theme", () => (colours = null));

  yiwang.mapScale = function (metric) {
    return RED.includes(metric) ? theme().red : theme().blue;
  };

  function hatch(context) {
    const size = 6;
    const tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const pen = tile.getContext("2d");
    pen.fillStyle = theme().none;
    pen.fillRect(0, 0, size, size);
    pen.strokeStyle = theme().hatch;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(-1, size + 1);
    pen.lineTo(size + 1, -1);
    pen.stroke();
    return context.createPattern(tile, "repeat");
  }

  /* One path per class and side: a few fills instead of thousands. */
  function fills(scene) {
    const groups = new Map();
    scene.city.paths.forEach(function (path, leaf) {
      const key = `${scene.inside ? scene.inside[leaf] : 1}|${scene.classes[leaf]}`;
      if (!groups.has(key)) groups.set(key, new Path2D());
      groups.get(key).addPath(path);
    });
    return groups;
  }

  function borders(city) {
    if (!city.borders) {
      city.borders = new Path2D();
      city.paths.forEach((path) => city.borders.addPath(path));
    }
    return city.borders;
  }

  /* scene: {city, view, ratio, width, height, classes, inside, current, metric} */
  yiwang.paintMap = function (context, scene) {
    const { city, view, ratio } = scene;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, scene.width * ratio, scene.height * ratio);
    const place = () =>
      context.setTransform(view.k * ratio, 0, 0, view.k * ratio, view.x * ratio, view.y * ratio);
    place();
    paintFills(context, scene);
    context.lineJoin = "round";
    if (cellSize(city, view) > 7) line(context, borders(city), theme().border, 0.6 / view.k);
    paintOutlines(context, scene);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paintNames(context, scene);
  };

  function paintFills(context, scene) {
    const scale = yiwang.mapScale(scene.metric);
    if (!scene.groups) scene.groups = fills(scene);
    scene.groups.forEach(function (path, key) {
      const [inside, step] = key.split("|").map(Number);
      context.globalAlpha = inside ? 1 : 0.22;
      if (step < 0) {
        const pattern = hatch(context);
        if (pattern.setTransform) pattern.setTransform(new DOMMatrix().scale(1 / scene.view.k));
        context.fillStyle = pattern;
      } else context.fillStyle = scale[Math.min(step, scale.length - 1)];
      context.fill(path, "evenodd");
    });
    context.globalAlpha = 1;
  }

  function line(context, path, colour, width) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke(path);
  }

  function paintOutlines(context, scene) {
    const { city, view, current } = scene;
    const own = city.areas[current];
    own.children.forEach(function (index) {
      const child = city.areas[index];
      if (!child.rings.length || child.leaf >= 0) return;
      child.outline = child.outline || yiwang.pathOfRings(child.rings);
      line(context, child.outline, theme().outline, 1.3 / view.k);
    });
    if (!own.rings.length) return;
    own.outline = own.outline || yiwang.pathOfRings(own.rings);
    line(context, own.outline, theme().own, 2.2 / view.k);
  }

  /* Side of an average grid on the screen, in pixels. */
  function cellSize(city, view) {
    if (!city.cell) {
      let sum = 0;
      city.grids.forEach(function (index) {
        const box = city.areas[index].box;
        if (box) sum += Math.sqrt((box[2] - box[0]) * (box[3] - box[1]));
      });
      city.cell = sum / Math.max(1, city.grids.length);
    }
    return city.cell * view.k;
  }

  /* Names of the next level where there is room; a name never covers another. */
  function paintNames(context, scene) {
    const { city, view, current } = scene;
    const taken = (scene.taken || []).slice(); // a wall's own cards lie on the map
    const size = scene.label || 13;
    const fonts = '"Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif';
    context.font = `600 ${size}px ${fonts}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineWidth = size / 3.7;
    context.lineJoin = "round";
    const children = city.areas[current].children
      .map((index) => city.areas[index])
      .filter((area) => area.box && area.kind !== "unlocated")
      .sort((a, b) => boxSize(b.box) - boxSize(a.box));
    children.slice(0, 60).forEach(function (area) {
      const [x, y] = middle(city, area);
      const at = [x * view.k + view.x, y * view.k + view.y];
      const text = scene.lang === "en" ? area.name_en || area.name_zh : area.name_zh;
      const half = context.measureText(text).width / 2 + size / 3;
      const room = (area.box[2] - area.box[0]) * view.k;
      if (area.leaf >= 0 && room < half * 2) return;
      besideSeams(scene, at, half, size);
      const box = [at[0] - half, at[1] - size * 0.77, at[0] + half, at[1] + size * 0.77];
      if (box[0] < 0 || box[1] < 0 || box[2] > scene.width || box[3] > scene.height) return;
      if (taken.some((other) => overlaps(box, other))) return;
      taken.push(box);
      context.strokeStyle = theme().halo;
      context.strokeText(text, at[0], at[1]);
      context.fillStyle = theme().ink;
      context.fillText(text, at[0], at[1]);
    });
  }

  /* On a wall of several screens a name stands beside the seam it would lie on. */
  function besideSeams(scene, at, half, size) {
    const seams = scene.seams || { x: [], y: [] };
    const clear = (place, room, seam) => {
      const gap = room + size / 4 - Math.abs(place - seam);
      return gap > 0 ? place + (place < seam ? -gap : gap) : place;
    };
    seams.x.forEach((seam) => (at[0] = clear(at[0], half, seam)));
    seams.y.forEach((seam) => (at[1] = clear(at[1], size * 0.77, seam)));
  }

  function boxSize(box) {
    return (box[2] - box[0]) * (box[3] - box[1]);
  }

  function overlaps(a, b) {
    return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
  }

  /* Mean of the grids' middles: lies where the grids are, not where the outline is empty. */
  function middle(city, area) {
    if (area.middle) return area.middle;
    const sum = [0, 0, 0];
    const open = [area];
    while (open.length) {
      const one = open.pop();
      if (one.leaf >= 0 && one.box) {
        sum[0] += (one.box[0] + one.box[2]) / 2;
        sum[1] += (one.box[1] + one.box[3]) / 2;
        sum[2] += 1;
      }
      one.children.forEach((index) => open.push(city.areas[index]));
    }
    const box = area.box;
    area.middle = sum[2]
      ? [sum[0] / sum[2], sum[1] / sum[2]]
      : [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    return area.middle;
  }
})();
