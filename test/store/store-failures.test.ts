import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { spentEntry } from "../../src/store/entry.ts";
import { openStore } from "../../src/store/open.ts";
import { loadSqlite } from "../../src/store/sqlite/library.ts";
import { cliEntry, cliEnvironment, runCli } from "../cli.ts";

// Whatever is wrong with the database: exit 3, and nothing is accepted.

const folder = mkdtempSync(join(tmpdir(), "stampmill-failures-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const VERIFY = ["verify", "-b", "0", "-r", "foo", "--now", "2024-03-01"];
const freeStamp = () => `1:0:240229:foo::${randomBytes(12).toString("base64")}:0`;
const freeStamps = (count: number) => Array.from({ length: count }, freeStamp);
const root = process.getuid?.() === 0;

function acceptedIn(stdout: string): string[] {
  return [...stdout.matchAll(/^valid (.+)\n/gm)].map(([, stamp = ""]) => stamp);
}

const verifyAll = (stamps: readonly string[], store: string) =>
  runCli([...VERIFY, "--store", store, "-"], `${stamps.join("\n")}\n`);

/** A store with some stamps in it, folded into its one file. */
async function makeStore(name: string, stamps: readonly string[]): Promise<string> {
  const file = join(folder, name);
  const { code, stderr } = await verifyAll(stamps, file);
  assert.equal(code, 0, stderr);
  return file;
}

async function assertFails(file: string, stamps: readonly string[], message: RegExp) {
  for (const more of [[], ["--no-spend"]]) {
    const args = [...VERIFY, ...more, "--store", file, "-"];
    const { code, stdout, stderr } = await runCli(args, `${stamps.join("\n")}\n`);
    assert.deepEqual(acceptedIn(stdout), [], "accepted");
    assert.equal(code, 3, `${stdout}${stderr}`);
    assert.match(stderr, message);
    assert.match(stderr, /^stampmill: error: (the store )?\/.+\n(stampmill: hint: .+\n)?$/);
  }
}

test("a full disk: exit 3, and what was accepted before stays spent", {
  skip: !root || process.platform !== "linux" ? "needs root, to mount a small disk" : false,
}, async (t) => {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  const mount = (...args: string[]) => spawnSync("mount", [...args, disk], { encoding: "utf8" });
  const mounted = mount("-t", "tmpfs", "-o", "size=300k", "tmpfs");
  if (mounted.status !== 0 && !process.env.CI) return t.skip(`cannot mount: ${mounted.stderr}`);
  assert.equal(mounted.status, 0, mounted.stderr);
  try {
    const file = join(disk, "spent.db");
    const accepted: string[] = [];
    for (let turn = 0; turn < 3; turn++) {
      const { code, stdout, stderr } = await verifyAll(freeStamps(20_000), file);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /^stampmill: error: the store .+: .*(full|I\/O|disk).*\n$/i);
      accepted.push(...acceptedIn(stdout));
    }
    assert.ok(accepted.length > 0 && accepted.length < 20_000, `${accepted.length}`);
    assert.equal(mount("-o", "remount,size=64m").status, 0);
    const again = await verifyAll(accepted, file);
    assert.equal(again.code, 1, again.stderr);
    assert.deepEqual(acceptedIn(again.stdout), []);
    assert.equal((await verifyAll(freeStamps(100), file)).code, 0);
  } finally {
    spawnSync("umount", [disk]);
  }
});

test("a file or a folder that may not be written", async (t) => {
  const place = join(folder, "readonly");
  mkdirSync(place);
  const stamp = freeStamp();
  const file = await makeStore("readonly/spent.db", [stamp]);
  // Root may write anything, so somebody else tries.
  const nobody = 65_534;
  const run = (store: string) =>
    spawnSync(process.execPath, [cliEntry, ...VERIFY, "--store", store, freeStamp()], {
      encoding: "utf8",
      env: cliEnvironment(),
      cwd: folder,
      ...(root ? { uid: nobody, gid: nobody } : {}),
    });
  if (root) for (const path of [folder, place, file]) chownSync(path, nobody, nobody);
  const control = run(file);
  if (control.status !== 0 && root)
    return t.skip(`nobody cannot run it: ${control.error?.message ?? control.stderr}`);
  assert.equal(control.status, 0, control.stderr);
  chmodSync(file, 0o444);
  chmodSync(place, 0o555);
  try {
    for (const store of [file, join(place, "new.db")]) {
      const { status, stdout, stderr } = run(store);
      assert.deepEqual([status, stdout], [3, ""], stderr);
      assert.match(stderr, /^stampmill: error: the store .+\n(stampmill: hint: to look .+\n)?$/);
    }
    chmodSync(place, 0o755);
    const { status, stdout } = run(file);
    assert.deepEqual([status, stdout], [3, ""], "the file alone");
  } finally {
    chmodSync(place, 0o755);
  }
});

test("a file that is damaged", async () => {
  const stamps = freeStamps(6000);
  const file = await makeStore("whole.db", stamps);
  const whole = readFileSync(file);
  assert.ok(whole.length > 150_000);
  const damages: [name: string, content: Buffer][] = [
    ["rubble", randomBytes(whole.length)],
    ["text", Buffer.from("last_purged 700101000000\n")],
    ["half", whole.subarray(0, whole.length / 2)],
    ["one page", whole.subarray(0, 4096)],
    ["no header", Buffer.concat([randomBytes(100), whole.subarray(100)])],
    ["pages of rubble", Buffer.concat([whole.subarray(0, 4096), randomBytes(whole.length - 4096)])],
    ["pages of zeros", Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(whole.length - 4096)])],
  ];
  for (const [name, content] of damages) {
    const damaged = join(folder, `${name}.db`);
    writeFileSync(damaged, content);
    // Both those that were spent and one that was not.
    await assertFails(damaged, [...stamps, freeStamp()], /database|malformed|corrupt|disk|marks/);
  }
});

