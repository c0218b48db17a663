/* A wall proves its freshness 数据链: the newest event at its source, received, computed, painted,
   each with its age by this screen's corrected clock, and a banner that names what is away.
   Fills #wall-chain in place; only a wall has one. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const LINKS = ["event", "received", "computed", "painted"];
  const ASK_EVERY = 5000;
  const BEHIND_AFTER = 5000; // a new version is on its way for so long
  const SKEW_SHOWN = 2000;
  const screen = (yiwang.screen = { state: "live", painted: null, chain: null });
  let place = null;
  let behindSince = 0;
  let timers = [];

  screen.isWall = () => Boolean(document.getElementById("wall"));

  function make() {
    const items = LINKS.map(function (name) {
      return yiwang.make("li", "chain-link", [
        yiwang.make("span", "chain-name", yiwang.word("chain." + name)),
        yiwang.make("span", "chain-time", "—", { "data-f": "time" }),
        yiwang.make("span", "chain-age", "", { "data-f": "age" }),
      ], { "data-link": name });
    });
    const skew = yiwang.make("span", "chain-skew away", "", { "data-f": "skew" });
    place.replaceChildren(yiwang.make("ol", "chain", items), skew);
    place.setAttribute("aria-label", yiwang.word("chain.label"));
  }

  /* Sources that are late by their own promise, the longest silent first. */
  function lateSources(now) {
    const sources = (screen.chain && screen.chain.sources) || [];
    return sources
      .map((one) => ({ source: one, age: now - one.last_ms }))
      .filter((one) => one.source.last_ms && one.age > 2000 * one.source.interval_seconds)
      .sort((one, other) => other.age - one.age);
  }

  function link(name, at, now, isLate) {
    const item = place.querySelector(`[data-link="${name}"]`);
    const data = yiwang.root().dataset;
    yiwang.setText(yiwang.field(item, "time"), yiwang.clock(at, data.zone));
    const age = at ? yiwang.ageText("age", Math.max(0, now - at)) : yiwang.word("chain.none");
    yiwang.setText(yiwang.field(item, "age"), age);
    item.classList.toggle("is-late", isLate);
  }

  function isBehind() {
    const tick = yiwang.live.tick;
    const is = Boolean(tick && screen.painted && tick.version > screen.painted.version);
    if (!is) behindSince = 0;
    else behindSince = behindSince || performance.now();
    return is && performance.now() - behindSince > BEHIND_AFTER;
  }

  function sourceText(late) {
    const lang = yiwang.root().dataset.lang === "en" ? "en" : "zh";
    return yiwang.word("stale.source", {
      names: late.slice(0, 3).map((one) => one.source[lang]).join(lang === "en" ? ", " : "、"),
      n: late.length,
      age: yiwang.ageText("age", late[0].age),
    });
  }

  function show() {
    if (!place || !place.isConnected || yiwang.isResting) return;
    const now = yiwang.now();
    const found = yiwang.freshness.judge();
    const late = lateSources(now);
    const chain = screen.chain || {};
    link("event", chain.event_ms, now, late.length > 0);
    link("received", chain.received_ms, now, late.length > 0);
    link("computed", found.at, now, ["data", "failed", "rebuilding"].includes(found.reason));
    const painted = screen.painted && screen.painted.at;
    link("painted", painted, now, found.reason === "link" || isBehind());
    const skew = yiwang.live.skew;
    const far = Math.abs(skew) > SKEW_SHOWN;
    const word = "chain." + (skew > 0 ? "slow" : "fast");
    const text = far ? yiwang.word(word, { age: yiwang.ageText("age", Math.abs(skew)) }) : "";
    const mark = yiwang.field(place, "skew");
    yiwang.setText(mark, text);
    yiwang.away(mark, !far);
    tell(found, late);
  }

  function tell(found, late) {
    screen.state = found.reason || (late.length ? "source" : found.mood);
    const line = yiwang.part("banner");
    if (line) line.dataset.cause = found.reason || (late.length ? "source" : "");
  }

  yiwang.freshness.notice = function () {
    if (!screen.isWall()) return "";
    const late = lateSources(yiwang.now());
    return late.length ? sourceText(late) : "";
  };

  async function ask() {
    if (!screen.isWall() || document.hidden || yiwang.isResting) return;
    try {
      const response = await fetch("/api/chain", {
        cache: "no-store",
        signal: AbortSignal.timeout(5000),
      });
      if (response.ok) screen.chain = await response.json();
    } catch (error) {
      /* the banner says that the link is lost */
    }
    show();
  }

  document.addEventListener("yiwang:painted", function (event) {
    const detail = event.detail || {};
    screen.painted = {
      version: Number(detail.version) || 0,
      asOf: detail.as_of_ms || null,
      at: detail.painted_ms || Math.round(yiwang.now()),
      area: detail.area || "",
    };
    show();
  });

  yiwang.on("page", function () {
    timers.forEach((timer) => window.clearInterval(timer));
    timers = [];
    place = document.getElementById("wall-chain");
    if (!place) return;
    make();
    timers = [window.setInterval(show, 1000), window.setInterval(ask, ASK_EVERY)];
    ask();
  });
  yiwang.on("tick", show);

  screen.restChain = () => timers.forEach((timer) => window.clearInterval(timer));
})();
