/**
 * What a chart shows, drawn in a terminal by plot.ts and on a page by page.ts from this one
 * description.
 */
export type Chart = LineChart | BarChart;

export interface Axis {
  readonly label: string;
  /** `s` for seconds, `%` for shares of 1, `$` for money, or any other; numbers by default. */
  readonly unit?: string | undefined;
  /** Logarithmic, to this base; what is not positive is then not shown. */
  readonly log?: 2 | 10 | undefined;
}

export interface Series {
  readonly name: string;
  /** In the order of x. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** A line through the points by default; steps keep each y until the next x. */
  readonly style?: "line" | "dots" | "steps" | undefined;
}

export interface LineChart {
  readonly kind: "lines";
  /** What is seen, in a few words: also for those who cannot see it. */
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** A group of bars for each category, one of each series; null leaves it out. */
export interface BarChart {
  readonly kind: "bars";
  readonly title: string;
  readonly y: Axis;
  readonly categories: readonly string[];
  readonly series: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
  }[];
}

/** The points of a series that can be shown on these axes. */
export function visiblePoints({ points }: Series, x: Axis, y: Axis): (readonly [number, number])[] {
  const shown = (value: number, { log }: Axis) =>
    Number.isFinite(value) && (log === undefined || value > 0);
  return points.filter(([px, py]) => shown(px, x) && shown(py, y));
}

/** The figures of a chart as a table: for those who cannot see it, or want the numbers. */
export function figuresOf(chart: Chart, format: (value: number, unit?: string) => string) {
  const names = chart.series.map(({ name }) => name);
  if (chart.kind === "bars") {
    const rows = chart.categories.map((category, i) => [
      category,
      ...chart.series.map(({ values }) => cell(values[i], chart.y, format)),
    ]);
    return { head: ["", ...names], rows };
  }
  const lookups = chart.series.map(({ points }) => new Map(points));
  const xs = [...new Set(lookups.flatMap((lookup) => [...lookup.keys()]))].sort((a, b) => a - b);
  const rows = xs.map((x) => [
    format(x, chart.x.unit),
    ...lookups.map((lookup) => cell(lookup.get(x), chart.y, format)),
  ]);
  return { head: [chart.x.label, ...names], rows };
}

function cell(
  value: number | null | undefined,
  { unit }: Axis,
  format: (value: number, unit?: string) => string,
): string {
  return value === undefined || value === null ? "" : format(value, unit);
}
