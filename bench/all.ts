// One table of everything that this package does at speed: the engine's hash rates by its own
// counters (as `stampmill bench` measures them), and the parts in TypeScript by tinybench.
//
//   npm run bench -- [--json] [--seconds 20] [--micro 0.5]
//
// --seconds is for all hash rates together, --micro for each part. A part goes through a hundred
// different stamps a call, each of them checked before, so that no clock is read for half a
// microsecond of work; its ± is tinybench's margin of error.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Bench } from "tinybench";
import { formatPercent, formatQuantity } from "../src/cli/figures/quantity.ts";
import { textTable } from "../src/cli/figures/table.ts";
import { runBench } from "../src/hardware/run.ts";
import { formatStamp, parseStamp } from "../src/stamp/stamp.ts";
import { createVerifier } from "../src/stamp/verify.ts";
import { openStore } from "../src/store/open.ts";
import { createSpender } from "../src/store/spend.ts";
import { describeMachine } from "./machine.ts";
import { BITS, NOW, newStamp, RESOURCE } from "./stamps.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    seconds: { type: "string", default: "20" },
    micro: { type: "string", default: "0.5" },
  },
});

/** Stamps a call. */
const BATCH = 100;
/** Different batches, in turn. */
const BATCHES = 50;

interface Result {
  part: string;
  /** A second: hashes, or stamps. */
  rate: number;
  unit: "H/s" | "stamps/s";
  /** How far it may be off, as a share. */
  uncertainty: number;
}

async function engineResults(): Promise<Result[]> {
  const { rates } = await runBench({ seconds: Number(values.seconds) });
  return rates.map(({ algorithm, kernel, threads, rate, uncertainty }) => ({
    part: `search ${algorithm} ${kernel}, ${threads} ${threads === 1 ? "thread" : "threads"}`,
    rate,
    unit: "H/s",
    uncertainty,
  }));
}

/** A batch of stamps for each call, in turn. */
class Batches {
  readonly #batches = Array.from({ length: BATCHES }, () =>
    Array.from({ length: BATCH }, () => newStamp("240229")),
  );
  #next = 0;

  next(): readonly string[] {
    return this.#batches[this.#next++ % BATCHES] ?? [];
  }
}

async function microResults(folder: string): Promise<Result[]> {
  const rules = { bits: BITS, resources: [RESOURCE], now: new Date(NOW) };
  const verify = createVerifier(rules);
  const store = await openStore(join(folder, "spent.db"));
  const spend = createSpender({ ...rules, store });
  const batches = new Batches();
  const parsed = batches.next().map(parseStamp);
  const bench = new Bench({ time: 1000 * Number(values.micro), warmupTime: 100, throws: true });
  bench.add("parse", () => {
    for (const stamp of batches.next()) parseStamp(stamp);
  });
  bench.add("format", () => {
    for (const stamp of parsed) if (stamp.version === 1) formatStamp(stamp);
  });
  bench.add("verify", () => {
    for (const stamp of batches.next()) if (!verify(stamp).valid) throw new Error(stamp);
  });
  let fresh: string[] = [];
  const spendAll = async () => {
    const verdicts = await spend(fresh);
    if (!verdicts.every(({ valid }) => valid)) throw new Error("a new stamp is refused");
  };
  // No stamp can be spent twice: each call has new ones, which are not timed.
  const beforeEach = () => {
    fresh = Array.from({ length: BATCH }, () => newStamp("240229"));
  };
  bench.add("verify and spend, SQLite", spendAll, { beforeEach });
  await bench.run();
  await store.close();
  return bench.tasks.map(({ name, result }) => {
    if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
    const { mean, rme } = result.latency;
    return {
      part: name,
      rate: (1000 * BATCH) / mean,
      unit: "stamps/s",
      uncertainty: rme / 100,
    };
  });
}

const folder = mkdtempSync(join(tmpdir(), "stampmill-bench-"));
try {
  const machine = describeMachine();
  const results = [...(await engineResults()), ...(await microResults(folder))];
  if (values.json) {
    console.log(JSON.stringify({ machine, results }, null, 1));
  } else {
    console.log(
      `${machine.cpu} (${machine.class}), ${machine.processors} processors, ${machine.node}\n`,
    );
    const rows = results.map(({ part, rate, unit, uncertainty }) => [
      part,
      formatQuantity(rate, unit),
      `± ${formatPercent(uncertainty)}`,
    ]);
    process.stdout.write(textTable({ head: ["part", "rate", ""], rows, align: "lrr" }));
  }
} finally {
  rmSync(folder, { recursive: true });
}
