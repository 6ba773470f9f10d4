import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { CLOCK_START, tick } from "../../src/price/clock.ts";
import { STEPS, type Tariff, takeStep } from "../../src/price/price.ts";
import { type Charge, type ChargeOutcome, posterKey, type Store } from "../../src/store/charge.ts";
import { spentEntry } from "../../src/store/entry.ts";
import type { SpentEntry } from "../../src/store/store.ts";
import { formatStampDate } from "../../src/text/date.ts";
import { anyAdvance, anyTariff, anyTime } from "../price/price-inputs.ts";

/** What every store must do for posters; run over each kind there is. */
export interface ChargeKind {
  readonly name: string;
  readonly skip: string | false;
  place(t: TestContext): Promise<{ open(): Promise<Store> }>;
}

const MINUTE = 60_000;
const NOW = Date.UTC(2024, 2, 1);
const TERMS = { keep: 30 * MINUTE, remember: 0 };

/** From 20 bits, a bit more with every post beyond the first; free again after ten minutes. */
export const STEEP: Tariff = {
  base: 20 * STEPS,
  cap: 30 * STEPS,
  free: 0,
  tau: MINUTE,
  start: 0,
  full: 10 * MINUTE,
};

/** A stamp of this second that there never was before. */
export function newEntry(time = NOW): SpentEntry {
  const date = formatStampDate(new Date(time), 12);
  return spentEntry(`1:20:${date}:foo::${randomBytes(9).toString("base64")}:1`);
}

/** A post that pays whatever is asked. */
export function chargeFor(poster: string, more: Partial<Charge> = {}): Charge {
  const { now = NOW } = more;
  const usual = { tariff: STEEP, advance: MINUTE, paid: 64 * STEPS, now };
  const stamps = [newEntry(now)];
  return { poster: posterKey("board", poster), stamps, ...usual, ...more };
}

const bitsOf = (outcomes: readonly ChargeOutcome[]) => outcomes.map(({ price }) => price / STEPS);

/** A store as simple as it can be said, for comparison. */
class Model {
  #clock = CLOCK_START;
  readonly #tats = new Map<string, number>();
  readonly #spent = new Set<string>();

