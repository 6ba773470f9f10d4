import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Identity, readIdentity } from "../../src/identity/format.ts";
import { mergeSketches } from "../../src/identity/sketch/sketch.ts";
import { cliEntry, outcomeOf, runCli, startCli } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "stampmill-identity-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const WORK = ["identity", "work", "-j", "1"];
const AS_ALICE = [...WORK, "--id", "alice@example.org", "-k", "16"];

function readFile(file: string): Identity {
  const reading = readIdentity(readFileSync(file, "utf8").trimEnd());
  assert.equal(reading.status, "good");
  return (reading as typeof reading & { status: "good" }).identity;
}

/** Whether all that is in one file's sketch counts in another's. */
function holds(file: string, older: Identity): boolean {
  const { sketch } = readFile(file);
  return (
    JSON.stringify(mergeSketches([sketch, older.sketch]).hashes) === JSON.stringify(sketch.hashes)
  );
}

const leftovers = () => readdirSync(folder).filter((name) => /\.claim-|\.new$/.test(name));

/** Waits until a file is there. */
async function appears(file: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) return;
    await sleep(25);
  }
  assert.fail(`${file} does not appear`);
}

async function startWork(file: string): Promise<ChildProcess> {
  const child = startCli([...AS_ALICE, file]);
  await appears(file);
  return child;
}

test("work makes a file, goes on with it, and says so", async () => {
  const file = join(folder, "alice.sketch");
  const first = await runCli([...AS_ALICE, "--until", "2^16", file]);
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  const before = readFile(file);
  const second = await runCli([...WORK, "--for", "1s", "--json", file]);
  assert.equal(second.code, 0, second.stderr);
  const said = JSON.parse(second.stdout);
  assert.equal(said.ending, "time");
  assert.equal(said.id, "alice@example.org");
  assert.ok(said.tries > 0 && said.estimate > 2 ** 16);
  assert.ok(holds(file, before));
  assert.deepEqual(leftovers(), []);
});

