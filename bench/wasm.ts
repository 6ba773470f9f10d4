// How fast WebAssembly searches in Node beside the addon's kernel of as many lanes, and on two threads.
//
//   npm run bench:wasm -- [--json] [--rounds 9] [--seconds 0.5]
//
// The real search with a limit that cannot be met, by the engine's own counter, the kernels in turns. A
// ratio is of two searches that followed each other; the median of the rounds counts.
import { parseArgs } from "node:util";
import { ALGORITHMS, type Algorithm } from "../src/engine/algorithms.ts";
import { measureRate } from "../src/hardware/measure.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    rounds: { type: "string", default: "9" },
    seconds: { type: "string", default: "0.5" },
  },
});
const seconds = Number(values.seconds);
const { cpu, processors, node } = describeMachine();

interface Row {
  algorithm: Algorithm;
  /** Hashes a second on one thread. */
  sse2: number;
  wasm128: number;
  /** wasm128 over sse2, and two threads of wasm128 over one. */
  ofSse2: number;
  twoThreads: number;
}

async function rateOf(algorithm: Algorithm, kernel: string, threads: number): Promise<number> {
  return (await measureRate({ algorithm, kernel, threads, seconds })).rate;
}

async function measure(algorithm: Algorithm): Promise<Row> {
  const rounds: [sse2: number, one: number, two: number][] = [];
  for (let i = 0; i < Number(values.rounds); i++) {
    const sse2 = await rateOf(algorithm, "sse2", 1);
    const one = await rateOf(algorithm, "wasm128", 1);
    rounds.push([sse2, one, await rateOf(algorithm, "wasm128", 2)]);
  }
  return {
    algorithm,
    sse2: median(rounds.map(([sse2]) => sse2)),
    wasm128: median(rounds.map(([, one]) => one)),
    ofSse2: median(rounds.map(([sse2, one]) => one / sse2)),
    twoThreads: median(rounds.map(([, one, two]) => two / one)),
  };
}

const rows: Row[] = [];
for (const algorithm of ALGORITHMS) rows.push(await measure(algorithm));
if (values.json) console.log(JSON.stringify({ cpu, processors, node, rows }));
else {
  console.log(`${cpu}, ${processors} processors, Node ${node}; millions of hashes a second\n`);
  console.log("algorithm     sse2   wasm128   wasm128/sse2   two threads/one");
  for (const { algorithm, sse2, wasm128, ofSse2, twoThreads } of rows) {
    const rates = [sse2, wasm128].map((rate) => (rate / 1e6).toFixed(1).padStart(8)).join("  ");
    const ratios = `${ofSse2.toFixed(2).padStart(13)} ${twoThreads.toFixed(2).padStart(17)}`;
    console.log(`${algorithm.padEnd(9)} ${rates}  ${ratios}`);
  }
}
