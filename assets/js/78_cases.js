/* Case list: the forms write into the address; saved views stay in this browser. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const STORE = "yiwang.views.cases";
  const MOST_VIEWS = 30;
  const COUNT_HOLDS = 60000;
  // What belongs to a page and not to a view.
  const PASSING = ["offset", "lang"];

  function go(change) {
    const url = new URL(window.location.href);
    change(url.searchParams);
    url.searchParams.delete("offset");
    yiwang.go(url.pathname + url.search);
  }

  function put(query, name, value) {
    if (value) query.set(name, value);
    else query.delete(name);
  }

  function search(form) {
    go(function (query) {
      const values = {};
      form.querySelectorAll("input, select").forEach((one) => (values[one.name] = one.value.trim()));
      const days = [values.from, values.to].filter(Boolean).sort();
      const isSpan = (query.get("window") || "").includes("..");
      if (days.length) values.window = `${days[0]}..${days[days.length - 1]}`;
      else if (isSpan && values.window.includes("..")) delete values.window;
      delete values.from;
      delete values.to;
      Object.entries(values).forEach(([name, value]) => put(query, name, value));
    });
  }

  function columns(form) {
    const chosen = Array.from(form.querySelectorAll("input:checked"), (one) => one.name);
    go((query) => query.set("cols", ["code", ...chosen].join(",")));
  }

  function views() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE) || "[]");
      return Array.isArray(kept) ? kept.filter((one) => one && one.name) : [];
    } catch (error) {
      return [];
    }
  }

  function keep(list) {
    try {
      localStorage.setItem(STORE, JSON.stringify(list.slice(-MOST_VIEWS)));
    } catch (error) {
      /* kept nowhere: the address can still be shared */
    }
    showViews();
  }

  function saveView(form) {
    const name = form.querySelector("input").value.trim();
    if (!name) return form.querySelector("input").focus();
    const query = new URL(window.location.href).searchParams;
    PASSING.forEach((one) => query.delete(one));
    keep(views().filter((one) => one.name !== name).concat({ name: name, query: query.toString() }));
    form.querySelector("input").value = "";
  }

  function showViews() {
    const list = yiwang.part("views");
    if (!list) return;
    const lang = yiwang.root().dataset.lang;
    const items = views().map(function (view) {
      const link = yiwang.make("a", "", view.name, {
        href: `/cases?${view.query}&lang=${lang}`,
        "data-nav": "",
      });
      const label = `${yiwang.word("views.delete")} ${view.name}`;
      const button = yiwang.make("button", "chip-drop", "×", {
        type: "button", "data-drop-view": view.name, "aria-label": label, title: label,
      });
      return yiwang.make("li", "", [link, button]);
    });
    if (!items.length) items.push(yiwang.make("li", "note", yiwang.word("views.none")));
    list.replaceChildren(...items);
  }

  /* A list that is longer than the page counts is counted to its end beside it. */
  const counted = new Map(); // address → {total, at}: turning pages does not count again

  async function totalOf(address) {
    const known = counted.get(address);
    if (known && performance.now() - known.at < COUNT_HOLDS) return known.total;
    const response = await fetch(address, { signal: AbortSignal.timeout(70000) });
    if (!response.ok) return null;
    const total = (await response.json()).total;
    counted.set(address, { total: total, at: performance.now() });
    return total;
  }

  async function count(root) {
    const element = root.querySelector("[data-count]");
    if (!element) return;
    try {
      const total = await totalOf(element.dataset.count);
      if (total === null) return; // "more than" stands
      yiwang.setText(element, yiwang.word("views.count", { n: yiwang.number(total) }));
      element.dataset.total = String(total);
      element.dataset.exact = "1";
    } catch (error) {
      /* as above */
    }
  }

  const WAYS = { filters: search, columns: columns, view: saveView };

  document.addEventListener("submit", function (event) {
    const form = event.target.closest("form[data-cases]");
    if (!form) return;
    event.preventDefault();
    WAYS[form.dataset.cases](form);
  });

  document.addEventListener("change", function (event) {
    const form = event.target.closest("form[data-cases='filters']");
    if (form && event.target.matches("select")) search(form);
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-drop-view]");
    if (button) keep(views().filter((one) => one.name !== button.dataset.dropView));
  });

  yiwang.on("page", function (root) {
    if (root.dataset.page !== "cases" || root.closest("#first-paint")) return;
    showViews();
    count(root);
    const filters = yiwang.part("filters");
    if (filters && window.innerWidth < 700) filters.open = false;
  });
})();
