/* Tiles in place; the rules of the texts are those of dashboard/components/tile.py. */
(function () {
  "use strict";
  const yiwang = window.yiwang;

  function statusText(tile) {
    if (["empty", "failed", "stale"].includes(tile.state)) return yiwang.word("tile." + tile.state);
    return tile.note || tile.level_text;
  }

  function partsText(tile) {
    if (tile.numerator === null || tile.denominator === null) return "";
    return yiwang.number(tile.numerator) + " / " + yiwang.number(tile.denominator);
  }

  function intervalText(tile) {
    if (!tile.interval) return "";
    const [low, high] = tile.interval.map((value) => value.toFixed(1));
    return yiwang.word("tile.interval", { low: low, high: high });
  }

  /* A KPI's figures wherever they stand: value, state, both sides, interval. */
  yiwang.showFigures = function (element, tile) {
    const put = (name, text) => yiwang.setText(yiwang.field(element, name), text);
    put("text", tile.text);
    put("unit", tile.state === "empty" ? "" : tile.unit);
    put("status", statusText(tile));
    put("parts", partsText(tile));
    put("interval", intervalText(tile));
  };

  function updateTile(element, tile) {
    const small = element.classList.contains("tile-small");
    const size = small ? "tile tile-small" : "tile";
    yiwang.setClass(element, `${size} is-${tile.state} lv-${tile.level}`);
    const put = (name, text) => yiwang.setText(yiwang.field(element, name), text);
    put("name", tile.name);
    put("scope", [tile.scope_label, tile.basis].filter(Boolean).join(" · "));
    yiwang.showFigures(element, tile);
    if (small) return;
    const delta = tile.delta;
    put("delta", delta ? delta.text : "");
    put("versus", delta ? delta.versus : "");
    const box = yiwang.field(element, "delta-box");
    yiwang.setClass(box, `tile-delta tone-${delta ? delta.tone : "none"}`);
    const spark = element.querySelector("[data-spark]");
    const points = JSON.stringify(tile.spark);
    if (spark.dataset.spark !== points) {
      spark.dataset.spark = points;
      drawSpark(spark);
    }
  }

  const WIDTH = 100;
  const HEIGHT = 28;

  /* A polyline with gaps where a day is not known, and a soft area below it. */
  function drawSpark(host) {
    const values = JSON.parse(host.dataset.spark || "[]");
    const known = values.filter((value) => value !== null);
    if (known.length < 2) return host.replaceChildren();
    const low = Math.min(...known);
    const span = Math.max(...known) - low || 1;
    const x = (index) => ((index * WIDTH) / (values.length - 1)).toFixed(2);
    const y = (value) => (HEIGHT - 3 - ((value - low) / span) * (HEIGHT - 6)).toFixed(2);
    let line = "";
    let area = "";
    let start = null;
    values.forEach(function (value, index) {
      if (value === null) {
        if (start !== null) area += `L${x(index - 1)} ${HEIGHT}L${x(start)} ${HEIGHT}Z`;
        start = null;
        return;
      }
      const point = `${x(index)} ${y(value)}`;
      line += (start === null ? "M" : "L") + point;
      area += (start === null ? "M" : "L") + point;
      if (start === null) start = index;
    });
    if (start !== null) area += `L${x(values.length - 1)} ${HEIGHT}L${x(start)} ${HEIGHT}Z`;
    const svg = svgElement("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
    svg.append(
      svgElement("path", { d: area, class: "spark-area" }),
      svgElement("path", { d: line, class: "spark-line" }),
    );
    host.replaceChildren(svg);
  }

  yiwang.drawSpark = drawSpark;

  function svgElement(name, attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    return element;
  }

  yiwang.on("board", function (board) {
    const root = yiwang.root();
    board.tiles.concat(board.more).forEach(function (tile) {
      const element = root.querySelector(`.tile[data-kpi="${tile.key}"]`);
      if (element) updateTile(element, tile);
    });
  });

  yiwang.on("page", function (root) {
    root.querySelectorAll("[data-spark]").forEach(drawSpark);
  });
})();
