/* Start: bind to the page on screen, again whenever Dash puts another one there. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  let bound = null;

  function bind() {
    const root = yiwang.root();
    if (!root || root === bound) return;
    const first = document.getElementById("first-paint");
    if (first && !first.contains(root)) first.remove(); // Dash's copy stands: same frame, no flash
    bound = root;
    yiwang.readWords(root);
    document.documentElement.lang = root.dataset.lang === "en" ? "en" : "zh-CN";
    title();
    yiwang.emit("page", root);
    if (yiwang.followed && document.activeElement === document.body) focusTitle(root);
    yiwang.followed = false;
    if (root.dataset.retry) window.setTimeout(tryAgain, 3000);
  }

  /* A page that waits loads itself again once there is something to show: a blind reload would end
     on the browser's own error page while the server is away. */
  async function tryAgain() {
    try {
      const response = await fetch(window.location.href, {
        cache: "no-store",
        signal: AbortSignal.timeout(10000),
      });
      const text = await response.text();
      if (response.status < 500 && !text.includes('data-retry="1"')) return window.location.reload();
    } catch (error) {
      /* the next round tries again */
    }
    if (bound && bound.dataset.retry) window.setTimeout(tryAgain, 3000);
  }

  function title() {
    if (bound && bound.dataset.title && document.title !== bound.dataset.title) {
      document.title = bound.dataset.title;
    }
  }

  /* After a link was followed the focus would be nowhere: a keyboard goes on from the heading. */
  function focusTitle(root) {
    const heading = root.querySelector("h1");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  function everySecond() {
    if (document.hidden) return;
    yiwang.freshness.show();
    yiwang.countDue();
  }

  bind();
  new MutationObserver(bind).observe(document.body, { childList: true, subtree: true });
  const head = document.querySelector("title");
  if (head) new MutationObserver(title).observe(head, { childList: true });
  window.setInterval(everySecond, 1000);
  if (document.readyState === "complete") yiwang.live.start();
  else window.addEventListener("load", yiwang.live.start, { once: true });
})();
