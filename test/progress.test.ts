import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { inWords, withPrefix } from "../src/cli/progress.ts";

const PREFIXED: [value: number, text: string][] = [
  [0, "0 "],
  [7, "7 "],
  [999, "999 "],
  [999.4, "999 "],
  [999.5, "1.00 k"],
  [1000, "1.00 k"],
  [9994, "9.99 k"],
  [9995, "10.0 k"],
  [99_940, "99.9 k"],
  [99_950, "100 k"],
  [999_499, "999 k"],
  [999_500, "1.00 M"],
  [245_000_000, "245 M"],
  [1e9, "1.00 G"],
  [2 ** 40, "1.10 T"],
  [1e15, "1.00 P"],
  [2 ** 63, "9.22 E"],
];

test("a rate has three digits and a decimal prefix", () => {
  for (const [value, text] of PREFIXED) assert.equal(withPrefix(value), text);
});

test("a rate is never off by more than half of its last digit", () => {
  const exponents: Record<string, number> = { "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
  fc.assert(
    fc.property(fc.double({ min: 1000, max: 2 ** 64, noNaN: true }), (value) => {
      const [, digits = "", prefix = ""] = /^(\d{3}|\d\d\.\d|\d\.\d\d) ([kMGTPE])$/.exec(
        withPrefix(value),
      ) ?? [undefined, "0", ""];
      const shown = Number(digits) * 10 ** (exponents[prefix] ?? 0);
      assert.ok(Math.abs(shown - value) <= value * 0.00501, `${value}: ${withPrefix(value)}`);
    }),
  );
});

const YEAR = 365.25 * 86_400;
const DURATIONS: [seconds: number, text: string][] = [
  [0, "0.0 s"],
  [0.04, "0.0 s"],
  [1.23, "1.2 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [119.4, "119 s"],
  [120, "2.0 min"],
  [599, "10 min"],
  [7199, "120 min"],
  [7200, "2.0 h"],
  [2 * 86_400 - 1, "48 h"],
  [2 * 86_400, "2.0 days"],
  [2 * YEAR - 1, "730 days"],
  [2 * YEAR, "2.0 years"],
  [4000 * YEAR, "4000 years"],
];

test("a time is in the largest unit of which there are at least two", () => {
  for (const [seconds, text] of DURATIONS) assert.equal(inWords(seconds), text, `${seconds} s`);
});
