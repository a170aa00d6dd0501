// Small charts as SVG. A library that draws these four kinds weighs 5 MB and needs eval; this is less than 10 kB.
const MARGIN = { top: 14, right: 14, bottom: 34, left: 52 };

/** Add an SVG element; text and attributes are never read as markup. */
function add(parent, tag, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

/** Return a function from numbers to pixels, linear or logarithmic. */
function scale([low, high], [from, to], isLog = false) {
  const at = isLog ? Math.log : (value) => value;
  const width = at(high) - at(low) || 1;
  return (value) => from + ((at(value) - at(low)) / width) * (to - from);
}

/** Return round numbers between two numbers, about six of them. */
function ticks(low, high, isLog = false) {
  if (isLog) {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1)
      for (const part of [1, 2, 5]) found.push(part * 10 ** power);
    const inside = found.filter((value) => value >= low && value <= high);
    if (inside.length >= 2) return inside.length <= 7 ? inside : inside.filter((value) => /^0?\.?0*1/.test(String(value)));
  }
  const rough = (high - low) / 5 || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((part) => part * power >= rough) ?? 10);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at += 1) found.push(Number((at * step).toPrecision(12)));
  return found;
}

/** Return the range of some numbers with a little room on both sides. */
function rangeOf(values, isLog = false) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (isLog) return [low / 1.15, high * 1.15];
  const room = (high - low) * 0.05 || Math.abs(high) * 0.05 || 0.5;
  return [low - room, high + room];
}

/** Empty an SVG and draw both axes; return where numbers lie in it. */
function frame(svg, { x, y, xName, yName, isLog = false, isWhole = false }) {
  svg.replaceChildren();
  const width = Math.max(280, svg.parentElement.clientWidth - 16);
  const height = Math.min(360, Math.max(240, width * 0.55));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const [toX, toY] = [scale(x, [left, right], isLog), scale(y, [bottom, top])];
  for (const value of ticks(...y)) {
    add(svg, "line", { class: "rule", x1: left, x2: right, y1: toY(value), y2: toY(value) });
    add(svg, "text", { x: left - 6, y: toY(value) + 4, "text-anchor": "end" }, written(value));
  }
  const along = ticks(...x, isLog).filter((value) => !isWhole || Number.isInteger(value));
  const every = Math.ceil(along.length / Math.max(2, width / 75));
  for (const value of along.filter((_, place) => place % every === 0))
    add(svg, "text", { x: toX(value), y: bottom + 15, "text-anchor": "middle" }, written(value));
  add(svg, "text", { class: "name", x: right, y: height - 3, "text-anchor": "end" }, xName);
  add(svg, "text", { class: "name", x: 2, y: 10 }, yName);
  return { toX, toY, left, right, top, bottom, width, height };
}

const path = (points) => points.map(([x, y], place) => `${place ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** Show a text beside the pointer, inside the chart. */
function showTip(chart, event, text) {
  const tip = chart.querySelector(".tip");
  tip.textContent = text;
  const box = chart.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  tip.style.left = `${Math.max(4, Math.min(x + 14, box.width - tip.offsetWidth - 4))}px`;
  tip.style.top = `${Math.max(4, y - tip.offsetHeight - 12)}px`;
}

/** Draw now, when something else is chosen, and when the width changes. */
function keepDrawn(chart, draw) {
  let width = 0;
  new ResizeObserver(() => {
    if (chart.clientWidth !== width) draw();
    width = chart.clientWidth;
  }).observe(chart);
  document.addEventListener("chosen", draw);
  chart.addEventListener("pointerleave", () => {
    chart.querySelector(".tip").textContent = "";
  });
}
