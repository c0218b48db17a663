/* Forms. Dash's html components have no input, so a place for one is written as
   <span data-input="date" data-name="…" data-value="…"> and filled here, in Dash's own copy of the
   page only: what is typed before that copy stands would be lost.
   A form names the Dash store that takes its values (data-request) and the element in which the
   answer appears (data-answer): a child with data-asked, data-result "saved" or "refused", and one
   [data-wrong=field] for each mistake. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  const PATIENCE = 30000;
  let waiting = null; // {form, asked, timer}

  const KINDS = {
    date: "date",
    moment: "datetime-local",
    number: "text",
    text: "text",
    search: "search",
    check: "checkbox",
  };

  function fill(place) {
    if (place.firstElementChild) return;
    const data = place.dataset;
    const isLong = data.input === "long";
    const input = document.createElement(isLong ? "textarea" : "input");
    if (isLong) input.rows = 3;
    else input.type = KINDS[data.input] || "text";
    input.name = data.name;
    input.autocomplete = "off";
    input.spellcheck = false;
    if (data.input === "number") input.inputMode = "decimal";
    if (data.input === "check") input.checked = data.value === "1";
    else input.value = data.value || "";
    if (data.label) input.setAttribute("aria-label", data.label);
    if (data.hint) input.placeholder = data.hint;
    if (data.most) input.maxLength = Number(data.most);
    place.append(input);
  }

  /* Called again for parts that Dash puts into the page later. */
  yiwang.fillForms = function (root) {
    if (!root.closest("#first-paint")) root.querySelectorAll("[data-input]").forEach(fill);
  };

  function valuesOf(form) {
    const values = {};
    form.querySelectorAll("input, select, textarea").forEach(function (field) {
      values[field.name] = field.type === "checkbox" ? field.checked : field.value;
    });
    return Object.assign(values, JSON.parse(form.dataset.fixed || "{}"));
  }

  function say(form, text, result) {
    const line = form.querySelector("[data-said]");
    yiwang.setText(line, text);
    if (line) line.dataset.result = result || "";
  }

  function clear(form) {
    form.querySelectorAll("[data-wrong-of]").forEach((one) => yiwang.setText(one, ""));
    form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  }

  document.addEventListener("submit", function (event) {
    const form = event.target.closest("form[data-request]");
    if (!form) return;
    event.preventDefault();
    if (waiting || !window.dash_clientside || !window.dash_clientside.set_props) return;
    const asked = String(Date.now());
    clear(form);
    say(form, yiwang.word("form.saving"));
    const answer = document.getElementById(form.dataset.answer);
    const watch = new MutationObserver(() => arrived(answer));
    watch.observe(answer, { childList: true, subtree: true, attributes: true });
    waiting = { form: form, asked: asked, watch: watch, timer: window.setTimeout(late, PATIENCE) };
    const data = Object.assign(valuesOf(form), { asked: asked, lang: yiwang.root().dataset.lang });
    window.dash_clientside.set_props(form.dataset.request, { data: data });
  });

  /* A form that only chooses what the page shows: its fields go into the address. */
  document.addEventListener("submit", function (event) {
    const form = event.target.closest("form[data-goto]");
    if (!form) return;
    event.preventDefault();
    const url = new URL(window.location.href);
    Object.entries(valuesOf(form)).forEach(([name, value]) => url.searchParams.set(name, value));
    yiwang.go(url.href);
  });

  function late() {
    const form = waiting.form;
    done();
    say(form, yiwang.word("form.failed"), "refused");
  }

  function done() {
    window.clearTimeout(waiting.timer);
    waiting.watch.disconnect();
    waiting = null;
  }

  function arrived(place) {
    const answer = place.querySelector("[data-asked]");
    if (!waiting || !answer || answer.dataset.asked !== waiting.asked) return;
    const form = waiting.form;
    done();
    if (answer.dataset.result === "saved" && "keep" in form.dataset) {
      form.reset();
      return say(form, answer.dataset.text, "saved"); // to be read at leisure: said this once
    }
    if (answer.dataset.result === "saved") {
      yiwang.toast(answer.dataset.text);
      yiwang.emit("saved", form);
      yiwang.go(window.location.href); // the same page with what was saved
      return;
    }
    say(form, answer.dataset.text, "refused");
    answer.querySelectorAll("[data-wrong]").forEach(function (wrong) {
      const slot = form.querySelector(`[data-wrong-of="${wrong.dataset.wrong}"]`);
      yiwang.setText(slot, wrong.textContent);
      const field = form.querySelector(`[name="${wrong.dataset.wrong}"]`);
      if (field) field.setAttribute("aria-invalid", "true");
    });
    const first = form.querySelector("[aria-invalid]");
    if (first) first.focus();
  }

  /* A sentence that outlives the page it was said on. */
  let toast = null;
  let toastTimer = 0;
  yiwang.toast = function (text) {
    if (!toast) {
      toast = yiwang.make("div", "toast away", "", { role: "status" });
      document.body.append(toast);
    }
    yiwang.setText(toast, text);
    yiwang.away(toast, false);
    window.clearTimeout(toastTimer);
    toastTimer = window.setTimeout(() => yiwang.away(toast, true), 8000);
  };

  yiwang.on("page", function (root) {
    yiwang.fillForms(root);
  });
})();