test("a log that is cut off loses nothing that was accepted", async () => {
  const file = await makeStore("log.db", freeStamps(10));
  const store = await openStore(file);
  const accepted = freeStamps(50);
  const { code } = await verifyAll(accepted, file);
  assert.equal(code, 0);
  // As after a crash: the log is still there, and its end was never written out.
  const log = `${file}-wal`;
  assert.ok(statSync(log).size > 0);
  const copy = join(folder, "crashed.db");
  writeFileSync(copy, readFileSync(file));
  writeFileSync(`${copy}-wal`, Buffer.concat([readFileSync(log), randomBytes(1000)]));
  await store.close();
  const again = await verifyAll(accepted, copy);
  assert.equal(again.code, 1, again.stderr);
  assert.deepEqual(acceptedIn(again.stdout), []);
});

test("somebody else's database, and one of a later version, are left alone", async () => {
  const { open } = loadSqlite();
  const foreign = join(folder, "foreign.db");
  const db = open(foreign);
  db.exec("CREATE TABLE spent (time INTEGER, digest BLOB); INSERT INTO spent VALUES (1, x'00')");
  db.close();
  const before = readFileSync(foreign);
  await assertFails(foreign, [freeStamp()], /is the database of another program/);
  assert.deepEqual(readFileSync(foreign), before);

  const later = await makeStore("later.db", [freeStamp()]);
  const raised = open(later);
  raised.exec("PRAGMA user_version = 3");
  raised.close();
  await assertFails(later, [freeStamp()], /another version of stampmill \(schema 3, not 2\)/);

  const markless = await makeStore("markless.db", [freeStamp()]);
  const emptied = open(markless);
  emptied.exec("DELETE FROM marks");
  emptied.close();
  await assertFails(markless, [freeStamp()], /marks/);
});

test("a file that is removed or replaced while it is open", async () => {
  const file = join(folder, "moved.db");
  const stamp = spentEntry(freeStamp());
  const terms = { keep: 86_400_000, now: Date.UTC(2024, 2, 1) };
  for (const replace of [false, true]) {
    const store = await openStore(file);
    await store.spend([[spentEntry(freeStamp())]], terms);
    for (const name of [file, `${file}-wal`, `${file}-shm`]) renameSync(name, `${name}.old`);
    const other = replace ? await openStore(file) : null;
    await assert.rejects(store.spend([[stamp]], terms), { code: "store", message: /replaced/ });
    await store.close();
    await other?.close();
    rmSync(file, { force: true });
  }
});

test("an empty file becomes a store, for its owner alone", async () => {
  const file = join(folder, "empty.db");
  writeFileSync(file, "");
  truncateSync(file);
  assert.equal((await verifyAll([freeStamp()], file)).code, 0);
  const mask = process.umask(0);
  try {
    const store = await openStore(join(folder, "modes.db"));
    for (const name of ["modes.db", "modes.db-wal", "modes.db-shm"]) {
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
    }
    await store.close();
  } finally {
    process.umask(mask);
  }
});
