/* Places on a video wall: three columns in fractions of the screen, and nothing on its seams.
   Column bounds lie on seams where there are any near by, panels end where a seam lies, cards and
   names keep beside them. One unit (u) is a pixel of a 1920 × 1080 design, scaled to the screen. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const GAP = 16;
  const TOP = 96;
  const SIDE = { least: 430, share: 0.24, most: 900, widest: 1100 };
  const ALARMS = { zh: 326, en: 392 }; // two rows of cards with their heading
  const CARD = 430; // the narrowest an alarm may be
  const NEEDS = { // least heights of panels, in units
    tiles: 318,
    sources: 200,
    curve: 210,
    league: 230,
    duty: 220,
    satisfaction: 190,
    roster: 150,
  };
  const WEIGHTS = { tiles: 4, sources: 3, curve: 3, league: 3.4, duty: 3, satisfaction: 2.4, roster: 2 };
  const wall = (yiwang.wall = yiwang.wall || {});

  wall.isHere = function () {
    const root = yiwang.root();
    return Boolean(root) && root.id === "wall";
  };

  function numbers(text, size) {
    return (text || "").split(" ").filter(Boolean).map((one) => Number(one) * size);
  }

  function measures(root) {
    const [width, height] = [root.clientWidth, root.clientHeight];
    const u = Math.min(width / 1920, height / 1080);
    const scale = Number(getComputedStyle(root).getPropertyValue("--font-scale")) || 1;
    const seams = {
      x: numbers(root.dataset.seamsX, width),
      y: numbers(root.dataset.seamsY, height),
    };
    return { width: width, height: height, u: u, text: u * scale, seams: seams };
  }

  wall.measures = () => measures(yiwang.root());

  /* Where the left column ends: on the first seam that leaves it room, else at its share. */
  function sideWidth(screen, seams) {
    const { width, u } = screen;
    const usual = Math.max(SIDE.least * u, Math.min(SIDE.most * u, width * SIDE.share));
    const first = seams.find((seam) => seam >= SIDE.least * u);
    const fits = first !== undefined && first <= SIDE.widest * u && first < width * 0.4;
    return fits ? first : usual;
  }

  function columns(screen) {
    const { width, u, seams } = screen;
    const gap = GAP * u;
    const left = sideWidth(screen, seams.x);
    const right = width - sideWidth(screen, seams.x.map((seam) => width - seam).reverse());
    const cuts = seams.x.filter((seam) => seam > left + gap && seam < right - gap);
    const bounds = [left, ...cuts, right];
    const segments = bounds.slice(1).map((end, index) => ({
      from: bounds[index] + gap / 2,
      to: end - gap / 2,
    }));
    return { left: left, right: right, segments: segments };
  }

  /* ---- heights ---- */

  /* Panels in their order over the parts between the seams: the division that cuts least. */
  function share(names, parts, { u, text }) {
    let best = null;
    const tryFrom = function (index, part, groups) {
      if (part === parts.length - 1) return weigh(groups.concat([names.slice(index)]));
      for (let end = index; end <= names.length; end += 1) {
        tryFrom(end, part + 1, groups.concat([names.slice(index, end)]));
      }
    };
    const weigh = function (groups) {
      let cost = 0;
      groups.forEach(function (group, part) {
        const rows = group.reduce((sum, name) => sum + NEEDS[name], 0) * text;
        const need = rows + Math.max(0, group.length - 1) * GAP * u;
        const over = Math.max(0, need - parts[part]);
        cost += group.length ? 20 * over + Math.abs(parts[part] - need) : 3 * parts[part];
      });
      if (!best || cost < best.cost) best = { cost: cost, groups: groups };
    };
    tryFrom(0, 0, []);
    return best.groups;
  }

  /* The free stretches of [from, to] between the seams. */
  function stretches(from, to, seams, gap) {
    const inside = seams.filter((seam) => seam > from + gap && seam < to - gap);
    const bounds = [from - gap / 2, ...inside, to + gap / 2];
    return bounds.slice(1).map((end, index) => ({
      from: bounds[index] + gap / 2,
      to: end - gap / 2,
    }));
  }

  function stack(column, screen, from, to) {
    const gap = GAP * screen.u;
    const panels = Array.from(column.children);
    const free = stretches(from, to, screen.seams.y, gap);
    const names = panels.map((panel) => panel.dataset.panel);
    const groups = share(names, free.map((part) => part.to - part.from), screen);
    let next = 0;
    groups.forEach(function (group, part) {
      const room = free[part].to - free[part].from - (group.length - 1) * gap;
      const least = group.reduce((sum, name) => sum + NEEDS[name] * screen.text, 0);
      const weight = group.reduce((sum, name) => sum + WEIGHTS[name], 0);
      let top = free[part].from;
      group.forEach(function (name) {
        const more = ((room - least) * WEIGHTS[name]) / weight;
        const height = Math.max(0, NEEDS[name] * screen.text + more);
        put(panels[next], top - from, height);
        top += height + gap;
        next += 1;
      });
    });
  }

  function put(panel, top, height) {
    yiwang.setStyle(panel, "top", top.toFixed(1) + "px");
    yiwang.setStyle(panel, "height", height.toFixed(1) + "px");
  }

  /* Map above, alarms below; a seam through the alarms or the legend moves the bound onto it. */
  function centre(column, screen, from, to) {
    const { u, text, seams } = screen;
    const gap = GAP * u;
    const usual = to - (yiwang.root().dataset.lang === "en" ? ALARMS.en : ALARMS.zh) * text;
    const near = seams.y.filter((seam) => seam > usual - 150 * text && to - seam > 230 * text);
    const bound = near.length ? near[near.length - 1] : usual;
    const [map, alarms] = column.children;
    put(map, 0, bound - gap / 2 - from);
    put(alarms, bound + gap / 2 - from, to - bound - gap / 2);
  }

  /* ---- cards inside the middle column ---- */

  function alarmColumns(root, screen, segments) {
    const list = root.querySelector('[data-wall="alarms"]');
    const gap = GAP * screen.u;
    const pad = 18 * screen.u;
    const widths = [];
    segments.forEach(function (segment, index) {
      let width = segment.to - segment.from;
      if (index === 0) width -= pad;
      if (index === segments.length - 1) width -= pad;
      const count = Math.max(1, Math.floor((width + gap) / (CARD * screen.text + gap)));
      for (let n = 0; n < count; n += 1) widths.push((width - (count - 1) * gap) / count);
    });
    list.dataset.columns = String(widths.length);
    yiwang.setStyle(list, "grid-template-columns", widths.map((w) => w.toFixed(1) + "px").join(" "));
    yiwang.setStyle(list, "column-gap", gap.toFixed(1) + "px");
  }

  /* What stands on the map: the numbers at its right, the legend at its lower left. */
  function onTheMap(root, screen, segments) {
    const stage = root.querySelector(".wall-stage");
    const box = stage.getBoundingClientRect();
    const gap = GAP * screen.u;
    const focus = root.querySelector('[data-wall="focus"]');
    const last = segments[segments.length - 1];
    const free = stretches(box.top + gap, box.bottom - gap, screen.seams.y, gap);
    const need = Math.max(focus.offsetHeight, 312 * screen.text);
    const tall = free.find((part) => part.to - part.from >= need) || free[0];
    yiwang.setStyle(focus, "top", (tall.from - box.top).toFixed(1) + "px");
    yiwang.setStyle(focus, "max-width", (last.to - last.from - gap).toFixed(1) + "px");
    const legend = root.querySelector(".wall-legend");
    yiwang.setStyle(legend, "max-width", (segments[0].to - segments[0].from - gap).toFixed(1) + "px");
    const note = yiwang.field(root, "map-note");
    const middle = (segments[0].from + segments[0].to) / 2 - box.left;
    yiwang.setStyle(note, "left", middle.toFixed(1) + "px");
    yiwang.setStyle(note, "top", ((free[0].from + free[0].to) / 2 - box.top).toFixed(1) + "px");
    const scene = yiwang.map.scene;
    if (!scene) return;
    scene.beside = focus.offsetWidth + gap;
    scene.label = 24 * screen.text;
    scene.taken = [focus, legend].map(function (element) {
      const own = element.getBoundingClientRect();
      return [own.left - box.left, own.top - box.top, own.right - box.left, own.bottom - box.top];
    });
    scene.seams = {
      x: screen.seams.x.map((seam) => seam - box.left),
      y: screen.seams.y.map((seam) => seam - box.top),
    };
  }

  function header(root, screen, bounds) {
    const gap = GAP * screen.u;
    const { segments } = bounds;
    const top = root.querySelector(".wall-top");
    const body = root.querySelector(".wall-body");
    const widths = [bounds.left - 1.5 * gap, bounds.right - bounds.left - gap, screen.width - bounds.right - 1.5 * gap];
    const template = widths.map((width) => width.toFixed(1) + "px").join(" ");
    [top, body].forEach(function (element) {
      yiwang.setStyle(element, "grid-template-columns", template);
      yiwang.setStyle(element, "column-gap", gap.toFixed(1) + "px");
      yiwang.setStyle(element, "padding-left", gap.toFixed(1) + "px");
    });
    const middle = root.querySelector(".wall-middle");
    const cut = segments.length > 1;
    const first = segments[0].to - segments[0].from;
    const rest = segments[segments.length - 1].to - segments[1 % segments.length].from;
    middle.classList.toggle("is-cut", cut || first > 1400 * screen.text);
    const even = (first - gap) / 2;
    const parts = cut ? [first, rest] : [even, even];
    yiwang.setStyle(middle, "--part-1", parts[0].toFixed(1) + "px");
    yiwang.setStyle(middle, "--part-2", parts[1].toFixed(1) + "px");
    const banner = yiwang.part("banner");
    yiwang.setStyle(banner, "left", segments[0].from.toFixed(1) + "px");
    yiwang.setStyle(banner, "right", "auto");
    const beside = cut ? 0 : root.querySelector('[data-wall="focus"]').offsetWidth + 2 * gap;
    yiwang.setStyle(banner, "width", (first - beside).toFixed(1) + "px");
    fitTitle(root.querySelector(".wall-title"), screen);
    const head = root.querySelector(".wall-panel-map .wall-head");
    yiwang.setStyle(head, "max-width", first.toFixed(1) + "px");
  }

  /* A long title in smaller letters, but never smaller than other texts. */
  function fitTitle(title, screen) {
    for (let size = 34; size >= 24; size -= 2) {
      yiwang.setStyle(title, "font-size", (size * screen.text).toFixed(1) + "px");
      if (title.scrollWidth <= title.clientWidth) return;
    }
  }

  wall.layOut = function () {
    if (!wall.isHere()) return;
    const root = yiwang.root();
    const screen = measures(root);
    if (!screen.width || !screen.height) return;
    const bounds = columns(screen);
    const gap = GAP * screen.u;
    const [from, to] = [TOP * screen.u, screen.height - gap];
    header(root, screen, bounds);
    root.querySelectorAll("[data-column]").forEach(function (column) {
      yiwang.setStyle(column, "height", (to - from).toFixed(1) + "px");
      if (column.dataset.column === "centre") centre(column, screen, from, to);
      else stack(column, screen, from, to);
    });
    alarmColumns(root, screen, bounds.segments);
    onTheMap(root, screen, bounds.segments);
    root.classList.add("is-laid");
  };
})();
