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
    return dataAge > limit && !yiwang.live.isUnsure ? "data" : null;
  }

  function message(found, data) {
    const code = (yiwang.live.tick && yiwang.live.tick.message) || data.message;
    const text = yiwang.hasWord("message." + code) ? yiwang.word("message." + code) : code;
    return yiwang.word("stale." + found.reason, {
      time: yiwang.clock(found.at, data.zone),
      age: yiwang.ageText("age", found.age),
      message: text || yiwang.word("stale.unknown"),
    });
  }

  /* Why the figures of this page are old, if they are: {reason, mood, at, age}. */
  function judge() {
    const data = yiwang.root().dataset;
    const at = completeUpTo(data);
    const age = at ? Math.max(0, yiwang.now() - at) : 0;
    const early = yiwang.renew ? 1000 : 0; // a wall has to say it within its limit
    const limit = (Number(data.staleAfter) || 10) * 1000 - early;
    const linkAge = performance.now() - (yiwang.live.lastByte || started);
    const reason = reasonOf(data, linkAge, age, limit);
    const isSlow = Math.max(age, linkAge) > AMBER_AFTER;
    const mood = reason ? "stale" : isSlow ? "late" : "live";
    return { reason: reason, mood: mood, at: at, age: age };
  }

  function show() {
    const root = yiwang.root();
    const box = yiwang.part("fresh");
    if (!box || yiwang.isResting) return;
    const data = root.dataset;
    const found = judge();
    yiwang.setClass(box, "fresh fresh-" + found.mood);
    yiwang.setText(yiwang.field(box, "as-of"), yiwang.clock(found.at, data.zone));
    const text = found.at ? "· " + yiwang.ageText("fresh", found.age) : yiwang.word("fresh.none");
    yiwang.setText(yiwang.field(box, "age"), text);
    const polled = found.mood === "live" && yiwang.live.mode === "poll";
    const mode = polled ? "polling" : found.mood;
    yiwang.setText(yiwang.field(box, "mode"), yiwang.word("fresh." + mode));
    const isOld = ["link", "data", "failed"].includes(found.reason);
    root.classList.toggle("is-old", isOld);
    const banner = yiwang.part("banner");
    const notice = yiwang.freshness.notice; // what a wall has to say of its sources
    const told = found.reason ? message(found, data) : (notice && notice()) || "";
    yiwang.setText(banner, told);
    yiwang.away(banner, !told);
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

  yiwang.freshness = { show: show, judge: judge, message: message };
  yiwang.on("tick", show);
  yiwang.on("page", show);
})();
