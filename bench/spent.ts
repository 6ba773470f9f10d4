// How long one check takes in a store of many stamps, beside hashcash(1) with as many rows.
//
//   npm run bench:spent -- [--json] [--rows 10000000] [--checks 2000] [--store URL]
//
// In process, through the library: verify and spend a stamp that is new (which waits for the disk),
// one that was spent before, and only look. The table holds stamps of thirty days, the checks are of
// stamps of its last day. hashcash(1) is a process for each check; it reads all rows. Ten million
// rows take some minutes to make, and 1.5 GB of the folder for temporary files.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openStore } from "../src/store/open.ts";
import { createSpender } from "../src/store/spend.ts";
import type { SpentEntry, SpentStore } from "../src/store/store.ts";
import { describeMachine } from "./machine.ts";
import { BITS, NOW, newStamp, RESOURCE, writeLines } from "./stamps.ts";
import { median } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    rows: { type: "string", default: "10000000" },
    checks: { type: "string", default: "2000" },
    store: { type: "string" },
  },
});
const ROWS = Number(values.rows);
const CHECKS = Number(values.checks);
const FIRST_DAY = Date.UTC(2024, 1, 1);
const DAYS = 29;

interface Result {
  what: string;
  checks: number;
  /** Milliseconds. */
  median: number;
  worst: number;
}

/** Entries of random digests, dated evenly over the days, as a year of running leaves them. */
async function fill(store: SpentStore): Promise<void> {
  const batch = 4000;
  for (let i = 0; i < ROWS; i += batch) {
    const bytes = randomBytes(16 * batch);
    const entries: SpentEntry[] = [];
    for (let k = 0; k < Math.min(batch, ROWS - i); k++) {
      const day = Math.floor(((i + k) / ROWS) * DAYS);
      const digest = bytes.subarray(16 * k, 16 * k + 16);
      entries.push({ time: FIRST_DAY + 86_400_000 * day, digest });
    }
    await store.add(entries);
  }
}

async function time(what: string, checks: number, check: () => Promise<void> | void) {
  const times: number[] = [];
  for (let i = 0; i < checks; i++) {
    const start = performance.now();
    await check();
    times.push(performance.now() - start);
  }
  const result: Result = { what, checks, median: median(times), worst: Math.max(...times) };
  return result;
}

async function measureStore(store: SpentStore): Promise<Result[]> {
  const rules = { bits: BITS, resources: [RESOURCE], now: new Date(NOW), store };
  const spend = createSpender(rules);
  const look = createSpender({ ...rules, spend: false });
  const fresh = Array.from({ length: CHECKS }, () => newStamp("240229"));
  const known = [...fresh];
  const expect = async (check: typeof spend, stamp = "", reason: string | null) => {
    const [verdict] = await check([stamp]);
    if (verdict?.reason !== reason) throw new Error(`${verdict?.reason}, not ${reason}`);
  };
  return [
    await time("spend a new one", CHECKS, () => expect(spend, fresh.pop(), null)),
    await time("look for one that is spent", CHECKS, () => expect(look, known.at(0), "spent")),
    await time("refuse one that is spent", CHECKS, () => expect(spend, known.pop(), "spent")),
    await time("look for a new one", CHECKS, () => expect(look, newStamp("240229"), null)),
  ];
}

async function measureHashcash(folder: string): Promise<Result> {
  const sdb = join(folder, "hashcash.sdb");
  const head = `1:${BITS}:240229:${RESOURCE}::`;
  const row = () => `${head}${randomBytes(12).toString("base64")}:000x 2419200`;
  writeLines(sdb, ROWS, (i) => (i === 0 ? "last_purged 700101000000" : row()));
  const args = ["-u", "-t", "240301", "-q", "-cd", "-f", sdb, "-b", `${BITS}`, "-r", RESOURCE];
  return time("hashcash(1), a new one", 5, () => {
    const { status } = spawnSync("hashcash", [...args, newStamp("240229")]);
    if (status !== 0) throw new Error(`hashcash(1) failed with ${status}`);
  });
}

async function main(folder: string): Promise<void> {
  const store = await openStore(values.store ?? join(folder, "spent.db"));
  await fill(store);
  const { engine, entries, bytes } = await store.stats();
  const load = loadavg()[0] ?? 0;
  const results = await measureStore(store);
  await store.close();
  if (spawnSync("hashcash", ["-V"]).error === undefined)
    results.push(await measureHashcash(folder));
  const machine = describeMachine();
  if (values.json) {
    console.log(JSON.stringify({ machine, load, engine, entries, bytes, results }, null, 1));
    return;
  }
  console.log(`${machine.cpu}, load ${load.toFixed(1)}`);
  console.log(`${engine}, ${entries} stamps, ${((bytes ?? 0) / 1e6).toFixed(0)} MB\n`);
  console.log("                             median ms   worst ms");
  for (const { what, median: middle, worst } of results) {
    console.log(
      `${what.padEnd(28)} ${[middle, worst].map((n) => n.toFixed(3).padStart(10)).join(" ")}`,
    );
  }
}

const folder = mkdtempSync(join(tmpdir(), "stampmill-bench-"));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true });
}
