/* The definition behind a number: asks Dash for it and looks after opening, closing and focus.
   What is inside comes from dashboard/components/definition.py and is left to Dash. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const PATIENCE = 60000;
  let opener = null;
  let wanted = null;
  let failTimer = 0;
  let turned = -1; // which of the buttons that ask for other cases was pressed last

  const drawer = () => document.getElementById("definition-drawer");
  const isOpen = () => Boolean(drawer()) && drawer().dataset.open === "1";

  function isReady() {
    return Boolean(
      drawer() &&
        window.dash_clientside &&
        window.dash_clientside.set_props &&
        document.querySelector("#_pages_content [data-page]"),
    );
  }

  /* Before Dash has started, the wish is kept and fulfilled as soon as it has. */
  function ask(request) {
    const isOther =
      !wanted || !isOpen() || ["kpi", "area", "cut"].some((name) => wanted[name] !== request[name]);
    wanted = request;
    if (!isReady()) {
      window.setTimeout(() => wanted === request && ask(request), 100);
      return;
    }
    const data = yiwang.root().dataset;
    wanted.asked = String(Date.now());
    show();
    wait("facts", isOther);
    wait("cases", isOther);
    window.clearTimeout(failTimer);
    failTimer = window.setTimeout(failed, PATIENCE);
    const own = { window: data.window, lang: data.lang };
    Object.assign(own, yiwang.slice(), cutOf(request.cut));
    window.dash_clientside.set_props("definition-request", { data: Object.assign(own, request) });
  }

  /* "department:12": the one category, source, department or police grid whose number was pressed. */
  function cutOf(text) {
    const [name, ...code] = (text || "").split(":");
    return ["category", "source", "department", "police"].includes(name) ? { [name]: code.join(":") } : {};
  }

  /* Another number's definition is hidden at once; the same number's stays until it is replaced. */
  function wait(name, isOther) {
    const element = document.getElementById("definition-" + name);
    element.dataset.waiting = isOther ? "other" : "same";
    element.dataset.note = yiwang.word("app.loading");
  }

  function arrived() {
    ["facts", "cases"].forEach(function (name) {
      const element = document.getElementById("definition-" + name);
      const answer = element.firstElementChild;
      if (wanted && answer && answer.dataset.asked === wanted.asked) element.dataset.waiting = "";
    });
    drawer().querySelectorAll("[data-spark]").forEach(drawOnce);
    keepFocus();
  }

  /* What is drawn is a change of its own, which must not be drawn again for ever. */
  function drawOnce(spark) {
    if (spark.dataset.drawn === spark.dataset.spark) return;
    spark.dataset.drawn = spark.dataset.spark;
    yiwang.drawSpark(spark);
  }

  const turns = () => Array.from(drawer().querySelectorAll("[data-offset]"));

  /* Dash puts new buttons in place of the pressed one: a keyboard goes on from the same place. */
  function keepFocus() {
    if (!isOpen() || document.activeElement !== document.body) return;
    const button = turns()[turned];
    (button && !button.disabled ? button : drawer()).focus({ preventScroll: true });
  }

  function failed() {
    drawer().querySelectorAll("[data-waiting='other'], [data-waiting='same']").forEach((element) => {
      element.dataset.waiting = "other";
      element.dataset.note = yiwang.word("drawer.failed");
    });
  }

  function show() {
    const element = drawer();
    if (isOpen()) return;
    element.dataset.open = "1";
    element.querySelector(".drawer-close").setAttribute("aria-label", yiwang.word("drawer.close"));
    element.setAttribute("aria-hidden", "false");
    element.setAttribute("aria-label", yiwang.word("drawer.title"));
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
    if (element.dataset.watched) return;
    element.dataset.watched = "1";
    new MutationObserver(arrived).observe(element.querySelector(".drawer-body"), {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ["data-asked"],
    });
  }

  function close() {
    wanted = null;
    if (!isOpen()) return;
    const element = drawer();
    element.dataset.open = "0";
    element.setAttribute("aria-hidden", "true");
    yiwang.setQuery("kpi", null);
    yiwang.setQuery("of", null);
    yiwang.setQuery("cut", null);
    if (opener && opener.isConnected) opener.focus({ preventScroll: true });
    opener = null;
  }

  /* `of`: an area below the page's own, whose number was pressed in the table; `cut`: the part
     whose bar was pressed; `from`: what was pressed, which has the focus again afterwards. */
  function openFor(kpi, of, cut, from) {
    opener = from || yiwang.root().querySelector(`[data-kpi="${kpi}"]`);
    yiwang.setQuery("kpi", kpi);
    yiwang.setQuery("of", of || null);
    yiwang.setQuery("cut", cut || null);
    const area = of || yiwang.root().dataset.area;
    ask({ kpi: kpi, area: area, cut: cut || "", part: "numerator", offset: 0, reason: "" });
  }

  document.addEventListener("click", function (event) {
    const tile = event.target.closest(".page [data-kpi]");
    if (tile) return openFor(tile.dataset.kpi, null, tile.dataset.cut, tile);
    const cell = event.target.closest(".page td[data-col]");
    if (cell) return openFor(cell.dataset.col, cell.closest("tr").dataset.code, null, cell);
    if (event.target.closest("[data-drawer='close']")) return close();
    const turn = event.target.closest(".drawer [data-offset]");
    if (turn && wanted) {
      turned = turns().indexOf(turn);
      ask({
        kpi: wanted.kpi,
        area: wanted.area,
        cut: wanted.cut,
        part: turn.dataset.casePart || "numerator",
        offset: Number(turn.dataset.offset),
        reason: turn.dataset.reason || "",
      });
    }
    if (event.target.closest(".drawer a[data-nav]")) close();
  });

  document.addEventListener("keydown", function (event) {
    if (!isOpen()) return;
    if (event.key === "Escape") close();
    if (event.key === "Tab") keepInside(event);
  });

  /* The page behind is covered: Tab goes round inside the drawer. */
  function keepInside(event) {
    const stops = Array.from(drawer().querySelectorAll("button:not([disabled]), a[href]"));
    if (!stops.length) return;
    const first = stops[0];
    const last = stops[stops.length - 1];
    const here = document.activeElement;
    if (event.shiftKey && (here === first || here === drawer())) {
      event.preventDefault();
      last.focus();
    } else if (!event.shiftKey && here === last) {
      event.preventDefault();
      first.focus();
    }
  }

  /* A shared link with ?kpi= opens what it names. */
  yiwang.on("page", function (root) {
    const kpi = yiwang.query("kpi");
    if (kpi && root.dataset.area && !(wanted && wanted.kpi === kpi)) {
      openFor(kpi, yiwang.query("of"), yiwang.query("cut"));
    } else if (!kpi && isOpen()) close();
  });
})();
