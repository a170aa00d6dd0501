// Learning curves: the mean of each configuration and the band that its replicates span.
function startCurves() {
  const chart = byId("curves-chart");
  if (!chart) return;
  const svg = chart.querySelector("svg");
  const legend = byId("curves-legend");
  const choice = byId("curves-metric");
  let hot = null;

  function draw() {
    const curves = data.curves[choice.value];
    const epochs = curves.flatMap((curve) => curve.epochs);
    const box = frame(svg, {
      x: [Math.min(...epochs), Math.max(...epochs)],
      y: rangeOf(curves.flatMap((curve) => [...curve.low, ...curve.high])),
      xName: "epoch",
      yName: choice.value,
      isWhole: true,
    });
    const at = (curve, values) => curve.epochs.map((epoch, place) => [box.toX(epoch), box.toY(values[place])]);
    for (const curve of [...curves].reverse()) {
      const state = hot === null ? "" : hot === curve.row ? " hot" : " faded";
      if (curve.n > 1)
        add(svg, "path", { class: `band s${curve.color}`, d: `${path([...at(curve, curve.high), ...at(curve, curve.low).reverse()])}Z` });
      add(svg, "path", { class: `line s${curve.color}${state}`, d: path(at(curve, curve.mean)) });
    }
    const guide = add(svg, "line", { class: "rule", y1: box.top, y2: box.bottom, visibility: "hidden" });
    chart.onpointermove = (event) => {
      const x = ((event.clientX - svg.getBoundingClientRect().left) / svg.clientWidth) * box.width;
      const epoch = epochs.reduce((best, other) => (Math.abs(box.toX(other) - x) < Math.abs(box.toX(best) - x) ? other : best));
      guide.setAttribute("x1", box.toX(epoch));
      guide.setAttribute("x2", box.toX(epoch));
      guide.setAttribute("visibility", "visible");
      const there = curves
        .map((curve) => [curve, curve.mean[curve.epochs.indexOf(epoch)]])
        .filter(([, value]) => value !== undefined);
      showTip(chart, event, [`epoch ${epoch}`, ...there.map(([curve, value]) => `${written(value)}  ${curve.name}`)].join("\n"));
    };
  }

  /** List the curves; pointing at one, or reaching it by Tab, lifts it out. */
  function list() {
    legend.replaceChildren();
    for (const curve of data.curves[choice.value]) {
      const button = document.createElement("button");
      button.className = `s${curve.color}`;
      button.append(document.createElement("i"), `${curve.name} (n=${curve.n})`);
      const lift = (row) => () => {
        hot = row;
        draw();
      };
      for (const [event, row] of [["pointerenter", curve.row], ["focus", curve.row], ["pointerleave", null], ["blur", null]])
        button.addEventListener(event, lift(row));
      const item = document.createElement("li");
      item.append(button);
      legend.append(item);
    }
  }

  choice.addEventListener("change", () => {
    list();
    draw();
  });
  document.addEventListener("chosen", () => {
    const wanted = chosen.metric.replace(/^test\//, "val/");
    if (wanted !== choice.value && wanted in data.curves) {
      choice.value = wanted;
      list();
    }
  });
  list();
  keepDrawn(chart, draw);
}