test("another's file is refused and stays as it is", async () => {
  const file = join(folder, "mine.sketch");
  await runCli([...AS_ALICE, "--until", "8", file]);
  const text = readFileSync(file, "utf8");
  for (const [args, what] of [
    [["--id", "bob@example.org"], /id \(alice@example.org, bob@example.org\)/],
    [["--beacon", "2026-11-24"], /beacon \(, 2026-11-24\)/],
    [["-a", "sha1"], /the algorithms \(sha256, sha1\)/],
    [["-k", "32"], /k \(16, 32\)/],
  ] as const) {
    const { code, stderr } = await runCli([...WORK, ...args, "--for", "1s", file]);
    assert.equal(code, 2);
    assert.match(stderr, what);
    assert.equal(readFileSync(file, "utf8"), text);
  }
  for (const damage of ["x", text.slice(0, -9), `${text}${text}`, text.replace("alice", "bob")]) {
    writeFileSync(file, damage);
    const { code, stderr } = await runCli([...WORK, "--for", "1s", file]);
    assert.equal(code, 2);
    assert.match(stderr, /^stampmill: error: .* holds no identity in order: \w+, /);
    assert.equal(readFileSync(file, "utf8"), damage);
  }
  assert.deepEqual(leftovers(), []);
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal}: what was found is saved, exit ${code}`, async () => {
    const file = join(folder, `${signal}.sketch`);
    const child = await startWork(file);
    await sleep(200);
    const outcome = outcomeOf(child);
    child.kill(signal);
    const { code: given, stdout, stderr } = await outcome;
    assert.deepEqual([given, stderr], [code, ""]);
    assert.match(stdout, /^identity {3}alice@example.org\nwork /);
    assert.equal(readFile(file).id, "alice@example.org");
    assert.deepEqual(leftovers(), []);
  });
}

test("two writers: the second is turned away; one killed by kill -9 blocks nobody", async () => {
  const file = join(folder, "claimed.sketch");
  const holder = await startWork(file);
  const turned = await runCli([...WORK, "--for", "1s", file]);
  assert.equal(turned.code, 3);
  assert.match(turned.stderr, /^stampmill: error: cannot write .*: another process works on it/);
  const merged = await runCli(["identity", "merge", file, "-o", file]);
  assert.equal(merged.code, 3);
  const killed = outcomeOf(holder);
  holder.kill("SIGKILL");
  await killed;
  const before = readFile(file);
  assert.equal(leftovers().length >= 1, true);
  const next = await runCli([...WORK, "--for", "1s", file]);
  assert.equal(next.code, 0, next.stderr);
  assert.ok(holds(file, before));
  assert.deepEqual(leftovers(), []);
});

test("of eight that begin at once exactly one works", async () => {
  const file = join(folder, "race.sketch");
  const children = Array.from({ length: 8 }, () => startCli([...AS_ALICE, file]));
  const codes: (number | null)[] = [];
  const outcomes = children.map((child) =>
    outcomeOf(child).then(({ code, stderr }) => {
      codes.push(code);
      return stderr;
    }),
  );
  // Whoever has the file goes on for ever, so all others must end by themselves.
  for (let i = 0; i < 400 && codes.length < 7; i++) await sleep(100);
  assert.deepEqual(codes, Array(7).fill(3));
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(outcomes);
  assert.deepEqual(codes, [...Array(7).fill(3), 143]);
  assert.equal(readFile(file).id, "alice@example.org");
  assert.deepEqual(leftovers(), []);
});

test("a claim of another machine counts until it has not been touched for a minute", async () => {
  const file = join(folder, "far.sketch");
  const claim = `${file}.claim-0123456789abcdef-1-1`;
  writeFileSync(claim, "");
  const turned = await runCli([...AS_ALICE, "--until", "8", file]);
  assert.equal(turned.code, 3, turned.stderr);
  const old = Date.now() / 1000 - 90;
  utimesSync(claim, old, old);
  const next = await runCli([...AS_ALICE, "--until", "8", file]);
  assert.equal(next.code, 0, next.stderr);
  assert.deepEqual(leftovers(), []);
});

test("a process number that somebody else has by now is no claim", async () => {
  const file = join(folder, "again.sketch");
  const holder = await startWork(file);
  const claim = leftovers().find((name) => name.includes(".claim-")) ?? "";
  const outcome = outcomeOf(holder);
  holder.kill("SIGKILL");
  await outcome;
  // As if this test's own number had been the dead one's.
  const renamed = claim.replace(/-\d+-(\d+)$/, `-${process.pid}-$1`);
  copyFileSync(join(folder, claim), join(folder, renamed));
  const next = await runCli([...WORK, "--until", "8", file]);
  assert.equal(next.code, 0, next.stderr);
  assert.deepEqual(leftovers(), []);
});

test("what a kill has left of a save is cleaned away, and never read", async () => {
  const file = join(folder, "torn.sketch");
  writeFileSync(`${file}.new`, '{"stampmill":"identity","ver');
  const { code, stderr } = await runCli([...AS_ALICE, "--until", "8", file]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(leftovers(), []);
  const kept = readFileSync(file, "utf8");
  writeFileSync(`${file}.new`, "x");
  assert.equal((await runCli([...WORK, "--id", "bob", file])).code, 2);
  assert.equal(readFileSync(file, "utf8"), kept);
  assert.deepEqual(leftovers(), []);
});

test("what somebody copies over the file meanwhile is merged, not lost", async () => {
  const file = join(folder, "replaced.sketch");
  const other = join(folder, "other.sketch");
  await runCli([...AS_ALICE, "--until", "2^22", other]);
  const child = await startWork(file);
  copyFileSync(other, file);
  // It is written again with the next better hash, or at the end.
  await sleep(1500);
  const outcome = outcomeOf(child);
  child.kill("SIGTERM");
  assert.equal((await outcome).code, 143);
  assert.ok(holds(file, readFile(other)));
});

test("a link is followed, not replaced; a folder or a pipe is no file", async () => {
  const file = join(folder, "target.sketch");
  const link = join(folder, "link.sketch");
  await runCli([...AS_ALICE, "--until", "8", file]);
  symlinkSync(file, link);
  const before = readFile(file);
  assert.equal((await runCli([...WORK, "--for", "1s", link])).code, 0);
  assert.ok(readFileSync(link, "utf8") === readFileSync(file, "utf8") && holds(file, before));
  mkdirSync(join(folder, "d"));
  spawnSync("mkfifo", [join(folder, "p")]);
  for (const odd of ["d", "p"]) {
    const { code, stderr } = await runCli([...AS_ALICE, "--for", "1s", join(folder, odd)]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /is not a regular file/);
  }
  const nowhere = await runCli([...AS_ALICE, "--for", "1s", join(folder, "no", "x")]);
  assert.equal(nowhere.code, 3);
  assert.match(nowhere.stderr, /^stampmill: error: cannot write .*: ENOENT/);
});

test("a full disk: exit 3, and the file is what it was", {
  skip: process.getuid?.() !== 0 || process.platform !== "linux" ? "needs root, to mount" : false,
}, async (t) => {
  const disk = join(folder, "disk");
  mkdirSync(disk);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]);
  if (mounted.status !== 0 && !process.env.CI) return t.skip(`cannot mount: ${mounted.stderr}`);
  try {
    const file = join(disk, "full.sketch");
    assert.equal((await runCli([...AS_ALICE, "--until", "10", file])).code, 0);
    const text = readFileSync(file, "utf8");
    assert.notEqual(spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "rest")}`]).status, 0);
    const { code, stderr } = await runCli([...WORK, "--for", "5s", file]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /^stampmill: error: cannot write .*: ENOSPC/);
    assert.equal(readFileSync(file, "utf8"), text);
    assert.deepEqual(readdirSync(disk).sort(), ["full.sketch", "rest"]);
  } finally {
    spawnSync("umount", [disk]);
  }
});

test("a stream, a link to nothing, and a name that is no UTF-8 are refused, and nothing is made", () => {
  const before = readdirSync(folder).length;
  const link = join(folder, "nowhere.sketch");
  symlinkSync("not-there", link);
  // Bytes that are no UTF-8 come through a shell: Node writes arguments in UTF-8.
  const script = `exec "$0" "$1" identity work --id "$(printf 'a\\377')" --for 1s "$2"`;
  const file = join(folder, "latin1.sketch");
  const runs = [
    [[cliEntry, ...AS_ALICE, "--for", "1s", "-"], /kept in a file/],
    [[cliEntry, ...AS_ALICE, "--for", "1s", link], /a link to what is not there/],
  ] as const;
  for (const [args, why] of runs) {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, why);
  }
  const shell = ["-c", script, process.execPath, cliEntry, file];
  const { status, stderr } = spawnSync("sh", shell, { encoding: "utf8" });
  assert.equal(status, 2);
  assert.match(stderr, /must be UTF-8/);
  rmSync(link);
  assert.equal(readdirSync(folder).length, before);
});
