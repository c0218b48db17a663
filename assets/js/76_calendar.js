/* The calendar's editing: a day that is pressed goes into the form, a second one ends the span. */
(function () {
  "use strict";
  const yiwang = window.yiwang;
  let first = null; // the day pressed last, as long as it is no span

  function formOfDays() {
    const field = yiwang.root().querySelector('form input[name="from_on"]');
    return field && field.closest("form");
  }

  function put(form, name, value) {
    const field = form.querySelector(`[name="${name}"]`);
    if (field) field.value = value;
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest(".page [data-day]");
    const form = button && formOfDays();
    if (!form) return;
    const day = button.dataset.day;
    if (event.shiftKey && first && first < day) return put(form, "to_on", day);
    first = day;
    put(form, "from_on", day);
    put(form, "to_on", day);
    put(form, "kind", button.dataset.kind === "holiday" ? "holiday" : "working");
    put(form, "name", button.dataset.name);
    form.querySelector('[name="kind"]').focus();
  });
})();
