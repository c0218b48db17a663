/* What is wrong with a wall on screen, as a list of sentences; run inside the page. */
() => {
  const root = document.querySelector("#_pages_content #wall") || document.querySelector("#wall");
  const [width, height] = [root.clientWidth, root.clientHeight];
  const u = Math.min(width / 1920, height / 1080);
  const seams = {
    x: (root.dataset.seamsX || "").split(" ").filter(Boolean).map((at) => at * width),
    y: (root.dataset.seamsY || "").split(" ").filter(Boolean).map((at) => at * height),
  };
  const wrong = [];
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const numbers = (colour) => (colour.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
  const over = (top, below) => {
    const alpha = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map((i) => top[i] * alpha + below[i] * (1 - alpha));
  };
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(numbers(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const one = part / 255;
      return one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [high, low] = [light(a), light(b)].sort((one, other) => other - one);
    return (high + 0.05) / (low + 0.05);
  };
  const check = (box, element, name) => {
    if (box.left < -1 || box.top < -1 || box.right > width + 1 || box.bottom > height + 1) {
      wrong.push(`off the screen: ${name}`);
    }
    seams.x.forEach((at) => box.left < at - 1 && box.right > at + 1 && wrong.push(`on a seam: ${name}`));
    seams.y.forEach((at) => box.top < at - 1 && box.bottom > at + 1 && wrong.push(`on a seam: ${name}`));
    for (let at = element; at && at !== root; at = at.parentElement) {
      if (getComputedStyle(at).overflowX === "visible") continue;
      const frame = at.getBoundingClientRect();
      const slack = 0.3 * parseFloat(getComputedStyle(element).fontSize);
      if (box.right > frame.right + 1 || box.left < frame.left - 1 || box.bottom > frame.bottom + slack || box.top < frame.top - slack) {
        wrong.push(`cut by ${at.getAttribute("class")}: ${name}`);
        break;
      }
    }
  };
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let count = 0;
  while (texts.nextNode()) {
    const node = texts.currentNode;
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest(".act-dialog, .away") || !isShown(element)) continue;
    if (element.getAttribute("visibility") === "hidden") continue;
    count += 1;
    const style = getComputedStyle(element);
    const name = node.textContent.trim().slice(0, 30);
    if (parseFloat(style.fontSize) < 24 * u - 0.1) wrong.push(`${style.fontSize} is too small: ${name}`);
    const range = document.createRange();
    range.selectNodeContents(node);
    Array.from(range.getClientRects()).forEach((box) => check(box, element, name));
    const ink = numbers(element.closest("svg") ? style.fill : style.color);
    const below = ground(element);
    const ratio = contrast(over(ink, below), below);
    if (ratio < 4.5) wrong.push(`contrast ${ratio.toFixed(2)}: ${name}`);
  }
  if (count < 60) wrong.push(`only ${count} texts`);
  root.querySelectorAll("circle, .wall-mark, .fresh-dot").forEach(function (mark) {
    if (isShown(mark)) check(mark.getBoundingClientRect(), mark, mark.getAttribute("class"));
  });
  root.querySelectorAll(".wall-number").forEach(function (number) {
    if (parseFloat(getComputedStyle(number).fontSize) < 64 * u - 0.1) wrong.push("a key number below 64");
  });
  const panels = Array.from(root.querySelectorAll(".wall-panel"));
  panels.forEach(function (panel, index) {
    const a = panel.getBoundingClientRect();
    if (a.height < 80 * u) wrong.push(`no room: ${panel.className}`);
    panels.slice(index + 1).forEach(function (other) {
      const b = other.getBoundingClientRect();
      const covers = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
        && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
      if (covers) wrong.push(`over each other: ${panel.dataset.panel}, ${other.dataset.panel}`);
    });
  });
  return Array.from(new Set(wrong));
}
