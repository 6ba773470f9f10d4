// What a search with --nice takes from whatever else runs.
//
//   npm run bench:nice
//
// A task that keeps every processor busy for about two seconds is timed alone, beside a search with
// --nice, and beside a search without, in turns; and how soon a search with --nice ends beside it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { startSearch } from "../src/engine/engine.ts";
import { limitOf } from "../src/engine/job.ts";
import { COUNTER_DIGITS } from "../src/stamp/layout.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./statistics.ts";

const ROUNDS = 7;
const TASK = `
const { createHash } = require("node:crypto");
const block = Buffer.alloc(1 << 16);
for (let i = 0; i < 20000; i++) createHash("sha256").update(block).digest();`;

const { cpu, processors, node } = describeMachine();

function startTask(): ChildProcess[] {
  return Array.from({ length: processors }, () => spawn(process.execPath, ["-e", TASK]));
}

const ended = (task: readonly ChildProcess[]) =>
  Promise.all(task.map((child) => once(child, "exit")));

/** A search that finds nothing for as long as anybody waits. */
function search(nice: boolean) {
  return startSearch({
    algorithm: "sha1",
    message: Buffer.alloc(119, "0"),
    positions: [56, 57, 58, 59, 60, 61, 62, 63, 117, 118],
    alphabet: COUNTER_DIGITS,
    limit: limitOf(64),
    threads: processors,
    nice,
  });
}

async function taskSeconds(beside: boolean | null): Promise<number> {
  const searching = beside === null ? null : search(beside);
  const start = performance.now();
  await ended(startTask());
  const seconds = (performance.now() - start) / 1000;
  searching?.cancel();
  await searching?.done;
  return seconds;
}

async function cancelTimes(): Promise<number[]> {
  const task = startTask();
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    const searching = search(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const start = performance.now();
    searching.cancel();
    await searching.done;
    times.push(performance.now() - start);
  }
  for (const child of task) child.kill();
  await ended(task);
  return times;
}

const alone: number[] = [];
const losses: { nice: number[]; greedy: number[] } = { nice: [], greedy: [] };
for (let round = 0; round < ROUNDS; round++) {
  const base = await taskSeconds(null);
  alone.push(base);
  losses.nice.push((await taskSeconds(true)) / base - 1);
  losses.greedy.push((await taskSeconds(false)) / base - 1);
}
const times = await cancelTimes();

const percent = (values: readonly number[]) => `${(100 * median(values)).toFixed(1)} %`;
console.log(`${cpu}, ${processors} processors, ${node}`);
console.log(`the task alone: median ${median(alone).toFixed(2)} s of ${ROUNDS} rounds`);
console.log(`it takes longer beside a search with --nice: ${percent(losses.nice)}`);
console.log(`                        ... without --nice: ${percent(losses.greedy)}`);
console.log(
  `a search with --nice ends beside it within ${median(times).toFixed(1)} ms (median), ` +
    `${Math.max(...times).toFixed(1)} ms (worst of ${times.length})`,
);
