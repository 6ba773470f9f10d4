import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { verifyWork } from "../../src/store/judge-set.ts";
import { openStore } from "../../src/store/open.ts";
import type { SpentStore } from "../../src/store/store.ts";
import { bruteStamp } from "../stamp/brute.ts";

const now = Date.UTC(2024, 2, 1);
const anyBits = { bits: 4, anyResource: true, now } as const;
let rands = 0;
const stampFor = (resource: string, bits: number) =>
  bruteStamp({ bits, resource, rand: `r${rands++}` });

let folder = "";
let stores = 0;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "stampmill-set-"));
});
after(() => rmSync(folder, { recursive: true }));

async function withStore<T>(work: (store: SpentStore) => Promise<T>): Promise<T> {
  const store = await openStore(join(folder, `${stores++}.db`));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const reasons = (verdicts: readonly { reason: string | null }[]) =>
  verdicts.map(({ reason }) => reason);

test("eight stamps of five bits are worth eight bits, seven are not", async () => {
  const eight = Array.from({ length: 8 }, () => stampFor("a", 5));
  const all = await verifyWork(eight, { ...anyBits, work: 8 });
  assert.equal(all.accepted, true);
  assert.deepEqual(
    all.sets.map(({ resource, work }) => ({ resource, work })),
    [{ resource: "a", work: 8 }],
  );
  const seven = await verifyWork(eight.slice(1), { ...anyBits, work: 8 });
  assert.equal(seven.accepted, false);
  assert.deepEqual(reasons(seven.verdicts), new Array(7).fill("insufficient-work"));
});

test("stamps for different resources do not add up, copies do not, small ones do not", async () => {
  const a = stampFor("a", 6);
  const b = stampFor("b", 6);
  const small = stampFor("a", 3);
  const verdict = await verifyWork([a, b, a, small], { ...anyBits, work: 7 });
  assert.equal(verdict.accepted, false);
  assert.deepEqual(reasons(verdict.verdicts), [
    "insufficient-work",
    "insufficient-work",
    "spent",
    "insufficient-bits",
  ]);
});

test("bad stamps among them do not spoil a set", async () => {
  const good = [stampFor("a", 5), stampFor("a", 5)];
  const verdict = await verifyWork(["junk", ...good], { ...anyBits, work: 6 });
  assert.equal(verdict.accepted, true);
  assert.deepEqual(reasons(verdict.verdicts), ["malformed", null, null]);
});

test("a set is spent whole, or not at all", () =>
  withStore(async (store) => {
    const stamps = [stampFor("a", 5), stampFor("a", 5)];
    const options = { ...anyBits, store };
    const short = await verifyWork(stamps, { ...options, work: 7 });
    assert.equal(short.accepted, false);
    assert.equal((await store.stats()).entries, 0);
    const looked = await verifyWork(stamps, { ...options, work: 6, spend: false });
    assert.equal(looked.accepted, true);
    assert.equal((await store.stats()).entries, 0);
    assert.equal((await verifyWork(stamps, { ...options, work: 6 })).accepted, true);
    assert.equal((await store.stats()).entries, 2);
    const again = await verifyWork(stamps, { ...options, work: 6 });
    assert.equal(again.accepted, false);
    assert.deepEqual(reasons(again.verdicts), ["spent", "spent"]);
  }));

test("a spent stamp does not count, and the others are still good", () =>
  withStore(async (store) => {
    const options = { ...anyBits, store };
    const [first, ...rest] = [stampFor("a", 5), stampFor("a", 5), stampFor("a", 5)];
    assert.equal((await verifyWork([first], { ...options, work: 5 })).accepted, true);
    const verdict = await verifyWork([first, ...rest], { ...options, work: 6 });
    assert.equal(verdict.accepted, true);
    assert.deepEqual(reasons(verdict.verdicts), ["spent", null, null]);
  }));

test("of many at once who present overlapping sets, no stamp counts twice", () =>
  withStore(async (store) => {
    const stamps = Array.from({ length: 6 }, () => stampFor("a", 5));
    const pairs = stamps.flatMap((a, i) => stamps.slice(i + 1).map((b) => [a, b]));
    const results = await Promise.all(
      pairs.map((pair) => verifyWork(pair, { ...anyBits, store, work: 6 })),
    );
    const accepted = results.flatMap(({ accepted, sets }) =>
      accepted ? (sets[0]?.stamps ?? []) : [],
    );
    assert.ok(accepted.length > 0);
    assert.equal(new Set(accepted).size, accepted.length);
    assert.equal((await store.stats()).entries, accepted.length);
  }));

test("a store that fails accepts nothing", async () => {
  const stamps = [stampFor("a", 5), stampFor("a", 5)];
  const store = await openStore(join(folder, "closed.db"));
  await store.close();
  await assert.rejects(verifyWork(stamps, { ...anyBits, store, work: 6 }), { code: "store" });
});

test("wrong options are refused by name", async () => {
  const wrong = (options: object, parameter: string) =>
    assert.rejects(verifyWork([], { ...anyBits, work: 5, ...options }), {
      code: "bad-input",
      parameter,
    });
  await wrong({ work: -1 }, "work");
  await wrong({ work: "5" }, "work");
  await wrong({ bits: undefined }, "bits");
  await assert.rejects(verifyWork(new Array(1001).fill("x"), { ...anyBits, work: 5 }), {
    code: "bad-input",
    parameter: "stamps",
  });
});
