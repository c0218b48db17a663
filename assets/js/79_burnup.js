/* Burn-up of a campaign: what was done against the clock, an even pace, and where the pace leads. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const HEIGHT = 300;
  const SPACE = { left: 56, right: 16, top: 18, bottom: 26 };
  const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

  function make(name, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    if (text !== undefined) element.textContent = text;
    return element;
  }

  /* From data to pixels: time from start to the last of now, due and projected finish (at most half
     as long again), count from zero to the larger of target and done. */
  function scales(data, width) {
    const due = data.due_ms || data.now_ms;
    const cap = data.start_ms + (Math.max(due, data.now_ms) - data.start_ms) * 1.5;
    const end = Math.max(due, data.now_ms, Math.min(data.finish_ms || 0, cap));
    const top = Math.max(data.target, data.points[data.points.length - 1][1], 1);
    const wide = width - SPACE.left - SPACE.right;
    const high = HEIGHT - SPACE.top - SPACE.bottom;
    return {
      end: end,
      top: top,
      x: (ms) => SPACE.left + ((ms - data.start_ms) / Math.max(1, end - data.start_ms)) * wide,
      y: (count) => HEIGHT - SPACE.bottom - (count / top) * high,
    };
  }

  function timeText(ms, data, end) {
    const long = end - data.start_ms > 36 * 3600000;
    const form = long
      ? { month: "2-digit", day: "2-digit" }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return new Intl.DateTimeFormat("zh-CN", { timeZone: data.zone, ...form }).format(new Date(ms));
  }

  function axes(svg, data, to) {
    QUARTERS.forEach(function (part) {
      const y = to.y(to.top * part);
      svg.append(make("line", { class: "grid", x1: to.x(data.start_ms), x2: to.x(to.end), y1: y, y2: y }));
      const text = yiwang.number(Math.round(to.top * part));
      svg.append(make("text", { x: SPACE.left - 6, y: y + 4, "text-anchor": "end" }, text));
      const ms = data.start_ms + (to.end - data.start_ms) * part;
      const anchor = part === 0 ? "start" : part === 1 ? "end" : "middle";
      svg.append(
        make("text", { x: to.x(ms), y: HEIGHT - 8, "text-anchor": anchor }, timeText(ms, data, to.end)),
      );
    });
  }

  function mark(svg, ms, text, to) {
    const x = to.x(ms);
    svg.append(make("line", { class: "mark", x1: x, x2: x, y1: SPACE.top, y2: HEIGHT - SPACE.bottom }));
    svg.append(make("text", { x: x - 4, y: SPACE.top - 5, "text-anchor": "end" }, text));
  }

  const path = (points, to) =>
    points.map(([ms, count], index) => `${index ? "L" : "M"}${to.x(ms).toFixed(1)} ${to.y(count).toFixed(1)}`).join("");

  yiwang.drawBurnUp = function (host) {
    const width = host.clientWidth;
    const drawn = `${width}|${host.dataset.burnup}`;
    if (!width || host.burnUp === drawn) return;
    host.burnUp = drawn;
    const data = JSON.parse(host.dataset.burnup);
    const to = scales(data, width);
    const svg = make("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" });
    axes(svg, data, to);
    if (data.due_ms) {
      const even = [[data.start_ms, 0], [data.due_ms, data.target]];
      svg.append(make("path", { class: "even", d: path(even, to) }));
      mark(svg, data.due_ms, data.words.due, to);
    }
    const last = data.points[data.points.length - 1];
    const line = path(data.points, to);
    svg.append(
      make("path", { class: "under", d: `${line}L${to.x(last[0])} ${to.y(0)}L${to.x(data.start_ms)} ${to.y(0)}Z` }),
    );
    svg.append(make("path", { class: "done", d: line }));
    if (data.finish_ms && data.finish_ms > last[0]) {
      const at = Math.min(data.finish_ms, to.end);
      const share = (at - last[0]) / (data.finish_ms - last[0]);
      const ahead = [last, [at, last[1] + (data.target - last[1]) * share]];
      svg.append(make("path", { class: "projected", d: path(ahead, to) }));
    }
    host.replaceChildren(svg);
  };

  function drawAll() {
    const root = yiwang.root();
    if (root) root.querySelectorAll("[data-burnup]").forEach(yiwang.drawBurnUp);
  }

  yiwang.on("page", drawAll);
  window.addEventListener("resize", drawAll);
})();
