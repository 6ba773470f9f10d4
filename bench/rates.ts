// The rate of every kernel that works here: both algorithms, both searches, one thread and two.
//
//   npm run bench:rates -- [--json] [--seconds 0.5] [--compiler g++]
//
// The real search with a limit that cannot be met; a kernel has found its known answers before it
// is timed, and must have tried every counter. Best and median of slices of ten milliseconds, and
// the best as a share of the roofline, which is measured in turn with it.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { ALGORITHMS } from "../src/engine/algorithms.ts";
import { engineKernels } from "../src/engine/engine.ts";
import { describeMachine } from "./machine.ts";
import { type Rate, RateProgram } from "./rate-program.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    seconds: { type: "string", default: "0.5" },
    compiler: { type: "string", default: "g++" },
  },
});
const seconds = Number(values.seconds);
const program = new RateProgram(values.compiler);
const machine = describeMachine();
const threadCounts = availableParallelism() > 1 ? [1, 2] : [1];

const rates: Rate[] = [];
for (const name of engineKernels()) {
  for (const algorithm of ALGORITHMS) {
    for (const search of ["shared", "general"] as const) {
      for (const threads of threadCounts) {
        const processors = threads === 1 ? "0" : "0,1";
        rates.push(program.measure(name, algorithm, search, { threads, seconds, processors }));
      }
    }
  }
}

const millions = (value: number) => (value / 1e6).toFixed(1).padStart(8);

function print(): void {
  console.log(`${machine.cpu} (${machine.class}), ${machine.processors} processors`);
  console.log(`${rates[0]?.compiler}; millions of hashes a second\n`);
  console.log("kernel      algorithm search   threads     best   median   of roofline");
  for (const { kernel, algorithm, search, threads, best, median, ofRoofline } of rates) {
    const what = `${kernel.padEnd(11)} ${algorithm.padEnd(9)} ${search.padEnd(8)} ${threads}      `;
    // A median far from the best is a busy machine's.
    const busy = median < 0.9 * best ? "  (busy: median more than 10 % below best)" : "";
    const share = `${(100 * ofRoofline).toFixed(0)} %`.padStart(8);
    console.log(`${what} ${millions(best)} ${millions(median)} ${share}${busy}`);
  }
}

if (values.json) console.log(JSON.stringify({ machine, rates }, null, 1));
else print();
