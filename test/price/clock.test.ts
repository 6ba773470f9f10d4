import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CLOCK_START, type ClockMarks, tick } from "../../src/price/clock.ts";
import { debtAt, takeStep } from "../../src/price/price.ts";
import { anyAdvance, anyTariff, anyTime, MINUTE } from "./price-inputs.ts";

const HOUR = 60 * MINUTE;

test("a store's time never goes back, and stays a whole number", () => {
  const readings = fc.array(fc.tuple(anyTime, fc.nat(HOUR)), { maxLength: 40 });
  const property = fc.property(readings, (list) => {
    let marks = CLOCK_START;
    for (const [now, patience] of list) {
      const after = tick(marks, now, patience);
      assert.ok(after.seen >= marks.seen && Number.isSafeInteger(after.seen));
      assert.ok(after.offset >= 0 && Number.isSafeInteger(after.offset) && after.low >= -1);
      marks = after;
    }
  });
  fc.assert(property, { numRuns: 2000 });
});

test("a clock that jumps back gives nobody credit: no price is lower than with a true one", () => {
  const post = fc.record({
    wait: fc.oneof(fc.nat(2 * MINUTE), fc.nat(5 * HOUR)),
    // How far the clock jumps back before the post: not at all as a rule.
    back: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(90_000), fc.nat(1_000_000_000)),
    advance: anyAdvance,
  });
  let dearer = 0;
  const property = fc.property(anyTariff, fc.array(post, { maxLength: 30 }), (tariff, posts) => {
    let [time, lag, marks] = [1_700_000_000_000, 0, CLOCK_START];
    let [truly, told]: [number | null, number | null] = [null, null];
    for (const { wait, back, advance } of posts) {
      time += wait;
      lag += back;
      marks = tick(marks, time - lag, tariff.full);
      const one = takeStep(tariff, truly, time, advance);
      const other = takeStep(tariff, told, marks.seen, advance);
      assert.ok(other.debt >= one.debt && other.price >= one.price, "credit");
      if (other.debt > one.debt) dearer++;
      [truly, told] = [one.next, other.next];
    }
  });
  fc.assert(property, { numRuns: 2000 });
  assert.ok(dearer > 100);
});

/** Reads a clock once a minute. */
function run(marks: ClockMarks, from: number, minutes: number, patience: number): ClockMarks {
  let last = marks;
  for (let i = 0; i <= minutes; i++) last = tick(last, from + i * MINUTE, patience);
  return last;
}

test("after a clock far ahead was put right, time stands still for its patience and goes on", () => {
  const start = 1_700_000_000_000;
  const ahead = tick(tick(CLOCK_START, start, HOUR), start + 1000 * HOUR, HOUR);
  const still = run(ahead, start + MINUTE, 59, HOUR);
  assert.equal(still.seen, ahead.seen);
  const on = run(still, start + HOUR, 61, HOUR);
  assert.equal(on.seen - still.seen, HOUR);
  // Nobody who was forgiven meanwhile is forgiven again when the real time comes round.
  assert.equal(tick(on, start + 2000 * HOUR, HOUR).offset, 0);
  assert.equal(tick(on, start + 2000 * HOUR, HOUR).seen, start + 2000 * HOUR);
});

test("of several clocks that differ the one ahead is the time, for small and large differences", () => {
  for (const behind of [50, 2000, 10 * HOUR]) {
    let marks = CLOCK_START;
    for (let i = 0; i < 600; i++) {
      const now = 1_700_000_000_000 + i * MINUTE;
      marks = tick(marks, now, HOUR);
      assert.equal(marks.seen, now);
      marks = tick(marks, now - behind, HOUR);
      assert.equal(marks.seen, now, "the clock behind moved it");
    }
    assert.equal(marks.offset, 0);
  }
});

test("a clock set back for years and put right again forgives no more than the time that went by", () => {
  const start = 1_700_000_000_000;
  const tariff = { base: 0, cap: 2560, free: 0, tau: MINUTE, start: 0, full: 10 * MINUTE };
  let marks = tick(CLOCK_START, start, tariff.full);
  const { next } = takeStep(tariff, null, marks.seen, 8 * MINUTE);
  marks = tick(marks, 0, tariff.full);
  assert.equal(debtAt(tariff, next, marks.seen), 8 * MINUTE);
  marks = tick(marks, start + 3 * MINUTE, tariff.full);
  assert.equal(debtAt(tariff, next, marks.seen), 5 * MINUTE);
});
