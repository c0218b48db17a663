/* The roll call of one unit: left and right arrows lead to the unit before and after it. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const TYPED = "input, textarea, select, [contenteditable], .table-box";

  function isFree(event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
    if (event.target.closest && event.target.closest(TYPED)) return false;
    const drawer = document.getElementById("definition-drawer");
    return !document.querySelector(".act-dialog.is-open") && !(drawer && drawer.dataset.open === "1");
  }

  document.addEventListener("keydown", function (event) {
    const turn = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
    const root = yiwang.root();
    if (!turn || !root || root.dataset.page !== "department" || !isFree(event)) return;
    const link = root.querySelector(`[data-turn="${turn}"]`);
    if (!link || root.classList.contains("is-leaving")) return;
    event.preventDefault();
    yiwang.go(link.getAttribute("href"));
  });
})();
