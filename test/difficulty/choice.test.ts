import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { threadCounts } from "../../src/difficulty/calibrate.ts";
import { chooseSet, describeSet } from "../../src/difficulty/choice.ts";
import { CLIENT_NAMES, CLIENTS } from "../../src/difficulty/clients.ts";
import { chanceBeyond, meanTime, type Pace, timeQuantile } from "../../src/difficulty/pace.ts";
import { ALGORITHMS } from "../../src/engine/algorithms.ts";
import { MAX_SET, MOST_CHOSEN_BITS } from "../../src/stamp/work.ts";

/** A million hashes a second, and nothing else to do. */
const PLAIN: Pace = { rate: 1e6, shortRate: 1e6, overhead: 0, shortOverhead: 0 };
const HOST: Pace = { rate: 476e6, shortRate: 440e6, overhead: 1e-3, shortOverhead: 2e-4 };

test("a set takes what its hashes and its stamps take", () => {
  const long = { bits: 24, count: 3 };
  assert.ok(Math.abs(meanTime(long, HOST) - (3 * 1e-3 + (3 * 2 ** 24) / 476e6)) < 1e-12);
  const short = { bits: 21, count: 5 };
  assert.ok(Math.abs(meanTime(short, HOST) - (5 * 2e-4 + (5 * 2 ** 21) / 440e6)) < 1e-12);
  // Of one stamp the median is ln 2 of the mean, of eight the 99th percentile is twice it.
  assert.ok(
    Math.abs(timeQuantile({ bits: 20, count: 1 }, PLAIN, 0.5) / 2 ** 20 - 0.693147e-6) < 1e-11,
  );
  assert.ok(Math.abs(timeQuantile({ bits: 20, count: 8 }, PLAIN, 0.99) / 2 ** 23 - 2e-6) < 1e-10);
  assert.equal(chanceBeyond(long, HOST, 0.001), 1);
  const late = timeQuantile(long, HOST, 0.95);
  assert.ok(Math.abs(chanceBeyond(long, HOST, late) - 0.05) < 1e-12);
});

test("a power of two of hashes is one stamp; half as much again is three", () => {
  const seconds = 2 ** 20 / 1e6;
  const one = chooseSet({ seconds }, PLAIN);
  assert.deepEqual([one.bits, one.count], [20, 1]);
  const three = chooseSet({ seconds: 1.5 * seconds }, PLAIN);
  assert.deepEqual([three.bits, three.count], [19, 3]);
  assert.deepEqual(three, describeSet({ bits: 19, count: 3 }, PLAIN));
});

const seconds = fc.double({ min: -2, max: 3, noNaN: true }).map((exponent) => 10 ** exponent);
const paces = fc.record({
  rate: fc.double({ min: 1e6, max: 1e12, noNaN: true }),
  shortRate: fc.double({ min: 1e6, max: 1e12, noNaN: true }),
  overhead: fc.double({ min: 0, max: 1e-3, noNaN: true }),
  shortOverhead: fc.double({ min: 0, max: 1e-3, noNaN: true }),
});

test("the mean is within 3 % of the target, with at most 33 stamps, whatever the machine", () => {
  const plain = paces.map(({ rate }) => ({ rate, shortRate: rate, overhead: 0, shortOverhead: 0 }));
  fc.assert(
    fc.property(seconds, plain, (seconds, pace) => {
      fc.pre(seconds * pace.rate >= 64);
      const { mean, count, bits } = chooseSet({ seconds, maxBits: 64 }, pace);
      assert.ok(Math.abs(mean / seconds - 1) <= 0.03, `${count} of ${bits}: ${mean}`);
      assert.ok(count <= 33, `${count}`);
    }),
  );
});

test("slow cases stay under the bound, or it is an error; no bit is beyond the cap", () => {
  let met = 0;
  fc.assert(
    fc.property(
      seconds,
      paces,
      fc.double({ min: 1.05, max: 6, noNaN: true }),
      fc.integer({ min: 10, max: 40 }),
      (seconds, pace, ratio, maxBits) => {
        const p99 = seconds * ratio;
        try {
          const choice = chooseSet({ seconds, p99, maxBits }, pace);
          assert.ok(timeQuantile(choice, pace, 0.99) <= p99 * (1 + 1e-9));
          assert.ok(chanceBeyond(choice, pace, p99) <= 0.01);
          assert.ok(choice.bits <= maxBits && choice.count <= MAX_SET);
          assert.ok(choice.mean <= p99);
          met++;
        } catch (error) {
          assert.ok(
            ["time", "p99"].includes((error as { parameter: string }).parameter),
            `${error}`,
          );
        }
      },
    ),
  );
  assert.ok(met > 20, `${met}`);
});

