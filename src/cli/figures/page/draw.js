// Draws the charts of a page, in the browser. The descriptions are those of src/cli/figures/chart.ts, as
// JSON; uPlot has been defined by the script before this one.
const HEIGHT = 320;
const charts = JSON.parse(document.getElementById("charts").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
const seriesColour = (i) => colour(`--series-${(i % 6) + 1}`);

const UNITS = ["n", "µ", "m", "", "k", "M", "G", "T", "P", "E"];
function short(value) {
  if (value === 0) return "0 ";
  const step = Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9);
  const unit = UNITS[step + 3];
  if (unit === undefined) return value.toExponential(1);
  return `${Number((value / 1000 ** step).toPrecision(3))} ${unit}`;
}
function write(value, unit) {
  if (value === null || value === undefined) return "";
  if (unit === "%") return `${Number((100 * value).toPrecision(3))} %`;
  if (unit === "$") return `$${Number(value.toPrecision(3))}`;
  if (unit === "s") return value < 120 ? `${short(value)}s` : `${short(value / 60)}min`;
  // Numbers without a unit have no thousandths of it.
  const small = Math.abs(value) < 1 && value !== 0;
  const text = small ? `${Number(value.toPrecision(2))} ` : short(value);
  return `${text}${unit ?? ""}`.trim();
}

function axis({ label, unit }, options) {
  return {
    label,
    stroke: colour("--text"),
    grid: { stroke: colour("--grid"), width: 1 },
    ticks: { stroke: colour("--grid"), width: 1 },
    values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : write(tick, unit))),
    ...options,
  };
}

const scale = ({ log }) => ({ time: false, ...(log ? { distr: 3, log } : {}) });

function optionsFor(width) {
  return {
    width,
    height: HEIGHT,
    cursor: { y: false },
    legend: { live: true },
    // Without a place that is pointed at, the legend has names only: see page.css.
    hooks: { setLegend: [markPointed] },
  };
}

function markPointed({ root, legend }) {
  root.classList.toggle("pointed", typeof legend.idx === "number");
}

/** What a legend says of a series: nothing, unless a place is pointed at. */
function legendValue(value, unit, index) {
  if (typeof index !== "number") return "";
  return write(value, unit) || "–";
}

/** All series over one list of x, with gaps where a series has no value. */
function lineChart(chart, width) {
  const shown = ([x, y]) => !(chart.x.log && x <= 0) && !(chart.y.log && y <= 0);
  const lookups = chart.series.map(({ points }) => new Map(points.filter(shown)));
  const xs = [...new Set(lookups.flatMap((l) => [...l.keys()]))].sort((a, b) => a - b);
  const series = chart.series.map(({ name, points, style }, i) => ({
    label: name,
    stroke: seriesColour(i),
    width: 2,
    spanGaps: true,
    points: { show: style === "dots" || points.length < 40, size: 6, fill: colour("--ground") },
    value: (_, value, _series, index) => legendValue(value, chart.y.unit, index),
    ...(style === "dots" ? { paths: () => null } : {}),
    ...(style === "steps" ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
  }));
  return {
    data: [xs, ...lookups.map((lookup) => xs.map((x) => lookup.get(x) ?? null))],
    options: {
      ...optionsFor(width),
      scales: { x: scale(chart.x), y: scaleOfY(chart) },
      axes: [axis(chart.x), axis(chart.y, { size: 80 })],
      series: [{ label: chart.x.label, value: (_, x) => write(x, chart.x.unit) }, ...series],
    },
  };
}

/** From zero, unless the values lie close together far from it. */
function scaleOfY({ y }) {
  if (y.log) return scale(y);
  return {
    range: (_, low, high) => {
      if (low === null) return [0, 1];
      const from = low > 0 && low < 0.7 * high ? 0 : low;
      const room = 0.05 * (high - from || Math.abs(high) || 1);
      return [from === 0 ? 0 : from - room, high + room];
    },
  };
}

/** Bars of several series stand side by side around the category's number. */
function barChart(chart, width) {
  const { categories, series } = chart;
  const step = 0.8 / series.length;
  const xs = series.flatMap((_, s) =>
    categories.map((_, c) => c + (s - (series.length - 1) / 2) * step),
  );
  const order = xs.map((_, i) => i).sort((a, b) => xs[a] - xs[b]);
  // Undefined is not there at all; null would narrow the bars of the other series.
  const column = (s) =>
    order.map((i) => {
      const own = Math.floor(i / categories.length) === s;
      return own ? (series[s].values[i % categories.length] ?? null) : undefined;
    });
  return {
    data: [order.map((i) => xs[i]), ...series.map((_, s) => column(s))],
    options: {
      ...optionsFor(width),
      scales: {
        x: { time: false, range: () => [-0.6, categories.length - 0.4] },
        y: chart.y.log ? scale(chart.y) : { range: (_, _low, high) => [0, 1.05 * (high || 1)] },
      },
      axes: [
        axis(
          { label: "" },
          {
            grid: { show: false },
            splits: () => categories.map((_, i) => i),
            values: () => categories,
          },
        ),
        axis(chart.y, { size: 80 }),
      ],
      series: [
        // The category stands for itself.
        {
          label: "category",
          class: "category",
          value: (_, x) => (typeof x === "number" ? (categories[Math.round(x)] ?? "") : ""),
        },
        ...series.map(({ name }, s) => ({
          label: name,
          stroke: seriesColour(s),
          fill: seriesColour(s),
          paths: uPlot.paths.bars({ size: [0.9 * step, 80] }),
          points: { show: false },
          value: ({ data }, _, _series, index) =>
            legendValue(series[s].values[Math.round(data[0][index])], chart.y.unit, index),
        })),
      ],
    },
  };
}

const plots = new Map();
function draw() {
  charts.forEach((chart, i) => {
    const place = document.getElementById(`chart-${i}`);
    plots.get(place)?.destroy();
    const make = chart.kind === "bars" ? barChart : lineChart;
    const { options, data } = make(chart, place.clientWidth);
    plots.set(place, new uPlot(options, data, place));
  });
}

draw();
dark.addEventListener("change", draw);
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const plot = plots.get(target);
    if (plot.width !== target.clientWidth && target.clientWidth > 0)
      plot.setSize({ width: target.clientWidth, height: HEIGHT });
  }
});
for (const place of plots.keys()) observer.observe(place);
