import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { spentEntry } from "../../src/store/entry.ts";
import { openStore } from "../../src/store/open.ts";
import { loadSqlite } from "../../src/store/sqlite/library.ts";
import { cliEntry, cliEnvironment } from "../cli.ts";

// Stores where nothing can be written: what is spent in them is never called fresh. Two kinds of place:
// a bind mount that is read-only, for which it takes root; and a folder and files that another user may
// only read, as whom the command is run (root may write those).

const NOBODY = 65_534;
const root = process.getuid?.() === 0;
const folder = realpathSync(mkdtempSync(join(tmpdir(), "stampmill-readonly-")));
const source = join(folder, "source");
const mounted = join(folder, "mounted");
const scratch = join(folder, "scratch");
for (const path of [source, mounted, scratch]) mkdirSync(path);
chmodSync(folder, 0o755);
chmodSync(scratch, 0o777);

function mount(...args: string[]): string | null {
  const { status, stderr, error } = spawnSync("mount", args, { encoding: "utf8" });
  return status === 0 ? null : (error?.message ?? stderr);
}

function mountReadOnly(): string | null {
  if (!root || process.platform !== "linux") return "needs root on Linux, to mount";
  return mount("--bind", source, mounted) ?? mount("-o", "remount,bind,ro", mounted);
}

const noMount = mountReadOnly();
if (process.env.CI && root) assert.equal(noMount, null);
after(() => {
  spawnSync("umount", [mounted]);
  rmSync(folder, { recursive: true, force: true });
});

const freeStamp = () => `1:0:240229:foo::${randomBytes(12).toString("base64")}:0`;
const TERMS = { keep: 30 * 86_400_000, now: Date.UTC(2024, 2, 1) };

interface Place {
  /** The path by which it is looked at. */
  readonly at: (name: string) => string;
  readonly run: (args: readonly string[]) => ReturnType<typeof spawnSync> & { stdout: string };
  /** Takes away the right to write, where that is the matter. */
  readonly close: () => void;
  readonly open: () => void;
}

const command = (args: readonly string[], user: { uid?: number; gid?: number }) =>
  spawnSync(process.execPath, [cliEntry, ...args], {
    encoding: "utf8",
    env: { ...cliEnvironment(), TMPDIR: scratch },
    cwd: folder,
    ...user,
  }) as ReturnType<Place["run"]>;

function whyNobody(): string | false {
  if (!root) return "needs root, to run the command as another user";
  const { error, status, stderr } = command(["--version"], { uid: NOBODY, gid: NOBODY });
  return status === 0 ? false : `nobody cannot run it: ${error?.message ?? stderr}`;
}

const files = () => readdirSync(source).map((name) => join(source, name));
const PLACES: Record<string, Place & { skip: string | false }> = {
  "a read-only mount": {
    skip: noMount ?? false,
    at: (name) => join(mounted, name),
    run: (args) => command(args, {}),
    close: () => {},
    open: () => {},
  },
  "somebody else's folder": {
    skip: whyNobody(),
    at: (name) => join(source, name),
    run: (args) => command(args, { uid: NOBODY, gid: NOBODY }),
    close: () => {
      for (const file of files()) chmodSync(file, 0o444);
      chmodSync(source, 0o555);
    },
    open: () => {
      chmodSync(source, 0o755);
    },
  },
};

/** A store in which two stamps are spent: one folded into the file, one only in the log beside it. */
async function makeStore(name: string, parts: readonly string[]) {
  const stamps = [freeStamp(), freeStamp()];
  const original = join(scratch, name);
  const first = await openStore(original);
  await first.spend([[spentEntry(stamps[0] ?? "")]], TERMS);
  await first.close();
  const db = loadSqlite().open(original);
  assert.ok(db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get());
  db.close();
  const store = await openStore(original);
  await store.spend([[spentEntry(stamps[1] ?? "")]], TERMS);
  for (const part of parts) copyFileSync(original + part, join(source, name) + part);
  await store.close();
  return stamps;
}

const judge = (
  place: Place,
  name: string,
  stamps: readonly string[],
  more: readonly string[] = [],
) =>
  place.run([
    ...["verify", "-b", "0", "-r", "foo", "--now", "2024-03-01", "--no-spend"],
    ...["--store", place.at(name), ...more, ...stamps],
  ]);

