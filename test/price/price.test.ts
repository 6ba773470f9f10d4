import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hashesFor, MAX_PRICE, planStamps, priceFor } from "../../src/price/payment.ts";
import { debtAt, priceAt, STEPS, type Tariff, takeStep } from "../../src/price/price.ts";
import { advanceFor, readTerms, tariffFor } from "../../src/price/terms.ts";
import { hashesOf } from "../../src/stamp/work.ts";
import { anyAdvance, anyTariff, anyTime, LAST, MINUTE } from "./price-inputs.ts";

/** The price by its formula, in fractions of whole numbers. */
function exactPrice({ base, cap, free, tau }: Tariff, debt: number): number {
  const beyond = BigInt(Math.max(0, debt - free));
  const surcharge = (256n * beyond + BigInt(tau) - 1n) / BigInt(tau);
  const price = BigInt(base) + surcharge;
  return Number(price < BigInt(cap) ? price : BigInt(cap));
}

/** Posts at one moment, one after the other: what they cost together, and the TAT they leave. */
function postAll(tariff: Tariff, tat: number | null, now: number, advances: readonly number[]) {
  let hashes = 0n;
  let last = tat;
  for (const advance of advances) {
    const { price, next } = takeStep(tariff, last, now, advance);
    hashes += hashesFor(price);
    last = next;
  }
  return { hashes, tat: last };
}

const anyTat = fc.option(anyTime);
const anyAdvances = fc.array(anyAdvance, { minLength: 1, maxLength: 8 });

