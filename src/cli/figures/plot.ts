import { type BarChart, type Chart, type LineChart, visiblePoints } from "./chart.ts";
import { formatQuantity } from "./quantity.ts";
import { type Scale, scaleFor } from "./scale.ts";
import { widthOf } from "./table.ts";

/** What a plot is drawn for. */
export interface PlotStyle {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
  /** Lines of the area of a line chart; 12 by default. */
  readonly height?: number | undefined;
}

const PIPE_WIDTH = 80;
const LEAST_WIDTH = 40;
const MOST_WIDTH = 120;

/**
 * The style for standard output: a terminal's own width and colours, if NO_COLOR, TERM and the like
 * allow any; 80 columns without colour in a pipe.
 */
export function standardStyle(): PlotStyle {
  const { stdout } = process;
  if (!stdout.isTTY) return { width: PIPE_WIDTH, colour: false };
  const width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, stdout.columns || PIPE_WIDTH));
  return { width, colour: stdout.hasColors() };
}

/** Draws a chart with characters; its title is the first line. */
export function plot(chart: Chart, style: PlotStyle = standardStyle()): string {
  const body = chart.kind === "bars" ? plotBars(chart, style) : plotLines(chart, style);
  return `${chart.title}\n${body}`;
}

/** Colours that are told apart on light and dark, by people who see no difference of red and green. */
const COLOURS = [36, 33, 35, 32, 34, 31];
const MARKS = "●▲■○△□";

function paint(text: string, series: number, { colour }: PlotStyle): string {
  return colour ? `\x1b[${COLOURS[series % COLOURS.length]}m${text}\x1b[0m` : text;
}

/** Eighths of a column. */
const BLOCKS = " ▏▎▍▌▋▊▉";

function barOf(share: number, width: number): string {
  const eighths = Math.round(8 * width * Math.min(1, Math.max(0, share)));
  const rest = BLOCKS[eighths % 8] ?? "";
  return ("█".repeat(Math.floor(eighths / 8)) + rest).trimEnd();
}

/** Horizontal bars, a line each, with label and value; all share one scale that begins at 0. */
function plotBars(chart: BarChart, style: PlotStyle): string {
  const { categories, series, y } = chart;
  const several = series.length > 1;
  const lines = categories.flatMap((category, c) =>
    series.flatMap(({ name, values }, s) => {
      const value = values[c];
      if (value === null || value === undefined) return [];
      const label = several ? `${category} ${name}` : category;
      return [{ s, value, label, text: formatQuantity(value, y.unit) }];
    }),
  );
  const most = Math.max(...lines.map(({ value }) => value), Number.MIN_VALUE);
  const labelWidth = Math.max(0, ...lines.map(({ label }) => widthOf(label)));
  const textWidth = Math.max(0, ...lines.map(({ text }) => widthOf(text)));
  const width = Math.max(8, style.width - labelWidth - textWidth - 4);
  return lines
    .map(({ s, value, label, text }) => {
      const start = `${label.padEnd(labelWidth)}  ${text.padStart(textWidth)}  `;
      return `${start}${paint(barOf(value / most, width), s, style)}`.trimEnd();
    })
    .map((line) => `${line}\n`)
    .join("");
}

/** A grid of braille cells, two by four dots each, that remembers whose the last dot was. */
class Canvas {
  readonly #dots: Uint8Array;
  readonly #owner: Uint8Array;
  readonly #marks = new Map<number, string>();

  constructor(
    readonly columns: number,
    readonly rows: number,
  ) {
    this.#dots = new Uint8Array(columns * rows);
    this.#owner = new Uint8Array(columns * rows);
  }

  /** Sets the dot at x from the left and y from the bottom. */
  dot(x: number, y: number, owner: number): void {
    const row = this.rows - 1 - (y >> 2);
    const cell = row * this.columns + (x >> 1);
    const inside = x >= 0 && x < 2 * this.columns && row >= 0 && row < this.rows;
    if (!inside) return;
    // Unicode numbers the dots of a column downwards, and the bottom two last (U+2800).
    const bit = [0x40, 0x04, 0x02, 0x01, 0x80, 0x20, 0x10, 0x08][(x & 1) * 4 + (y & 3)] ?? 0;
    this.#dots[cell] = (this.#dots[cell] ?? 0) | bit;
    this.#owner[cell] = owner;
  }

  line(x0: number, y0: number, x1: number, y1: number, owner: number): void {
    const steps = Math.max(1, Math.abs(x1 - x0), Math.abs(y1 - y0));
    for (let i = 0; i <= steps; i++) {
      const at = i / steps;
      this.dot(Math.round(x0 + at * (x1 - x0)), Math.round(y0 + at * (y1 - y0)), owner);
    }
  }

