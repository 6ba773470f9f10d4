import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type DateWidth, formatStampDate, parseStampDate } from "../../src/text/date.ts";

const NOW = Date.UTC(2026, 10, 22);
const iso = (text: string, reference = NOW) => {
  const time = parseStampDate(text, reference);
  return Number.isNaN(time) ? "none" : new Date(time).toISOString().replace(".000Z", "");
};

test("a date is 6, 10 or 12 digits, read as UTC", () => {
  assert.equal(iso("240229"), "2024-02-29T00:00:00");
  assert.equal(iso("2402291234"), "2024-02-29T12:34:00");
  assert.equal(iso("240229235959"), "2024-02-29T23:59:59");
  for (const text of [
    "",
    "24",
    "2402",
    "24022912",
    "2402291234567",
    "24022x",
    "+40229",
    "2４0229",
  ]) {
    assert.equal(iso(text), "none", text);
  }
});

test("dates that do not exist are refused, not rolled over", () => {
  for (const text of ["240100", "240132", "240001", "241301", "230229", "240431", "21022924"]) {
    assert.equal(iso(text), "none", text);
  }
  for (const text of ["240101240000", "240101006000", "240101000060", "2401012400"]) {
    assert.equal(iso(text), "none", text);
  }
});

test("a two-digit year means the century nearest to the reference", () => {
  assert.equal(iso("760101").slice(0, 4), "2076");
  assert.equal(iso("770101").slice(0, 4), "1977");
  assert.equal(iso("991231").slice(0, 4), "1999");
  assert.equal(iso("260101").slice(0, 4), "2026");
  assert.equal(iso("010101", Date.UTC(1999, 11, 31)).slice(0, 4), "2001");
  assert.equal(iso("990101", Date.UTC(2101, 0, 1)).slice(0, 4), "2099");
  // 1900 was no leap year, 2000 was.
  assert.equal(iso("000229"), "2000-02-29T00:00:00");
  assert.equal(iso("000229", Date.UTC(1940, 0, 1)), "none");
});

test("formatStampDate rounds down to the width", () => {
  const date = new Date("2024-02-29T12:34:56.999Z");
  assert.equal(formatStampDate(date, 6), "240229");
  assert.equal(formatStampDate(date, 10), "2402291234");
  assert.equal(formatStampDate(date, 12), "240229123456");
  assert.throws(() => formatStampDate(new Date(Number.NaN), 6), { parameter: "date" });
  assert.throws(() => formatStampDate(new Date(8.64e15), 6), { parameter: "date" });
  assert.throws(() => formatStampDate(0 as unknown as Date, 6), { parameter: "date" });
  assert.throws(() => formatStampDate(date, 8 as DateWidth), { parameter: "dateWidth" });
});

test("property: a date written comes back rounded down", () => {
  const unit = { 6: 86_400_000, 10: 60_000, 12: 1000 };
  const near = { min: new Date("1978-01-01"), max: new Date("2075-01-01"), noInvalidDate: true };
  fc.assert(
    fc.property(fc.date(near), fc.constantFrom<DateWidth>(6, 10, 12), (date, width) => {
      const time = date.getTime();
      const back = parseStampDate(formatStampDate(date, width), NOW);
      assert.equal(back, time - (((time % unit[width]) + unit[width]) % unit[width]));
    }),
  );
});
