/* Overdue cases, break-downs, duty, portrait and sources, all in place by key. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const make = yiwang.make;

  /* The twin of components/case_marks.py: by its code where an address can carry it. */
  yiwang.caseHref = function (row) {
    const isPlain = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(row.case_code);
    const name = isPlain ? row.case_code : String(row.case_id);
    return `/case/${encodeURIComponent(name)}?lang=${yiwang.root().dataset.lang}`;
  };

  function buildCase(row) {
    const department = row.department || yiwang.word("overdue.no_department");
    const first = [
      make("a", "case-category case-open", row.category || "—", {
        href: yiwang.caseHref(row),
        "data-nav": "",
      }),
      make("span", "case-due", "", { "data-deadline": row.deadline_ms === null ? "" : row.deadline_ms }),
    ];
    if (row.is_urgent) first.unshift(make("span", "urgent", yiwang.word("overdue.urgent")));
    const second = [
      make("span", "case-area", row.area),
      make("span", "case-unit", `${department} · ${row.state_name}`),
    ];
    const lines = [make("div", "case-line", first), make("div", "case-line case-minor", second)];
    return make("li", "case", lines, { title: row.case_code });
  }

  function updateCase(element, row) {
    const department = row.department || yiwang.word("overdue.no_department");
    yiwang.setText(element.querySelector(".case-category"), row.category || "—");
    yiwang.setText(element.querySelector(".case-area"), row.area);
    yiwang.setText(element.querySelector(".case-unit"), `${department} · ${row.state_name}`);
    const deadline = row.deadline_ms === null ? "" : String(row.deadline_ms);
    element.querySelector(".case-due").dataset.deadline = deadline;
  }

  yiwang.countDue = function () {
    const root = yiwang.root();
    if (!root || !yiwang.live.tick) return; // until the server's clock is known its texts stand
    const now = yiwang.now();
    root.querySelectorAll(".case-due[data-deadline]").forEach(function (element) {
      const deadline = element.dataset.deadline;
      yiwang.setText(element, yiwang.due(deadline === "" ? null : Number(deadline), now));
    });
  };

  function overdue(board) {
    const card = yiwang.part("overdue");
    const list = yiwang.part("overdue-rows");
    if (!card || !list) return;
    yiwang.keyed(list, board.overdue.rows, "data-case", (row) => row.case_id, buildCase, updateCase);
    const total = yiwang.word("overdue.total", { n: yiwang.number(board.overdue.total) });
    yiwang.setText(yiwang.field(card, "total"), total);
    yiwang.away(yiwang.field(card, "nothing"), board.overdue.rows.length > 0);
    yiwang.countDue();
  }

  /* As in dashboard/components/breakdown.py: a named part leads to its own board and its numbers
     open their definition; all others together are only told. */
  function buildBar(part, subject) {
    const number = function (name, kpi) {
      const field = { "data-f": name };
      if (part.code === null) return make("span", "bar-" + name, "", field);
      const cut = { "data-kpi": kpi, "data-cut": `${subject}:${part.code}` };
      return make("button", "bar-" + name, "", Object.assign(cut, field));
    };
    const title = { title: part.name };
    const query = new URLSearchParams(Object.assign(yiwang.slice(), { [subject]: part.code }));
    const href = `${yiwang.areaHref(yiwang.root().dataset.area)}&${query}`;
    const name =
      part.code === null
        ? make("span", "bar-name", part.name, title)
        : make("a", "bar-name", part.name, Object.assign({ href: href, "data-nav": "" }, title));
    return make("li", part.code === null ? "bar-row is-others" : "bar-row", [
      name,
      number("late", "case.overdue"),
      number("value", "case.accepted"),
      make("span", "bar-line"),
    ]);
  }

  function breakdown(card, parts) {
    const others = yiwang.word("breakdown.others");
    const named = parts.filter((part) => part.name !== others);
    const top = Math.max(0, ...named.map((part) => part.value));
    const build = (part) => buildBar(part, card.dataset.breakdown);
    yiwang.keyed(card.querySelector(".bars"), parts, "data-name", (part) => part.name, build,
      function (element, part) {
        const late = part.overdue
          ? yiwang.word("breakdown.overdue", { n: yiwang.number(part.overdue) })
          : "";
        yiwang.setText(yiwang.field(element, "late"), late);
        yiwang.field(element, "late").hidden = !late;
        yiwang.setText(yiwang.field(element, "value"), yiwang.number(part.value));
        const length = top ? String(Math.min(1, Math.round((part.value / top) * 1000) / 1000)) : "0";
        yiwang.setStyle(element.querySelector(".bar-line"), "--share", length);
      });
    yiwang.away(card.querySelector(".nothing"), parts.length > 0);
  }

  function duty(board) {
    const card = yiwang.part("duty");
    if (!card) return;
    const now = board.duty || {};
    card.querySelectorAll("[data-duty]").forEach(function (element) {
      const name = element.dataset.duty;
      const text =
        name === "grids"
          ? yiwang.word("duty.grids_of", {
              covered: yiwang.number(now.grids_covered),
              required: yiwang.number(now.grids_required),
            })
          : yiwang.number(now[name]);
      yiwang.setText(element, text);
    });
    card.querySelectorAll("[data-duty-bar]").forEach(function (element) {
      yiwang.setStyle(element, "--share", String(now[element.dataset.dutyBar] || 0));
    });
    const workers = yiwang.word("duty.workers", { n: yiwang.number(now.workers_active) });
    yiwang.setText(yiwang.field(card, "workers"), workers);
  }

  function portrait(board) {
    const card = yiwang.part("grid");
    if (!card || !board.grid) return;
    const zone = yiwang.root().dataset.zone;
    ["open", "overdue"].forEach(function (name) {
      yiwang.setText(card.querySelector(`[data-grid="${name}"] a`), yiwang.number(board.grid[name]));
    });
    ["last_patrol", "last_visit"].forEach(function (name) {
      const at = board.grid[name + "_ms"];
      const text = at ? yiwang.moment(at, zone) : yiwang.word("grid.never");
      yiwang.setText(card.querySelector(`[data-grid="${name}"]`), text);
    });
  }

  function sources(board) {
    const list = yiwang.part("sources");
    if (!list) return;
    const zone = yiwang.root().dataset.zone;
    board.sources.forEach(function (source) {
      const item = Array.from(list.children).find((li) => li.dataset.source === source.code);
      if (!item) return;
      yiwang.setClass(item, "source so-" + source.state);
      yiwang.setText(yiwang.field(item, "state"), yiwang.word("sources." + source.state));
      yiwang.setText(yiwang.field(item, "last"), yiwang.moment(source.last_ms, zone));
    });
    const onTime = board.sources.filter((source) => source.state === "ok").length;
    const text = yiwang.word("sources.summary", { ok: onTime, all: board.sources.length });
    yiwang.setText(yiwang.field(yiwang.root(), "sources-sum"), text);
  }

  yiwang.on("board", function (board) {
    overdue(board);
    yiwang
      .root()
      .querySelectorAll("[data-breakdown]")
      .forEach((card) => breakdown(card, board.breakdown[card.dataset.breakdown] || []));
    duty(board);
    portrait(board);
  });

  /* What the head of every live page shows. */
  yiwang.on("head", function (head) {
    sources(head);
    yiwang.setText(yiwang.field(yiwang.root(), "days"), head.window.text);
    yiwang.notice(head.calendar_notice);
  });
})();
