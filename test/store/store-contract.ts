import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { MAX_SET } from "../../src/stamp/work.ts";
import { spentEntry } from "../../src/store/entry.ts";
import type { SpentEntry, SpentStore } from "../../src/store/store.ts";

/** What every store must do; run over each kind there is. */
export interface StoreKind {
  readonly name: string;
  readonly skip: string | false;
  /** A place of its own for one test, in which a store can be opened several times. */
  place(t: TestContext): Promise<{ open(): Promise<SpentStore> }>;
}

const DAY = 86_400_000;
const KEEP = 30 * DAY;
const NOW = Date.UTC(2024, 2, 1);

let made = 0;

/** An entry for a stamp of this date that there never was before. */
export function entryFor(date: string): SpentEntry {
  return spentEntry(`1:20:${date}:foo::${(made++).toString(36)}:1`);
}

function entriesFor(date: string, count: number): SpentEntry[] {
  return Array.from({ length: count }, () => entryFor(date));
}

/** Makes the machine's clock say something else. */
function setClock(t: TestContext, time: number): void {
  t.mock.method(Date, "now", () => time);
}

const digits = (time: number) => new Date(time).toISOString().replace(/\D/g, "").slice(2, 8);

async function listAll(store: SpentStore): Promise<string[]> {
  const all: string[] = [];
  for await (const page of store.list()) {
    for (const { time, digest } of page) all.push(`${time} ${Buffer.from(digest).toString("hex")}`);
  }
  return all.sort();
}