  /** Of time that nobody posted in, only a clock found wrong is remembered. */
  chargeAll(charges: readonly Charge[]): ChargeOutcome[] {
    const before = this.#clock;
    const outcomes = charges.map((charge) => this.#charge(charge));
    const { low, offset } = this.#clock;
    const moved = low !== before.low || offset !== before.offset;
    if (!moved && outcomes.every(({ status }) => status !== "accepted")) this.#clock = before;
    return outcomes;
  }

  #charge({ poster, tariff, advance, paid, stamps, now }: Charge): ChargeOutcome {
    this.#clock = tick(this.#clock, now, tariff.full);
    const { seen } = this.#clock;
    const key = Buffer.from(poster).toString("hex");
    const tat = this.#tats.get(key) ?? null;
    const { price, next } = takeStep(tariff, tat, seen, advance);
    const names = stamps.map(({ digest }) => Buffer.from(digest).toString("hex"));
    const outcomes = names.map((name) => (this.#spent.has(name) ? "spent" : "fresh"));
    const lead = tat === null ? null : tat - seen;
    if (outcomes.includes("spent")) return { status: "spent", price, lead, stamps: outcomes };
    if (paid < price) return { status: "underpaid", price, lead, stamps: outcomes };
    for (const name of names) this.#spent.add(name);
    this.#tats.set(key, next);
    return { status: "accepted", price, lead: next - seen, stamps: outcomes };
  }
}

export function testCharges({ name, skip, place }: ChargeKind): void {
  const it = (what: string, body: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${what}`, { skip }, body);

  it("each post of a moment pays more than the one before, whoever takes it", async (t) => {
    const { open } = await place(t);
    const stores = await Promise.all([open(), open(), open()]);
    const calls = Array.from({ length: 9 }, (_, i) =>
      stores[i % 3]?.charge([chargeFor("a")], TERMS),
    );
    const outcomes = (await Promise.all(calls)).flatMap((list) => list ?? []);
    assert.ok(outcomes.every(({ status }) => status === "accepted"));
    assert.deepEqual(bitsOf(outcomes).sort(), [20, 21, 22, 23, 24, 25, 26, 27, 28]);
    // Somebody else's price is their own, and on another board it is another.
    const others = [chargeFor("b"), chargeFor("", { poster: posterKey("boar", "da") })];
    assert.deepEqual(bitsOf((await stores[0]?.charge(others, TERMS)) ?? []), [20, 20]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it("what is not paid or was spent changes nothing", async (t) => {
    const store = await (await place(t)).open();
    const [a, b, c] = [newEntry(), newEntry(), newEntry()];
    const post = (stamps: readonly SpentEntry[], paid: number) =>
      chargeFor("a", { stamps, paid: paid * STEPS });
    const outcomes = await store.charge(
      [post([a, b], 20), post([c], 20), post([c, b], 60), post([c], 21), post([c], 60)],
      TERMS,
    );
    assert.deepEqual(
      outcomes.map(({ status, price, lead, stamps }) => [status, price / STEPS, lead, ...stamps]),
      [
        ["accepted", 20, MINUTE, "fresh", "fresh"],
        ["underpaid", 21, MINUTE, "fresh"],
        ["spent", 21, MINUTE, "fresh", "spent"],
        ["accepted", 21, 2 * MINUTE, "fresh"],
        ["spent", 22, 2 * MINUTE, "spent"],
      ],
    );
    // A set that repeats a stamp holds it once.
    const d = newEntry();
    const [twice] = await store.charge([post([d, d], 60)], TERMS);
    assert.deepEqual([twice?.status, twice?.stamps], ["accepted", ["fresh", "fresh"]]);
    // The stamps are the same that `spend` knows.
    assert.deepEqual(await store.look([a, c, newEntry()]), ["spent", "spent", "fresh"]);
    const question = { poster: posterKey("board", "a"), tariff: STEEP, now: NOW + MINUTE };
    const nobody = { ...question, poster: posterKey("board", "z") };
    assert.deepEqual(await store.leads([question, nobody]), [2 * MINUTE, null]);
    await store.close();
  });

  it("any history at all comes out as the plainest model has it", async (t) => {
    const charge = fc.record({
      who: fc.nat(2),
      tariff: anyTariff,
      advance: anyAdvance,
      paid: fc.oneof(fc.nat(64 * STEPS), fc.constant(64 * STEPS)),
      now: anyTime,
      stamps: fc.uniqueArray(fc.nat(60), { maxLength: 3 }),
    });
    const batches = fc.array(fc.array(charge, { minLength: 1, maxLength: 8 }), { maxLength: 6 });
    const statuses = new Set<string>();
    // Nothing is forgotten here: that is another test's.
    const terms = { keep: 36_500 * 86_400_000, remember: 1e15 };
    const property = fc.asyncProperty(batches, async (history) => {
      const model = new Model();
      const store = await (await place(t)).open();
      for (const batch of history) {
        const charges = batch.map(({ who, stamps, ...rest }) => ({
          ...rest,
          poster: posterKey("board", String(who)),
          stamps: stamps.map((n) => spentEntry(`1:20:240301:foo:::${n}`)),
        }));
        const outcomes = await store.charge(charges, terms);
        assert.deepEqual(outcomes, model.chargeAll(charges));
        for (const { status } of outcomes) statuses.add(status);
      }
      await store.close();
    });
    await fc.assert(property, { numRuns: 50 });
    assert.deepEqual([...statuses].sort(), ["accepted", "spent", "underpaid"]);
  });

  it("a poster without debt is forgotten after the time to remember, and not before", async (t) => {
    const store = await (await place(t)).open();
    const terms = { keep: 30 * MINUTE, remember: 60 * MINUTE };
    const tariff = { ...STEEP, start: 5 * MINUTE };
    const leads = (now: number) =>
      store.leads([{ poster: posterKey("board", "a"), tariff: STEEP, now }]);
    const post = (who: string, after: number, remember = terms.remember) =>
      store.charge([chargeFor(who, { tariff, now: NOW + after })], { ...terms, remember });
    assert.deepEqual(bitsOf(await post("a", 0)), [25], "a newcomer begins with five minutes");
    // Another gate that need not remember does not make this one forget.
    await post("b", 65 * MINUTE, 0);
    assert.deepEqual(await leads(NOW + 65 * MINUTE), [-59 * MINUTE]);
    await post("b", 66 * MINUTE);
    assert.deepEqual(await leads(NOW + 66 * MINUTE), [null]);
    assert.deepEqual(bitsOf(await post("a", 66 * MINUTE)), [25]);
    await store.close();
  });

  it("a clock that jumps back lowers no price, and one far ahead shuts out nobody", async (t) => {
    const store = await (await place(t)).open();
    const post = async (who: string, now: number) => {
      const [outcome] = await store.charge([chargeFor(who, { now })], TERMS);
      return (outcome?.price ?? 0) / STEPS;
    };
    const DAY = 86_400_000;
    assert.deepEqual([await post("a", NOW), await post("a", NOW)], [20, 21]);
    assert.equal(await post("a", NOW - 1000 * DAY), 22);
    // The clock is put right: five minutes have gone since.
    assert.equal(await post("a", NOW + 2 * MINUTE), 21);
    // Far ahead everyone is forgiven, as by waiting; back again time stands still for ten minutes ...
    assert.deepEqual([await post("a", NOW + 9 * DAY), await post("b", NOW + 9 * DAY)], [20, 20]);
    const minutes = [3, 4, 5, 12, 13, 14, 15];
    const prices: number[] = [];
    for (const minute of minutes) prices.push(await post("a", NOW + minute * MINUTE));
    assert.deepEqual(prices.slice(0, 4), [21, 22, 23, 24]);
    // ... and then goes on.
    assert.deepEqual(prices.slice(4), [25, 25, 25]);
    assert.equal(await post("c", NOW + 15 * MINUTE), 20);
    await store.close();
  });

  it("one secret for all who open it, the same for good", async (t) => {
    const { open } = await place(t);
    const stores = await Promise.all([open(), open()]);
    const [one, two] = await Promise.all(stores.map((store) => store.secret()));
    assert.equal(one?.length, 32);
    assert.deepEqual(Buffer.from(one ?? []), Buffer.from(two ?? []));
    await stores[0]?.charge([chargeFor("a")], TERMS);
    await Promise.all(stores.map((store) => store.close()));
    const again = await open();
    assert.deepEqual(Buffer.from(await again.secret()), Buffer.from(one ?? []));
    const other = await (await place(t)).open();
    assert.notDeepEqual(Buffer.from(await other.secret()), Buffer.from(one ?? []));
    await Promise.all([again.close(), other.close()]);
  });

  it("what no store could charge is refused", async (t) => {
    const store = await (await place(t)).open();
    const wrong: Partial<Charge>[] = [
      { poster: new Uint8Array(15) },
      { advance: 0 },
      { advance: 1.5 },
      { paid: Number.NaN },
      { now: -1 },
      { now: 253_402_300_800_000 },
      { now: 0.5 },
      { tariff: { ...STEEP, tau: Number.NaN } },
      { stamps: [{ time: 0.5, digest: new Uint8Array(16) }] },
      { stamps: Array(1001).fill(newEntry()) },
    ];
    for (const more of wrong) {
      const good = chargeFor("a");
      await assert.rejects(store.charge([good, { ...good, ...more }], TERMS), {
        code: "bad-input",
      });
    }
    const poster = posterKey("board", "a");
    assert.deepEqual(await store.leads([{ poster, tariff: STEEP, now: NOW }]), [null]);
    await store.close();
    await assert.rejects(store.charge([chargeFor("a")], TERMS), { code: "store" });
    await assert.rejects(store.leads([{ poster, tariff: STEEP, now: NOW }]), { code: "store" });
    await assert.rejects(store.secret(), { code: "store" });
  });
}
