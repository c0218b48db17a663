/* How old the figures are, by this browser's own clock corrected for its difference from the
   server's. Two clocks: when the server was last heard, and up to when its data are complete. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const AMBER_AFTER = 6500; // one heartbeat of five seconds may pass unseen
  const started = performance.now();

  /* Data are complete up to the last check of the change log, not up to the last change. */
  function completeUpTo(data) {
    const tick = yiwang.live.tick || {};
    const asOf = tick.as_of_ms || Number(data.asOf) || 0;
    return Math.max(asOf, tick.checked_at_ms || 0);
  }

  function reasonOf(data, linkAge, dataAge, limit) {
    const status = (yiwang.live.tick && yiwang.live.tick.status) || data.status;
    if (linkAge > limit) return "link";
    if (status === "failed" || status === "rebuilding" || status === "empty") return status;
    return dataAge > limit ? "data" : null;
  }

  function message(reason, at, age, data) {
    const code = (yiwang.live.tick && yiwang.live.tick.message) || data.message;
    const text = yiwang.hasWord("message." + code) ? yiwang.word("message." + code) : code;
    return yiwang.word("stale." + reason, {
      time: yiwang.clock(at, data.zone),
      age: yiwang.ageText("age", age),
      message: text || yiwang.word("stale.unknown"),
    });
  }

  function show() {
    const root = yiwang.root();
    const box = yiwang.part("fresh");
    if (!box) return;
    const data = root.dataset;
    const at = completeUpTo(data);
    const age = at ? Math.max(0, yiwang.now() - at) : 0;
    const limit = Number(data.staleAfter) * 1000;
    const linkAge = performance.now() - (yiwang.live.lastByte || started);
    const reason = reasonOf(data, linkAge, age, limit);
    const isOld = reason === "link" || reason === "data" || reason === "failed";
    const mood = isOld || reason ? "stale" : Math.max(age, linkAge) > AMBER_AFTER ? "late" : "live";
    yiwang.setClass(box, "fresh fresh-" + mood);
    yiwang.setText(yiwang.field(box, "as-of"), yiwang.clock(at, data.zone));
    const text = at ? "· " + yiwang.ageText("fresh", age) : yiwang.word("fresh.none");
    yiwang.setText(yiwang.field(box, "age"), text);
    const polled = mood === "live" && yiwang.live.mode === "poll";
    yiwang.setText(yiwang.field(box, "mode"), yiwang.word("fresh." + (polled ? "polling" : mood)));
    root.classList.toggle("is-old", isOld);
    const banner = yiwang.part("banner");
    yiwang.setText(banner, reason ? message(reason, at, age, data) : "");
    yiwang.away(banner, !reason);
  }

  /* The line about a missing calendar year comes and goes by itself at the turn of the month. */
  yiwang.notice = function (notice) {
    const place = yiwang.part("calendar-notice");
    if (!place || place.textContent === (notice ? notice.text : "")) return;
    if (!notice) return place.replaceChildren();
    const data = yiwang.root().dataset;
    const query = new URLSearchParams({ window: data.window, lang: data.lang, year: notice.year });
    const link = { href: "/calendar?" + query, "data-nav": "" };
    place.replaceChildren(yiwang.make("a", "notice-line", notice.text, link));
  };

  yiwang.freshness = { show: show };
  yiwang.on("tick", show);
  yiwang.on("page", show);
})();
