/* The map as a part of the page: one canvas that moves from page to page with its geometry. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const SETTLE = 140; // ms after the last movement until the map is painted sharp again
  const map = (yiwang.map = { view: { k: 1, x: 0, y: 0 }, scene: null, home: null });
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const still = document.createElement("canvas"); // what is dragged about until the next paint
  let stillView = null;
  let paintedView = null;
  let settleTimer = 0;
  let frame = 0;
  let host = null;
  map.canvas = canvas;

  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");

  /* ---- binding to a page ---- */

  async function bind() {
    const card = yiwang.part("map");
    host = yiwang.part("map-host");
    if (!card || !host) return;
    const mine = host;
    showMetric();
    let city;
    try {
      city = await yiwang.geometry(card.dataset.geometry);
    } catch (error) {
      note("map.failed");
      window.setTimeout(() => host === mine && mine.isConnected && bind(), 4000);
      return;
    }
    if (host !== mine || !mine.isConnected) return;
    const data = yiwang.root().dataset;
    const current = city.byCode.get(data.area);
    const at = current === undefined ? 0 : current;
    map.scene = {
      city: city,
      view: map.view,
      lang: data.lang,
      current: at,
      inside: city.areas[at].parent < 0 || !city.areas[at].box ? null : yiwang.leavesBelow(city, at),
      classes: new Int8Array(city.grids.length).fill(-1),
      groups: null,
      metric: yiwang.mapValues.metric,
      values: null,
    };
    const name = yiwang.root().querySelector("h1").textContent;
    canvas.setAttribute("aria-label", yiwang.word("map.aria", { area: name }));
    host.append(canvas);
    note(null);
    takeValues(yiwang.mapValues.values);
    resize();
    fit();
    yiwang.emit("map-bound", map.scene);
  }

  function note(key) {
    const element = yiwang.field(yiwang.root(), "map-note");
    yiwang.setText(element, key ? yiwang.word(key) : "");
    yiwang.away(element, !key);
  }

  /* ---- values and colours ---- */

  function takeValues(values) {
    const scene = map.scene;
    if (!scene || !values || values.values.length !== scene.city.grids.length) return;
    if (values.metric !== yiwang.mapValues.metric) return;
    let changed = scene.metric !== values.metric;
    values.values.forEach(function (value, leaf) {
      const step = yiwang.classOf(value, values.breaks, values.metric);
      if (scene.classes[leaf] !== step) {
        scene.classes[leaf] = step;
        changed = true;
      }
    });
    scene.metric = values.metric;
    scene.values = values;
    legend(values);
    if (!changed) return;
    scene.groups = null;
    repaint();
  }

  function legend(values) {
    const list = yiwang.part("map-legend");
    if (!list) return;
    const scale = yiwang.mapScale(values.metric);
    const items = labelsOf(values)
      .map((label, step) => ({ label: label, colour: scale[step] }))
      .filter((item) => item.label);
    const hasNone = values.values.some((value) => value === null);
    if (hasNone) items.push({ label: yiwang.word("map.no_data"), colour: null });
    yiwang.keyed(list, items, "data-label", (item) => item.label,
      (item) =>
        yiwang.make("li", "", [
          yiwang.make("span", item.colour ? "swatch" : "swatch swatch-none"),
          yiwang.make("span", "", item.label),
        ]),
      (element, item) => yiwang.setStyle(element.firstChild, "--swatch", item.colour || ""),
    );
  }

  /* Somebody is on duty in a grid or nobody: two classes, whatever the thresholds of the rate. */
  function labelsOf(values) {
    if (values.metric !== "duty.grid_coverage_rate") return values.labels;
    return [yiwang.word("map.uncovered"), "", "", "", yiwang.word("map.covered")];
  }

  map.labelsOf = labelsOf;

  function showMetric() {
    const card = yiwang.part("map");
    card.querySelectorAll("[data-metric]").forEach(function (button) {
      const chosen = button.dataset.metric === yiwang.mapValues.metric;
      button.setAttribute("aria-pressed", String(chosen));
    });
    const opener = yiwang.part("map-kpi");
    opener.dataset.kpi = yiwang.mapValues.metric;
    yiwang.setText(opener, yiwang.word("map.metric." + yiwang.mapValues.metric));
  }

  map.showMetric = () => yiwang.part("map") && showMetric();

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-metric]");
    if (!button || button.matches(".wall-metric")) return; // a wall's own script minds those
    yiwang.setQuery("metric", button.dataset.metric);
    yiwang.mapValues.choose(button.dataset.metric);
    showMetric();
  });

  /* ---- view ---- */

  map.resize = resize;

  function resize() {
    if (!host || !map.scene) return false;
    const width = host.clientWidth;
    const height = host.clientHeight;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    const scene = map.scene;
    if (!width || !height) return false;
    if (scene.width === width && scene.height === height && scene.ratio === ratio) return false;
    Object.assign(scene, { width: width, height: height, ratio: ratio });
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = width + "px";
    canvas.style.height = height + "px";
    return true;
  }

  function fit() {
    const scene = map.scene;
    const box = scene.city.areas[scene.current].box || scene.city.box;
    if (!box || !scene.width) return;
    // a single grid is shown among its neighbours
    const isGrid = scene.city.areas[scene.current].leaf >= 0;
    const pad = isGrid ? Math.min(scene.width, scene.height) * 0.3 : 14;
    const own = scene.width < 600 ? 34 : 0; // on a phone the zoom buttons need their own room
    const buttons = scene.beside || own;
    const k = Math.min(
      (scene.width - 2 * pad - buttons) / Math.max(box[2] - box[0], 1e-6),
      (scene.height - 2 * pad) / Math.max(box[3] - box[1], 1e-6),
    );
    map.view.k = k;
    map.view.x = (scene.width - buttons) / 2 - (k * (box[0] + box[2])) / 2;
    map.view.y = scene.height / 2 - (k * (box[1] + box[3])) / 2;
    map.home = Object.assign({}, map.view);
    touchAction();
    repaint();
  }

  map.fit = fit;

  /* Another area of the same map without another page: a wall's walk-through. */
  map.look = function (code) {
    const scene = map.scene;
    const at = scene ? scene.city.byCode.get(code) : undefined;
    if (at === undefined) return false;
    const { city } = scene;
    scene.current = at;
    scene.inside = city.areas[at].parent < 0 || !city.areas[at].box ? null : yiwang.leavesBelow(city, at);
    scene.groups = null;
    fit();
    return true;
  };

  map.zoomAt = function (factor, x, y) {
    const view = map.view;
    if (!map.home) return;
    const k = Math.max(map.home.k * 0.4, Math.min(map.home.k * 120, view.k * factor));
    const real = k / view.k;
    view.x = x - (x - view.x) * real;
    view.y = y - (y - view.y) * real;
    view.k = k;
    moved();
  };

  map.pan = function (dx, dy) {
    map.view.x += dx;
    map.view.y += dy;
    moved();
  };

  /* While moving, the last picture is shifted and stretched; then it is painted anew. */
  function moved() {
    touchAction();
    if (!frame) frame = window.requestAnimationFrame(shiftStill);
    window.clearTimeout(settleTimer);
    settleTimer = window.setTimeout(repaint, SETTLE);
  }

  function shiftStill() {
    frame = 0;
    const scene = map.scene;
    if (!scene || !paintedView) return;
    keepStill();
    const factor = map.view.k / stillView.k;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const x = (map.view.x - stillView.x * factor) * scene.ratio;
    const y = (map.view.y - stillView.y * factor) * scene.ratio;
    context.drawImage(still, x, y, still.width * factor, still.height * factor);
  }

  /* Copied when a movement begins and not with every paint: reading a canvas waits for its drawing,
     and most pictures are never moved. */
  function keepStill() {
    if (stillView) return;
    still.width = canvas.width;
    still.height = canvas.height;
    still.getContext("2d").drawImage(canvas, 0, 0);
    stillView = paintedView;
  }

  function repaint() {
    window.clearTimeout(settleTimer);
    settleTimer = 0;
    if (frame) window.cancelAnimationFrame(frame);
    frame = window.requestAnimationFrame(paint);
  }

  map.repaint = repaint;

  function paint() {
    frame = 0;
    const scene = map.scene;
    if (!scene || !scene.width) return;
    const before = performance.now();
    yiwang.paintMap(context, scene);
    paintedView = Object.assign({}, map.view);
    stillView = null;
    canvas.dataset.paintMs = (performance.now() - before).toFixed(1);
    canvas.dataset.paintedMetric = scene.values ? scene.values.metric : "";
  }

  /* Unmoved, a finger on the map scrolls the page; zoomed in, it moves the map. */
  function touchAction() {
    const zoomed = map.home && map.view.k > map.home.k * 1.05;
    canvas.style.touchAction = zoomed ? "none" : "pan-y";
  }

  /* ---- what is where ---- */

  map.leafAt = function (x, y) {
    const view = map.view;
    if (!map.scene) return -1;
    return yiwang.leafAt(map.scene.city, (x - view.x) / view.k, (y - view.y) / view.k);
  };

  /* Where a click leads: the child of this area that holds the grid; outside of this area its
     neighbour on the same level; null where there is nothing further. */
  map.targetOf = function (leaf) {
    const { city, current } = map.scene;
    const chain = yiwang.ancestors(city, city.grids[leaf]);
    const at = chain.indexOf(current);
    if (at > 0) return city.areas[chain[at - 1]];
    if (at === 0) return null;
    const own = yiwang.ancestors(city, current);
    const meeting = own.findIndex((index) => chain.includes(index));
    if (meeting <= 0) return null;
    const below = chain.indexOf(own[meeting]);
    return city.areas[chain[Math.max(0, below - meeting)]];
  };

  yiwang.on("page", bind);
  yiwang.on("map-values", takeValues);
  yiwang.on("theme", function () {
    if (!map.scene) return;
    if (map.scene.values) legend(map.scene.values);
    repaint();
  });
  window.addEventListener("resize", function () {
    const atHome = map.home && map.view.k === map.home.k;
    if (!resize()) return;
    if (atHome) fit();
    else repaint();
  });
  window.addEventListener("beforeprint", repaint);
})();