describe("the price", () => {
  it("is what its formula says, between base and cap, and higher for a higher debt", () => {
    const debts = fc.oneof(
      fc.integer({ min: 0, max: 60 * MINUTE }),
      fc.integer({ min: 0 }),
      anyTime,
    );
    let between = 0;
    const property = fc.property(anyTariff, debts, debts, (tariff, a, b) => {
      const [less, more] = [priceAt(tariff, Math.min(a, b)), priceAt(tariff, Math.max(a, b))];
      assert.equal(more, exactPrice(tariff, Math.max(a, b)));
      assert.ok(tariff.base <= less && less <= more && more <= tariff.cap);
      if (tariff.base < more && more < tariff.cap) between++;
      assert.equal(priceAt(tariff, tariff.full), tariff.cap);
      if (tariff.cap > tariff.base) assert.ok(priceAt(tariff, tariff.free) === tariff.base);
    });
    fc.assert(property, { numRuns: 3000 });
    assert.ok(between > 100, `only ${between} prices between base and cap`);
  });

  it("of a post in pieces is never lower, and the pieces leave the same debt", () => {
    const property = fc.property(
      anyTariff,
      anyTat,
      anyTime,
      anyAdvances,
      (tariff, tat, now, parts) => {
        const whole = parts.reduce((sum, part) => sum + part, 0);
        const once = postAll(tariff, tat, now, [whole]);
        const split = postAll(tariff, tat, now, parts);
        assert.ok(split.hashes >= once.hashes);
        assert.equal(split.tat, once.tat);
      },
    );
    fc.assert(property, { numRuns: 3000 });
  });

  it("falls with time, one second a second, until it is the base again", () => {
    const waits = fc.integer({ min: 0, max: 60 * MINUTE });
    const property = fc.property(
      anyTariff,
      anyTime,
      anyAdvance,
      waits,
      (tariff, now, advance, wait) => {
        const { next } = takeStep(tariff, null, now, advance);
        const [before, after] = [debtAt(tariff, next, now), debtAt(tariff, next, now + wait)];
        assert.equal(after, Math.max(0, before - wait));
        assert.ok(priceAt(tariff, after) <= priceAt(tariff, before));
        assert.equal(priceAt(tariff, debtAt(tariff, next, now + tariff.full)), tariff.base);
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });

  it("of posts at one moment is the same together in whatever order they come", () => {
    const posts = fc.array(fc.nat(3), { minLength: 2, maxLength: 12 });
    const shuffled = posts.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    const property = fc.property(anyTariff, anyTime, shuffled, (tariff, now, [one, other]) => {
      const sums = [one, other].map((order) =>
        // Posters with a pace of their own each.
        [0, 1, 2, 3].map((poster) => {
          const own = order.filter((by) => by === poster).map((by) => (1 + by) * MINUTE);
          return postAll(tariff, null, now, own);
        }),
      );
      assert.deepEqual(sums[0], sums[1]);
    });
    fc.assert(property, { numRuns: 1000 });
    // Posts of different weight leave the same debt.
    fc.assert(
      fc.property(anyTariff, anyTat, anyTime, anyAdvances, (tariff, tat, now, parts) => {
        const [there, back] = [parts, parts.toReversed()].map((p) => postAll(tariff, tat, now, p));
        assert.equal(there?.tat, back?.tat);
      }),
    );
  });

  it("of a second post at the same moment is higher, where posts cost more than the base", () => {
    const tariff = tariffFor(readTerms({ burst: 0, interval: "1m", tau: "5m" }), null);
    let tat: number | null = null;
    const prices: number[] = [];
    for (let i = 0; i < 70; i++) {
      const { price, next } = takeStep(tariff, tat, 1e12, MINUTE);
      prices.push(price / STEPS);
      tat = next;
    }
    assert.deepEqual(prices.slice(0, 4), [20, 20.203125, 20.40234375, 20.6015625]);
    assert.ok(prices.slice(0, 60).every((price, i) => price > (prices[i - 1] ?? 0)));
    assert.deepEqual(prices.slice(60), Array(10).fill(32));
  });

  it("and everything it is made of stays a whole number for clocks anywhere", () => {
    const history = fc.array(fc.tuple(anyTime, anyAdvance), { minLength: 1, maxLength: 30 });
    const property = fc.property(anyTariff, history, (tariff, posts) => {
      let tat: number | null = null;
      for (const [now, advance] of posts) {
        const step = takeStep(tariff, tat, now, advance);
        for (const value of Object.values(step))
          assert.ok(Number.isSafeInteger(value) && value >= 0);
        assert.ok(step.next >= (tat ?? 0), "a TAT was lowered");
        assert.ok(step.next <= Math.max(tat ?? 0, LAST + Math.max(tariff.full, tariff.start)));
        tat = step.next;
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe("terms", () => {
  it("a newcomer begins in debt, a known poster with room, a heavy post counts for more", () => {
    const terms = readTerms({
      base: 10,
      cap: 20,
      interval: 1000,
      burst: 2000,
      tau: 1000,
      newcomer: 4,
    });
    const stranger = tariffFor(terms, null);
    const known = tariffFor(terms, 3);
    const price = (tariff: Tariff, tat: number | null) =>
      takeStep(tariff, tat, 5000, 1).price / STEPS;
    assert.deepEqual([price(stranger, null), price(known, null)], [12, 10]);
    // Five seconds ahead: three of them cost a stranger something, a known poster none.
    assert.deepEqual([price(stranger, 10_000), price(known, 10_000)], [13, 10]);
    assert.deepEqual([advanceFor(terms), advanceFor(terms, 2.5)], [1000, 2500]);
    // A known poster's debt may grow larger, and stays so when the credit goes.
    const deep = takeStep(known, null, 5000, 1e6).next;
    assert.equal(deep, 5000 + known.full);
    assert.equal(takeStep(stranger, deep, 5000, 1000).next, deep);
    assert.equal(readTerms({ newcomer: 0 }).remember, 0);
    assert.equal(readTerms({ newcomer: 1000 }).newcomer, 65 * MINUTE, "no more than the cap needs");
  });

  it("that are wrong are refused by name", () => {
    const wrong: [string, Record<string, unknown>][] = [
      ["base", { base: -1 }],
      ["base", { base: 65 }],
      ["base", { base: "20" }],
      ["base", { base: Number.NaN }],
      ["cap", { base: 20, cap: 19 }],
      ["cap", { cap: 64.1 }],
      ["interval", { interval: 0 }],
      ["interval", { interval: "366d" }],
      ["interval", { interval: "5 minutes" }],
      ["burst", { burst: -1 }],
      ["tau", { tau: 0 }],
      ["newcomer", { newcomer: 1001 }],
      ["tolerance", { tolerance: "2y" }],
      ["remember", { remember: -1 }],
      ["pace", { pace: 1 }],
    ];
    for (const [parameter, terms] of wrong) {
      assert.throws(
        () => readTerms(terms),
        { code: "bad-input", parameter },
        JSON.stringify(terms),
      );
    }
    const terms = readTerms();
    for (const credit of [-1, 1001, Number.NaN]) {
      assert.throws(() => tariffFor(terms, credit), { parameter: "credit" });
    }
    for (const weight of [0, 0.5, 1001, Number.NaN]) {
      assert.throws(() => advanceFor(terms, weight), { parameter: "weight" });
    }
  });
});

describe("payment", () => {
  it("every price in 1/256 bit is exact to the hash", () => {
    // h = ceil(2^(p/256)) if and only if (h - 1)^256 < 2^p <= h^256.
    for (let price = 0; price <= STEPS * MAX_PRICE; price += price < 4096 ? 1 : 37) {
      const hashes = hashesFor(price);
      assert.ok((hashes - 1n) ** 256n < 1n << BigInt(price), `${price} is too high`);
      assert.ok(hashes ** 256n >= 1n << BigInt(price), `${price} is too low`);
    }
    for (let price = 1; price <= STEPS * MAX_PRICE; price++) {
      assert.ok(hashesFor(price) >= hashesFor(price - 1));
    }
  });

  it("the highest price that some hashes pay, and no higher", () => {
    const amounts = fc.oneof(fc.bigInt(0n, 1000n), fc.bigInt(0n, 1n << 70n));
    const property = fc.property(amounts, (hashes) => {
      const price = priceFor(hashes);
      if (hashes === 0n) return assert.equal(price, -1);
      assert.ok(hashesFor(price) <= hashes);
      if (price < STEPS * MAX_PRICE) assert.ok(hashesFor(price + 1) > hashes);
    });
    fc.assert(property, { numRuns: 3000 });
    for (let bits = 0; bits <= 64; bits++) assert.equal(priceFor(1n << BigInt(bits)), STEPS * bits);
  });

  it("is planned in eight to sixteen stamps, that pay and would not pay with one less", () => {
    const prices = fc.integer({ min: 0, max: STEPS * MAX_PRICE });
    const property = fc.property(prices, fc.nat(20), fc.integer({ min: 1, max: 64 }), (...args) => {
      const [price, least, room] = args;
      const wanted = hashesFor(price);
      const plan = planStamps(wanted, least, room);
      assert.ok(plan !== null && plan.count >= 1 && plan.count <= room && plan.bits >= least);
      const worth = (count: number) => hashesOf(Array(count).fill(plan.bits));
      assert.ok(worth(plan.count) >= wanted && worth(plan.count - 1) < wanted);
      const free = planStamps(wanted, 0, 64);
      if (price >= 3 * STEPS) assert.ok(free !== null && free.count >= 8 && free.count <= 16);
    });
    fc.assert(property, { numRuns: 2000 });
    assert.deepEqual(planStamps(hashesFor(20.5 * STEPS), 0, 64), { bits: 17, count: 12 });
    assert.equal(planStamps(1n, 0, 0), null);
  });
});
