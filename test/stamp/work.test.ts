import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { bitsForWork, hashesOf, reachesWork } from "../../src/stamp/work.ts";

test("a set is eight equal stamps of the least bits that reach the work", () => {
  assert.equal(bitsForWork(20), 17);
  assert.equal(bitsForWork(20.01), 18);
  assert.equal(bitsForWork(2), 0);
  assert.equal(bitsForWork(20, 1), 20);
  assert.equal(bitsForWork(20.5, 12), 17);
  assert.equal(bitsForWork(20.6, 12), 18);
});

test("a set of n stamps reaches the work, and one bit less each would not", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 200, noNaN: true }),
      fc.integer({ min: 1, max: 1000 }),
      (work, count) => {
        const bits = bitsForWork(work, count);
        assert.ok(reachesWork(new Array(count).fill(bits), work));
        if (bits > 0) assert.ok(!reachesWork(new Array(count).fill(bits - 1), work));
      },
    ),
  );
});

test("the sum is exact where floating point would round it up", () => {
  const almost = [...Array.from({ length: 60 }, (_, i) => i)]; // 2^60 - 1
  assert.equal(hashesOf(almost), 2n ** 60n - 1n);
  assert.ok(!reachesWork(almost, 60));
  assert.ok(reachesWork([...almost, 0], 60));
});

test("work and counts out of range are refused by name", () => {
  for (const work of [-1, 257, Number.NaN, Number.POSITIVE_INFINITY, "20" as unknown as number]) {
    assert.throws(() => bitsForWork(work), { code: "bad-input", parameter: "work" });
  }
  for (const count of [0, 1.5, 1001]) {
    assert.throws(() => bitsForWork(20, count), { code: "bad-input", parameter: "count" });
  }
});
