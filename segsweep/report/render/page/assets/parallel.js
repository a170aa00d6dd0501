// Parallel coordinates: each configuration is a line through its values, the better the stronger its color.
function startParallel() {
  const chart = byId("parallel-chart");
  if (!chart) return;
  const svg = chart.querySelector("svg");
  const HEIGHT = 340;
  const [TOP, BOTTOM] = [34, HEIGHT - 20];
  const isNumeric = (values) => values.every((value) => value !== "" && Number.isFinite(Number(value)));

  /** Return where each value of an axis lies: numbers in their order, words spread evenly. */
  function places(axis) {
    const values = [...new Set(data.rows.map((row) => row.values[axis]).filter((value) => value !== undefined))];
    if (isNumeric(values)) values.sort((a, b) => a - b);
    else values.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    const to = scale([0, Math.max(1, values.length - 1)], [BOTTOM, TOP]);
    return new Map(values.map((value, place) => [value, values.length === 1 ? (TOP + BOTTOM) / 2 : to(place)]));
  }

  function draw() {
    svg.replaceChildren();
    const rows = chosen.rows.filter((row) => score(row) !== null);
    if (rows.length === 0) return;
    const width = Math.max(280, svg.parentElement.clientWidth - 16, 120 * (data.axes.length + 1));
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.style.minWidth = `${Math.min(width, 120 * (data.axes.length + 1))}px`;
    const toX = scale([0, data.axes.length], [12, width - 56]);
    const range = rangeOf(rows.map(score));
    const toScore = scale(range, isHigherBetter() ? [BOTTOM, TOP] : [TOP, BOTTOM]);
    const scales = data.axes.map(places);
    const sorted = [...rows].sort((a, b) => (isHigherBetter() ? 1 : -1) * (score(a) - score(b)));
    sorted.forEach((row, place) => drawLine(row, place / Math.max(1, sorted.length - 1)));
    data.axes.forEach((axis, number) => drawAxis(number, axis, scales[number]));
    drawAxis(data.axes.length, data.metrics[chosen.metric].label, new Map(ticks(...range).map((value) => [written(value), toScore(value)])));

    function drawLine(row, quality) {
      const points = scales.map((scaled, number) => [toX(number), scaled.get(row.values[data.axes[number]])]);
      const known = [...points.filter(([, y]) => y !== undefined), [toX(data.axes.length), toScore(score(row))]];
      const line = add(svg, "path", { class: "line", d: path(known) });
      line.style.stroke = `color-mix(in oklab, var(--heat) ${Math.round(100 * quality)}%, var(--rule))`;
      line.style.strokeWidth = quality === 1 ? 3 : rows.length > 200 ? 0.9 : 1.6;
      line.addEventListener("pointerenter", (event) => {
        line.classList.add("hot");
        showTip(chart, event, `${row.name}\n${written(score(row))}  ${chosen.metric}`);
      });
      line.addEventListener("pointerleave", () => line.classList.remove("hot"));
    }

    function drawAxis(number, name, scaled) {
      const isLast = number === data.axes.length;
      const side = number === 0 ? "start" : isLast ? "end" : "middle";
      add(svg, "line", { class: "rule", x1: toX(number), x2: toX(number), y1: TOP - 6, y2: BOTTOM + 6 });
      add(svg, "text", { class: "name", x: isLast ? width - 2 : toX(number), y: 14, "text-anchor": side }, name);
      const every = Math.ceil(scaled.size / 18);
      [...scaled].forEach(([value, y], place) => {
        if (place % every === 0) add(svg, "text", { class: "halo", x: toX(number) + 5, y: y + 4 }, value.length > 22 ? `${value.slice(0, 21)}…` : value);
      });
    }
  }

  keepDrawn(chart, draw);
}
