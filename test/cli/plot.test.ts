import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import type { Axis, LineChart } from "../../src/cli/figures/chart.ts";
import { plot } from "../../src/cli/figures/plot.ts";
import { scaleFor } from "../../src/cli/figures/scale.ts";
import {
  markdownTable,
  textTable,
  widthOf,
  wrapText,
  wrapValues,
} from "../../src/cli/figures/table.ts";

const PLAIN = { width: 60, colour: false };
const RISING: LineChart = {
  kind: "lines",
  title: "rising",
  x: { label: "threads" },
  y: { label: "rate" },
  series: [
    {
      name: "one",
      points: [
        [0, 0],
        [10, 100],
      ],
    },
  ],
};

test("bars are as long as their values, and all share one scale", () => {
  const chart = {
    kind: "bars",
    title: "t",
    y: { label: "" },
    categories: ["a", "bb", "none"],
    series: [{ name: "x", values: [40, 10, null] }],
  } as const;
  const [title, first = "", second = "", ...rest] = plot(chart, PLAIN).split("\n");
  const count = (line: string) => line.replace(/[^█]/g, "").length;
  assert.equal(title, "t");
  assert.match(first, /^a {3}40 {2}█+$/);
  assert.match(second, /^bb {2}10 {2}█+/);
  assert.equal(first.length, PLAIN.width);
  assert.ok(Math.abs(count(first) - 4 * count(second)) <= 3, `${count(first)}, ${count(second)}`);
  assert.deepEqual(rest, [""]);
});

test("a rising line begins below and ends above", () => {
  const lines = plot(RISING, PLAIN).split("\n");
  const area = lines.slice(1, 13);
  assert.match(area[0] ?? "", /^ *100 ┤ +\S+$/);
  assert.match(area[11] ?? "", /^ *0 ┤\S+$/);
  const starts = area.map((line) => /[│┤] *(?=[^ ])/.exec(line)?.[0].length ?? 0);
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => b - a),
  );
  for (const line of lines) assert.ok(widthOf(line) <= PLAIN.width, line);
});

test("colour is only where it is asked for", () => {
  const series = [RISING.series[0] ?? { name: "", points: [] }, { name: "two", points: [[1, 1]] }];
  const chart = { ...RISING, series } as LineChart;
  const plain = plot(chart, PLAIN);
  assert.equal(stripVTControlCharacters(plain), plain);
  const coloured = plot(chart, { ...PLAIN, colour: true });
  assert.ok(coloured.includes("\x1b[36m") && coloured.includes("\x1b[0m"));
  assert.equal(stripVTControlCharacters(coloured), plain);
});

test("charts of nothing, of one point and of values that no axis can show", () => {
  const show = (points: [number, number][], y: Axis = { label: "" }) =>
    plot({ ...RISING, y, series: [{ name: "", points }] }, PLAIN);
  assert.match(show([]), /nothing to show/);
  assert.match(show([[1, Number.NaN]]), /nothing to show/);
  assert.match(show([[1, 0]], { label: "", log: 10 }), /nothing to show/);
  assert.match(show([[1, 1]]), /●/);
  assert.match(show([[0, 0]]), /●/);
});

test("whatever is drawn fits, and every tick is on the axis", () => {
  const value = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
  const log = fc.constantFrom(undefined, 2 as const, 10 as const);
  const points = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(points, log, log, fc.integer({ min: 40, max: 120 }), (some, x, y, width) => {
      const sorted = some.toSorted(([a], [b]) => a - b);
      const chart: LineChart = {
        ...RISING,
        x: { label: "x", log: x },
        y: { label: "y", log: y },
        series: [{ name: "s", points: sorted }],
      };
      for (const line of plot(chart, { width, colour: false }).split("\n")) {
        assert.ok(widthOf(line) <= width, `${widthOf(line)} columns of ${width}: ${line}`);
      }
      const values = some.map(([v]) => v);
      const scale = scaleFor(values, chart.x, 5);
      for (const v of [...values, ...scale.ticks]) {
        assert.ok(scale.at(v) > -1e-6 && scale.at(v) < 1 + 1e-6, `${v}: ${scale.at(v)}`);
      }
      assert.ok(scale.ticks.length >= 1 && scale.ticks.length <= 9, String(scale.ticks));
    }),
    // Values that differ in their last digits only.
    {
      examples: [
        [
          [
            [1.0000000000000003e-9, 1e-9],
            [1.0000000000000005e-9, 1e-9],
          ],
          undefined,
          undefined,
          40,
        ],
      ],
    },
  );
});

test("tables are aligned, and hold no control character", () => {
  const table = {
    head: ["kernel", "rate"],
    rows: [
      ["avx512", "249 M"],
      ["a\x1b[1m", "9 M"],
    ],
  };
  assert.equal(textTable(table), "kernel   rate\navx512  249 M\na?[1m     9 M\n");
  assert.equal(
    markdownTable({ head: ["a", "n"], rows: [["x|y_<b>", "1"]] }),
    "| a | n |\n| --- | ---: |\n| x\\|y\\_\\<b\\> | 1 |\n",
  );
  assert.equal(textTable({ head: [], rows: [["a", "b c"], ["long"]] }), "a     b c\nlong\n");
  const wrapped = wrapValues({ head: [], rows: [["name", "one two three"]] }, 14);
  assert.equal(textTable(wrapped), "name  one two\n      three\n");
  assert.equal(wrapText("verylongword a b", 6), "verylongword\na b\n");
});
