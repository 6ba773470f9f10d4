// How many hashes a second are checked when sketches of identities are verified by the library, on one
// thread and without the engine.
//
//   npm run bench:identity
//
// Whole lines, as from a file: parsed, every digest computed, judged. Best, median and spread of slices
// of a quarter of a second of processor time, which other programs do not change, for the least, the
// default and the greatest k. Fails under 100,000.

import { ALGORITHMS, type Algorithm } from "../src/engine/algorithms.ts";
import { formatIdentity, identityOf, identitySubject } from "../src/identity/format.ts";
import { digestOf, layRun, nonceOf } from "../src/identity/sketch/message.ts";
import { emptySketch, SketchBuilder } from "../src/identity/sketch/sketch.ts";
import { verifyIdentity } from "../src/identity/verdict.ts";
import { describeMachine } from "./machine.ts";
import { median, spread, WIDE_SPREAD } from "./statistics.ts";

const SLICES = 12;
const SLICE = 250; // ms
const LEAST = 100_000;

function lineOf(algorithm: Algorithm, k: number): string {
  const subject = identitySubject({ id: "alice@example.org", algorithm, k });
  const builder = new SketchBuilder(emptySketch(subject));
  const { run } = layRun(subject);
  for (let i = 0; i < 8 * k; i++) {
    const nonce = nonceOf(run, BigInt(i));
    builder.add({ nonce, digest: digestOf(subject, nonce), time: 1_764_000_000 });
  }
  return formatIdentity(identityOf(builder.sketch));
}

/** Hashes for a second of processor time. */
function slice(line: string, k: number): number {
  const start = process.cpuUsage();
  let hashes = 0;
  let time = 0;
  do {
    const verdict = verifyIdentity(line, { atLeast: 1, id: "alice@example.org" });
    if (!verdict.valid) throw new Error(`a good sketch is refused: ${verdict.reason}`);
    hashes += k;
    const { user, system } = process.cpuUsage(start);
    time = (user + system) / 1000;
  } while (time < SLICE);
  return (1000 * hashes) / time;
}

console.log(`${describeMachine().cpu}, Node ${process.version}, one thread`);
for (const algorithm of ALGORITHMS) {
  for (const k of [16, 64, 1024]) {
    const line = lineOf(algorithm, k);
    slice(line, k); // to warm up
    const rates = Array.from({ length: SLICES }, () => slice(line, k));
    const [best, middle] = [Math.max(...rates), median(rates)].map((rate) => Math.round(rate));
    const wide = spread(rates) > WIDE_SPREAD ? "  (wide spread: busy machine)" : "";
    const k4 = String(k).padStart(4);
    console.log(
      `${algorithm.padEnd(6)} k=${k4}  best ${best}, median ${middle} hashes a second${wide}`,
    );
    if ((middle ?? 0) < LEAST) process.exitCode = 1;
  }
}
