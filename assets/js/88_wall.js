/* The video wall put together: one document, painted in place; one clock that turns what turns.
   After every paint the document hears `yiwang:painted`. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const wall = yiwang.wall;
  const ASK_EVERY = 10000; // alarms come with time as well, not only with a new version
  let doc = null;
  let asked = 0;
  let turn = 0;
  const dates = {};

  function paint() {
    const root = yiwang.root();
    if (!doc || doc.lang !== root.dataset.lang) return;
    ["tiles", "bars", "league", "duty", "roster", "alarms", "curve", "months"].forEach(function (name) {
      try {
        wall[name](doc);
      } catch (error) {
        console.error("yiwang wall", name, error); // one broken panel must not stop the others
      }
    });
    wall.walk(doc);
  }

  function date(root) {
    const key = root.dataset.lang + root.dataset.zone;
    dates[key] =
      dates[key] ||
      new Intl.DateTimeFormat(root.dataset.lang === "en" ? "en-GB" : "zh-CN", {
        timeZone: root.dataset.zone,
        year: "numeric",
        month: root.dataset.lang === "en" ? "short" : "long",
        day: "numeric",
        weekday: root.dataset.lang === "en" ? "short" : "long",
      });
    yiwang.setText(wall.part("date"), dates[key].format(yiwang.now()));
  }

  function everySecond() {
    if (!wall.isHere() || document.hidden || !doc) return;
    date(yiwang.root());
    wall.walk();
    const now = yiwang.now();
    const next = Math.floor(now / 10000);
    if (next !== turn) {
      turn = next;
      ["league", "duty", "roster", "alarms"].forEach((name) => wall[name](doc));
    } else wall.countWaits();
    if (performance.now() - asked > ASK_EVERY) ask();
  }

  function ask() {
    asked = performance.now();
    yiwang.boards.refresh();
  }

  function tell(version) {
    window.requestAnimationFrame(function () {
      if (!wall.isHere() || !doc) return;
      const tick = yiwang.live.tick || {};
      const detail = {
        version: version,
        as_of_ms: Math.max(doc.as_of_ms || 0, tick.version === version ? tick.as_of_ms || 0 : 0),
        computed_ms: doc.computed_ms,
        painted_ms: yiwang.now(),
        area: doc.area.code,
      };
      document.dispatchEvent(new CustomEvent("yiwang:painted", { detail: detail }));
    });
  }

  function again() {
    if (!wall.isHere()) return;
    wall.layOut();
    yiwang.map.resize();
    wall.forgetPlace();
    paint();
  }

  yiwang.on("wall", function (given) {
    doc = given;
    asked = performance.now();
    paint();
  });

  yiwang.on("painted", (version) => wall.isHere() && tell(version));

  /* The first document came with the page; what was fetched since is newer than Dash's copy. */
  yiwang.on("page", function (root) {
    if (!wall.isHere()) return;
    const given = JSON.parse(root.dataset.document);
    const isOld = doc && doc.lang === given.lang && doc.computed_ms > given.computed_ms;
    if (!isOld) doc = given;
    date(root);
    again();
  });

  yiwang.on("map-bound", again);

  yiwang.on("saved", function () {
    if (!wall.isHere()) return;
    window.setTimeout(ask, 1000);
    window.setTimeout(ask, 6000);
  });

  window.addEventListener("resize", again);
  if (document.fonts) document.fonts.ready.then(again);
  window.setInterval(everySecond, 1000);
})();
