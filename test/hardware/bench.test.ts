import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { engineKernels, kernels } from "../../src/engine/engine.ts";
import { callsFor, rateOfCall } from "../../src/hardware/calls.ts";
import { checkKernel, knownHits } from "../../src/hardware/known-hits.ts";
import { bitsFor } from "../../src/hardware/minting.ts";
import type { BenchResult } from "../../src/hardware/result.ts";
import { isChromiumMissing, openFile, paintedPixels, startChromium } from "../cli/chromium.ts";
import { runCli } from "../cli.ts";

const folder = mkdtempSync(join(tmpdir(), "stampmill-bench-"));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string) => join(folder, name);

// One measurement, as short as can be, for all that looks at one.
const measured = await runCli(
  ["bench", "--for", "1s", "-a", "sha1", "-j", "2", "--json", "--save", file("a.json")].concat([
    "--html",
    file("a.html"),
  ]),
);
const result: BenchResult = JSON.parse(measured.stdout || "{}");

/** The result with every rate multiplied, and certain to one percent, under another name. */
function multiplied(name: string, factor: number, machine = {}): string {
  const scale = <T extends { rate: number }>(one: T) => ({
    ...one,
    rate: factor * one.rate,
    uncertainty: 0.01,
  });
  const { rates, calls } = result;
  const changed = { rates: rates.map(scale), calls: calls.map(scale) };
  const text = JSON.stringify({
    ...result,
    ...changed,
    machine: { ...result.machine, ...machine },
  });
  writeFileSync(file(name), text);
  return file(name);
}

test("JSON: every kernel on one thread and on more", () => {
  assert.equal(measured.code, 0, measured.stderr);
  assert.equal(measured.stderr, "");
  assert.match(measured.stdout, /^[ -~]+\n$/);
  assert.equal(measured.stdout, readFileSync(file("a.json"), "utf8"));
  const names = engineKernels();
  const { rates, calls, minting } = result;
  assert.deepEqual(
    rates.filter(({ threads }) => threads === 1).map(({ kernel }) => kernel),
    names,
  );
  assert.deepEqual(
    rates.filter(({ chosen }) => chosen).map(({ threads }) => threads),
    [1, 2],
  );
  for (const { rate, rounds, uncertainty, roofline, threads } of rates) {
    assert.ok(rate > 0 && rounds.length === 3 && rounds.includes(rate), String(rate));
    assert.ok(uncertainty >= 0.01);
    assert.ok(threads === 1 ? (roofline ?? 0) > 0 : roofline === null);
  }
  assert.deepEqual(
    calls.map(({ call }) => call),
    ["parse", "verify"],
  );
  assert.equal(minting.length, 1);
  for (const { times, bits, predicted, distance } of minting) {
    assert.ok(times.length >= 20 && bits >= 8 && predicted > 0 && distance > 0 && distance < 1);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  }
});

test("no file is left behind but those that were asked for", () => {
  assert.deepEqual(
    readdirSync(folder)
      .filter((name) => name.startsWith("a."))
      .sort(),
    ["a.html", "a.json"],
  );
});

test("the page is drawn by Chromium, light and dark, from the file alone", async (t) => {
  if (isChromiumMissing(t)) return;
  const browser = await startChromium();
  try {
    for (const scheme of ["light", "dark"] as const) {
      const { page, complaints } = await openFile(browser, file("a.html"), scheme);
      const painted = await paintedPixels(page);
      // Kernels, threads, and the times of stamps.
      assert.equal(painted.length, 3);
      for (const pixels of painted) assert.ok(pixels > 5000, `${painted} pixels are painted`);
      assert.match(await page.title(), /^stampmill bench on /);
      assert.deepEqual(complaints, []);
    }
  } finally {
    await browser.close();
  }
});

