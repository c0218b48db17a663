/* Values of the grids: one array per metric in the geometry's order, fetched conditionally. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const EVERY = 2000; // at most one request in this time: a map is read, not watched
  const METRICS = [
    "case.overdue",
    "case.open",
    "case.due_soon",
    "case.accepted",
    "case.on_time_closure_rate",
    "visit.satisfaction_rate",
    "duty.grid_coverage_rate",
  ];
  const state = { metric: METRICS[0], values: null, address: "", etag: null, last: 0, version: null };
  let timer = 0;
  let busy = false;

  yiwang.mapValues = state;

  function addressNow() {
    const data = yiwang.root().dataset;
    const days = data.mapWindow || data.window;
    const query = { metric: state.metric, window: days, lang: data.lang };
    return "/api/map-values?" + new URLSearchParams(query);
  }

  async function load() {
    timer = 0;
    if (busy || document.hidden || !yiwang.part("map-host")) return;
    busy = true;
    state.last = performance.now();
    const address = addressNow();
    try {
      const same = state.etag && state.address === address;
      const response = await fetch(address, {
        headers: same ? { "If-None-Match": state.etag } : {},
        cache: "no-store",
        signal: AbortSignal.timeout(15000),
      });
      if (response.ok) {
        const values = await response.json();
        if (addressNow() === address) take(values, address, response.headers.get("ETag"));
      } else if (response.status === 304) await response.text();
      else throw new Error("map values " + response.status);
    } catch (error) {
      plan(4000);
    }
    busy = false;
    if (yiwang.part("map-host") && addressNow() !== address) plan(0);
  }

  function take(values, address, etag) {
    state.values = values;
    state.address = address;
    state.etag = etag;
    yiwang.emit("map-values", values);
  }

  function plan(wait) {
    if (timer) {
      if (wait) return;
      window.clearTimeout(timer);
    }
    timer = window.setTimeout(load, wait);
  }

  /* Class of a value: how many of the ascending breaks it has reached; -1: no data. Whether a
     grid is covered is a yes or a no: the lowest class or the highest. */
  yiwang.classOf = function (value, breaks, metric) {
    if (value === null || value === undefined) return -1;
    if (metric === "duty.grid_coverage_rate") return value > 0 ? breaks.length : 0;
    let at = 0;
    while (at < breaks.length && value >= breaks[at]) at += 1;
    return at;
  };

  state.choose = function (metric) {
    if (!METRICS.includes(metric) || metric === state.metric) return;
    state.metric = metric;
    plan(0);
  };

  yiwang.on("tick", function (tick) {
    if (tick.version === state.version || !yiwang.part("map-host")) return;
    state.version = tick.version;
    plan(Math.max(1, EVERY - (performance.now() - state.last)));
  });

  yiwang.on("page", function () {
    const wanted = yiwang.query("metric");
    if (METRICS.includes(wanted)) state.metric = wanted;
    if (!yiwang.part("map-host")) return;
    if (state.values && state.address === addressNow()) yiwang.emit("map-values", state.values);
    plan(0);
  });
})();
