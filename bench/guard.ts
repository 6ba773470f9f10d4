// Fails if a kernel has become slower than it was on this class of machine.
//
//   npm run bench:guard              compare with bench/results/guard-CLASS.json
//   npm run bench:guard -- --write   measure, and make that the new standard
//
// What is compared is each kernel's share of the roofline measured beside it: a busy or slower
// machine changes both. A loss of more than 15 % fails.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engineKernels } from "../src/engine/engine.ts";
import { describeMachine } from "./machine.ts";
import { type Rate, RateProgram } from "./rate-program.ts";

const MOST_LOSS = 0.15;
const TRIES = 3;

const keyOf = ({ kernel, algorithm, search }: Rate) => `${kernel} ${algorithm} ${search}`;

/** The best of a few tries: a kernel that can reach its share once has not lost it. */
function measureAll(program: RateProgram): Map<string, Rate> {
  const all = new Map<string, Rate>();
  const names = engineKernels();
  for (let i = 0; i < TRIES; i++) {
    for (const name of names) {
      for (const algorithm of ["sha1", "sha256"] as const) {
        for (const search of ["shared", "general"] as const) {
          const rate = program.measure(name, algorithm, search, { seconds: 0.5 });
          const before = all.get(keyOf(rate));
          if (before === undefined || before.ofRoofline < rate.ofRoofline) {
            all.set(keyOf(rate), rate);
          }
        }
      }
    }
  }
  return all;
}

const machine = describeMachine();
const file = join(import.meta.dirname, "results", `guard-${machine.class}.json`);
const measured = measureAll(new RateProgram("g++"));
if (process.argv.includes("--write")) {
  const rates = [...measured.values()];
  writeFileSync(file, `${JSON.stringify({ machine, rates }, null, 1)}\n`);
  console.log(`written: ${file}`);
} else if (!existsSync(file)) {
  console.log(`no standard for machines of class ${machine.class}; --write makes one`);
} else {
  let failed = 0;
  for (const standard of JSON.parse(readFileSync(file, "utf8")).rates as Rate[]) {
    const now = measured.get(keyOf(standard))?.ofRoofline ?? 0;
    const change = now / standard.ofRoofline - 1;
    const lost = change < -MOST_LOSS;
    if (lost) failed++;
    const share = `${(100 * now).toFixed(0)} % of roofline`;
    const sign = change < 0 ? "" : "+";
    const verdict = lost ? "LOST" : "held";
    console.log(
      `${verdict} ${keyOf(standard).padEnd(24)} ${share} (${sign}${(100 * change).toFixed(0)} %)`,
    );
  }
  process.exitCode = failed === 0 ? 0 : 1;
}