const accepted = (stdout: string) =>
  [...stdout.matchAll(/^valid (.+)\n/gm)].map(([, stamp = ""]) => stamp);

for (const [kind, place] of Object.entries(PLACES)) {
  describe(`in ${kind}`, { skip: place.skip }, () => {
    before(() => {
      for (const file of files()) rmSync(file);
    });

    for (const [what, parts] of [
      ["with its log, as after a crash or from a snapshot", ["", "-wal"]],
      ["with its log and the log's index", ["", "-wal", "-shm"]],
    ] as const) {
      it(`a store ${what}`, async () => {
        const name = `${randomBytes(4).toString("hex")}.db`;
        const spent = await makeStore(name, parts);
        assert.ok(statSync(join(source, `${name}-wal`)).size > 0);
        const before = readdirSync(source).sort();
        place.close();
        try {
          const fresh = freeStamp();
          const { status, stdout, stderr } = judge(place, name, [...spent, fresh]);
          assert.deepEqual(accepted(stdout), [fresh], `${stderr}`);
          assert.equal(status, 1);
          assert.equal(judge(place, name, [fresh]).status, 0);
          const sets = judge(place, name, [spent[1] ?? ""], ["--work", "0"]);
          assert.deepEqual([sets.status, accepted(sets.stdout)], [1, []], `${sets.stderr}`);

          const stats = place.run(["spent", "stats", "--json", "--store", place.at(name)]);
          assert.equal(stats.status, 0, `${stats.stderr}`);
          assert.equal(JSON.parse(stats.stdout).entries, 2);
          const list = place.run(["spent", "list", "--store", place.at(name)]);
          assert.equal(list.stdout.split("\n").length, 3, `${list.stderr}`);
          const dump = place.run(["spent", "export", "--store", place.at(name)]);
          assert.match(dump.stdout, /\nend 2\n$/);
          const explain = ["price", "explain", "--poster", "p", "--resource", "foo"];
          const price = place.run([...explain, "--store", place.at(name)]);
          assert.equal(price.status, 0, `${price.stderr}`);
          assert.deepEqual(readdirSync(source).sort(), before);
          assertNothingLeft();
        } finally {
          place.open();
        }
      });
    }

    it("a store without a log, and through a link to it from elsewhere", async () => {
      const name = "folded.db";
      const [spent = ""] = await makeStore(name, [""]);
      const beside = join(source, "beside.db");
      const logged = await makeStore("logged.db", ["", "-wal"]);
      symlinkSync("logged.db", beside);
      const elsewhere = join(scratch, "elsewhere.db");
      symlinkSync(place.at("logged.db"), elsewhere);
      place.close();
      try {
        const fresh = freeStamp();
        assert.deepEqual(accepted(judge(place, name, [spent, fresh]).stdout), [fresh]);
        for (const path of ["beside.db", elsewhere]) {
          const here = {
            ...place,
            at: (name: string) => (name === elsewhere ? name : place.at(name)),
          };
          const { stdout, stderr } = judge(here, path, [...logged, fresh]);
          assert.deepEqual(accepted(stdout), [fresh], `${path}: ${stderr}`);
        }
      } finally {
        place.open();
        rmSync(elsewhere);
      }
    });

    it("one that another process writes to meanwhile", async () => {
      const name = "live.db";
      // Readable for all, and so what SQLite puts beside it.
      writeFileSync(join(source, name), "", { mode: 0o644 });
      const store = await openStore(join(source, name));
      const stamps = Array.from({ length: 8 }, freeStamp);
      try {
        for (const [i, stamp] of stamps.entries()) {
          await store.spend([[spentEntry(stamp)]], TERMS);
          const { stdout, stderr } = judge(place, name, stamps);
          assert.deepEqual(accepted(stdout), stamps.slice(i + 1), `${stderr}`);
        }
      } finally {
        await store.close();
      }
    });

    it("is not written to: exit 3, and a word on why", async () => {
      const name = "unwritten.db";
      await makeStore(name, [""]);
      place.close();
      try {
        const store = ["--store", place.at(name)];
        for (const args of [
          ["verify", "-b", "0", "-r", "foo", "--now", "2024-03-01", ...store, freeStamp()],
          ["spent", "purge", ...store],
          [
            "hashcash",
            "-u",
            "-t",
            "240301",
            "-cdb0",
            "-r",
            "foo",
            "-f",
            place.at(name),
            freeStamp(),
          ],
        ]) {
          const { status, stdout, stderr } = place.run(args);
          assert.deepEqual([status, stdout], [3, ""], `${stderr}`);
          assert.match(
            `${stderr}`,
            /error: the store \/.+ cannot be opened: (its file system is read-only|it may not be written)\nstampmill: hint: to look .+\n$/,
          );
        }
        assert.ok(!existsSync(join(source, `${name}-wal`)));
      } finally {
        place.open();
      }
    });

    it("what may have a log that cannot be seen is not looked into", async () => {
      await makeStore("two.db", ["", "-wal"]);
      const other = join(source, "names.db");
      linkSync(join(source, "two.db"), other);
      place.close();
      try {
        const { status, stdout, stderr } = judge(place, "names.db", [freeStamp()]);
        assert.deepEqual([status, stdout], [3, ""]);
        assert.match(`${stderr}`, /it has another name too \(a hard link\)/);
        assertNothingLeft();
      } finally {
        place.open();
      }
    });

    it("a file that is none, or damaged", async () => {
      writeFileSync(join(source, "rubble.db"), randomBytes(9000));
      await makeStore("torn.db", [""]);
      truncateSync(join(source, "torn.db"), 4096);
      mkdirSync(join(source, "folder.db"));
      place.close();
      try {
        for (const name of ["rubble.db", "torn.db", "folder.db", "none.db"]) {
          const { status, stdout, stderr } = judge(place, name, [freeStamp()]);
          assert.deepEqual([status, stdout], [3, ""], name);
          assert.match(`${stderr}`, /^stampmill: error: the store /);
        }
        assertNothingLeft();
      } finally {
        place.open();
        rmSync(join(source, "folder.db"), { recursive: true });
      }
    });
  });
}

