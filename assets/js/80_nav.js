/* Going from page to page inside the loaded application, theme and print. */
(function () {
  "use strict";
  const yiwang = window.yiwang;

  function hasDash() {
    return Boolean(document.querySelector("#_pages_content [data-page]"));
  }

  /* Dash's own link does exactly this; a link in rows that scripts build needs it too. */
  yiwang.go = function (href) {
    if (!hasDash()) return window.location.assign(href);
    const here = window.location.pathname;
    const root = yiwang.root();
    const url = new URL(href, window.location.href);
    const sort = yiwang.query("sort");
    const metric = yiwang.query("metric");
    if (sort && !url.searchParams.has("sort")) url.searchParams.set("sort", sort);
    if (metric && !url.searchParams.has("metric")) url.searchParams.set("metric", metric);
    root.classList.add("is-leaving");
    yiwang.followed = true;
    const isSame = url.href === window.location.href;
    url.searchParams.set("at", String(Date.now())); // or Dash might see no change in the address
    window.history[isSame ? "replaceState" : "pushState"]({}, "", url);
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    if (url.pathname !== here) window.scrollTo(0, 0);
  };

  yiwang.on("page", function () {
    if (yiwang.query("at")) yiwang.setQuery("at", null);
  });

  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-nav]");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    yiwang.go(link.getAttribute("href"));
  });

  function switchTheme() {
    const html = document.documentElement;
    html.dataset.theme = html.dataset.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("yiwang.theme", html.dataset.theme);
    } catch (error) {
      /* kept for this page only */
    }
    yiwang.emit("theme", html.dataset.theme);
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-action]");
    if (!button) return;
    if (button.dataset.action === "theme") switchTheme();
    if (button.dataset.action === "print") window.print();
  });

  /* A list that folds out closes when the visitor goes elsewhere. */
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.sources[open]").forEach(function (box) {
      if (!box.contains(event.target)) box.open = false;
    });
  });
})();
