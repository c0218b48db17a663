/* Namespace, events, words and texts. Every word comes from dashboard/words.py through the page's
   data-words; spans and numbers follow dashboard/components/spans.py. */
(function () {
  "use strict";
  const yiwang = (window.yiwang = window.yiwang || {});
  const listeners = {};
  let words = {};
  let wordsText = "";

  yiwang.on = function (name, listener) {
    (listeners[name] = listeners[name] || []).push(listener);
  };

  yiwang.emit = function (name, value) {
    (listeners[name] || []).forEach(function (listener) {
      try {
        listener(value);
      } catch (error) {
        console.error("yiwang", name, error); // one broken part must not stop the others
      }
    });
  };

  /* The page on screen: Dash's copy as soon as it exists, the server's first paint before. */
  yiwang.root = function () {
    return (
      document.querySelector("#_pages_content [data-page]") ||
      document.querySelector("#first-paint [data-page]")
    );
  };

  yiwang.readWords = function (root) {
    const text = root.dataset.words || "{}";
    if (text !== wordsText) {
      words = JSON.parse(text);
      wordsText = text;
    }
  };

  yiwang.word = function (key, values) {
    const text = words[key];
    if (text === undefined) {
      console.error("yiwang: no word", key);
      return key;
    }
    return values ? text.replace(/\{(\w+)\}/g, (_, name) => String(values[name])) : text;
  };

  yiwang.hasWord = function (key) {
    return key in words;
  };

  yiwang.number = function (value) {
    if (value === null || value === undefined) return "—";
    const places = Number.isInteger(value) ? 0 : 1;
    return value.toLocaleString("en-US", {
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    });
  };

  const MINUTE = 60000;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;

  yiwang.span = function (length) {
    const rest = Math.max(0, length);
    const d = Math.floor(rest / DAY);
    const h = Math.floor((rest % DAY) / HOUR);
    const m = Math.floor((rest % HOUR) / MINUTE);
    if (d) return yiwang.word("span.days", { d: d, h: h });
    if (h) return yiwang.word("span.hours", { h: h, m: m });
    return yiwang.word("span.minutes", { m: m });
  };

  yiwang.due = function (deadline, now) {
    if (deadline === null || deadline === undefined || deadline === "") {
      return yiwang.word("overdue.no_deadline");
    }
    const key = now >= deadline ? "overdue.by" : "overdue.left";
    return yiwang.word(key, { span: yiwang.span(Math.abs(now - deadline)) });
  };

  yiwang.ageText = function (prefix, milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    if (seconds < 120) return yiwang.word(prefix + ".seconds", { n: seconds });
    if (seconds < 7200) return yiwang.word(prefix + ".minutes", { n: Math.floor(seconds / 60) });
    if (seconds < 172800) return yiwang.word(prefix + ".hours", { n: Math.floor(seconds / 3600) });
    return yiwang.word(prefix + ".days", { n: Math.floor(seconds / 86400) });
  };

  const clocks = {};
  function cityParts(at, zone) {
    clocks[zone] =
      clocks[zone] ||
      new Intl.DateTimeFormat("en-GB", {
        timeZone: zone,
        hourCycle: "h23",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      });
    const parts = {};
    clocks[zone].formatToParts(at).forEach((part) => (parts[part.type] = part.value));
    return parts;
  }

  yiwang.clock = function (at, zone) {
    if (!at) return "—";
    const parts = cityParts(at, zone);
    return `${parts.hour}:${parts.minute}:${parts.second}`;
  };

  yiwang.moment = function (at, zone) {
    if (!at) return "—";
    const parts = cityParts(at, zone);
    return `${parts.month}-${parts.day} ${parts.hour}:${parts.minute}`;
  };
})();
