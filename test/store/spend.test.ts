import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { verify } from "../../src/stamp/verify.ts";
import { spentEntry } from "../../src/store/entry.ts";
import { openStore } from "../../src/store/open.ts";
import { createSpender, type SpendOptions, verifyAndSpend } from "../../src/store/spend.ts";
import type { SpentStore } from "../../src/store/store.ts";
import { bruteStamp } from "../stamp/brute.ts";

const folder = mkdtempSync(join(tmpdir(), "stampmill-spend-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
let rands = 0;
const freshStamp = (bits = 8) => bruteStamp({ bits, rand: `s${rands++}` });
const NOW = Date.UTC(2024, 2, 1);
const RULES = { bits: 8, resources: ["foo"], now: NOW };

async function withStore(body: (store: SpentStore) => Promise<void>): Promise<void> {
  const store = await openStore(join(folder, `${files++}.db`));
  try {
    await body(store);
  } finally {
    await store.close();
  }
}

describe("verifyAndSpend", () => {
  it("gives verify's verdict the first time, and spent from then on", () =>
    withStore(async (store) => {
      const stamp = freshStamp();
      const verdict = verify(stamp, RULES);
      assert.equal(verdict.valid, true);
      assert.deepEqual(await verifyAndSpend(stamp, { ...RULES, store }), verdict);
      const again = await verifyAndSpend(stamp, { ...RULES, store });
      assert.deepEqual(again, { ...verdict, valid: false, reason: "spent" });
    }));

  it("finds it whatever the later call allows, and whatever time it says", () =>
    withStore(async (store) => {
      const stamp = freshStamp();
      await verifyAndSpend(stamp, { ...RULES, store, expires: "3d", grace: 0 });
      const laters: Partial<SpendOptions>[] = [
        { expires: "1d", grace: "9d" },
        { expires: "36500d", grace: "36500d" },
        { bits: 0, now: Date.UTC(2024, 1, 29) },
        // As read then, the stamp is dated 2124.
        { expires: "36500d", grace: "36500d", now: Date.UTC(2090, 0, 1) },
      ];
      for (const later of laters) {
        const options = { ...RULES, ...later, store } as SpendOptions;
        assert.equal((await verifyAndSpend(stamp, options)).reason, "spent");
      }
    }));

  it("is recorded in the same place whatever century the clock is in", (t) => {
    const stamps = ["1:8:240229:foo::a:b", "0:991231235959:foo:a", "1:8:0002290000:foo::a:b"];
    const entries = stamps.map(spentEntry);
    assert.deepEqual(
      entries.map(({ time }) => new Date(time).toISOString()),
      ["2024-02-29T00:00:00.000Z", "2099-12-31T23:59:59.000Z", "2000-02-29T00:00:00.000Z"],
    );
    for (const year of [1971, 2026, 2090, 2150]) {
      t.mock.method(Date, "now", () => Date.UTC(year, 5, 1));
      assert.deepEqual(stamps.map(spentEntry), entries);
      t.mock.restoreAll();
    }
  });

  it("spends nothing that is not valid", () =>
    withStore(async (store) => {
      const stamp = freshStamp();
      for (const rules of [
        { ...RULES, bits: 9 },
        { ...RULES, resources: ["bar"] },
        { ...RULES, now: Date.UTC(2025, 0, 1) },
        { ...RULES, now: Date.UTC(2023, 0, 1) },
        { ...RULES, algorithm: "sha256" as const },
      ]) {
        assert.equal((await verifyAndSpend(stamp, { ...rules, store })).valid, false);
      }
      for (const bad of ["", "1:8:240229:foo::x:y", `${stamp} `, `${stamp}:`]) {
        assert.equal((await verifyAndSpend(bad, { ...RULES, store })).valid, false);
      }
      assert.equal((await store.stats()).entries, 0);
      assert.equal((await verifyAndSpend(stamp, { ...RULES, store })).valid, true);
    }));

  it("judges many in their order, each as by itself", () =>
    withStore(async (store) => {
      const [a, b] = [freshStamp(), freshStamp()];
      const spender = createSpender({ ...RULES, store });
      const verdicts = await spender([a, "junk", b, a, freshStamp(7), a]);
      assert.deepEqual(
        verdicts.map(({ reason }) => reason),
        [null, "malformed", null, "spent", "insufficient-bits", "spent"],
      );
      assert.deepEqual(await spender([]), []);
    }));

  it("calls at the same time accept it once", () =>
    withStore(async (store) => {
      const stamp = freshStamp();
      const spender = createSpender({ ...RULES, store });
      const verdicts = await Promise.all(Array.from({ length: 50 }, () => spender([stamp])));
      assert.equal(verdicts.filter(([verdict]) => verdict?.valid).length, 1);
    }));

  it("with spend: false only looks", () =>
    withStore(async (store) => {
      const stamp = freshStamp();
      const looker = createSpender({ ...RULES, store, spend: false });
      assert.deepEqual(
        (await looker([stamp, stamp])).map(({ valid }) => valid),
        [true, true],
      );
      assert.equal((await store.stats()).entries, 0);
      await verifyAndSpend(stamp, { ...RULES, store });
      assert.equal((await looker([stamp]))[0]?.reason, "spent");
    }));

  it("accepts nothing from a store that fails, or answers nonsense", async () => {
    const stamp = freshStamp();
    const store = await openStore(join(folder, `${files++}.db`));
    await store.close();
    await assert.rejects(verifyAndSpend(stamp, { ...RULES, store }), { code: "store" });
    for (const answer of [[], [[]], [["purged"]], [["FRESH"]], [[true]]]) {
      const odd = { spend: async () => answer } as unknown as SpentStore;
      assert.equal((await verifyAndSpend(stamp, { ...RULES, store: odd })).reason, "spent");
    }
  });

  it("wants a store, not a promise of one, and no option it does not know", async () => {
    const stamp = freshStamp();
    const wrong = [
      { ...RULES },
      { ...RULES, store: openStore(join(folder, "never.db")) },
      { ...RULES, store: null },
      undefined,
    ];
    for (const options of wrong) {
      await assert.rejects(verifyAndSpend(stamp, options as never), { code: "bad-input" });
    }
    await withStore(async (store) => {
      for (const more of [{ spend: 1 }, { graze: "1d" }, { bits: "8" }]) {
        const options = { ...RULES, store, ...more } as never;
        await assert.rejects(verifyAndSpend(stamp, options), { code: "bad-input" });
      }
    });
  });
});

describe("openStore", () => {
  it("takes files and redis URLs only", async () => {
    for (const url of [
      "",
      "sqlite:",
      "http://localhost/x",
      "file:spent.db",
      "postgres://x",
      "a\0b",
      "redis:",
      "redis://localhost/x",
      "redis://localhost/0?timeout=1",
      "redis://localhost/0?namespace=",
      "redis://localhost/0?namespace=a{b}",
      "redis://localhost/0?namespace=a&namespace=b",
      undefined as unknown as string,
    ]) {
      await assert.rejects(openStore(url), { code: "bad-input" }, `${url}`);
    }
  });

  it("shows no password", async () => {
    const url = "redis://user:hunter2@127.0.0.1:1/0";
    await assert.rejects(openStore(url), (error: Error) => {
      assert.ok(!JSON.stringify([error.message, { ...error }]).includes("hunter2"));
      return true;
    });
    await assert.rejects(openStore("redis://user:hunter2@host:port"), (error: Error) => {
      assert.ok(!error.message.includes("hunter2"));
      return true;
    });
  });
});
