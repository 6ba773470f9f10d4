// How many stamps a second `stampmill verify -` judges, without a store and with SQLite.
//
//   npm run bench:verify -- [--json] [--count 1000000] [--runs 3] [--node PATH]
//
// The whole command, from its start to its end, reading a file of distinct stamps and writing to a
// file. Rates are by the clock and by processor time (user and system): the second is what one core
// does when nothing else wants it. With a store, a fifth as many stamps go into a table of a
// million: of stamps all of one day, which is the worst case, since a new one belongs anywhere
// among them, and of stamps of thirty days. Beside it hashcash(1), which takes one stamp a process,
// with an empty database and with one of a million rows.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { BITS, NOW, newStamp, RESOURCE, writeLines } from "./stamps.ts";
import { median, spread, WIDE_SPREAD } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    count: { type: "string", default: "1000000" },
    runs: { type: "string", default: "3" },
    node: { type: "string", default: process.execPath },
  },
});
const COUNT = Number(values.count);
const TABLE = 1_000_000;
const INTO_TABLE = COUNT / 5;
const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "stampmill-bench-"));

interface Run {
  seconds: number;
  processorSeconds: number;
  mebibytes: number;
}

interface Result {
  what: string;
  stamps: number;
  /** A second, by the clock and by processor time; medians. */
  rate: number;
  ratePerCore: number;
  mebibytes: number;
  spread: number;
}

const REPORT =
  "data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();" +
  "console.error(JSON.stringify([u.userCPUTime+u.systemCPUTime,u.maxRSS]))})";

function ended(child: ChildProcess): Promise<string> {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (more) => {
    text += more;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(text) : reject(new Error(`${code}: ${text}`)),
    );
  });
}

async function verifyOnce(input: string, store: readonly string[]): Promise<Run> {
  const rules = ["-b", String(BITS), "-r", RESOURCE, "--now", NOW];
  const args = ["--import", REPORT, cli, "verify", ...rules, ...store, "-"];
  const stdin = openSync(input, "r");
  const stdout = openSync(join(folder, "verdicts"), "w");
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const start = performance.now();
  const child = spawn(values.node, args, { env, stdio: [stdin, stdout, "pipe"] });
  const [microseconds, kibibytes] = JSON.parse(await ended(child));
  const seconds = (performance.now() - start) / 1000;
  closeSync(stdin);
  closeSync(stdout);
  return { seconds, processorSeconds: microseconds / 1e6, mebibytes: kibibytes / 1024 };
}

async function measure(what: string, stamps: number, run: () => Promise<Run>): Promise<Result> {
  const runs: Run[] = [];
  for (let i = 0; i < Number(values.runs); i++) runs.push(await run());
  const times = runs.map(({ processorSeconds }) => processorSeconds);
  return {
    what,
    stamps,
    rate: stamps / median(runs.map(({ seconds }) => seconds)),
    ratePerCore: stamps / median(times),
    mebibytes: Math.max(...runs.map(({ mebibytes }) => mebibytes)),
    spread: spread(times),
  };
}

const pad = (n: number) => String(n).padStart(2, "0");

/** Days of February 2024, to the second, in their order. */
function dateInOrder(i: number, count: number): string {
  const second = Math.floor((i / count) * 29 * 86_400);
  const day = 1 + Math.floor(second / 86_400);
  const clock = [second / 3600, second / 60, second].map((n, k) =>
    pad(Math.floor(n) % (k ? 60 : 24)),
  );
  return `2402${pad(day)}${clock.join("")}`;
}

async function measureStore(name: string, tableDate: (i: number) => string): Promise<Result> {
  const table = join(folder, "table.txt");
  const base = join(folder, "base.db");
  writeLines(table, TABLE, (i) => newStamp(tableDate(i)));
  await verifyOnce(table, ["--store", base]);
  const result = await measure(`SQLite, a million ${name}`, INTO_TABLE, async () => {
    const input = join(folder, "new.txt");
    const store = join(folder, "run.db");
    writeLines(input, INTO_TABLE, () => newStamp("240229"));
    copyFileSync(base, store);
    const run = await verifyOnce(input, ["--store", store]);
    rmSync(store);
    return run;
  });
  rmSync(base);
  return result;
}

/** Checks of one stamp a process, as hashcash(1) has it. */
function measureHashcash(rows: number, count: number): Result {
  const sdb = join(folder, "hashcash.sdb");
  rmSync(sdb, { force: true });
  if (rows > 0) writeLines(sdb, rows, (i) => (i ? `${newStamp("240229")} 2419200` : FIRST_ROW));
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const options = ["-u", "-t", "240301", "-q", "-cd", "-f", sdb, "-b", `${BITS}`, "-r", RESOURCE];
    const start = performance.now();
    const { status } = spawnSync("hashcash", [...options, newStamp("240229")]);
    times.push((performance.now() - start) / 1000);
    if (status !== 0) throw new Error(`hashcash(1) failed with ${status}`);
  }
  const what = `hashcash(1), ${rows === 0 ? "an empty database" : "a million rows"}`;
  const rate = 1 / median(times);
  return { what, stamps: count, rate, ratePerCore: rate, mebibytes: 0, spread: spread(times) };
}

const FIRST_ROW = "last_purged 700101000000";

async function main(): Promise<void> {
  if (!existsSync(cli)) throw new Error("dist/ is not built: node scripts/build-dist.mjs");
  const machine = describeMachine();
  const load = loadavg()[0] ?? 0;
  const results: Result[] = [];
  const input = join(folder, "stamps.txt");
  const tenth = join(folder, "tenth.txt");
  writeLines(input, COUNT, () => newStamp("240229"));
  writeLines(tenth, COUNT / 10, () => newStamp("240229"));
  results.push(await measure("no store", COUNT, () => verifyOnce(input, [])));
  results.push(await measure("no store, a tenth", COUNT / 10, () => verifyOnce(tenth, [])));
  rmSync(input);
  results.push(await measureStore("of thirty days", (i) => dateInOrder(i, TABLE)));
  results.push(await measureStore("of one day", () => "240229"));
  if (spawnSync("hashcash", ["-V"]).error === undefined) {
    results.push(measureHashcash(0, 200), measureHashcash(TABLE, 10));
  }
  if (values.json) console.log(JSON.stringify({ machine, load, results }, null, 1));
  else print(machine.cpu, load, results);
}

function print(cpu: string, load: number, results: readonly Result[]): void {
  console.log(`${cpu}, ${cpus().length} processors, load ${load.toFixed(1)} at the start\n`);
  console.log("                                     stamps/s   per core s    MiB");
  for (const { what, rate, ratePerCore, mebibytes, spread: wide } of results) {
    const figures = [rate, ratePerCore].map((n) => Math.round(n).toLocaleString("en").padStart(12));
    const memory = mebibytes === 0 ? "      " : mebibytes.toFixed(0).padStart(6);
    const note = wide > WIDE_SPREAD ? `  (runs differ by ${(100 * wide).toFixed(0)} %)` : "";
    console.log(`${what.padEnd(33)} ${figures.join(" ")} ${memory}${note}`);
  }
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}
