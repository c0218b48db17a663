/* Runs in the head: the chosen theme stands before anything is painted. A video wall is dark. */
(function () {
  "use strict";
  let theme = "light";
  try {
    theme = localStorage.getItem("yiwang.theme") === "dark" ? "dark" : "light";
  } catch (error) {
    /* no storage on this screen: stay light */
  }
  const isWall = /^\/wall(\/|$)/.test(window.location.pathname);
  document.documentElement.dataset.theme = isWall ? "dark" : theme;
  if (isWall) document.documentElement.dataset.wall = "";
})();
