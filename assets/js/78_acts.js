/* Acting on cases: a button opens its form for the case it stands in. The forms themselves are
   dashboard/components/case_actions.py and are sent by 22_forms.js. Each opening gets a key of its
   own, so that a request that arrives twice acts once; the name is kept in this browser. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const NAME = "yiwang.actor";
  let opener = null;

  const dialog = () => yiwang.part("act-dialog");

  function key() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function keptName() {
    try {
      return localStorage.getItem(NAME) || "";
    } catch (error) {
      return "";
    }
  }

  function keepName(name) {
    try {
      localStorage.setItem(NAME, name);
    } catch (error) {
      /* asked for again next time */
    }
  }

  function put(form, name, value) {
    const field = form.querySelector(`[name="${name}"]`);
    if (field) field.value = value;
  }

  function clear(form) {
    form.querySelectorAll("textarea").forEach((field) => (field.value = ""));
    form.querySelectorAll("[data-wrong-of]").forEach((one) => yiwang.setText(one, ""));
    form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
    yiwang.setText(form.querySelector("[data-said]"), "");
  }

  function open(button) {
    const box = dialog();
    const around = button.closest("[data-act-of]");
    if (!box || !around) return;
    const target = JSON.parse(around.dataset.actOf);
    const name = button.dataset.act;
    box.querySelectorAll("[data-act-form]").forEach(function (one) {
      yiwang.away(one, one.dataset.actForm !== name);
    });
    const form = box.querySelector(`[data-act-form="${name}"] form`);
    form.dataset.own = form.dataset.own || form.dataset.fixed;
    const more = { case_id: target.case_id, subject: button.dataset.actSubject || "", key: key() };
    form.dataset.fixed = JSON.stringify(Object.assign(JSON.parse(form.dataset.own), target.fixed, more));
    yiwang.fillForms(box);
    clear(form);
    put(form, "actor", keptName());
    put(form, "area", target.area);
    if (name === "task") put(form, "matter", target.matter);
    const label = button.textContent;
    yiwang.setText(box.querySelector("[data-act-title]"), `${label} · ${target.code}`);
    opener = button;
    box.classList.add("is-open");
    const first = form.querySelector("select, textarea, input");
    if (first) first.focus();
  }

  function close() {
    const box = dialog();
    if (!box || !box.classList.contains("is-open")) return;
    box.classList.remove("is-open");
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-act]");
    if (button) return open(button);
    if (event.target.closest("[data-act-close]") || event.target.matches(".act-dialog")) close();
    document.querySelectorAll("details.acts-fold[open]").forEach(function (fold) {
      if (!fold.contains(event.target)) fold.open = false;
    });
  });

  yiwang.on("saved", close);

  /* A form that stands on the page itself: its name is filled in, and its key is made when it is
     first sent, so that sending it again after a lost answer acts once. */
  yiwang.on("page", function (root) {
    yiwang.fillForms(root);
    root.querySelectorAll('[data-part="act-inline"] form').forEach((form) => put(form, "actor", keptName()));
  });

  function keyed(form) {
    const fixed = JSON.parse(form.dataset.fixed || "{}");
    if (!fixed.key) form.dataset.fixed = JSON.stringify(Object.assign(fixed, { key: key() }));
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") return close();
    const box = dialog();
    if (event.key !== "Tab" || !box || !box.classList.contains("is-open")) return;
    const stops = Array.from(box.querySelectorAll("button, input, select, textarea")).filter(
      (one) => one.offsetParent !== null,
    );
    const last = stops[stops.length - 1];
    const leaves = event.shiftKey ? document.activeElement === stops[0] : document.activeElement === last;
    if (!leaves) return;
    event.preventDefault();
    (event.shiftKey ? last : stops[0]).focus();
  });

  document.addEventListener(
    "submit",
    function (event) {
      const inline = event.target.closest('[data-part="act-inline"]');
      if (inline) keyed(event.target);
      const own = inline || event.target.closest("[data-act-form]");
      const field = own && event.target.querySelector('[name="actor"]');
      if (field) keepName(field.value.trim());
    },
    true,
  );
})();
