/* Lists of a video wall, in place: as many rows as there is room for, the others in turn by the
   clock, the gravest always. Rows are kept by key, so nothing grows however long the wall runs. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const make = yiwang.make;
  const wall = yiwang.wall;
  const TURN = 10000; // a page of a list stays this long

  const part = (name) => yiwang.root().querySelector(`[data-wall="${name}"]`);
  const put = (element, name, text) => yiwang.setText(yiwang.field(element, name), text);
  wall.part = part;

  const span = (name, className) => make("span", className, "", { "data-f": name });

  function panelOf(list) {
    return list.closest("[data-panel]");
  }

  function more(list, text) {
    put(panelOf(list), "more", text);
  }

  /* How many rows of a list there is room for. */
  function room(list) {
    const style = getComputedStyle(list);
    const row = parseFloat(style.getPropertyValue("--row")) * wall.measures().text;
    const gap = parseFloat(style.rowGap) || 0;
    return Math.max(1, Math.floor((list.clientHeight + gap + 1) / (row + gap)));
  }

  /* The pages a list turns through; every wall turns at the same moment, and the last is full. */
  function page(items, size) {
    const pages = Math.max(1, Math.ceil(items.length / size));
    const at = Math.floor(yiwang.now() / TURN) % pages;
    const from = Math.max(0, Math.min(at * size, items.length - size));
    return { from: from, rows: items.slice(from, from + size) };
  }

  function shareOf(value, all) {
    return all ? String(Math.min(1, Math.round((value / all) * 1000) / 1000)) : "0";
  }

  function row(parts, more) {
    return make("li", "wall-row", parts, more);
  }

  /* ---- today's sources ---- */

  wall.bars = function (doc) {
    const list = part("bars");
    if (!list) return;
    const counts = new Map(doc.bars.map((one) => [one.code, one.value]));
    const sources = doc.sources.map((one) => Object.assign({ value: counts.get(one.code) || 0 }, one));
    sources.sort((a, b) => b.value - a.value);
    const top = Math.max(1, ...sources.map((one) => one.value));
    const turn = page(sources, room(list));
    const all = sources.reduce((sum, one) => sum + one.value, 0);
    more(list, yiwang.word("wall.alarms.all", { n: yiwang.number(all) }));
    yiwang.keyed(list, turn.rows, "data-key", (one) => one.code,
      () => row([span("mark", "wall-mark"), span("name", "wall-row-name"), span("bar", "wall-bar"),
        span("state", "wall-row-state"), span("value", "wall-row-value")]),
      function (element, one) {
        yiwang.setClass(element, "wall-row so-" + one.state);
        put(element, "name", one.name);
        const isAway = one.state === "late" || one.state === "stopped";
        put(element, "state", isAway ? yiwang.word("sources." + one.state) : "");
        put(element, "value", yiwang.number(one.value));
        yiwang.setStyle(yiwang.field(element, "bar"), "--share", shareOf(one.value, top));
      });
  };

  /* ---- league: the best and the last in turn ---- */

  wall.league = function (doc) {
    const list = part("league");
    if (!list) return;
    const league = doc.league;
    const size = Math.min(room(list), 5);
    const ranked = league.rows.slice(0, league.ranked);
    let rows = ranked;
    let title = yiwang.word("wall.league.all", { n: ranked.length });
    if (ranked.length > size) {
      const isTop = Math.floor(yiwang.now() / TURN) % 2 === 0;
      rows = isTop ? ranked.slice(0, size) : ranked.slice(-size);
      title = yiwang.word("wall.league." + (isTop ? "top" : "bottom"), { n: size });
    }
    more(list, `${league.window} · ${title}`);
    yiwang.keyed(list, rows, "data-key", (one) => one.code,
      () => row([span("rank", "wall-rank"), span("name", "wall-row-name"), span("bar", "wall-bar"),
        span("value", "wall-row-value")]),
      function (element, one) {
        yiwang.setClass(element, "wall-row lv-" + one.level);
        put(element, "rank", String(league.rows.indexOf(one) + 1));
        put(element, "name", one.name);
        put(element, "value", one.text + (one.value === null ? "" : "%"));
        yiwang.setStyle(yiwang.field(element, "bar"), "--share", shareOf(one.value, 100));
      });
  };

  /* ---- on duty ---- */

  wall.duty = function (doc) {
    const list = part("duty");
    if (!list) return;
    const text = (one) =>
      yiwang.word("wall.duty.row", {
        covered: yiwang.number(one.grids_covered),
        required: yiwang.number(one.grids_required),
        present: yiwang.number(one.present),
      });
    more(list, text(doc.duty.total));
    yiwang.keyed(list, page(doc.duty.rows, room(list)).rows, "data-key", (one) => one.code,
      () => row([span("name", "wall-row-name"), span("bar", "wall-bar"), span("value", "wall-row-value")]),
      function (element, one) {
        put(element, "name", one.name);
        put(element, "value", text(one));
        const isShort = one.grids_covered < one.grids_required;
        yiwang.setClass(element, "wall-row" + (isShort ? " lv-warn" : " lv-good"));
        yiwang.setStyle(yiwang.field(element, "bar"), "--share", shareOf(one.grids_covered, one.grids_required));
      });
  };

  /* ---- officers of the day ---- */

  wall.roster = function (doc) {
    const list = part("roster");
    if (!list) return;
    const zone = yiwang.root().dataset.zone;
    const roster = doc.roster;
    more(list, yiwang.word("wall.roster.summary", { due: roster.due, there: roster.on_site }));
    yiwang.keyed(list, page(roster.rows, room(list)).rows, "data-key", (one) => one.key,
      () => row([span("mark", "wall-mark"), span("name", "wall-row-name"), span("value", "wall-row-value")]),
      function (element, one) {
        yiwang.setClass(element, "wall-row of-" + one.state);
        put(element, "name", `${one.post_name} ${one.name}`);
        const from = yiwang.clock(one.from_ms, zone).slice(0, 5);
        const to = yiwang.clock(one.to_ms, zone).slice(0, 5);
        const isLater = one.state === "coming";
        const isShort = doc.lang === "en"; // posts have long names there
        const hours = isShort ? `${from}–` : `${from}–${to}`;
        put(element, "value", isLater ? yiwang.word("wall.roster.expected", { time: from }) : hours);
      });
  };

  /* ---- alarms ---- */

  function buildAlarm(alarm) {
    const parts = [
      make("div", "wall-alarm-head", [span("kind", "wall-kind"), span("what", "wall-what"),
        span("wait", "wall-wait")]),
      make("div", "wall-alarm-where", [span("place", "wall-alarm-place")]),
      make("div", "wall-alarm-who", [span("unit", "wall-unit-name"), span("next", "wall-next")]),
      make("div", "wall-detail", "", { "data-f": "detail" }),
    ];
    const item = make("li", "wall-alarm", parts);
    if (alarm.act && yiwang.root().dataset.canAct) {
      const button = make("button", "wall-button wall-ack", yiwang.word("wall.acknowledge"), {
        type: "button",
        "data-act": "acknowledge",
        "aria-haspopup": "dialog",
      });
      item.children[1].append(button);
    }
    return item;
  }

  /* As much of the way to a place as the line has room for, the nearest always. */
  function fitPlace(element, place) {
    const key = `${place} ${Math.round(element.clientWidth)}`;
    if (element.dataset.fitted === key) return;
    const steps = place.split(" › ");
    while (steps.length) {
      yiwang.setText(element, steps.join(" › "));
      if (steps.length === 1 || element.scrollWidth <= element.clientWidth) break;
      steps.shift();
    }
    if (element.clientWidth) element.dataset.fitted = key;
  }

  function updateAlarm(item, alarm) {
    yiwang.setClass(item, `wall-alarm al-${alarm.kind}`);
    put(item, "kind", yiwang.word("wall.alarm." + alarm.kind));
    put(item, "what", alarm.what);
    put(item, "unit", alarm.unit);
    put(item, "next", yiwang.word("wall.alarms.next", { text: alarm.next }));
    put(item, "detail", alarm.detail);
    item.dataset.since = String(alarm.since_ms);
    if (alarm.act) item.dataset.actOf = JSON.stringify(alarm.act);
  }

  wall.alarms = function (doc) {
    const list = part("alarms");
    const { rows, total } = doc.alarms;
    const size = room(list) * Number(list.dataset.columns || 1);
    const urgent = rows.filter((alarm) => alarm.kind === "unsigned").slice(0, size);
    const others = rows.filter((alarm) => !urgent.includes(alarm));
    const left = size - urgent.length;
    const turn = left > 0 ? page(others, left) : { from: 0, rows: [] };
    const shown = urgent.concat(turn.rows);
    let text = yiwang.word("wall.alarms.all", { n: yiwang.number(total) });
    if (!rows.length) text = yiwang.word("wall.alarms.none");
    else if (total > shown.length && turn.rows.length) {
      const from = urgent.length + turn.from + 1;
      const to = from + turn.rows.length - 1;
      text = yiwang.word("wall.alarms.of", { from: from, to: to, n: yiwang.number(total) });
    }
    more(list, text);
    yiwang.keyed(list, shown, "data-key", (alarm) => alarm.key, buildAlarm, updateAlarm);
    shown.forEach((alarm, index) => fitPlace(yiwang.field(list.children[index], "place"), alarm.place));
    wall.countWaits();
  };

  /* 1:02:03, beyond a day in days and hours: counted on by this browser's clock. */
  function waited(length) {
    if (length >= 86400000) return yiwang.span(length);
    const seconds = Math.max(0, Math.floor(length / 1000));
    const two = (value) => String(value).padStart(2, "0");
    return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }

  wall.countWaits = function () {
    const now = yiwang.now();
    Array.from(part("alarms").children).forEach(function (item) {
      put(item, "wait", waited(now - Number(item.dataset.since)));
    });
  };

  /* ---- tiles and sources in the head ---- */

  wall.tiles = function (doc) {
    doc.tiles.forEach(function (tile) {
      const element = yiwang.root().querySelector(`.wall-tile[data-kpi="${tile.key}"]`);
      if (!element) return;
      yiwang.setClass(element, `wall-tile is-${tile.state} lv-${tile.level}`);
      yiwang.showFigures(element, tile);
      put(element, "delta", tile.delta ? tile.delta.text : "");
    });
    const ok = doc.sources.filter((source) => source.state === "ok").length;
    const text = yiwang.word("wall.sources", { ok: ok, all: doc.sources.length });
    yiwang.setText(part("sources-sum"), text);
    part("sources-sum").classList.toggle("is-short", doc.sources.some((one) => ["late", "stopped"].includes(one.state)));
  };
})();
