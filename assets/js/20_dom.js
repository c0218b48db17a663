/* Writing into the page in place: nothing is replaced that did not change, so that scroll,
   selection and focus stay where they are. */
(function () {
  "use strict";
  const yiwang = window.yiwang;

  yiwang.field = function (parent, name) {
    return parent && parent.querySelector(`[data-f="${name}"]`);
  };

  yiwang.part = function (name) {
    const root = yiwang.root();
    return root && root.querySelector(`[data-part="${name}"]`);
  };

  yiwang.setText = function (element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  };

  yiwang.setClass = function (element, text) {
    if (element && element.className !== text) element.className = text;
  };

  yiwang.setStyle = function (element, name, value) {
    if (element && element.style.getPropertyValue(name) !== value) {
      element.style.setProperty(name, value);
    }
  };

  yiwang.away = function (element, isAway) {
    if (element) element.classList.toggle("away", isAway);
  };

  /* make("span", "class", "text or children", {attributes}) */
  yiwang.make = function (tag, className, content, attributes) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (Array.isArray(content)) element.append(...content);
    else if (content !== undefined && content !== null) element.textContent = content;
    Object.entries(attributes || {}).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  };

  /* Brings the children of `list` into the order of `items`, keeping an element for as long as its
     key is there. Elements are only moved when their order really changed. */
  yiwang.keyed = function (list, items, attribute, keyOf, build, update) {
    const old = new Map();
    Array.from(list.children).forEach((child) => old.set(child.getAttribute(attribute), child));
    let place = list.firstElementChild;
    items.forEach(function (item, index) {
      const key = String(keyOf(item));
      let element = old.get(key);
      old.delete(key);
      if (!element) {
        element = build(item);
        element.setAttribute(attribute, key);
      }
      update(element, item, index);
      if (element === place) place = place.nextElementSibling;
      else list.insertBefore(element, place);
    });
    old.forEach((element) => element.remove());
  };

  yiwang.areaHref = function (code, more) {
    const data = yiwang.root().dataset;
    const path = code === data.root ? "/" : "/area/" + encodeURIComponent(code);
    return `${path}?${new URLSearchParams({ window: data.window, lang: data.lang, ...more })}`;
  };

  /* Part of the selection that a script changes by itself: into the address, without a new page. */
  yiwang.setQuery = function (name, value) {
    const url = new URL(window.location.href);
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
    window.history.replaceState(window.history.state, "", url);
  };

  yiwang.query = function (name) {
    return new URL(window.location.href).searchParams.get(name);
  };
})();
