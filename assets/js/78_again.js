/* Working pages stay alive: after a tick the page is fetched again as the server draws it, and only
   what differs is written into what stands, so that scroll, focus and selection stay. A page says
   in data-again after how many seconds at the earliest. Times that have passed are written by the
   server too, so it is fetched at least once a minute, or as often as data-beat says. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const MINUTE = 60000;
  const KEPT = ["open", "aria-sort", "tabindex"]; // what a visitor has done to the page
  let timer = 0;
  let last = 0; // performance.now() of the last answer
  let busy = false;
  let failures = 0;
  let eager = false;

  function isHere() {
    const root = yiwang.root();
    return Boolean(root) && Boolean(root.dataset.again);
  }

  function schedule(wait) {
    if (timer || busy) return;
    timer = window.setTimeout(refresh, wait);
  }

  function later() {
    const pause = Number(yiwang.root().dataset.again) * 1000;
    schedule(Math.max(Math.random() * 300, last + pause - performance.now()));
  }

  async function refresh() {
    window.clearTimeout(timer);
    timer = 0;
    if (!isHere() || document.hidden || busy) return;
    busy = true;
    const root = yiwang.root();
    const href = window.location.href;
    try {
      const response = await fetch(href, {
        cache: "no-store",
        signal: AbortSignal.timeout(20000),
      });
      if (!response.ok) throw new Error("page " + response.status);
      const text = await response.text();
      const page = new DOMParser().parseFromString(text, "text/html");
      const fresh = page.querySelector("#first-paint [data-page]");
      if (!fresh || !fresh.dataset.again) throw new Error("page without numbers");
      if (root === yiwang.root() && href === window.location.href) apply(root, fresh);
      failures = 0;
    } catch (error) {
      failures += 1;
    }
    busy = false;
    last = performance.now();
    if (failures) schedule(Math.min(10000, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
    else checkVersion();
  }

  function apply(root, fresh) {
    ["version", "status", "message", "asOf"].forEach(function (name) {
      root.dataset[name] = fresh.dataset[name] || "";
    });
    const pairs = ["#main", '[data-part="sources"]', ".sources-sum"];
    pairs.forEach(function (selector) {
      const old = root.querySelector(selector);
      const next = fresh.querySelector(selector);
      if (old && next) children(old, next);
    });
    document.documentElement.dataset.paintedVersion = root.dataset.version;
    yiwang.emit("again", root);
  }

  function checkVersion() {
    const tick = yiwang.live.tick;
    if (isHere() && tick && tick.version > Number(yiwang.root().dataset.version)) later();
  }

  const keyOf = (node) => (node.nodeType === 1 && node.getAttribute("data-key")) || null;

  function isSame(old, next) {
    return old.nodeType === next.nodeType && old.nodeName === next.nodeName && keyOf(old) === keyOf(next);
  }

  function children(parent, fresh) {
    const keyed = new Map();
    Array.from(parent.childNodes).forEach((node) => keyOf(node) && keyed.set(keyOf(node), node));
    let place = parent.firstChild;
    Array.from(fresh.childNodes).forEach(function (next) {
      const key = keyOf(next);
      let old = key ? keyed.get(key) : place;
      if (!old || !isSame(old, next) || (!key && keyOf(old))) {
        parent.insertBefore(document.importNode(next, true), place);
        return;
      }
      if (old === place) place = place.nextSibling;
      else parent.insertBefore(old, place);
      node(old, next);
    });
    while (place) {
      const gone = place;
      place = place.nextSibling;
      gone.remove();
    }
  }

  function node(old, next) {
    if (old.nodeType !== 1) {
      if (old.nodeValue !== next.nodeValue) old.nodeValue = next.nodeValue;
      return;
    }
    const part = next.getAttribute("data-part");
    const isTyped = part === "act-dialog" || part === "act-inline" || part === "token-forms";
    if (part === "banner" || isTyped) return; // the live link's, and what is typed
    attributes(old, next);
    if (next.hasAttribute("data-spark")) return spark(old, next);
    if (next.hasAttribute("data-burnup")) return yiwang.drawBurnUp(old);
    children(old, next);
  }

  function attributes(old, next) {
    Array.from(next.attributes).forEach(function (one) {
      if (one.name === "style") return style(old, next);
      if (one.name === "data-spark") return;
      if (old.getAttribute(one.name) !== one.value) old.setAttribute(one.name, one.value);
    });
    Array.from(old.attributes).forEach(function (one) {
      if (KEPT.includes(one.name) || next.hasAttribute(one.name)) return;
      old.removeAttribute(one.name);
    });
  }

  function style(old, next) {
    if (old.style.cssText !== next.style.cssText) old.style.cssText = next.style.cssText;
  }

  function spark(old, next) {
    if (old.dataset.spark === next.dataset.spark) return;
    old.dataset.spark = next.dataset.spark;
    yiwang.drawSpark(old);
  }

  yiwang.on("tick", () => isHere() && checkVersion());
  /* Who has just done something is not kept waiting for the numbers that follow from it. */
  yiwang.on("saved", () => (eager = true));

  yiwang.on("page", function () {
    window.clearTimeout(timer);
    timer = 0;
    last = eager ? -Infinity : performance.now();
    eager = false;
    checkVersion();
  });
  document.addEventListener("visibilitychange", () => isHere() && !document.hidden && later());
  window.setInterval(function () {
    if (!isHere() || document.hidden) return;
    const beat = Number(yiwang.root().dataset.beat) * 1000 || MINUTE;
    if (performance.now() - last > beat) schedule(0);
  }, 1000);
})();
