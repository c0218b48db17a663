/* Two small drawings of a video wall: cases by hour, satisfaction by month. Their elements are made
   once for a host and afterwards only changed, so that a wall that runs for weeks gains none. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const wall = yiwang.wall;
  const NAMES = "http://www.w3.org/2000/svg";

  function element(name, className) {
    const made = document.createElementNS(NAMES, name);
    if (className) made.setAttribute("class", className);
    return made;
  }

  function set(target, name, value) {
    const text = String(value);
    if (target.getAttribute(name) !== text) target.setAttribute(name, text);
  }

  const place = (value) => Number(value.toFixed(1));

  /* The drawing of a host with a pool of each kind of element. */
  function drawing(host) {
    if (host.drawing && host.firstChild === host.drawing.svg) return host.drawing;
    const svg = element("svg");
    host.replaceChildren(svg);
    host.drawing = { svg: svg, pools: {} };
    return host.drawing;
  }

  function pool(made, kind, className, count) {
    const key = kind + className;
    const items = (made.pools[key] = made.pools[key] || []);
    while (items.length < count) {
      items.push(element(kind, className));
      made.svg.append(items[items.length - 1]);
    }
    items.forEach((item, index) => set(item, "visibility", index < count ? "visible" : "hidden"));
    return items;
  }

  function frame(host) {
    const made = drawing(host);
    const size = { width: host.clientWidth, height: host.clientHeight, text: 24 * wall.measures().text };
    set(made.svg, "viewBox", `0 0 ${size.width} ${size.height}`);
    return [made, size];
  }

  function label(item, x, y, text, anchor) {
    set(item, "x", place(x));
    set(item, "y", place(y));
    set(item, "text-anchor", anchor);
    yiwang.setText(item, text);
  }

  /* ---- cases by hour ---- */

  wall.curve = function (doc) {
    const host = wall.part("curve");
    if (!host || !host.clientHeight) return;
    const { today, last_week: before } = doc.hours;
    const sum = (values) => values.reduce((all, value) => all + (value || 0), 0);
    const texts = { today: yiwang.number(sum(today)), before: yiwang.number(sum(before)) };
    const title = yiwang.word("wall.hours.sums", texts);
    const more = yiwang.field(host.closest("[data-panel]"), "more");
    yiwang.setText(more, title);
    host.setAttribute("aria-label", title);
    const [made, size] = frame(host);
    const foot = size.text * 1.35;
    const top = Math.max(1, ...today, ...before);
    const head = size.text * 1.2;
    const count = Math.max(today.length, before.length);
    const step = size.width / count;
    const y = (value) => size.height - foot - (value / top) * (size.height - foot - head);
    const bars = pool(made, "rect", "wall-hour", today.length);
    today.forEach(function (value, hour) {
      const known = value === null ? 0 : value;
      set(bars[hour], "x", place(hour * step + step * 0.14));
      set(bars[hour], "width", place(step * 0.72));
      set(bars[hour], "y", place(y(known)));
      set(bars[hour], "height", place(y(0) - y(known)));
      const runs = value !== null && (hour + 1 === today.length || today[hour + 1] === null);
      set(bars[hour], "class", runs ? "wall-hour is-running" : "wall-hour");
    });
    let path = "";
    before.forEach(function (value, hour) {
      path += `${hour ? "L" : "M"}${place(hour * step + step / 2)} ${place(y(value || 0))}`;
    });
    set(pool(made, "path", "wall-then", 1)[0], "d", path);
    set(pool(made, "path", "wall-axis", 1)[0], "d", `M0 ${place(y(0))}H${size.width}`);
    const hours = [0, 6, 12, 18];
    const names = pool(made, "text", "wall-tick", hours.length + 1);
    hours.forEach(function (hour, index) {
      label(names[index], hour * step, size.height - size.text * 0.25, `${hour}:00`, "start");
    });
    label(names[hours.length], size.width, size.text * 0.95, yiwang.number(top), "end");
  };

  /* ---- satisfaction by month ---- */

  wall.months = function (doc) {
    const host = wall.part("months");
    if (!host || !host.clientHeight) return;
    const { rows, good, name } = doc.months;
    const known = rows.filter((row) => row.value !== null);
    const last = known[known.length - 1];
    const title = last ? `${last.text}% · n ${yiwang.number(last.n)}` : "—";
    yiwang.setText(yiwang.field(host.closest("[data-panel]"), "more"), title);
    host.setAttribute("aria-label", `${name} ${title}`);
    const [made, size] = frame(host);
    const foot = size.text * 1.35;
    const values = known.map((row) => row.value).concat(good === null ? [] : [good]);
    const low = Math.max(0, Math.floor(Math.min(...values, 100) - 2));
    const high = Math.min(100, Math.ceil(Math.max(...values, low + 4) + 1));
    const left = size.text * 2.6;
    const right = size.text * 0.6;
    const x = (index) => left + (index * (size.width - left - right)) / Math.max(1, rows.length - 1);
    const y = (value) =>
      size.text * 0.7 + ((high - value) / (high - low)) * (size.height - foot - size.text * 1.1);
    let path = "";
    let isOn = false;
    rows.forEach(function (row, index) {
      if (row.value === null) isOn = false;
      else {
        path += `${isOn ? "L" : "M"}${place(x(index))} ${place(y(row.value))}`;
        isOn = true;
      }
    });
    set(pool(made, "path", "wall-line", 1)[0], "d", path || "M0 0");
    const bound = pool(made, "path", "wall-good", 1)[0];
    set(bound, "d", good === null ? "M0 0" : `M${place(left)} ${place(y(good))}H${size.width}`);
    const dots = pool(made, "circle", "wall-dot", known.length);
    known.forEach(function (row, index) {
      set(dots[index], "cx", place(x(rows.indexOf(row))));
      set(dots[index], "cy", place(y(row.value)));
      set(dots[index], "r", place(size.text * (row.is_running ? 0.32 : 0.2)));
    });
    const ticks = pool(made, "text", "wall-tick", 5);
    label(ticks[0], 0, y(high) + size.text * 0.35, `${high}%`, "start");
    label(ticks[1], 0, Math.min(y(low) + size.text * 0.35, size.height - foot), `${low}%`, "start");
    [0, Math.floor(rows.length / 2), rows.length - 1].forEach(function (index, n) {
      const anchor = n === 0 ? "start" : n === 1 ? "middle" : "end";
      const at = n === 2 ? size.width : x(index) - (n === 0 ? size.text * 0.4 : 0);
      label(ticks[2 + n], at, size.height - size.text * 0.25, rows[index] ? rows[index].key : "", anchor);
    });
  };
})();
