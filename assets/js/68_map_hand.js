/* Pointer, fingers, wheel and keyboard on the map; the tip that names what is under them. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const map = yiwang.map;
  const canvas = map.canvas;
  const STEP = 60;
  const fingers = new Map();
  let travelled = 0;
  let spread = 0;

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /* ---- pointer ---- */

  canvas.addEventListener("pointerdown", function (event) {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, place(event));
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 1) travelled = 0;
    spread = fingers.size === 2 ? distance() : 0;
  });

  canvas.addEventListener("pointermove", function (event) {
    const now = place(event);
    if (!fingers.has(event.pointerId)) {
      if (event.pointerType === "mouse") showTip(now.x, now.y);
      return;
    }
    const before = fingers.get(event.pointerId);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    fingers.set(event.pointerId, now);
    travelled += Math.abs(dx) + Math.abs(dy);
    if (travelled < 5) return;
    hideTip();
    if (fingers.size === 1) map.pan(dx, dy);
    else pinch(dx / 2, dy / 2);
  });

  function distance() {
    const [a, b] = Array.from(fingers.values());
    return Math.hypot(a.x - b.x, a.y - b.y) || 1;
  }

  function pinch(dx, dy) {
    const [a, b] = Array.from(fingers.values());
    const now = distance();
    map.pan(dx, dy);
    map.zoomAt(now / (spread || now), (a.x + b.x) / 2, (a.y + b.y) / 2);
    spread = now;
  }

  function release(event) {
    fingers.delete(event.pointerId);
    spread = 0;
  }

  canvas.addEventListener("pointerup", function (event) {
    const wasClick = fingers.size === 1 && fingers.has(event.pointerId) && travelled < 5;
    release(event);
    if (!wasClick) return;
    const at = place(event);
    if (event.pointerType === "mouse") return enter(at.x, at.y);
    tap(at);
  });
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", function (event) {
    if (event.pointerType === "mouse") hideTip(); // a finger leaves with every tap
  });

  /* A finger cannot hover: the first tap tells, a second one on the same place goes there. */
  let tapped = null;
  function tap(at) {
    const leaf = map.leafAt(at.x, at.y);
    const target = leaf < 0 ? null : map.targetOf(leaf);
    if (target && tapped === target.code) return enter(at.x, at.y);
    tapped = target ? target.code : null;
    showTip(at.x, at.y);
  }

  function enter(x, y) {
    const leaf = map.leafAt(x, y);
    const target = leaf < 0 ? null : map.targetOf(leaf);
    tapped = null;
    if (!target) return;
    hideTip();
    if (yiwang.wall && yiwang.wall.isHere()) return yiwang.wall.goTo(target.code);
    yiwang.go(yiwang.areaHref(target.code, yiwang.slice()));
  }

  /* The wheel scrolls the page, unless the map has the focus or Ctrl is held. */
  canvas.addEventListener(
    "wheel",
    function (event) {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
      event.preventDefault();
      const at = place(event);
      map.zoomAt(Math.exp(-event.deltaY * (event.ctrlKey ? 0.008 : 0.0018)), at.x, at.y);
    },
    { passive: false },
  );

  /* ---- keyboard and buttons ---- */

  function zoomMiddle(factor) {
    map.zoomAt(factor, map.scene.width / 2, map.scene.height / 2);
  }

  const keys = {
    ArrowLeft: () => map.pan(STEP, 0),
    ArrowRight: () => map.pan(-STEP, 0),
    ArrowUp: () => map.pan(0, STEP),
    ArrowDown: () => map.pan(0, -STEP),
    "+": () => zoomMiddle(1.4),
    "=": () => zoomMiddle(1.4),
    "-": () => zoomMiddle(1 / 1.4),
    0: () => map.fit(),
    Home: () => map.fit(),
    Escape: () => canvas.blur(),
    Enter: () => enter(map.scene.width / 2, map.scene.height / 2),
  };

  canvas.addEventListener("keydown", function (event) {
    const act = keys[event.key];
    if (!act || !map.scene || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
    if (event.key !== "Escape" && event.key !== "Enter") {
      showTip(map.scene.width / 2, map.scene.height / 2);
    }
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-map]");
    if (!button || !map.scene) return;
    const action = button.dataset.map;
    if (action === "zoom_in") zoomMiddle(1.6);
    else if (action === "zoom_out") zoomMiddle(1 / 1.6);
    else map.fit();
  });

  /* ---- tip ---- */

  function nameOf(area) {
    return map.scene.lang === "en" ? area.name_en || area.name_zh : area.name_zh;
  }

  function valueText(leaf) {
    const values = map.scene.values;
    if (!values) return "";
    const value = values.values[leaf];
    if (value === null) return yiwang.word("map.no_data");
    if (values.metric === "duty.grid_coverage_rate") {
      return map.labelsOf(values)[value > 0 ? 4 : 0];
    }
    const text = values.kind === "rate" ? value.toFixed(1) : yiwang.number(value);
    return `${text} ${values.unit}`;
  }

  function showTip(x, y) {
    const tip = yiwang.part("map-tip");
    const leaf = map.leafAt(x, y);
    canvas.style.cursor = leaf < 0 ? "grab" : "pointer";
    if (!tip || leaf < 0) return hideTip();
    const { city, current } = map.scene;
    const chain = yiwang.ancestors(city, city.grids[leaf]);
    const at = chain.indexOf(current);
    const names = chain.slice(0, at > 0 ? at : chain.length - 1).reverse();
    const target = map.targetOf(leaf);
    const metric = yiwang.word("map.metric." + yiwang.mapValues.metric);
    tip.replaceChildren(
      yiwang.make("span", "tip-path", names.map((index) => nameOf(city.areas[index])).join(" › ")),
      yiwang.make("span", "tip-value", `${metric} ${valueText(leaf)}`),
      yiwang.make("span", "tip-go", target ? yiwang.word("map.open", { area: nameOf(target) }) : ""),
    );
    yiwang.away(tip, false);
    const half = tip.offsetWidth / 2;
    const left = Math.max(half + 4, Math.min(map.scene.width - half - 4, x));
    tip.style.left = left + "px";
    tip.style.top = (y > tip.offsetHeight + 24 ? y - tip.offsetHeight - 14 : y + 18) + "px";
  }

  function hideTip() {
    yiwang.away(yiwang.part("map-tip"), true);
  }
})();
