/* The bar of pages: on a narrow screen it scrolls, and the page one is on is in sight. */
(function () {
  "use strict";
  const yiwang = window.yiwang;

  yiwang.on("page", function (root) {
    const bar = root.querySelector(".nav");
    const here = bar && bar.querySelector("[aria-current]");
    if (!here || bar.scrollWidth <= bar.clientWidth) return;
    bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  });
})();
