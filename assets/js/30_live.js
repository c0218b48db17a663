/* The live link: server-sent ticks, watched, reopened, with polling as the way out.
   Rules: close and reopen after 9 s without a byte (the server sends at least every 5 s); never
   trust the browser's own reconnect, it stays closed for ever after an HTTP error; poll after two
   failures and go on trying; nothing is open while the page is hidden, because a browser has only
   six connections to a host. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const SILENCE = 9000;
  const POLL_EVERY = 2000;
  const RETRY_WHILE_POLLING = 15000;
  const JUMP = 1000; // the two clocks of a browser drift apart by less in a second
  const live = (yiwang.live = {
    mode: "none", // none | sse | poll
    lastByte: 0, // performance.now() of the last thing heard; 0: never
    tick: null,
    skew: 0, // server clock minus this clock
    isUnsure: false, // the clock was set or the machine slept: ages hold again with the next tick
  });
  let source = null;
  let opened = 0;
  let failures = 0;
  let reopenTimer = 0;
  let pollTimer = 0;
  let delays = [];
  let odd = 0;
  let drift = Date.now() - performance.now();
  let isResting = false;

  yiwang.now = function () {
    watchClock();
    return Date.now() + live.skew;
  };

  /* The least delayed of the last messages tells the clocks' difference best. Three in a row far
     below it mean that the server's clock was set back. */
  function learnSkew(serverMs) {
    if (!serverMs) return;
    const now = serverMs - Date.now();
    odd = delays.length && now < live.skew - 2000 ? odd + 1 : 0;
    delays = (odd >= 3 ? [] : delays.slice(-19)).concat(now);
    live.skew = Math.max(...delays);
    live.isUnsure = false;
  }

  /* This machine slept, or its clock was set: both look alike from inside. The time told goes on as
     if the clock was set, the link counts as slow, and the server is asked at once. */
  function watchClock() {
    const now = Date.now() - performance.now();
    const jump = now - drift;
    drift = now;
    if (Math.abs(jump) < JUMP || isResting) return;
    delays = [];
    odd = 0;
    live.skew -= jump;
    live.isUnsure = true;
    live.lastByte = Math.min(live.lastByte, performance.now() - SILENCE + 2000);
    window.setTimeout(comeBack, 0);
  }

  function heard(tick) {
    live.lastByte = performance.now();
    learnSkew(tick.server_ms);
    live.tick = tick;
    if (reloadFor(tick.build)) return;
    yiwang.emit("tick", tick);
  }

  /* A new build brings new scripts: load them, but never twice for the same build. */
  function reloadFor(build) {
    const root = yiwang.root();
    const own = root && root.dataset.build;
    if (!build || !own || build === own) return false;
    if (yiwang.renew) return yiwang.renew(build); // a wall loads it unseen
    try {
      if (sessionStorage.getItem("yiwang.reloaded") === build) return false;
      sessionStorage.setItem("yiwang.reloaded", build);
    } catch (error) {
      return false;
    }
    window.location.reload();
    return true;
  }

  function close() {
    if (source) source.close();
    source = null;
  }

  function open() {
    window.clearTimeout(reopenTimer);
    close();
    if (document.hidden || isResting) return;
    opened = performance.now();
    source = new EventSource("/api/live");
    source.addEventListener("tick", function (event) {
      failures = 0;
      stopPolling();
      live.mode = "sse";
      heard(JSON.parse(event.data));
    });
    source.onerror = lost;
  }

  function lost() {
    close();
    failures += 1;
    if (failures >= 2) startPolling();
    const wait =
      live.mode === "poll" ? RETRY_WHILE_POLLING : Math.min(10000, 500 * 2 ** failures);
    window.clearTimeout(reopenTimer);
    reopenTimer = window.setTimeout(open, wait * (0.5 + Math.random() / 2));
  }

  function startPolling() {
    if (live.mode === "poll") return;
    live.mode = "poll";
    poll();
  }

  function stopPolling() {
    window.clearTimeout(pollTimer);
  }

  async function poll() {
    window.clearTimeout(pollTimer);
    if (live.mode !== "poll" || document.hidden || isResting) return;
    try {
      const response = await fetch("/api/tick", {
        cache: "no-store",
        signal: AbortSignal.timeout(5000),
      });
      if (response.ok && live.mode === "poll") heard(await response.json());
    } catch (error) {
      /* the freshness display says it; the next round tries again */
    }
    if (live.mode === "poll") pollTimer = window.setTimeout(poll, POLL_EVERY);
  }

  function watch() {
    if (isResting) return;
    watchClock();
    const now = performance.now();
    if (source && now - Math.max(live.lastByte, opened) > SILENCE) lost();
  }

  function comeBack() {
    failures = 0;
    stopPolling();
    live.mode = "none";
    open();
  }

  /* For good: another copy of the page has taken over. */
  live.rest = function () {
    isResting = true;
    live.mode = "none";
    window.clearTimeout(reopenTimer);
    stopPolling();
    close();
  };

  live.start = function () {
    open();
    window.setInterval(watch, 1000);
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden) return comeBack();
      close();
      stopPolling();
      window.clearTimeout(reopenTimer);
    });
    window.addEventListener("online", comeBack);
    window.addEventListener("offline", lost); // an open stream may not notice for minutes
    window.addEventListener("pagehide", close);
    window.addEventListener("pageshow", (event) => event.persisted && comeBack());
  };
})();
