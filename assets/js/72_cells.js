/* Numbers in tables by keyboard. A table takes one place in the order of tabs, however many numbers
   it has; arrows, Home and End go from number to number, Enter and Space open what a click opens. */
(function () {
  "use strict";
  const CELL = ".page td[data-col]";

  /* The one number a Tab stops at: the last one chosen, else the first. */
  function prepare() {
    document.querySelectorAll("#_pages_content table").forEach(function (table) {
      if (table.querySelector("td[data-col][tabindex='0']")) return;
      const first = table.querySelector("td[data-col]");
      if (first) first.tabIndex = 0;
    });
  }

  function beside(cell, key) {
    const row = Array.from(cell.parentElement.querySelectorAll("td[data-col]"));
    const at = row.indexOf(cell);
    if (key === "ArrowLeft") return row[at - 1];
    if (key === "ArrowRight") return row[at + 1];
    if (key === "Home") return row[0];
    if (key === "End") return row[row.length - 1];
    const rows = Array.from(cell.closest("table").rows).filter((one) => one.querySelector("td[data-col]"));
    const next = rows[rows.indexOf(cell.parentElement) + (key === "ArrowUp" ? -1 : 1)];
    const cells = next ? next.querySelectorAll("td[data-col]") : [];
    return cells[Math.min(at, cells.length - 1)];
  }

  function choose(cell) {
    cell.closest("table").querySelectorAll("td[tabindex]").forEach((one) => (one.tabIndex = -1));
    cell.tabIndex = 0;
    cell.focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Tab") return prepare();
    const cell = event.target;
    if (!cell.matches || !cell.matches(CELL) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      cell.click();
      return;
    }
    if (!/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) return;
    event.preventDefault();
    const next = beside(cell, event.key);
    if (next) choose(next);
  });
})();
