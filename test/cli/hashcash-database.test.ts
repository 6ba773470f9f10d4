import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { openStore } from "../../src/store/open.ts";
import { KEPT_SUFFIX, type TakeOverStep, takeOver } from "../../src/store/transfer/take-over.ts";
import { cliEnvironment, outcomeOf, runCli } from "../cli.ts";
import { sized } from "../share.ts";
import { bruteStamp } from "../stamp/brute.ts";
import { noOriginal, runOriginal, runOurs } from "./hashcash-sides.ts";

// The database of hashcash(1) in the hands of stampmill: D19 to D21 of docs/hashcash.md.

const PROCESSES = sized({ quick: 6, gate: 16, soak: 32 });

const folder = realpathSync(mkdtempSync(join(tmpdir(), "stampmill-hashcash-db-")));
const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(root, `build-test-take-over-${process.pid}`);
after(() => {
  for (const path of [folder, bundle]) rmSync(path, { recursive: true, force: true });
});

let made = 0;
const freshStamp = () => bruteStamp({ bits: 4, resource: "foo", rand: `n${made++}` });
const check = (file: string, ...more: string[]) => [
  ...["-u", "-t", "240301", "-cd", "-b4", "-r", "foo", "-f", file],
  ...more,
];

/** A text database as hashcash(1) writes it, with so many stamps. */
function makeText(name: string, count = 3): { file: string; stamps: string[]; text: string } {
  const file = join(folder, name);
  const stamps = Array.from({ length: count }, freshStamp);
  const rows = stamps.map((stamp) => `${stamp} 2419200\n`);
  const text = `last_purged 700101000000\n${rows.join("")}`;
  writeFileSync(file, text, { mode: 0o600 });
  return { file, stamps, text };
}

const holds = (file: string) =>
  readFileSync(file).subarray(0, 15).toString("latin1") === "SQLite format 3" ? "store" : "text";

/** That the file is a store in which all of these are spent, and the text is kept. */
async function assertTaken(file: string, stamps: readonly string[], text: string): Promise<void> {
  for (const stamp of stamps) {
    const { code, err } = await runOurs(check(file, stamp), "");
    assert.deepEqual([code, err.match(/^skipped: spent stamp$/gm)?.length], [1, 1], err);
  }
  assert.equal(holds(file), "store");
  assert.equal(readFileSync(file + KEPT_SUFFIX, "latin1"), text);
  for (const suffix of [".taking-over", ".taking-over-wal", ".taking-over.lock"]) {
    assert.ok(!existsSync(file + suffix), suffix);
  }
}

test("a database that hashcash(1) made is taken over as it is found", {
  skip: noOriginal,
}, async () => {
  const file = join(folder, "made.sdb");
  const stamps = [freshStamp(), freshStamp()];
  for (const stamp of stamps) assert.equal(runOriginal(check(file, stamp), "", folder).code, 0);
  const text = readFileSync(file, "latin1");
  chmodSync(file, 0o640);
  const fresh = freshStamp();
  const first = await runOurs(check(file, fresh), "");
  assert.equal(first.code, 0, first.err);
  assert.match(
    first.err,
    /^database: 2 spent stamps taken over; the text is kept as .+\.original\n/,
  );
  await assertTaken(file, [...stamps, fresh], text);
  assert.equal(statSync(file).mode & 0o777, 0o640);
});

test("the default is hashcash.sdb in the current folder; -q says nothing", async () => {
  const { file, stamps, text } = makeText("hashcash.sdb");
  const before = process.cwd();
  process.chdir(folder);
  try {
    const args = ["-u", "-t", "240301", "-qcdb4", "-r", "foo", stamps[0] ?? ""];
    assert.deepEqual(await runOurs(args, ""), { code: 1, out: "", err: "" });
  } finally {
    process.chdir(before);
  }
  await assertTaken(file, stamps, text);
});

test("a text that is damaged: what can be read in it counts, the rest is told of", async () => {
  const { file, stamps } = makeText("damaged.sdb");
  const [one = "", two = ""] = [freshStamp(), freshStamp()];
  appendFileSync(
    file,
    `${one} 24${two} 2419200\n\0\xff rubble\n1:4:240229:foo:a b:x:y 2419200\nlast_pu`,
  );
  const text = readFileSync(file, "latin1");
  const { err } = await runOurs(check(file, stamps[0] ?? ""), "");
  assert.match(err, /^warning: \S+damaged\.sdb, line 5: damaged/);
  await assertTaken(file, [...stamps, one, two], text);
});

