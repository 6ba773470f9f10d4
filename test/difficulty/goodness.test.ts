import assert from "node:assert/strict";
import { test } from "node:test";
import { fitTo, kolmogorovTail } from "../../bench/goodness.ts";
import { chooseSet } from "../../src/difficulty/choice.ts";
import { chanceBeyond, type Pace, type StampSet, timeQuantile } from "../../src/difficulty/pace.ts";
import { erlangCdf } from "../../src/stamp/erlang.ts";

test("the limit distribution is that of the tables", () => {
  // Critical values for many samples: Smirnov 1948, "Table for estimating the goodness of fit".
  const critical = [
    [1.2238, 0.1],
    [1.3581, 0.05],
    [1.6276, 0.01],
    [1.9495, 0.001],
  ] as const;
  const n = 1e10;
  for (const [lambda, p] of critical) {
    assert.ok(Math.abs(kolmogorovTail(lambda / Math.sqrt(n), n) - p) < 2e-4 * (1 + p), `${lambda}`);
  }
  // For ten samples the exact critical values are 0.409 and 0.489.
  assert.ok(Math.abs(kolmogorovTail(0.409, 10) - 0.05) < 0.002);
  assert.ok(Math.abs(kolmogorovTail(0.489, 10) - 0.01) < 0.001);
  assert.equal(kolmogorovTail(0.001, 100), 1);
  assert.equal(kolmogorovTail(1, 1000), 0);
});

test("the distance is the greatest of those on either side of each step", () => {
  const uniform = (x: number) => Math.min(1, Math.max(0, x));
  assert.ok(Math.abs(fitTo([0.5], uniform).distance - 0.5) < 1e-12);
  assert.ok(Math.abs(fitTo([0.9, 0.1], uniform).distance - 0.4) < 1e-12);
  assert.ok(Math.abs(fitTo([0.8, 0.9], uniform).distance - 0.8) < 1e-12);
  assert.throws(() => fitTo([], uniform));
});

/** Numbers from 0 to 1 that are the same in each run: a linear congruential generator (Knuth, MMIX). */
function seeded(seed: bigint): () => number {
  let state = seed;
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return Number(state >> 11n) / 2 ** 53;
  };
}

/** The time of a set on a machine that is exactly as fast as its pace says. */
function mintedIn({ bits, count }: StampSet, pace: Pace, random: () => number): number {
  const short = bits < 22;
  let time = 0;
  for (let i = 0; i < count; i++) {
    // The number of tries until a hit of chance 2^-bits, which is geometric.
    const tries = Math.ceil(Math.log1p(-random()) / Math.log1p(-(2 ** -bits)));
    time += short ? pace.shortOverhead + tries / pace.shortRate : pace.overhead + tries / pace.rate;
  }
  return time;
}

const PACES: Record<string, Pace> = {
  "two fast cores": { rate: 476e6, shortRate: 440e6, overhead: 1e-3, shortOverhead: 2e-4 },
  "an old processor": { rate: 5e6, shortRate: 3e6, overhead: 2e-3, shortOverhead: 4e-4 },
};

for (const [name, pace] of Object.entries(PACES)) {
  for (const target of [{ seconds: 0.2 }, { seconds: 1 }, { seconds: 5, p99: 9 }]) {
    test(`what is chosen takes ${target.seconds} s on ${name}, luck and all`, () => {
      const random = seeded(0x57a3bn);
      const choice = chooseSet(target, pace);
      const times = Array.from({ length: 4000 }, () => mintedIn(choice, pace, random));
      const observed = times.reduce((sum, time) => sum + time, 0) / times.length;
      const error = 3 / Math.sqrt(times.length * choice.count);
      assert.ok(Math.abs(observed / target.seconds - 1) < 0.03 + error, `${observed}`);
      assert.ok(Math.abs(observed / choice.mean - 1) < error, `${observed} ${choice.mean}`);
      const { p } = fitTo(times, (seconds) => 1 - chanceBeyond(choice, pace, seconds));
      assert.ok(p > 0.01, `p = ${p}`);
      for (const share of [0.5, 0.95, 0.99]) {
        const within = times.filter((time) => time <= timeQuantile(choice, pace, share)).length;
        const spread = Math.sqrt((share * (1 - share)) / times.length);
        assert.ok(Math.abs(within / times.length - share) < 3.5 * spread, `${share}: ${within}`);
      }
      if (target.p99 !== undefined) {
        const slow = times.filter((time) => time > (target.p99 ?? 0)).length;
        assert.ok(slow / times.length < 0.01 + 3.5 * 0.0016, `${slow} slow ones`);
      }
    });
  }
}

test("a wrong shape and a mean that is 15 % off do not pass", () => {
  const random = seeded(20_261_124n);
  const exponential = Array.from({ length: 3000 }, () => -Math.log1p(-random()));
  assert.ok(fitTo(exponential, (x) => erlangCdf(1, x)).p > 0.01);
  assert.ok(fitTo(exponential, (x) => erlangCdf(2, 2 * x)).p < 1e-6);
  assert.ok(fitTo(exponential, (x) => erlangCdf(1, 1.15 * x)).p < 0.01);
});
