// What all parts share: the numbers, what is chosen, the switch between light and dark.
const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const chosen = { metric: data.metric, rows: data.rows };

/** Tell every chart that the metric or the rows have changed. */
const announce = () => document.dispatchEvent(new Event("chosen"));

/** Write a number with four significant digits, as the tables do. */
function written(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(4)));
}

/** Return the mean of the chosen metric of a row, or null. */
const score = (row) => row.scores[chosen.metric]?.[0] ?? null;
const isHigherBetter = () => data.metrics[chosen.metric].higher;

function startTheme() {
  const root = document.documentElement;
  const button = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => {
    button.setAttribute("aria-pressed", String(isDark()));
    button.textContent = isDark() ? "Light" : "Dark";
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
  button.hidden = false;
}
