import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, test } from "node:test";
import { profileKey, writeProfile } from "../../src/difficulty/profile-file.ts";
import { availableThreads } from "../../src/engine/threads.ts";
import { cliEntry, cliEnvironment, type Outcome, outcomeOf } from "../cli.ts";

const STAMP = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";
const cache = mkdtempSync(join(tmpdir(), "stampmill-cost-"));
after(() => rmSync(cache, { recursive: true }));

function run(args: readonly string[], entry = cliEntry): Promise<Outcome> {
  const env = { ...cliEnvironment(), XDG_CACHE_HOME: cache };
  return outcomeOf(spawn(process.execPath, [entry, ...args], { env }));
}

const hostRow = ({ stdout }: Outcome) => /^this host.*$/m.exec(stdout)?.[0];

test("without an engine cost and inspect leave this host out", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "stampmill-no-engine-"));
  try {
    // The commands alone: neither the addon nor wasm/ is beside them.
    const folder = join(elsewhere, "dist");
    cpSync(join(dirname(cliEntry), "../package.json"), join(elsewhere, "package.json"));
    cpSync(dirname(cliEntry), folder, { recursive: true });
    const entry = join(folder, basename(cliEntry));
    const cost = await run(["cost", "--bits", "20"], entry);
    assert.equal(cost.code, 0, cost.stderr);
    assert.match(hostRow(cost) ?? "", /^this host( +\?){6}$/);
    assert.match(cost.stderr, /^stampmill: hint: this host is left out: .*engine/);
    const json = await run(["cost", "--bits", "20", "--json"], entry);
    assert.deepEqual(JSON.parse(json.stdout.split("\n")[0] ?? "").seconds, null);
    const inspect = await run(["inspect", STAMP], entry);
    assert.equal(inspect.code, 0, inspect.stderr);
    assert.match(hostRow(inspect) ?? "", /^this host( +\?){6}$/);
    assert.equal(inspect.stderr, "");
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test("cost and inspect take this host's rate from its calibration", async () => {
  assert.match(hostRow(await run(["inspect", STAMP])) ?? "", /^this host( +\?){6}$/);
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = cache;
  const key = profileKey();
  const entry = {
    algorithm: "sha1" as const,
    kernel: "scalar",
    threads: availableThreads(),
    rate: 2 ** 20,
    shortRate: 2 ** 20,
    best: 2 ** 20,
    overhead: 0,
    shortOverhead: 0,
    spread: 0,
    condition: "calm" as const,
  };
  const kept = writeProfile({ key, date: "2026-11-24T00:00:00Z", entries: [entry] });
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  assert.ok("file" in kept, JSON.stringify(kept));
  // 2^20 hashes at 2^20 a second: a second each, 278 hours for a million.
  const expected = /^this host +1\.0 s +\? +\? +12 days +\? +\?$/;
  assert.match(hostRow(await run(["inspect", STAMP])) ?? "", expected);
  assert.match(hostRow(await run(["cost", "--bits", "20"])) ?? "", expected);
  const { stdout } = await run(["inspect", "--json", "--watts", "36", STAMP]);
  const [host] = JSON.parse(stdout).costs;
  assert.deepEqual([host.device, host.seconds, host.joules], ["host", 1, 36]);
  assert.ok(Math.abs(host.dollars - 0.18 / 100_000) < 1e-12);
});
