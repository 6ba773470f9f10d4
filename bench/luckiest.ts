import { parseArgs } from "node:util";
import { DEFAULT_CONFIDENCE } from "../src/identity/sketch/estimate.ts";
import { erlangQuantile } from "../src/stamp/erlang.ts";

// How far the lower bound of a sketch gets above the work that was done, at the luckiest moment of a
// worker who looks after every hash that is kept and shows the sketch then. The work goes from
// 1000 k hashes through a number of doublings. No hash is computed: the k smallest of N numbers are
// drawn as they come, each after an exponential number of tries.

const { values } = parseArgs({ options: { runs: { type: "string", default: "3000" } } });
const RUNS = Number(values.runs);

const CASES = [
  { k: 64, doublings: 1 },
  { k: 64, doublings: 10 },
  { k: 64, doublings: 30 },
  { k: 16, doublings: 30 },
];

/** The greatest ratio of bound to work on the way. */
function luckiest(k: number, doublings: number): number {
  const quantile = erlangQuantile(k, 1 - DEFAULT_CONFIDENCE);
  const start = 1000 * k;
  const kept = Array.from({ length: k }, () => Math.random()).sort((a, b) => a - b);
  let work = k;
  let most = 0;
  for (;;) {
    const largest = kept.at(-1) ?? 1;
    work += Math.max(1, -Math.log(Math.random()) / largest);
    if (work > start * 2 ** doublings) return most;
    kept.pop();
    const next = Math.random() * largest;
    const place = kept.findIndex((value) => value > next);
    kept.splice(place < 0 ? kept.length : place, 0, next);
    if (work > start) most = Math.max(most, quantile / (kept.at(-1) ?? 1) / work);
  }
}

for (const { k, doublings } of CASES) {
  const ratios = Array.from({ length: RUNS }, () => luckiest(k, doublings)).sort((a, b) => a - b);
  const above = ratios.filter((ratio) => ratio > 1).length / RUNS;
  const [median, late] = [0.5, 0.99].map((p) => (ratios[Math.floor(p * RUNS)] ?? 0).toFixed(2));
  console.log(
    `k ${k}, ${doublings} doublings, ${RUNS} workers: ${(100 * above).toFixed(1)} % were once above what ` +
      `they did; the luckiest moment of half of them was ${median} times it or more, of 1 % ${late}`,
  );
}
