// The ranking: sorted by any column, filtered by text and by axis, with the columns that are wanted.
function startRanking() {
  const table = byId("ranking-table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const facts = new Map(data.rows.map((row) => [String(row.id), row]));
  const search = byId("search");
  const axes = [...document.querySelectorAll("select[data-axis]")];
  const cell = (row, column) => row.querySelector(`[data-column="${CSS.escape(column)}"]`);

  function keyOf(row, column) {
    const found = cell(row, column);
    if (!("sort" in found.dataset)) return found.textContent.trim().toLowerCase() || null;
    return found.dataset.sort === "" ? null : Number(found.dataset.sort);
  }

  /** Sort by a column; what has no value, or no rank, stays last either way. */
  function sortBy(column, direction) {
    const sign = direction === "ascending" ? 1 : -1;
    const keys = new Map(rows.map((row) => [row, keyOf(row, column)]));
    const compare = (a, b) =>
      typeof a === "string" && typeof b === "string" ? a.localeCompare(b, "en", { numeric: true }) : a < b ? -1 : +(a > b);
    const isApart = (row) => row.classList.contains("pruned");
    rows.sort((one, other) => {
      if (isApart(one) !== isApart(other)) return isApart(one) - isApart(other);
      const [a, b] = [keys.get(one), keys.get(other)];
      return a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b);
    });
    body.append(...rows);
    for (const head of heads) head.ariaSort = head.dataset.column === column ? direction : "none";
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = axes.filter((axis) => axis.value !== "").map((axis) => [axis.dataset.axis, axis.value]);
    for (const row of rows) {
      const { name, values } = facts.get(row.dataset.row);
      const text = `${name} ${Object.values(values).join(" ")} ${row.dataset.runs}`.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word)) || !wanted.every(([axis, value]) => values[axis] === value);
    }
    const shown = new Set(rows.filter((row) => !row.hidden).map((row) => row.dataset.row));
    chosen.rows = data.rows.filter((row) => row.isRanked && shown.has(String(row.id)));
    byId("shown").textContent = `${shown.size} of ${rows.length} configurations`;
    byId("none-left").hidden = shown.size > 0;
    announce();
  }

  function showColumn(column, isShown) {
    for (const part of table.querySelectorAll(`[data-column="${CSS.escape(column)}"]`)) part.hidden = !isShown;
    const box = document.querySelector(`#columns input[value="${CSS.escape(column)}"]`);
    if (box) box.checked = isShown;
  }

  /** Rank by another metric: its column comes first, and verdicts are shown only where they were made. */
  function rankBy(metric) {
    const before = chosen.metric;
    chosen.metric = metric;
    for (const row of table.rows) cell(row, before).before(cell(row, metric));
    for (const part of table.querySelectorAll(".score")) part.classList.remove("score");
    for (const part of table.querySelectorAll(`[data-column="${CSS.escape(metric)}"]`)) part.classList.add("score");
    showColumn(metric, true);
    const isTested = metric === data.metric;
    table.classList.toggle("untested", !isTested);
    byId("untested").hidden = isTested;
    sortBy(isTested ? data.selectedBy : metric, isHigherBetter() ? "descending" : "ascending");
    rows.forEach((row, place) => {
      const number = cell(row, "rank");
      const known = score(facts.get(row.dataset.row)) !== null && !row.classList.contains("pruned");
      number.textContent = known ? place + 1 : "–";
      number.dataset.sort = known ? place + 1 : "";
    });
    announce();
  }

  for (const head of heads) {
    head.querySelector("button")?.addEventListener("click", () => {
      const other = { ascending: "descending", descending: "ascending" };
      sortBy(head.dataset.column, other[head.ariaSort] ?? head.dataset.first);
    });
  }
  search.addEventListener("input", filter);
  for (const axis of axes) axis.addEventListener("change", filter);
  byId("metric").addEventListener("change", (event) => rankBy(event.target.value));
  byId("columns").addEventListener("change", (event) => showColumn(event.target.value, event.target.checked));
  document.addEventListener("keydown", (event) => {
    const menu = byId("columns-menu");
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!byId("columns-menu").contains(event.target)) byId("columns-menu").open = false;
  });
  byId("tools").hidden = false;
  filter();
}
