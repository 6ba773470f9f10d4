import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  formatBytes,
  formatCount,
  formatEnergy,
  formatMoney,
  formatPercent,
  formatQuantity,
  formatSeconds,
  withPrefix,
} from "../../src/cli/figures/quantity.ts";

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
  [2 ** 256, "1.16e77 "],
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
const TIMES: [seconds: number, text: string][] = [
  [0, "0 s"],
  [6.4e-7, "640 ns"],
  [0.0021, "2.1 ms"],
  [0.00083, "830 µs"],
  [0.04, "40 ms"],
  [0.9996, "1.0 s"],
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
  [4.5e9 * YEAR, "4.50 G years"],
  [Number.POSITIVE_INFINITY, "Infinity years"],
];

test("a time is in the unit that fits", () => {
  for (const [seconds, text] of TIMES) assert.equal(formatSeconds(seconds), text, `${seconds} s`);
});

test("counts, money, energy, sizes and shares", () => {
  const texts: [actual: string, expected: string][] = [
    [formatCount(0.031), "0.031"],
    [formatCount(9.96), "10"],
    [formatCount(0.0996), "0.10"],
    [formatCount(2.5), "2.5"],
    [formatCount(12.4), "12"],
    [formatCount(-1500), "-1.50 k"],
    [formatCount(1e-9), "1.0e-9"],
    [formatMoney(0), "$0"],
    [formatMoney(0.0031), "$0.0031"],
    [formatMoney(12.4), "$12.40"],
    [formatMoney(1_234_567), "$1.23 M"],
    [formatMoney(-0.5, "€"), "-€0.50"],
    [formatEnergy(0.0032), "3.2 mJ"],
    [formatEnergy(5.4e7), "15 kWh"],
    [formatEnergy(3.6e9), "1.00 MWh"],
    [formatBytes(32 * 1024), "32 KiB"],
    [formatBytes(1.5 * 2 ** 30), "1.5 GiB"],
    [formatBytes(512), "512 B"],
    [formatPercent(0.923), "92 %"],
    [formatPercent(-0.013), "-1.3 %"],
    [formatQuantity(245e6, "H/s"), "245 MH/s"],
    [formatQuantity(7, "stamps"), "7 stamps"],
    [formatQuantity(701_000, "stamps/s"), "701 k stamps/s"],
    [formatQuantity(0.5, "%"), "50 %"],
  ];
  for (const [actual, expected] of texts) assert.equal(actual, expected);
});