test("fewer stamps would be further away or too much luck", () => {
  const target = { seconds: 2, p99: 4 };
  const choice = chooseSet(target, HOST);
  assert.ok(choice.count > 1);
  for (let count = 1; count < choice.count; count++) {
    for (let bits = 0; bits <= 40; bits++) {
      const set = { bits, count };
      const near = Math.abs(meanTime(set, HOST) / 2 - 1) <= 0.03;
      assert.ok(!near || chanceBeyond(set, HOST, 4) > 0.01, `${count} of ${bits}`);
    }
  }
});

test("a stated cap holds: more stamps rather than more bits, and an error that names the bits", () => {
  const { bits, count } = chooseSet({ seconds: 3600 }, HOST);
  assert.ok(bits <= MOST_CHOSEN_BITS && count > 33, `${count} of ${bits}`);
  assert.throws(() => chooseSet({ seconds: 86_400 }, HOST), {
    parameter: "time",
    hint: /^--max-bits \d+ allows \d+ of \d+$/,
  });
  assert.ok(chooseSet({ seconds: 86_400, maxBits: 50 }, HOST).bits > MOST_CHOSEN_BITS);
  assert.throws(() => chooseSet({ seconds: 1e30, maxBits: 64 }, HOST), { parameter: "time" });
});

test("so short a target that no set is as near gets the nearest, unless that takes twice as long", () => {
  const { bits, count, mean } = chooseSet({ seconds: 1.2e-4 }, HOST);
  assert.equal(count, 1);
  assert.ok(bits < 10 && mean >= HOST.shortOverhead && mean < 2.1e-4);
  assert.throws(() => chooseSet({ seconds: 1e-6 }, HOST), {
    parameter: "time",
    message: /^minting a single stamp takes 2.01e-4s here/,
  });
});

test("many stamps without work are no way to pass the time", () => {
  // 250 stamps of no bits would take 50 ms, with no luck in it at all.
  assert.throws(() => chooseSet({ seconds: 0.05, p99: 0.051 }, HOST), { parameter: "p99" });
  const { bits, count } = chooseSet({ seconds: 0.05, p99: 0.07 }, HOST);
  assert.ok(count * HOST.shortOverhead < 0.0125 && bits >= 18, `${count} of ${bits}`);
});

test("the bound that an error offers can be had", () => {
  for (const seconds of [0.05, 0.3, 2, 77, 3000]) {
    for (const pace of [HOST, PLAIN]) {
      let hint = "";
      assert.throws(
        () => chooseSet({ seconds, p99: seconds * 1.0001 }, pace),
        (error: { hint: string; parameter: string }) => {
          hint = error.hint;
          return error.parameter === "p99";
        },
      );
      const [, offered] = /: (\S+)s or more/.exec(hint) ?? [];
      assert.ok(chooseSet({ seconds, p99: Number(offered) }, pace).p99 <= Number(offered), hint);
    }
  }
});

test("targets that make no sense are refused by name", () => {
  const bad: [target: Parameters<typeof chooseSet>[0], parameter: string][] = [
    [{ seconds: 0 }, "time"],
    [{ seconds: -1 }, "time"],
    [{ seconds: Number.NaN }, "time"],
    [{ seconds: Number.POSITIVE_INFINITY }, "time"],
    [{ seconds: "2" as unknown as number }, "time"],
    [{ seconds: 2, p99: 2 }, "p99"],
    [{ seconds: 2, p99: Number.NaN }, "p99"],
    [{ seconds: 2, p99: 2.01 }, "p99"],
    [{ seconds: 2, maxBits: -1 }, "maxBits"],
    [{ seconds: 2, maxBits: 65 }, "maxBits"],
    [{ seconds: 2, maxBits: 20.5 }, "maxBits"],
  ];
  for (const [target, parameter] of bad) {
    assert.throws(() => chooseSet(target, HOST), { code: "bad-input", parameter });
  }
});

test("one thread, two, four and so on, up to all", () => {
  assert.deepEqual(threadCounts(1), [1]);
  assert.deepEqual(threadCounts(2), [1, 2]);
  assert.deepEqual(threadCounts(6), [1, 2, 4, 6]);
  assert.deepEqual(threadCounts(8), [1, 2, 4, 8]);
});

test("every figure of a device has a source and a date, and is in docs/difficulty.md", () => {
  const docs = readFileSync(new URL("../../docs/difficulty.md", import.meta.url), "utf8");
  for (const name of CLIENT_NAMES) {
    for (const algorithm of ALGORITHMS) {
      const { value, source, date } = CLIENTS[name].rates[algorithm];
      assert.ok(value > 0 && source.length > 10);
      assert.match(date, /^20\d\d-\d\d$/);
      const rate = value >= 1e6 ? `${value / 1e6} MH/s` : `${value / 1e3} kH/s`;
      const row = `| \`${name}\` | ${algorithm} | ${rate} | ${source} | ${date} |`;
      assert.ok(docs.includes(row), row);
    }
  }
});
