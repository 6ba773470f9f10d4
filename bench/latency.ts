// What a search costs beside hashing.
//
//   npm run bench:latency
//
// - a 10-bit stamp from the library, after the first one: median and 99 %;
// - the memory after 1,000 of them, 2,000 and so on;
// - from a cancel to the end of a search on 64 threads.
import { startSearch } from "../src/engine/engine.ts";
import { limitOf } from "../src/engine/job.ts";
import { COUNTER_DIGITS } from "../src/stamp/layout.ts";
import { mint } from "../src/stamp/mint.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./statistics.ts";

const milliseconds = (value: number) => `${value.toFixed(3)} ms`;

async function mintTimes(count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await mint({ resource: "alice@example.org", bits: 10 });
    times.push(performance.now() - start);
  }
  return times;
}

async function cancelTime(threads: number): Promise<number> {
  const search = startSearch({
    algorithm: "sha1",
    message: Buffer.alloc(119, "0"),
    positions: [56, 57, 58, 59, 60, 61, 62, 63, 117, 118],
    alphabet: COUNTER_DIGITS,
    limit: limitOf(64),
    threads,
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const start = performance.now();
  search.cancel();
  await search.done;
  return performance.now() - start;
}

const machine = describeMachine();
console.log(`${machine.cpu} (${machine.class}), ${machine.processors} processors, ${machine.node}`);
await mintTimes(1);
const times = await mintTimes(1000);
const slow = times.toSorted((a, b) => a - b)[990] ?? 0;
console.log(
  `10-bit mint(): median ${milliseconds(median(times))}, 99 % under ${milliseconds(slow)}`,
);
/** Without what the collector has not got round to: the question is what leaks. */
function megabytes(): string {
  globalThis.gc?.();
  return `${(process.memoryUsage.rss() / 2 ** 20).toFixed(1)} MiB`;
}
console.log(`memory after 1,000: ${megabytes()}`);
for (const thousands of [2, 4, 8, 16]) {
  await mintTimes(500 * thousands);
  console.log(`memory after ${thousands},000: ${megabytes()}`);
}
for (const threads of [2, 64]) {
  const cancels: number[] = [];
  for (let i = 0; i < 20; i++) cancels.push(await cancelTime(threads));
  const worst = milliseconds(Math.max(...cancels));
  console.log(
    `cancel, ${threads} threads: median ${milliseconds(median(cancels))}, worst ${worst}`,
  );
}