test("a result compared with itself has not changed", async () => {
  const same = multiplied("same.json", 1);
  const { code, stdout, stderr } = await runCli(
    ["bench", "--compare", same, same].concat(["--fail-if-slower", "0%"]),
  );
  assert.equal(code, 0);
  assert.match(stderr, /hint: the noise of (\d+) of \1 figures is more than 0 %, up to 1\.4 %: /);
  assert.match(stdout, /Nothing has changed by more than the noise/);
  assert.doesNotMatch(stdout, /slower|faster/);
});

test("what is slower than allowed exits 1, in text and in JSON", async () => {
  const [before, after] = [multiplied("before.json", 1), multiplied("after.json", 0.85)];
  const compare = ["bench", "--compare", before, after, "--fail-if-slower"];
  const failed = await runCli([...compare, "10%"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stdout, /sha1 scalar, 1 thread .* 0\.850 .* slower\n/);
  assert.match(failed.stdout, /Slower by more than 10 %, or gone: /);
  const allowed = await runCli([...compare, "20%", "--json"]);
  assert.deepEqual([allowed.code, allowed.stderr], [0, ""]);
  const rows = allowed.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(rows.length, result.rates.length + result.calls.length);
  for (const { change, ratio } of rows) {
    assert.equal(change, "slower");
    assert.ok(Math.abs(ratio - 0.85) < 1e-9);
  }
});

test("results of two machines are compared only where that is asked for", async () => {
  const before = multiplied("here.json", 1);
  const after = multiplied("there.json", 2, { cpu: "Another One", class: "x64-a-b-c" });
  const compare = ["bench", "--compare", before, after];
  const refused = await runCli(compare);
  assert.deepEqual([refused.code, refused.stdout], [2, ""]);
  assert.match(refused.stderr, /error: these are not results of one machine: processor \(/);
  assert.match(refused.stderr, /hint: --any-machine/);
  const asked = await runCli([...compare, "--any-machine"]);
  assert.equal(asked.code, 0);
  assert.match(asked.stdout, /faster/);
  // A new measurement, which would save itself here, is not even begun.
  const fresh = ["bench", "--compare", after, "--save", file("fresh.json")];
  assert.equal((await runCli(fresh)).code, 2);
  assert.ok(!readdirSync(folder).includes("fresh.json"));
});

test("a kernel that misses a hit, or finds one too many, is not timed", async () => {
  for (const algorithm of ["sha1", "sha256"] as const) {
    const known = knownHits(algorithm);
    // 2^18 tries of which one in 1024 is a hit; ten standard deviations either way.
    assert.ok(known.hits.length > 96 && known.hits.length < 416, String(known.hits.length));
    for (const { name, passed } of kernels()) if (passed) await checkKernel(known, name);
    const { hits, job } = known;
    const wrong = { code: "engine", message: /node:crypto/ };
    await assert.rejects(checkKernel({ job, hits: hits.slice(1) }, "scalar"), wrong);
    await assert.rejects(checkKernel({ job, hits: [...hits, 262_143n] }, "scalar"), wrong);
    const moved = [...hits.slice(0, -1), (hits.at(-1) ?? 0n) + 1n];
    await assert.rejects(checkKernel({ job, hits: moved }, "scalar"), wrong);
  }
});

test("calls are timed by the clock, and not at all where it stands still", (t) => {
  const [parse] = callsFor("sha1");
  assert.ok(parse !== undefined);
  const { rate, processorShare } = rateOfCall(parse, 0.01);
  assert.ok(rate > 1000 && processorShare > 0 && processorShare <= 1);
  t.mock.method(performance, "now", () => 1);
  const idle = { ...parse, run: () => {} };
  assert.throws(() => rateOfCall(idle, 1), { code: "engine", message: /clock stands still/ });
});

test("real stamps take about eight milliseconds at any rate", () => {
  for (const rate of [1e4, 3e7, 4.7e8, 2e10, 1e12]) {
    const seconds = 2 ** bitsFor(rate) / rate;
    assert.ok(rate > 1e12 || (seconds > 0.003 && seconds < 0.03), `${rate}: ${seconds} s`);
  }
  assert.equal(bitsFor(Number.MIN_VALUE), 8);
  assert.equal(bitsFor(1e30), 32);
});