  mark(x: number, y: number, owner: number, mark: string): void {
    this.dot(x, y, owner);
    this.#marks.set((this.rows - 1 - (y >> 2)) * this.columns + (x >> 1), mark);
  }

  row(row: number, style: PlotStyle): string {
    let text = "";
    for (let cell = row * this.columns; cell < (row + 1) * this.columns; cell++) {
      const dots = this.#dots[cell] ?? 0;
      const shape = this.#marks.get(cell) ?? String.fromCharCode(0x2800 + dots);
      text += dots === 0 ? " " : paint(shape, this.#owner[cell] ?? 0, style);
    }
    return text.trimEnd();
  }
}

const HEIGHT = 12;
/** Marks on a line tell the series apart where there is no colour. */
const MOST_MARKS = 9;

function plotLines(chart: LineChart, style: PlotStyle): string {
  const series = chart.series.map((one) => visiblePoints(one, chart.x, chart.y));
  const points = series.flat();
  if (points.length === 0) return "(nothing to show)\n";
  const rows = style.height ?? HEIGHT;
  const y = scaleFor(
    points.map(([, value]) => value),
    chart.y,
    Math.ceil(rows / 3),
  );
  const labels = y.ticks.map((tick) => formatQuantity(tick, chart.y.unit));
  const margin = Math.max(...labels.map(widthOf));
  const canvas = new Canvas(Math.max(10, style.width - margin - 3), rows);
  const x = scaleFor(
    points.map(([value]) => value),
    chart.x,
    Math.floor(canvas.columns / 12),
  );
  series.forEach((one, s) => {
    drawSeries(canvas, one, s, chart.series[s]?.style ?? "line", x, y);
  });
  const lines = Array.from({ length: rows }, (_, row) => {
    const tick = y.ticks.findIndex((value) => rowOf(value, y, rows) === row);
    const label = (labels[tick] ?? "").padStart(margin);
    return `${label} ${tick < 0 ? "│" : "┤"}${canvas.row(row, style)}`.trimEnd();
  });
  return [...lines, ...xAxis(chart, x, canvas.columns, margin), ...legend(chart, style)]
    .map((line) => `${line}\n`)
    .join("");
}

function rowOf(value: number, scale: Scale, rows: number): number {
  return rows - 1 - (Math.round(scale.at(value) * (4 * rows - 1)) >> 2);
}

function drawSeries(
  canvas: Canvas,
  points: readonly (readonly [number, number])[],
  owner: number,
  style: "line" | "dots" | "steps",
  x: Scale,
  y: Scale,
): void {
  const places = points.map(
    ([px, py]) =>
      [
        Math.round(x.at(px) * (2 * canvas.columns - 1)),
        Math.round(y.at(py) * (4 * canvas.rows - 1)),
      ] as const,
  );
  places.forEach(([px, py], i) => {
    const [lastX, lastY] = places[i - 1] ?? [px, py];
    if (style === "dots") canvas.dot(px, py, owner);
    else if (style === "line") canvas.line(lastX, lastY, px, py, owner);
    else {
      canvas.line(lastX, lastY, px, lastY, owner);
      canvas.line(px, lastY, px, py, owner);
    }
  });
  if (style === "dots" && places.length > MOST_MARKS) return;
  const every = Math.max(1, Math.ceil(places.length / MOST_MARKS));
  const mark = MARKS[owner % MARKS.length] ?? "●";
  places.forEach(([px, py], i) => {
    if ((i + Math.floor(every / 2)) % every === 0) canvas.mark(px, py, owner, mark);
  });
}

/** The axis, its ticks, and what it measures. */
function xAxis(chart: LineChart, x: Scale, columns: number, margin: number): string[] {
  const line = new Array<string>(columns).fill("─");
  let labels = "";
  for (const tick of x.ticks) {
    const column = Math.round(x.at(tick) * (2 * columns - 1)) >> 1;
    line[column] = "┬";
    const label = formatQuantity(tick, chart.x.unit);
    const start = Math.min(columns - widthOf(label), Math.max(0, column - (widthOf(label) >> 1)));
    if (start > widthOf(labels) || labels === "")
      labels = labels.padEnd(Math.max(0, start)) + label;
  }
  const before = " ".repeat(margin + 2);
  return [`${" ".repeat(margin)} └${line.join("")}`, before + labels, `${before}${chart.x.label}`];
}

function legend({ series, y }: LineChart, style: PlotStyle): string[] {
  if (series.length < 2) return [];
  const names = series.map(({ name }, s) => paint(`${MARKS[s % MARKS.length]} ${name}`, s, style));
  return [`${y.label}: ${names.join("   ")}`];
}