test("killed after any step, nothing is lost, and the next call goes on", async () => {
  const outfile = join(bundle, "take-over.mjs");
  await build({
    entryPoints: [join(root, "src/store/transfer/take-over.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["libsql"],
  });
  const steps: TakeOverStep[] = ["locked", "imported", "kept", "replaced"];
  for (const [i, step] of steps.entries()) {
    const { file, stamps, text } = makeText(`killed-${step}.sdb`, 20);
    const script = `
      const { takeOver } = await import(${JSON.stringify(pathToFileURL(outfile).href)});
      const onStep = (step) => step === "${step}" && process.kill(process.pid, "SIGKILL");
      await takeOver(${JSON.stringify(file)}, { onStep });`;
    const args = ["--input-type=module", "--eval", script];
    const { signal, stderr } = await outcomeOf(spawn(process.execPath, args));
    assert.equal(signal, "SIGKILL", stderr);
    assert.equal(holds(file), step === "replaced" ? "store" : "text");
    assert.equal(readFileSync(i < 2 ? file : file + KEPT_SUFFIX, "latin1"), text);
    if (step === "replaced") rmSync(`${file}.taking-over.lock`);
    await assertTaken(file, stamps, text);
  }
});

test("many processes at once: each old stamp is spent, a new one is accepted once", async () => {
  const { file, stamps, text } = makeText("at-once.sdb", 200);
  const fresh = freshStamp();
  const args = ["hashcash", ...check(file, fresh)];
  const all = await Promise.all(Array.from({ length: PROCESSES }, () => runCli(args)));
  const codes = all.map(({ code }) => code).sort();
  assert.deepEqual(codes, [0, ...Array(PROCESSES - 1).fill(1)], all.map((o) => o.stderr).join(""));
  await assertTaken(file, [...stamps.slice(0, 20), fresh], text);
});

test("what hashcash(1) adds while it is read is found", async () => {
  const { file, stamps } = makeText("late.sdb");
  const late = freshStamp();
  const onStep = (step: TakeOverStep) => {
    if (step === "imported") appendFileSync(file, `${late} 2419200\n`);
  };
  await takeOver(file, { onStep });
  await assertTaken(file, [...stamps, late], readFileSync(file + KEPT_SUFFIX, "latin1"));
});

test("a symbolic link stays one, and what it leads to is taken over", async () => {
  const { file, stamps, text } = makeText("real.sdb");
  const link = join(folder, "link.sdb");
  symlinkSync("real.sdb", link);
  assert.equal((await runOurs(check(link, stamps[0] ?? ""), "")).code, 1);
  await assertTaken(file, stamps, text);
  assert.equal(realpathSync(link), file);
  assert.ok(!existsSync(link + KEPT_SUFFIX));
});

test("refused, and left as it is: what cannot be taken over without a doubt", async () => {
  const twice = makeText("twice.sdb");
  linkSync(twice.file, join(folder, "other-name.sdb"));
  const kept = makeText("kept.sdb");
  writeFileSync(kept.file + KEPT_SUFFIX, "last year's\n");
  const log = makeText("log.sdb");
  writeFileSync(`${log.file}-wal`, "");
  const letter = join(folder, "letter.txt");
  writeFileSync(letter, "Dear Alice,\nhow are you?\n");
  for (const [file, why] of [
    [twice.file, /hard link/],
    [kept.file, /kept\.sdb\.original is there already/],
    [log.file, /log\.sdb-wal belongs to a store that was here/],
    [letter, /it is no database of hashcash\(1\)/],
    [folder, /it is not a regular file/],
    ["/dev/full", /it is not a regular file/],
    [join(folder, "nowhere", "x.sdb"), /no such file/],
  ] as const) {
    const before = statSync(file, { throwIfNoEntry: false })?.isFile() ? readFileSync(file) : null;
    const { code, out, err } = await runOurs(check(file, freshStamp()), "");
    assert.deepEqual([code, out], [3, ""], err);
    assert.match(
      err,
      /^(?:warning: .+\n)*stampmill: error: the store .+\n(?:stampmill: hint: .+\n)?$/,
    );
    assert.match(err, why);
    if (before !== null) assert.deepEqual(readFileSync(file), before);
    assert.ok(!existsSync(`${file}.taking-over`));
  }
});

const isRoot = process.getuid?.() === 0;

test("a folder that may not be written: exit 3, and the text stays", async (t) => {
  const place = join(folder, "readonly");
  mkdirSync(place);
  const { file, stamps, text } = makeText("readonly/spent.sdb");
  const nobody = 65_534;
  if (isRoot) for (const path of [folder, place, file]) chownSync(path, nobody, nobody);
  const entry = (await import("../cli.ts")).cliEntry;
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, [entry, "hashcash", ...args], {
      encoding: "utf8",
      env: cliEnvironment(),
      cwd: folder,
      ...(isRoot ? { uid: nobody, gid: nobody } : {}),
    });
  const control = run(["-mb0", "x"]);
  if (control.status !== 0 && isRoot) return t.skip(`nobody cannot run it: ${control.stderr}`);
  chmodSync(place, 0o555);
  try {
    const { status, stderr } = run(check(file, stamps[0] ?? ""));
    assert.equal(status, 3, stderr);
    assert.match(stderr, /^stampmill: error: the store .+ cannot be taken over: .*denied/);
    assert.equal(readFileSync(file, "latin1"), text);
  } finally {
    chmodSync(place, 0o755);
  }
  assert.equal(run(check(file, stamps[0] ?? "")).status, 1);
  assert.equal(holds(file), "store");
});

test("a disk that is full: exit 3, and the text stays", {
  skip: !isRoot || process.platform !== "linux" ? "needs root, to mount a small disk" : false,
}, async (t) => {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  const mount = (...args: string[]) => spawnSync("mount", [...args, disk], { encoding: "utf8" });
  const mounted = mount("-t", "tmpfs", "-o", "size=160k", "tmpfs");
  if (mounted.status !== 0 && !process.env.CI) return t.skip(`cannot mount: ${mounted.stderr}`);
  assert.equal(mounted.status, 0, mounted.stderr);
  try {
    const { file, stamps, text } = makeText("disk/spent.sdb", 2000);
    const full = await runOurs(check(file, stamps[0] ?? ""), "");
    assert.equal(full.code, 3, full.err);
    assert.equal(readFileSync(file, "latin1"), text);
    assert.equal(mount("-o", "remount,size=8m").status, 0);
    await assertTaken(file, stamps.slice(0, 20), text);
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
});

test("a database that is replaced during the run: exit 3", async () => {
  const file = join(folder, "replaced.sdb");
  const [one, two] = [freshStamp(), freshStamp()];
  async function* input() {
    yield Buffer.from(`${one}\n`);
    renameSync(file, `${file}.old`);
    writeFileSync(file, "");
    yield Buffer.from(`${two}\n`);
  }
  const { code, out, err } = await runOurs(check(file, "-n", "-y"), input());
  assert.deepEqual([code, out], [3, "foo\n"], err);
  assert.match(err, /removed or replaced/);
});

test("a purge never lets a stamp be spent again, nor a check pass unseen", async () => {
  const file = join(folder, "purged.sdb");
  const stamp = freshStamp();
  assert.equal((await runOurs(check(file, stamp), "")).code, 0);
  const file2 = join(folder, "line.sdb");
  writeFileSync(file2, "\n");
  for (const [args, code] of [
    [["-p", "now", "-k", "-j", "foo", "-f", file], 0],
    [["-u", "-t", "240302", "-e", "1s", "-p", "now", "-f", file], 0],
    [check(file, stamp), 1],
    // hashcash(1) ends with 0 here, before it has looked at anything.
    [check(file2, "-p", "1d", "total-garbage"), 1],
  ] as const) {
    const ended = await runOurs(args, "");
    assert.equal(ended.code, code, ended.err);
  }
  // Long expired, and gone, but not good again.
  assert.equal(
    (await runOurs(["-p", "1d", "-v", "-f", file], "")).err,
    "purging database: ...done\n",
  );
  const late = ["-u", "-t", "240301", "-cd", "-e", "0", "-b4", "-r", "foo", "-f", file, stamp];
  assert.match((await runOurs(late, "")).err, /^skipped: spent stamp\n/);
});

test("a stamp is remembered as long as any of the resources would accept it", async () => {
  const file = join(folder, "keep.sdb");
  const args = ["-u", "-t", "240301", "-cd", "-f", file, "-b4", "-r", "foo", "-e", "1m", "-r", "x"];
  assert.equal((await runOurs([...args, freshStamp()], "")).code, 0);
  const store = await openStore(file);
  assert.equal((await store.stats()).keep, 30 * 86_400_000);
  await store.close();
});

test("/dev/null keeps nothing: a stamp is good as often as it comes, as with hashcash(1)", {
  skip: noOriginal,
}, async () => {
  const link = join(folder, "nowhere");
  symlinkSync("/dev/null", link);
  const stamp = freshStamp();
  const sides = [
    (args: string[]) => runOurs(args, ""),
    (args: string[]) => runOriginal(args, "", folder),
  ];
  for (const file of ["/dev/null", "/dev/../dev/null", link]) {
    for (const [args, code] of [
      [["-u", "-t", "240301", "-cqb4", "-df", file, "-r", "foo", stamp], 0],
      [check(file, stamp), 0],
      [check(file, stamp), 0],
      [["-u", "-t", "240301", "-cdb4", "-f", file, "-r", "bar", stamp], 1],
      [["-u", "-t", "240301", "-cdb5", "-f", file, "-r", "foo", stamp], 1],
      [["-u", "-t", "240301", "-wdf", file, "-y", stamp, stamp], 0],
      [["-p", "now", "-f", file], 0],
      [["-p", "now", "-k", "-j", "x", "-f", file], 0],
    ] as const) {
      const [ours, theirs] = await Promise.all(sides.map((run) => run([...args])));
      assert.deepEqual(ours, theirs, args.join(" "));
      assert.equal(ours?.code, code, args.join(" "));
    }
  }
  assert.ok(statSync("/dev/null").isCharacterDevice());
  // What only has its name is a file like others.
  mkdirSync(join(folder, "dev"));
  const namesake = join(folder, "dev", "null");
  assert.equal((await runOurs(check(namesake, stamp), "")).code, 0);
  assert.equal((await runOurs(check(namesake, stamp), "")).code, 1);
});
