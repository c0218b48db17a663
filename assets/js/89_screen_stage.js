/* A new version on a wall, unseen 无感更新: it is loaded in a second layer behind the wall and comes
   to the front only when it has painted. If it does not, the old one stays and it is tried again,
   later each time. The page that was loaded first keeps the stage; what it once showed rests. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const screen = yiwang.screen;
  const PATIENCE = 60000;
  const LOOK_EVERY = 250;
  const FIRST_PAUSE = 30000;
  const LONGEST_PAUSE = 600000;
  const LARGEST_HEAP = 400e6;
  const DAY = 20 * 3600000;
  const QUIET_HOUR = "04";
  const HIDDEN = "position:fixed;inset:0;width:100%;height:100%;border:0;opacity:0;pointer-events:none";
  const SHOWN = "position:fixed;inset:0;width:100%;height:100%;border:0;z-index:2147483000";

  function outerStage() {
    try {
      return window.parent !== window && window.parent.yiwang && window.parent.yiwang.stage;
    } catch (error) {
      return null; // framed by a stranger, which the policy forbids anyway
    }
  }

  const outer = outerStage();
  let front = null; // the frame in front; null: the first page itself
  let next = null;
  let pause = FIRST_PAUSE;
  let notBefore = 0;
  let started = performance.now();

  const frontWindow = () => (front ? front.contentWindow : window);

  function renew(build) {
    if (next || performance.now() < notBefore) return false;
    const here = frontWindow();
    next = document.createElement("iframe");
    next.style.cssText = HIDDEN;
    next.title = document.title;
    next.tabIndex = -1;
    next.setAttribute("aria-hidden", "true");
    next.dataset.build = build || "";
    next.src = here.location.href;
    document.body.append(next);
    const until = performance.now() + PATIENCE;
    window.setTimeout(() => look(next, until), LOOK_EVERY);
    return false; // the wall that stands goes on meanwhile
  }

  /* Whether the layer behind shows the wall: its scripts run and its numbers are painted. */
  function isPainted(frame) {
    try {
      const inner = frame.contentWindow;
      return Boolean(
        inner.document.getElementById("wall") &&
          inner.yiwang.screen.painted &&
          inner.yiwang.live.tick &&
          inner.yiwang.live.tick.build === inner.yiwang.root().dataset.build,
      );
    } catch (error) {
      return false; // not loaded, or the browser's own page for a server that is away
    }
  }

  function look(frame, until) {
    if (isPainted(frame)) return window.requestAnimationFrame(() => swap(frame));
    if (performance.now() < until) return window.setTimeout(() => look(frame, until), LOOK_EVERY);
    frame.remove();
    next = null;
    notBefore = performance.now() + pause * (0.5 + Math.random() / 2);
    pause = Math.min(LONGEST_PAUSE, 2 * pause);
  }

  function swap(frame) {
    const old = front;
    frame.style.cssText = SHOWN;
    frame.removeAttribute("aria-hidden");
    front = frame;
    next = null;
    pause = FIRST_PAUSE;
    started = performance.now();
    document.documentElement.dataset.swaps = Number(document.documentElement.dataset.swaps || 0) + 1;
    frame.contentWindow.focus();
    frame.contentWindow.yiwang.enter();
    // What lay in front is taken away only after the new layer has been drawn over it.
    window.setTimeout(() => (old ? old.remove() : rest()), 1000);
  }

  function rest() {
    yiwang.isResting = true;
    yiwang.live.rest();
    screen.restChain();
    screen.restReport();
    const root = yiwang.root();
    if (root) root.style.display = "none";
    yiwang.emit("rest", root);
  }

  yiwang.enter = function () {
    yiwang.isWaiting = false;
    window.setTimeout(screen.report, 3000); // the layer before has just reported
  };

  /* Long life: a fresh copy when memory has grown, and once a day in the quietest hour. */
  function keepYoung() {
    if (next || !screen.isWall()) return;
    const inner = frontWindow();
    const memory = window.performance.memory;
    const age = performance.now() - started;
    const hour = yiwang.clock(yiwang.now(), inner.yiwang.root().dataset.zone).slice(0, 2);
    const isHeavy = memory && memory.usedJSHeapSize > LARGEST_HEAP && age > 3600000;
    if (isHeavy || (age > DAY && hour === QUIET_HOUR)) renew("");
  }

  if (outer) {
    yiwang.isWaiting = true;
    yiwang.renew = (build) => outer.renew(build);
  } else {
    yiwang.stage = { renew: renew };
    yiwang.on("page", function () {
      yiwang.renew = screen.isWall() ? renew : undefined;
    });
    window.setInterval(keepYoung, 60000);
  }
})();
