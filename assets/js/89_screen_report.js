/* A wall reports itself 心跳 every ten seconds: what it shows, how it is; and hears whether its token
   still holds. The screen's code is made once and kept in this browser, or given by the kiosk in
   the address (?screen=). */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const screen = yiwang.screen;
  const EVERY = 10000;
  const MOST_PAINTS = 20;
  let paints = [];
  let last = "";
  let timer = 0;
  let note = null;

  function code() {
    const given = yiwang.query("screen");
    let kept = null;
    try {
      kept = localStorage.getItem("yiwang.screen");
      if (given || !kept) {
        kept = given || window.crypto.getRandomValues(new Uint32Array(3)).join("-");
        localStorage.setItem("yiwang.screen", kept);
      }
    } catch (error) {
      kept = kept || given || "no-storage-" + Math.floor(performance.timeOrigin);
    }
    return kept.toLowerCase().replace(/[^a-z0-9-]/g, "-").slice(0, 40).padEnd(8, "-");
  }

  /* FNV-1a over the texts of the tiles: the same numbers give the same eight letters anywhere. */
  function hash(texts) {
    let sum = 0x811c9dc5;
    for (const sign of texts.join("\u001f")) {
      sum = Math.imul(sum ^ sign.codePointAt(0), 0x01000193) >>> 0;
    }
    return sum.toString(16).padStart(8, "0");
  }

  screen.shownHash = function () {
    const wall = document.getElementById("wall");
    const marked = wall.querySelectorAll("[data-hash]");
    const tiles = marked.length ? marked : wall.querySelectorAll('[data-kpi] [data-f="text"]');
    return hash(Array.from(tiles, (one) => one.textContent.trim()));
  };

  document.addEventListener("yiwang:painted", function () {
    const painted = screen.painted;
    const key = painted.version + "|" + painted.area;
    if (key === last || !screen.isWall()) return;
    last = key;
    paints = paints.slice(1 - MOST_PAINTS);
    paints.push([painted.version, what(painted), screen.shownHash()]);
    if (!timer && !yiwang.isWaiting && !yiwang.isResting) report();
  });

  /* Two screens may differ in what they are asked to show; only like is compared with like. */
  function what(painted) {
    const data = yiwang.root().dataset;
    return [painted.area, data.window || "", data.lang || "", data.build || ""].join("|").slice(0, 80);
  }

  function body() {
    const data = yiwang.root().dataset;
    const painted = screen.painted || { version: Number(data.version) || 0, asOf: null, at: null };
    const memory = window.performance.memory;
    return {
      profile: data.profile || document.getElementById("wall").dataset.profile || "default",
      version: painted.version,
      as_of_ms: painted.asOf,
      painted_ms: painted.at ? Math.round(painted.at) : null,
      build: (data.build || "").slice(0, 60),
      state: screen.state,
      heap: memory ? memory.usedJSHeapSize : null,
      skew_ms: Math.round(yiwang.live.skew),
      viewport: `${window.innerWidth}×${window.innerHeight}@${window.devicePixelRatio}`,
      paints: paints,
    };
  }

  function schedule() {
    window.clearTimeout(timer);
    timer = window.setTimeout(report, EVERY);
  }

  async function report() {
    if (!screen.isWall() || yiwang.isResting || yiwang.isWaiting) return;
    schedule();
    const sent = body();
    try {
      const response = await fetch("/api/screens/" + code(), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(sent),
        signal: AbortSignal.timeout(8000),
      });
      if (!response.ok) return;
      const said = await response.json();
      if (said.is_kept) paints = paints.filter((one) => !sent.paints.includes(one));
      screen.number = said.screen || screen.number;
      standing(said);
    } catch (error) {
      /* the server is away: the next report comes */
    }
  }

  /* A revoked token: the numbers go, a calm note stands, and the screen goes on asking. */
  function standing(said) {
    const isOut = said.token === "revoked" || said.token === "unknown";
    if (isOut === Boolean(note)) return;
    const wall = document.getElementById("wall");
    wall.style.visibility = isOut ? "hidden" : "";
    if (!isOut) {
      note.remove();
      note = null;
      return;
    }
    const lines = [
      yiwang.make("h1", "", yiwang.word("note." + said.token)),
      yiwang.make("p", "", yiwang.word("note.screen") + " " + (said.name || code())),
      yiwang.make("p", "", yiwang.word("note.ask", { contact: said.contact || "" })),
    ];
    note = yiwang.make("div", "screen-note", lines, { role: "status" });
    document.body.append(note);
  }

  screen.report = report;
  screen.code = code;
  screen.restReport = () => window.clearTimeout(timer);

  yiwang.on("page", function () {
    if (screen.isWall() && !timer) timer = window.setTimeout(report, EVERY / 2);
  });
})();
