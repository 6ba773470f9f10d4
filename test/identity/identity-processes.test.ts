import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Identity, readIdentity } from "../../src/identity/format.ts";
import { estimateWork, lowerBound } from "../../src/identity/sketch/estimate.ts";
import { runCli } from "../cli.ts";
import { sized } from "../share.ts";

// Four processes work on one identity and are killed at random, again and again; in a soak a hundred
// times.

const PROCESSES = 4;
const KILLS = sized({ quick: 2, gate: 4, soak: 25 });
/** The estimate of so many is good to 3 %. */
const K = 1024;
const ID = "alice@example.org";

const folder = mkdtempSync(join(tmpdir(), "stampmill-identities-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function read(file: string): Identity {
  const reading = readIdentity(readFileSync(file, "utf8").trimEnd());
  assert.equal(reading.status, "good", JSON.stringify(reading));
  return (reading as typeof reading & { status: "good" }).identity;
}

/** Starts a process on a file, kills it in the middle, and returns the tries behind its last save. */
async function workUntilKilled(file: string): Promise<number> {
  const program = fileURLToPath(new URL("identity-process.ts", import.meta.url));
  const args = ["--import", "tsx", program, file, ID, String(K)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.on("data", (text) => {
    errors += text;
  });
  let saved = { tries: 0, largest: "" };
  const lines = createInterface(child.stdout);
  const ended = new Promise((resolve) => lines.once("close", resolve));
  const begun = new Promise<void>((resolve, reject) => {
    lines.once("close", () => reject(new Error(`it ended by itself: ${errors}`)));
    lines.on("line", (line) => {
      // The kill may cut the last line short.
      const [, tries, largest] = /^saved (\d+) ([0-9a-f]{64})$/.exec(line) ?? [];
      if (largest !== undefined) saved = { tries: Number(tries), largest };
      // A process that has done nothing yet would prove nothing.
      if (saved.tries > 2 ** 20) resolve();
    });
  });
  begun.catch(() => {});
  await begun;
  await sleep(500 + Math.random() * 1000);
  child.kill("SIGKILL");
  await ended;
  const largest = read(file).sketch.hashes.at(-1)?.digest ?? "f";
  assert.ok(largest <= saved.largest, "what was said to be saved is there");
  return saved.tries;
}

test(`${PROCESSES} processes, each killed ${KILLS} times: the merged estimate is what they did`, async (t) => {
  const files = Array.from({ length: PROCESSES }, (_, i) => join(folder, `${i}.sketch`));
  const counts = await Promise.all(
    files.map(async (file) => {
      let tried = 0;
      for (let kill = 0; kill < KILLS; kill++) tried += await workUntilKilled(file);
      return tried;
    }),
  );
  const done = counts.reduce((sum, count) => sum + count, 0);
  const out = join(folder, "all.sketch");
  const merged = await runCli(["identity", "merge", ...files, "-o", out]);
  assert.deepEqual([merged.code, merged.stderr], [0, ""]);
  const { sketch } = read(out);
  const ratio = estimateWork(sketch) / done;
  t.diagnostic(`${done} hashes done, the estimate is ${ratio.toFixed(4)} of that`);
  // The last save may be on the disk and not told of, and some tries come between a look and its save.
  const sigma = 1 / Math.sqrt(K - 2);
  assert.ok(Math.abs(ratio - 1) < 4 * sigma + 0.05, `${ratio}`);
  assert.ok(lowerBound(sketch, 0.999999) < done);
  // One at a time, in another order and twice, it is the same to the byte.
  const again = await runCli(["identity", "merge", out, ...files.toReversed(), ...files]);
  assert.equal(again.stdout, readFileSync(out, "utf8"));
});
