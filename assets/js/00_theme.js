/* Runs in the head: the chosen theme stands before anything is painted. */
(function () {
  "use strict";
  let theme = "light";
  try {
    theme = localStorage.getItem("yiwang.theme") === "dark" ? "dark" : "light";
  } catch (error) {
    /* no storage on this screen: stay light */
  }
  document.documentElement.dataset.theme = theme;
})();
