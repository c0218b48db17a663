/* The catalogue of KPIs: values in place, and the filter over what stands on the page. */
(function () {
  "use strict";
  const yiwang = window.yiwang;

  function rows() {
    return Array.from(yiwang.root().querySelectorAll("tr[data-row]"));
  }

  function isHere() {
    return Boolean(yiwang.root() && yiwang.part("kpis-filter"));
  }

  /* Every word that was typed must be found somewhere in the row. */
  function matches(row, words, level) {
    if (level && row.dataset.level !== level) return false;
    return words.every((word) => row.dataset.search.includes(word));
  }

  function apply() {
    const words = (yiwang.query("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    const level = yiwang.query("level") || "";
    const all = rows();
    let shown = 0;
    all.forEach(function (row) {
      const fits = matches(row, words, level);
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    yiwang.root().querySelectorAll("[data-subject]").forEach(function (card) {
      card.hidden = !card.querySelector("tr[data-row]:not([hidden])");
    });
    yiwang.away(yiwang.part("kpis-nothing"), shown > 0);
    const text = yiwang.part("kpis-filter").dataset.shown.replace("#", String(shown));
    yiwang.setText(yiwang.part("kpis-shown"), text);
    yiwang.root().querySelectorAll("[data-level-filter]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.levelFilter === level));
    });
  }

  document.addEventListener("input", function (event) {
    if (!isHere() || event.target.name !== "q") return;
    yiwang.setQuery("q", event.target.value.trim() || null);
    apply();
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-level-filter]");
    if (!button || !isHere()) return;
    yiwang.setQuery("level", button.dataset.levelFilter || null);
    apply();
  });

  function update(row, item) {
    yiwang.setClass(row, `is-${item.state} lv-${item.level}`);
    row.dataset.level = item.level;
    yiwang.showFigures(row, item);
    const spark = row.querySelector("[data-spark]");
    const points = JSON.stringify(item.spark);
    if (spark.dataset.spark === points) return;
    spark.dataset.spark = points;
    yiwang.drawSpark(spark);
  }

  yiwang.on("kpis", function (catalogue) {
    if (!isHere()) return;
    const items = new Map();
    catalogue.groups.forEach((group) => group.items.forEach((item) => items.set(item.key, item)));
    rows().forEach((row) => items.has(row.dataset.row) && update(row, items.get(row.dataset.row)));
    Object.entries(catalogue.levels).forEach(function ([level, count]) {
      yiwang.setText(yiwang.field(yiwang.root(), "level-" + level), String(count));
    });
    apply();
  });

  yiwang.on("page", function () {
    if (!isHere()) return;
    const box = yiwang.root().querySelector('input[name="q"]');
    if (box) box.value = yiwang.query("q") || "";
    apply();
  });
})();
