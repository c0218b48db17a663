/* Fetching what the page shows: once per version, conditionally, at most one request in flight.
   A page names the address of its document in data-live; pages without one do not move. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const JITTER = 300;
  const boards = (yiwang.boards = { current: null });
  let etag = null;
  let etagAddress = "";
  let seen = null; // newest version asked for and answered, also by "nothing changed"
  let busy = false;
  let again = false;
  let retries = 0;
  let timer = 0;

  /* The codes a page is cut to: category, source, department, police grid. */
  yiwang.slice = function () {
    const data = yiwang.root().dataset;
    const names = ["category", "source", "department", "police"].filter((name) => data[name]);
    return Object.fromEntries(names.map((name) => [name, data[name]]));
  };

  function address() {
    const data = yiwang.root().dataset;
    const query = new URLSearchParams({ area: data.area, window: data.window, lang: data.lang });
    Object.entries(yiwang.slice()).forEach(([name, code]) => query.set(name, code));
    return data.live + (data.live.includes("?") ? "&" : "?") + query;
  }

  function isLivePage() {
    const root = yiwang.root();
    return Boolean(root) && Boolean(root.dataset.live);
  }

  function schedule(wait) {
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, wait);
  }

  async function ask(url) {
    const headers = etag && etagAddress === url ? { "If-None-Match": etag } : {};
    const response = await fetch(url, {
      headers: headers,
      cache: "no-store",
      signal: AbortSignal.timeout(15000),
    });
    if (response.status === 304) {
      await response.text(); // an answer left unread counts as aborted
      return { board: null, version: Number(response.headers.get("Yiwang-Version")) };
    }
    if (!response.ok) throw new Error("board " + response.status);
    const board = await response.json();
    etag = response.headers.get("ETag");
    etagAddress = url;
    return { board: board, version: board.version };
  }

  async function refresh() {
    window.clearTimeout(timer);
    timer = 0;
    if (!isLivePage() || document.hidden) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    const url = address();
    try {
      const { board, version } = await ask(url);
      retries = 0;
      if (isLivePage() && address() === url) {
        if (board) apply(board);
        painted(version);
      }
    } catch (error) {
      retries += 1;
      schedule(Math.min(10000, 500 * 2 ** retries) * (0.5 + Math.random() / 2));
    }
    busy = false;
    if (again) schedule(0);
  }

  function apply(board) {
    boards.current = board;
    const data = yiwang.root().dataset;
    data.version = String(board.version);
    data.status = board.status;
    data.message = board.message || "";
    if (board.as_of_ms) data.asOf = String(board.as_of_ms);
    yiwang.emit("head", board);
    yiwang.emit(data.page, board);
  }

  /* Not every version changes this area's figures; then the old answer holds for the new version.
     An answer of an older version, kept while none can be computed, is asked for again. The
     attribute tells from outside which version stands in the page. */
  function painted(version) {
    seen = version;
    document.documentElement.dataset.paintedVersion = String(version);
    yiwang.emit("painted", version);
  }

  yiwang.on("tick", function (tick) {
    if (!isLivePage()) return;
    const shown = seen === null ? Number(yiwang.root().dataset.version) : seen;
    if (tick.version !== shown && !timer) schedule(Math.random() * JITTER);
  });

  boards.refresh = () => schedule(0);

  /* A page drawn by Dash may be older than what was already shown: ask at once. */
  yiwang.on("page", function () {
    boards.current = null;
    etag = null;
    seen = null;
    schedule(0);
  });
})();
