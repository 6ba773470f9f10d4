import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  callAfter,
  checkDuration,
  MAX_DURATION,
  parseDuration,
  parseSeconds,
  readLifetime,
} from "../../src/text/duration.ts";
import { formatInstant, parseInstant } from "../../src/text/instant.ts";

test("durations are a number and a unit, with a fraction or without", () => {
  const seconds = (text: string) => parseDuration(text, "--expires") / 1000;
  assert.equal(seconds("90s"), 90);
  assert.equal(seconds("15m"), 900);
  assert.equal(seconds("2h"), 7200);
  assert.equal(seconds("28d"), 28 * 86_400);
  assert.equal(seconds("1w"), 7 * 86_400);
  assert.equal(seconds("0d"), 0);
  assert.equal(seconds("0.3s"), 0.3);
  assert.equal(seconds("200ms"), 0.2);
  assert.equal(seconds("1.5d"), 129_600);
  assert.equal(seconds("36500d"), MAX_DURATION / 1000);
  const bad = [
    "",
    "28",
    "d",
    "1.d",
    ".5d",
    "1.5.5d",
    "1,5d",
    "never",
    "-1d",
    "+1d",
    "1 d",
    "1x",
    "1D",
    "1dd",
    "36501d",
    "9".repeat(400),
  ];
  for (const text of bad) {
    assert.throws(() => parseDuration(text, "--expires"), {
      code: "bad-input",
      parameter: "--expires",
      message: /^--expires must be/,
    });
  }
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY, MAX_DURATION + 1]) {
    assert.throws(() => checkDuration(ms, "grace"), { code: "bad-input", parameter: "grace" });
  }
});

test("instants are ISO 8601, a stamp's date or @seconds, in UTC", () => {
  const iso = (text: string) => new Date(parseInstant(text, "--now")).toISOString();
  assert.equal(iso("2024-02-29"), "2024-02-29T00:00:00.000Z");
  assert.equal(iso("2024-02-29T12:34Z"), "2024-02-29T12:34:00.000Z");
  assert.equal(iso("2024-02-29T12:34:56Z"), "2024-02-29T12:34:56.000Z");
  assert.equal(iso("240229"), "2024-02-29T00:00:00.000Z");
  assert.equal(iso("240229123456"), "2024-02-29T12:34:56.000Z");
  assert.equal(iso("@1709210096"), "2024-02-29T12:34:56.000Z");
  const bad = [
    "",
    "now",
    "2024-02-30",
    "2024-02-29T24:00Z",
    "2024-02-29T12:34:56",
    "2024-02-29T12:34:56+01:00",
    "2024-02-29 12:34Z",
    "1709210096",
    "@-1",
    "240230",
    "24",
  ];
  for (const text of bad) {
    assert.throws(
      () => parseInstant(text, "--now"),
      { code: "bad-input", parameter: "--now" },
      text,
    );
  }
});

test("property: formatInstant writes what Date.toISOString writes", () => {
  fc.assert(
    fc.property(
      fc.date({ noInvalidDate: true }),
      fc.constantFrom(1, 1000, 86_400_000),
      (date, unit) => {
        const time = Math.floor(date.getTime() / unit) * unit;
        if (time < -8.64e15) return;
        assert.equal(formatInstant(time), new Date(time).toISOString().replace(".000Z", "Z"));
      },
    ),
    { numRuns: 2000 },
  );
});

test("times to mint are a number, fractions allowed, and a unit", () => {
  const seconds = (text: string) => parseSeconds(text, "--time");
  assert.equal(seconds("200ms"), 0.2);
  assert.equal(seconds("0.2s"), 0.2);
  assert.equal(seconds("2s"), 2);
  assert.equal(seconds("1.5m"), 90);
  assert.equal(seconds("1ms"), 0.001);
  assert.equal(seconds("0.5h"), 1800);
  assert.equal(seconds("36500d"), MAX_DURATION / 1000);
  const bad = [
    "",
    "2",
    "s",
    ".5s",
    "1.s",
    "-2s",
    "+2s",
    "2 s",
    "2S",
    "2sec",
    "1e3s",
    "0s",
    "0.5ms",
  ];
  const absurd = [
    "0.0000s",
    "36500.1d",
    "999999999999w",
    `${"9".repeat(400)}s`,
    "NaNs",
    "Infinitys",
  ];
  for (const text of [...bad, ...absurd]) {
    assert.throws(() => seconds(text), {
      code: "bad-input",
      parameter: "--time",
      message: /^--time must be/,
    });
  }
});

test("never is a lifetime, and no other duration", () => {
  assert.equal(readLifetime("never", "--expires"), MAX_DURATION);
  assert.equal(readLifetime("1d", "--expires"), 86_400_000);
  assert.equal(readLifetime(5, "expires"), 5);
  for (const other of ["Never", "ever", "0", ""]) {
    assert.throws(() => readLifetime(other, "--expires"), { code: "bad-input" });
  }
});

test("a call after weeks is not made at once, and one after no time is", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const DAY = 86_400_000;
  const LONGEST = 2 ** 31 - 1;
  let calls = 0;
  callAfter(60 * DAY, () => calls++);
  for (const wait of [LONGEST, LONGEST, 60 * DAY - 2 * LONGEST - 1]) t.mock.timers.tick(wait);
  assert.equal(calls, 0);
  t.mock.timers.tick(1);
  assert.equal(calls, 1);
  const takeBack = callAfter(30 * DAY, () => calls++);
  t.mock.timers.tick(25 * DAY);
  takeBack();
  t.mock.timers.tick(25 * DAY);
  assert.equal(calls, 1);
});
