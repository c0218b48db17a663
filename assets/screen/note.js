/* A note on a screen asks again and again whether the wall may be shown, and only then loads it: a
   page that reloaded blindly would show the browser's own error while the server is away. */
(function () {
  "use strict";
  const EVERY = 5000;

  async function ask() {
    try {
      const response = await fetch(window.location.href, {
        cache: "no-store",
        signal: AbortSignal.timeout(10000),
      });
      if (response.ok) return window.location.reload();
    } catch (error) {
      /* the server is away: the next round tries again */
    }
    window.setTimeout(ask, EVERY);
  }

  window.setTimeout(ask, EVERY);
})();