/** No copy is left behind. */
function assertNothingLeft(): void {
  const left = readdirSync(scratch).filter((name) => name.startsWith("stampmill-look"));
  assert.deepEqual(left, []);
}

describe("opened to look only", () => {
  it("refuses whatever would change something", async () => {
    const file = join(scratch, "look.db");
    await (await openStore(file)).close();
    const store = await openStore(file, { readOnly: true });
    const entry = spentEntry(freeStamp());
    const refused = { code: "store", message: /opened to look only/ };
    await assert.rejects(store.spend([[entry]], TERMS), refused);
    await assert.rejects(store.add([entry]), refused);
    await assert.rejects(store.purge({ now: Date.now() }), refused);
    await assert.rejects(store.raise({ horizon: 1000, keep: 0 }), refused);
    assert.deepEqual(await store.look([entry]), ["fresh"]);
    await store.close();
  });

  it("tells when what it has copied is no longer what is there", {
    skip: noMount ?? false,
  }, async () => {
    await makeStore("later.db", ["", "-wal"]);
    const looking = await openStore(join(mounted, "later.db"), { readOnly: true });
    const stamp = spentEntry(freeStamp());
    assert.deepEqual(await looking.look([stamp]), ["fresh"]);
    const writing = await openStore(join(source, "later.db"));
    await writing.spend([[stamp]], TERMS);
    const changed = { code: "store", message: /it has changed since it was opened/ };
    await assert.rejects(looking.look([stamp]), changed);
    await assert.rejects(looking.stats(), changed);
    await writing.close();
    await looking.close();
  });

  it("a file that is mounted by itself, without its log", { skip: noMount ?? false }, async () => {
    const [folded = "", logged = ""] = await makeStore("alone.db", ["", "-wal"]);
    const alone = join(scratch, "mounted alone.db");
    writeFileSync(alone, "");
    const bound =
      mount("--bind", join(source, "alone.db"), alone) ?? mount("-o", "remount,bind,ro", alone);
    assert.equal(bound, null);
    try {
      const place = { ...(PLACES["a read-only mount"] as Place), at: (name: string) => name };
      const { status, stdout, stderr } = judge(place, alone, [folded, logged]);
      assert.deepEqual([status, stdout], [3, ""]);
      assert.match(
        `${stderr}`,
        /is mounted by itself, without the log beside it\nstampmill: hint: mount its folder/,
      );
    } finally {
      spawnSync("umount", [alone]);
    }
  });
});
