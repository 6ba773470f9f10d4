import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openStore } from "../../src/store/open.ts";
import { loadSqlite } from "../../src/store/sqlite/library.ts";
import { chargeFor, testCharges } from "./charge-contract.ts";
import { testStore } from "./store-contract.ts";

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "stampmill-store-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const kind = {
  name: "SQLite",
  skip: false as const,
  async place(t: TestContext) {
    const file = join(folderFor(t), "spent.db");
    return { open: () => openStore(file) };
  },
};
testStore(kind);
testCharges(kind);

/** The tables of schema 1, as released before there were prices. */
const SCHEMA_1 = `
  CREATE TABLE spent (time INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (time, digest))
    STRICT, WITHOUT ROWID;
  CREATE TABLE marks (id INTEGER PRIMARY KEY CHECK (id = 1), horizon INTEGER, keep INTEGER NOT NULL)
    STRICT;
  INSERT INTO marks VALUES (1, 1577836800, 86400);
  INSERT INTO spent VALUES (1709164800, x'00112233445566778899aabbccddeeff');
  PRAGMA application_id = 1400130924;
  PRAGMA user_version = 1;`;

test("SQLite: a file of the schema before prices goes on, for many that open it at once", async (t) => {
  const file = join(folderFor(t), "old.db");
  const db = loadSqlite().open(file);
  db.exec(SCHEMA_1);
  db.close();
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(file)));
  const digest = Buffer.from("00112233445566778899aabbccddeeff", "hex");
  assert.deepEqual(await stores[0]?.look([{ time: 1_709_164_800_000, digest }]), ["spent"]);
  const { horizon, keep } = (await stores[1]?.stats()) ?? {};
  assert.deepEqual([horizon, keep], [1_577_836_800_000, 86_400_000]);
  const [outcome] = (await stores[2]?.charge([chargeFor("a")], { keep: 0, remember: 0 })) ?? [];
  assert.equal(outcome?.status, "accepted");
  const secrets = await Promise.all(stores.map((store) => store.secret()));
  assert.equal(new Set(secrets.map((secret) => Buffer.from(secret).toString("hex"))).size, 1);
  await Promise.all(stores.map((store) => store.close()));
});

test("SQLite: a store without its secret or its clock opens no gate", async (t) => {
  const file = join(folderFor(t), "gate.db");
  const store = await openStore(file);
  const db = loadSqlite().open(file);
  db.exec("UPDATE gate SET secret = x''");
  await assert.rejects(store.secret(), { code: "store", message: /secret is damaged/ });
  db.exec("DELETE FROM gate");
  db.close();
  await assert.rejects(store.charge([chargeFor("a")], { keep: 0, remember: 0 }), {
    code: "store",
    message: /table of the gate is empty/,
  });
  await store.close();
});