export function testStore({ name, skip, place }: StoreKind): void {
  const it = (what: string, body: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${what}`, { skip }, body);

  it("what is spent is spent, for every connection, and after it is opened again", async (t) => {
    const { open } = await place(t);
    const [one, two] = [await open(), await open()];
    const entry = entryFor("240229");
    const terms = { keep: KEEP, now: NOW };
    assert.deepEqual(await one.look([entry]), ["fresh"]);
    assert.deepEqual(await one.spend([[entry]], terms), [["fresh"]]);
    assert.deepEqual(await one.spend([[entry]], terms), [["spent"]]);
    assert.deepEqual(await two.spend([[entry], [entryFor("240229")]], terms), [
      ["spent"],
      ["fresh"],
    ]);
    await one.close();
    await two.close();
    const again = await open();
    assert.deepEqual(await again.look([entry, entryFor("240229")]), ["spent", "fresh"]);
    assert.equal((await again.stats()).entries, 2);
    await again.close();
  });

  it("of a set all are spent, or none", async (t) => {
    const store = await (await place(t)).open();
    const terms = { keep: KEEP, now: NOW };
    const [a, b, c, d] = entriesFor("240229", 4) as [
      SpentEntry,
      SpentEntry,
      SpentEntry,
      SpentEntry,
    ];
    assert.deepEqual(await store.spend([[a, b]], terms), [["fresh", "fresh"]]);
    assert.deepEqual(await store.spend([[c, b, d]], terms), [["fresh", "spent", "fresh"]]);
    assert.deepEqual(await store.look([c, d]), ["fresh", "fresh"]);
    // One after the other within a call, too; a set that repeats a stamp holds it once.
    assert.deepEqual(await store.spend([[c, c], [d, a], [d], [c, d]], terms), [
      ["fresh", "fresh"],
      ["fresh", "spent"],
      ["fresh"],
      ["spent", "spent"],
    ]);
    assert.equal((await store.stats()).entries, 4);
    assert.deepEqual(await store.spend([], terms), []);
    assert.deepEqual(await store.spend([[]], terms), [[]]);
    await assert.rejects(store.spend([entriesFor("240229", MAX_SET + 1)], terms), {
      code: "bad-input",
    });
    await store.close();
  });

  it("many calls at once spend each stamp once", async (t) => {
    const { open } = await place(t);
    const stores = await Promise.all([open(), open(), open()]);
    const entries = entriesFor("240229", 300);
    const terms = { keep: KEEP, now: NOW };
    const rounds = await Promise.all(
      stores.flatMap((store) => entries.map((entry) => store.spend([[entry]], terms))),
    );
    const fresh = rounds.filter(([outcomes]) => outcomes?.[0] === "fresh");
    assert.equal(fresh.length, 300);
    await Promise.all(stores.map((store) => store.close()));
  });

  it("more than one transaction takes keep their order", async (t) => {
    const store = await (await place(t)).open();
    const entries = entriesFor("240229", 9000);
    const sets = [...entries, ...entries].map((entry) => [entry]);
    const outcomes = await store.spend(sets, { keep: KEEP, now: NOW });
    assert.ok(outcomes.slice(0, 9000).every(([outcome]) => outcome === "fresh"));
    assert.ok(outcomes.slice(9000).every(([outcome]) => outcome === "spent"));
    assert.deepEqual(await listAll(store), await listAll(store));
    assert.equal(new Set(await listAll(store)).size, 9000);
    await store.close();
  });

  it("what expired is removed, a bounded number at a time, and stays refused", async (t) => {
    const store = await (await place(t)).open();
    const old = entriesFor("240101", 1000);
    const younger = entryFor("240110");
    await store.spend([old, [younger]], { keep: KEEP, now: Date.UTC(2024, 0, 11) });
    const count = async () => (await store.stats()).entries;
    // Before they have expired nothing happens.
    await store.spend([[entryFor("240129")]], { keep: KEEP, now: Date.UTC(2024, 0, 30) });
    assert.equal(await count(), 1002);
    assert.equal((await store.stats()).horizon, null);
    let left = 1002;
    for (let turns = 0; left > 12; turns++) {
      await store.spend([[entryFor("240130")]], { keep: KEEP, now: Date.UTC(2024, 1, 1) });
      const now = await count();
      assert.ok(now < left && left - now <= 200, `${left} to ${now}`);
      assert.ok(turns < 15, "it never ends");
      left = now;
    }
    const later = { keep: 400 * DAY, now: Date.UTC(2024, 1, 1) };
    assert.deepEqual(await store.spend([[old[0] as SpentEntry]], later), [["purged"]]);
    assert.deepEqual(await store.spend([[entryFor("240101")]], later), [["purged"]]);
    assert.deepEqual(await store.look([entryFor("240101"), younger]), ["purged", "spent"]);
    // A set in which one is refused is not spent at all.
    const good = entryFor("240131");
    const mixed = await store.spend([[good, entryFor("231231")], [good]], later);
    assert.deepEqual(mixed, [["fresh", "purged"], ["fresh"]]);
    // Who allows more from now on is remembered: what would have expired is kept.
    assert.equal((await store.stats()).keep, 400 * DAY);
    await store.spend([[entryFor("240131")]], { keep: KEEP, now: Date.UTC(2024, 5, 1) });
    assert.deepEqual(await store.look([younger]), ["spent"]);
    await store.close();
  });

  it("a clock far ahead, and back again, loses nothing and does not shut the door", async (t) => {
    const { open } = await place(t);
    const store = await open();
    const now = Date.UTC(2024, 2, 1);
    setClock(t, now);
    const today = entriesFor(digits(now), 50);
    await store.spend([entriesFor(digits(now - 5 * DAY), 10), today], { keep: KEEP, now });
    // A caller's time alone, with the machine's clock right, purges nothing at all.
    const future = now + 3650 * DAY;
    await store.spend([[entryFor(digits(future))]], { keep: KEEP, now: future });
    assert.equal((await store.stats()).horizon, null);
    t.mock.restoreAll();
    setClock(t, future);
    await store.spend([[entryFor(digits(future))]], { keep: KEEP, now: future });
    assert.equal((await store.stats()).entries, 2, "all but those of the future have gone");
    t.mock.restoreAll();
    setClock(t, now);
    for (const [outcome] of await store.spend(
      today.map((e) => [e]),
      { keep: KEEP, now },
    )) {
      assert.notEqual(outcome, "fresh");
    }
    const tomorrow = { keep: KEEP, now: now + DAY };
    assert.deepEqual(await store.spend([[entryFor(digits(now + DAY))]], tomorrow), [["fresh"]]);
    // And set back by years: what was spent stays so.
    const past = { keep: KEEP, now: now - 1000 * DAY };
    const [first] = today as [SpentEntry];
    assert.notDeepEqual(await store.spend([[first]], past), [["fresh"]]);
    await store.close();
  });

  it("purge by hand: all that expired, shorter from now on, or everything before a day", async (t) => {
    const store = await (await place(t)).open();
    setClock(t, NOW);
    for (const date of ["231201", "240101", "240201", "240229"]) {
      await store.add(entriesFor(date, 1100));
    }
    // Nothing was promised so far, so nothing has expired.
    assert.equal(await store.purge({ now: NOW }), 0);
    await store.spend([[entryFor("240229")]], { keep: 365 * DAY, now: NOW });
    assert.equal(await store.purge({ now: NOW }), 0);
    assert.equal(await store.purge({ now: NOW, keep: 60 * DAY }), 2200);
    assert.deepEqual(
      { ...(await store.stats()), engine: "", bytes: 0, durability: "" },
      {
        engine: "",
        entries: 2201,
        oldest: Date.UTC(2024, 1, 1),
        newest: Date.UTC(2024, 1, 29),
        horizon: Date.UTC(2024, 0, 1),
        keep: 60 * DAY,
        bytes: 0,
        durability: "",
      },
    );
    assert.equal(await store.purge({ now: NOW, before: Date.UTC(2024, 1, 15) }), 1100);
    const asked = ["240214", "240215"].map(entryFor);
    assert.deepEqual(await store.look(asked), ["purged", "fresh"]);
    await store.close();
  });

  it("entries and marks from elsewhere", async (t) => {
    const { open } = await place(t);
    const store = await open();
    const [a, b] = entriesFor("240229", 2) as [SpentEntry, SpentEntry];
    await store.spend([[a]], { keep: KEEP, now: NOW });
    assert.deepEqual(await store.add([a, b, b]), { added: 1, known: 2, purged: 0 });
    await store.raise({ horizon: Date.UTC(2024, 0, 1), keep: DAY });
    await store.raise({ horizon: null, keep: 40 * DAY });
    await store.raise({ horizon: Date.UTC(2023, 0, 1), keep: DAY });
    const { horizon, keep } = await store.stats();
    assert.deepEqual({ horizon, keep }, { horizon: Date.UTC(2024, 0, 1), keep: 40 * DAY });
    assert.deepEqual(await store.add([entryFor("240101")]), { added: 0, known: 0, purged: 1 });
    const listed = [a, b].map(
      ({ time, digest }) => `${time} ${Buffer.from(digest).toString("hex")}`,
    );
    assert.deepEqual(await listAll(store), listed.sort());
    await store.close();
  });

  it("an entry that could not be found again is refused", async (t) => {
    const store = await (await place(t)).open();
    const good = entryFor("240229");
    const terms = { keep: KEEP, now: NOW };
    for (const bad of [
      { ...good, time: Number.NaN },
      { ...good, time: 0.5 },
      { ...good, digest: new Uint8Array(15) },
    ]) {
      await assert.rejects(store.spend([[good, bad]], terms), { code: "bad-input" });
      await assert.rejects(store.look([bad]), { code: "bad-input" });
      await assert.rejects(store.add([bad]), { code: "bad-input" });
    }
    assert.equal((await store.stats()).entries, 0);
    await store.close();
  });

  it("after it is closed it answers nothing but errors", async (t) => {
    const store = await (await place(t)).open();
    await store.close();
    await assert.rejects(store.look([entryFor("240229")]), { code: "store" });
    await assert.rejects(store.spend([[entryFor("240229")]], { keep: KEEP, now: NOW }), {
      code: "store",
    });
  });
}
