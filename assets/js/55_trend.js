/* The trend chart. The figure comes from dashboard/figures/trend.py with colours named after
   design tokens; here they become the theme's colours. Values are restyled in place. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const SERIES = ["accepted", "closed", "overdue"];
  let loading = null;
  let drawn = null; // the host that holds a chart

  function script(address) {
    return new Promise(function (resolve, reject) {
      const element = document.createElement("script");
      element.src = address;
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  /* The chart library is loaded after the page, so that it never delays the first numbers. */
  function library() {
    if (window.Plotly) return Promise.resolve();
    if (!loading) {
      const data = document.body.dataset;
      loading = script(data.plotly).then(() => script(data.plotlyLocale));
      loading.catch(() => (loading = null));
    }
    return loading;
  }

  function tokens() {
    const style = getComputedStyle(document.documentElement);
    return (name) => style.getPropertyValue("--" + name).trim() || "#888";
  }

  function inColour(value, colour) {
    if (typeof value === "string") {
      return value.startsWith("token:") ? colour(value.slice(6)) : value;
    }
    if (Array.isArray(value)) return value.map((item) => inColour(item, colour));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, inColour(v, colour)]));
    }
    return value;
  }

  function figureOf(host) {
    const figure = JSON.parse(host.dataset.figure);
    return inColour({ data: figure.data, layout: figure.layout }, tokens());
  }

  async function draw() {
    const host = yiwang.part("trend-host");
    if (!host) return;
    await library();
    if (!host.isConnected || yiwang.part("trend-host") !== host) return;
    if (drawn && drawn !== host) window.Plotly.purge(drawn);
    const figure = figureOf(host);
    const locale = yiwang.root().dataset.lang === "zh" ? "zh-CN" : "en";
    const config = { displayModeBar: false, responsive: true, locale: locale, doubleClick: false };
    drawn = host;
    await window.Plotly.react(host, figure.data, figure.layout, config);
    host.classList.add("is-drawn");
  }

  function totals(trend) {
    SERIES.forEach(function (name) {
      const known = trend[name].filter((value) => value !== null);
      let text = "—";
      if (known.length && name === "overdue") {
        text = yiwang.word("trend.latest", { n: yiwang.number(known[known.length - 1]) });
      } else if (known.length) {
        const sum = known.reduce((a, b) => a + b, 0);
        text = yiwang.word("trend.total", { n: yiwang.number(sum) });
      }
      yiwang.setText(yiwang.field(yiwang.part("trend"), "trend-" + name), text);
    });
  }

  /* Whole steps on a small axis only, as in dashboard/figures/trend.py. */
  function steps(trend) {
    const step = (...series) => (Math.max(0, ...series.flat()) <= 3 ? 1 : null);
    return {
      "yaxis.dtick": step(trend.accepted, trend.closed),
      "yaxis2.dtick": step(trend.overdue),
    };
  }

  yiwang.on("board", function (board) {
    const host = yiwang.part("trend-host");
    if (!host) return;
    totals(board.trend);
    const figure = JSON.parse(host.dataset.figure);
    figure.data.forEach(function (trace, index) {
      trace.x = board.trend.days;
      trace.y = board.trend[SERIES[index]];
    });
    const text = JSON.stringify(figure);
    if (text === host.dataset.figure) return;
    host.dataset.figure = text;
    if (drawn === host && window.Plotly) {
      const columns = (key) => figure.data.map((trace) => trace[key]);
      window.Plotly.update(host, { x: columns("x"), y: columns("y") }, steps(board.trend));
    }
  });

  function drawWhenIdle() {
    const later = window.requestIdleCallback || ((run) => window.setTimeout(run, 50));
    later(() => draw().catch(() => window.setTimeout(drawWhenIdle, 5000)), { timeout: 1500 });
  }

  yiwang.on("page", function () {
    if (document.readyState === "complete") drawWhenIdle();
    else window.addEventListener("load", drawWhenIdle, { once: true });
  });
  yiwang.on("theme", draw);
})();
