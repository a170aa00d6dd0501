// Quality against cost, and the front of those that no other beats in both.
function startScatter() {
  const chart = byId("scatter-chart");
  if (!chart) return;
  const svg = chart.querySelector("svg");
  const choice = byId("scatter-cost");

  function draw() {
    const cost = choice.value;
    const points = chosen.rows
      .map((row) => ({ row, x: row.cost[cost] ?? null, y: score(row) }))
      .filter(({ x, y }) => x !== null && y !== null);
    svg.replaceChildren();
    byId("scatter-none").hidden = points.length > 0;
    if (points.length === 0) return;
    const xs = points.map(({ x }) => x);
    const isLog = Math.min(...xs) > 0 && Math.max(...xs) > 20 * Math.min(...xs);
    const box = frame(svg, {
      x: rangeOf(xs, isLog),
      y: rangeOf(points.map(({ y }) => y)),
      xName: data.costs[cost],
      yName: data.metrics[chosen.metric].label,
      isLog,
    });
    const front = frontOf(points);
    const isOn = new Set(front);
    for (const point of points.sort((a, b) => isOn.has(a) - isOn.has(b))) {
      const dot = add(svg, "circle", {
        class: isOn.has(point) ? "dot on-front" : "dot",
        cx: box.toX(point.x),
        cy: box.toY(point.y),
        r: isOn.has(point) ? 5.5 : 4.5,
      });
      dot.addEventListener("pointerenter", (event) =>
        showTip(chart, event, `${point.row.name}\n${written(point.y)}  ${chosen.metric}\n${written(point.x)}  ${data.costs[cost]}`));
    }
    add(svg, "path", { class: "front", d: path(front.map(({ x, y }) => [box.toX(x), box.toY(y)])) });
    nameDots(box, [...front].reverse());
  }

  /** Return the points that no other equals or beats in cost and in quality, by cost. */
  function frontOf(points) {
    const good = isHigherBetter() ? -1 : 1;
    const sorted = [...points].sort((a, b) => a.x - b.x || good * (a.y - b.y));
    let best = Infinity;
    return sorted.filter(({ y }) => {
      if (good * y >= best) return false;
      best = good * y;
      return true;
    });
  }

  /** Name the points of the front, the best first, each where no name is yet. */
  function nameDots(box, points) {
    const taken = [];
    for (const { row, x, y } of points) {
      const isRight = box.toX(x) > (box.left + box.right) / 2;
      const name = row.name.length > 34 ? `${row.name.slice(0, 33)}…` : row.name;
      const place = { x: box.toX(x) + (isRight ? -9 : 9), y: box.toY(y) - 7, "text-anchor": isRight ? "end" : "start" };
      const label = add(svg, "text", { class: "halo", ...place }, name);
      const { left, right, top, bottom } = label.getBoundingClientRect();
      const isTaken = taken.some((other) => left < other.right && right > other.left && top < other.bottom && bottom > other.top);
      if (isTaken) label.remove();
      else taken.push({ left, right, top, bottom });
    }
  }

  choice.addEventListener("change", draw);
  keepDrawn(chart, draw);
}
