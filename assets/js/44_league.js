/* League of child areas: values in place by area code, sorted by the visitor's choice. */
(function () {
  "use strict";
  const yiwang = window.yiwang;

  function share(value, top) {
    return value && top ? String(Math.round((value / top) * 1000) / 1000) : "0";
  }

  function updateCell(element, cell, column, top) {
    yiwang.setText(element, cell.text);
    yiwang.setClass(element, `num ${column.kind} is-${cell.state} lv-${cell.level}`);
    element.dataset.col = column.key;
    element.dataset.value = cell.value === null ? "" : String(cell.value);
    if (top !== null) yiwang.setStyle(element, "--share", share(cell.value, top));
  }

  function updateRow(element, row, columns, tops) {
    const cells = element.querySelectorAll("td.num");
    columns.forEach((column, index) => updateCell(cells[index], row.cells[index], column, tops[index]));
    const link = element.querySelector("a");
    yiwang.setText(link, row.name);
  }

  function buildRow(row, columns) {
    const name = yiwang.make("th", "name", null, { scope: "row" });
    name.append(
      yiwang.make("a", "", row.name, { href: yiwang.areaHref(row.code, yiwang.slice()), "data-nav": "" }),
    );
    if (["dedicated", "functional", "police"].includes(row.kind)) {
      name.append(yiwang.make("span", "kind-mark", yiwang.word("kind." + row.kind)));
    }
    const cells = columns.map(() => yiwang.make("td", "num"));
    return yiwang.make("tr", "", [yiwang.make("td", "rank"), name, ...cells]);
  }

  function topsOf(league) {
    return league.columns.map(function (column, index) {
      if (column.kind !== "count") return null;
      return Math.max(0, ...league.rows.map((row) => row.cells[index].value || 0));
    });
  }

  function choice() {
    const text = yiwang.query("sort");
    if (!text) return null;
    const descending = text.startsWith("-");
    return { key: descending ? text.slice(1) : text, descending: descending };
  }

  function sortValue(row, key) {
    if (key === "name") return row.querySelector("a").textContent;
    const cell = row.querySelector(`td[data-col="${key}"]`);
    return cell && cell.dataset.value !== "" ? Number(cell.dataset.value) : null;
  }

  /* Rows without a value stay last, whichever way the rest is sorted. */
  function compare(a, b, sort) {
    const [x, y] = [sortValue(a, sort.key), sortValue(b, sort.key)];
    if (x === null || y === null) return (x === null) - (y === null);
    const order = typeof x === "string" ? x.localeCompare(y, "zh-CN") : x - y;
    return sort.descending ? -order : order;
  }

  function sortRows() {
    const body = yiwang.part("league-rows");
    const sort = choice();
    if (!body) return;
    showChoice(sort);
    if (!sort) return;
    const rows = Array.from(body.children);
    const sorted = rows.slice().sort((a, b) => compare(a, b, sort));
    if (sorted.some((row, index) => row !== rows[index])) moveRows(body, sorted);
  }

  /* Moving a focused row would drop the focus: put it back without scrolling. */
  function moveRows(body, sorted) {
    const focused = body.contains(document.activeElement) ? document.activeElement : null;
    const box = body.closest(".table-box");
    const top = box ? box.scrollTop : 0;
    body.append(...sorted);
    if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
    if (box && box.scrollTop !== top) box.scrollTop = top;
  }

  function showChoice(sort) {
    yiwang.part("league").querySelectorAll("[data-sort]").forEach(function (button) {
      const chosen = sort && sort.key === button.dataset.sort;
      const order = chosen ? (sort.descending ? "descending" : "ascending") : "none";
      button.closest("th").setAttribute("aria-sort", order);
    });
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-sort]");
    if (!button) return;
    const sort = choice();
    const key = button.dataset.sort;
    const wasDescending = sort && sort.key === key ? sort.descending : key === "name";
    yiwang.setQuery("sort", (wasDescending ? "" : "-") + key);
    sortRows();
  });

  yiwang.on("board", function (board) {
    const card = yiwang.part("league");
    const body = yiwang.part("league-rows");
    if (!card || !body) return;
    const league = board.league;
    const tops = topsOf(league);
    const rows = new Map(league.rows.map((row) => [row.code, row]));
    const known = Array.from(body.children).map((element) => element.dataset.code);
    const same = known.length === rows.size && known.every((code) => rows.has(code));
    const update = (element, row) => updateRow(element, row, league.columns, tops);
    if (same) Array.from(body.children).forEach((tr) => update(tr, rows.get(tr.dataset.code)));
    else {
      const build = (row) => buildRow(row, league.columns);
      yiwang.keyed(body, league.rows, "data-code", (row) => row.code, build, update);
    }
    const total = card.querySelectorAll("[data-total] td.num");
    league.columns.forEach((column, i) => updateCell(total[i], league.total[i], column, null));
    const count = yiwang.word("league.count", { n: league.rows.length });
    yiwang.setText(yiwang.field(card, "count"), count);
    sortRows();
  });

  yiwang.on("page", sortRows);
})();
