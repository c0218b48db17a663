/* The walk-through of a video wall: from place to place by the clock alone, so that two walls agree
   without knowing each other. A touch stops it for a minute, L locks it (and stands in the address),
   arrows step, a new emergency takes it along for one stay. Nothing is only to be seen in it: the
   whole city's numbers, alarms and league stand beside the map all the time. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const wall = yiwang.wall;
  const PAUSE = 60000;
  const SHOWN = 300000; // personal data are hidden again by themselves
  const LEAST_JUMP = 30000;
  const state = { held: null, until: 0, metric: null, personal: 0, at: "", key: "" };
  let doc = null;

  /* The twin of readings/wall_profile.slot_at. */
  wall.slotAt = function (now, dwell, count) {
    return dwell <= 0 || count <= 1 ? 0 : Math.floor(now / (dwell * 1000)) % count;
  };

  const dwell = () => Number(yiwang.root().dataset.dwell);
  const places = () => doc.walk;
  const indexOf = (code) => places().findIndex((place) => place.code === code);

  function newEmergency(now) {
    const stay = Math.max(LEAST_JUMP, dwell() * 1000);
    return doc.emergencies.find(
      (one) => now - one.since_ms < stay && now >= one.since_ms && indexOf(one.code) >= 0,
    );
  }

  /* The place a wall is locked to; null for none, also where the address names no place. */
  function lockedTo() {
    const code = yiwang.query("lock");
    return code !== null && indexOf(code) >= 0 ? code : null;
  }

  /* Where the wall is now, why, and how many milliseconds it will be. */
  function whereabouts(now) {
    const locked = lockedTo();
    if (locked !== null) return { at: indexOf(locked), why: "locked" };
    const emergency = newEmergency(now);
    if (emergency) {
      const left = Math.max(LEAST_JUMP, dwell() * 1000) - (now - emergency.since_ms);
      return { at: indexOf(emergency.code), why: "jump", left: left };
    }
    if (state.until > now && state.held !== null && indexOf(state.held) >= 0) {
      return { at: indexOf(state.held), why: "paused", left: state.until - now };
    }
    const at = wall.slotAt(now, dwell(), places().length);
    if (dwell() <= 0) return { at: at, why: "none" };
    return { at: at, why: "walking", left: dwell() * 1000 - (now % (dwell() * 1000)) };
  }

  function metricNow(now, why) {
    const metrics = yiwang.root().dataset.metrics.split(" ");
    if (state.metric && (why === "paused" || why === "locked")) return state.metric;
    state.metric = null;
    const round = (dwell() || 30) * 1000 * Math.max(1, places().length);
    return metrics[Math.floor(now / round) % metrics.length];
  }

  /* ---- what it shows ---- */

  function focus(place) {
    const host = wall.part("focus");
    if (!host.firstChild) {
      host.append(yiwang.make("strong", "wall-focus-name"), yiwang.make("dl", "wall-cells"));
    }
    yiwang.setText(host.firstChild, place.name);
    yiwang.keyed(host.lastChild, place.cells, "data-cell", (cell) => cell.key,
      () => yiwang.make("div", "", [yiwang.make("dt"), yiwang.make("dd")]),
      function (element, cell) {
        yiwang.setClass(element, `wall-cell is-${cell.state} lv-${cell.level}`);
        yiwang.setText(element.firstChild, cell.name);
        const unit = cell.state === "empty" || cell.unit !== "%" ? "" : cell.unit;
        yiwang.setText(element.lastChild, cell.text + unit);
      });
  }

  function showMetric(metric) {
    if (yiwang.mapValues.metric === metric) return;
    yiwang.mapValues.choose(metric);
    yiwang.map.showMetric();
  }

  wall.walk = function (given) {
    doc = given || doc;
    if (!doc || !wall.isHere()) return;
    const now = yiwang.now();
    const here = whereabouts(now);
    const place = places()[here.at];
    focus(place);
    const key = `${place.code} ${yiwang.map.scene ? 1 : 0}`;
    if (state.key !== key && (!yiwang.map.scene || yiwang.map.look(place.code))) state.key = key;
    state.at = place.code;
    const root = yiwang.root();
    root.dataset.place = place.code;
    root.dataset.why = here.why;
    showMetric(metricNow(now, here.why));
    const names = { n: here.at + 1, all: places().length, name: place.name };
    yiwang.setText(wall.part("place"), yiwang.word("wall.walk", names));
    const seconds = { n: Math.ceil((here.left || 0) / 1000) };
    yiwang.setText(wall.part("state"), yiwang.word("wall.walk." + here.why, seconds));
    const lock = root.querySelector('[data-walk="lock"]');
    lock.setAttribute("aria-pressed", String(here.why === "locked"));
    yiwang.setText(lock, yiwang.word(here.why === "locked" ? "wall.unlock" : "wall.lock"));
    showPersonal(now);
  };

  function showPersonal(now) {
    const root = yiwang.root();
    const isOpen = root.dataset.personal === "key" && state.personal > now;
    root.classList.toggle("is-personal", isOpen);
    const word = isOpen ? "wall.shown" : "wall.hidden";
    const text = root.dataset.personal === "key" ? yiwang.word(word) : "";
    yiwang.setText(wall.part("personal"), text);
  }

  wall.forgetPlace = function () {
    state.key = "";
  };

  /* ---- by hand ---- */

  function hold(code) {
    state.held = code;
    state.until = yiwang.now() + PAUSE;
  }

  function step(by) {
    if (!doc || lockedTo() !== null) return;
    const all = places();
    hold(all[(Math.max(0, indexOf(state.at)) + by + all.length) % all.length].code);
    wall.walk();
  }

  function lock() {
    yiwang.setQuery("lock", lockedTo() === null ? state.at : null);
    wall.walk();
  }

  wall.goTo = function (code) {
    if (!doc || indexOf(code) < 0 || lockedTo() !== null) return;
    hold(code);
    wall.walk();
  };

  function nextMetric() {
    const metrics = yiwang.root().dataset.metrics.split(" ");
    choose(metrics[(metrics.indexOf(yiwang.mapValues.metric) + 1) % metrics.length]);
  }

  function choose(metric) {
    if (lockedTo() === null) hold(state.at);
    state.metric = metric;
    wall.walk();
  }

  function personal() {
    if (yiwang.root().dataset.personal !== "key") return;
    const now = yiwang.now();
    state.personal = state.personal > now ? 0 : now + SHOWN;
    wall.walk();
  }

  const KEYS = {
    l: lock,
    h: personal,
    m: nextMetric,
    arrowleft: () => step(-1),
    arrowright: () => step(1),
    home: () => wall.goTo(places()[0].code),
    escape: () => {
      state.until = 0;
      wall.walk();
    },
  };

  document.addEventListener(
    "keydown",
    function (event) {
      if (!doc || !wall.isHere() || event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.target.closest("input, textarea, select, .drawer, .act-dialog")) return;
      const act = KEYS[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
    true,
  );

  document.addEventListener("pointerdown", function (event) {
    if (!doc || !wall.isHere() || !event.target.closest("#wall")) return;
    if (lockedTo() === null) hold(state.at);
    wall.walk();
  });

  document.addEventListener("click", function (event) {
    if (!doc || !wall.isHere()) return;
    const metric = event.target.closest(".wall-metric");
    if (metric) return choose(metric.dataset.metric);
    const button = event.target.closest("[data-walk]");
    if (!button) return;
    if (button.dataset.walk === "lock") lock();
    else step(button.dataset.walk === "next" ? 1 : -1);
  });
})();
