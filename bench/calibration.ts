// Whether minting takes as long as mint --time says: sets are minted for targets of 0.2, 1 and 5
// seconds, as many of each as fit into half a minute or so.
//
//   npm run bench:calibration -- [--json] [--markdown] [--algorithm sha1] [--scale 1]
//
// Exit 1 unless, for each target, the mean is within 10 % of it plus the sampling error, and the times
// pass the test of Kolmogorov and Smirnov against what was predicted before: those of whole sets
// against the Erlang distribution, those of their stamps, one by one, against the exponential one. The
// machine must have nothing else to do: the prediction is from a calibration at the start.

import { parseArgs } from "node:util";
import { markdownTable } from "../src/cli/figures/table.ts";
import { calibrate } from "../src/difficulty/calibrate.ts";
import { type Choice, chooseSet } from "../src/difficulty/choice.ts";
import { chanceBeyond, type Pace, timeQuantile } from "../src/difficulty/pace.ts";
import { ALGORITHMS, type Algorithm } from "../src/engine/algorithms.ts";
import { doubtAbout } from "../src/hardware/measure.ts";
import { mint } from "../src/stamp/mint.ts";
import { type Fit, fitTo } from "./goodness.ts";
import { describeMachine } from "./machine.ts";
import { mean } from "./statistics.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    markdown: { type: "boolean" },
    algorithm: { type: "string", default: "sha1" },
    scale: { type: "string", default: "1" },
  },
});
const algorithm = ALGORITHMS.find((a) => a === values.algorithm);
const scale = Number(values.scale);
if (algorithm === undefined || !(scale > 0))
  throw new Error("see the head of bench/calibration.ts");

/** Targets in seconds, and how many sets are minted for each. */
const TARGETS: readonly [seconds: number, sets: number][] = [
  [0.2, 120],
  [1, 30],
  [5, 8],
];
const WITHIN = 0.1;
/** The mean of samples is further off than so many of its standard errors once in a hundred. */
const STANDARD_ERRORS = 2.58;
/** Of true predictions one run in a hundred fails, with two tests for each target. */
const LEAST_P = 0.01 / (2 * TARGETS.length);

interface Result extends Pick<Choice, "bits" | "count"> {
  target: number;
  sets: number;
  predicted: number;
  observed: number;
  /** Most that the mean may be off, as a share of the target. */
  allowed: number;
  off: number;
  /** Shares of sets within the predicted median and 95th percentile. */
  withinMedian: number;
  within95: number;
  setFit: Fit;
  stampFit: Fit;
  passed: boolean;
}

/** Seconds that each stamp of a set took, one after another. */
async function timeSet({ bits, count }: Choice, task: Task): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await mint({ resource: "calibration.example.org", bits, ...task });
    times.push((performance.now() - start) / 1000);
  }
  return times;
}

interface Task {
  algorithm: Algorithm;
  kernel: string;
  threads: number;
}

async function check(target: number, sets: number, pace: Pace, task: Task): Promise<Result> {
  const choice = chooseSet({ seconds: target }, pace);
  const { bits, count } = choice;
  const stamps: number[] = [];
  const totals: number[] = [];
  for (let i = 0; i < sets; i++) {
    const times = await timeSet(choice, task);
    stamps.push(...times);
    totals.push(times.reduce((sum, time) => sum + time, 0));
  }
  const observed = mean(totals);
  const off = observed / target - 1;
  const allowed = WITHIN + STANDARD_ERRORS / Math.sqrt(count * sets);
  const fit = (set: { bits: number; count: number }, samples: readonly number[]) =>
    fitTo(samples, (seconds) => 1 - chanceBeyond(set, pace, seconds));
  const setFit = fit(choice, totals);
  const stampFit = fit({ bits, count: 1 }, stamps);
  const share = (p: number) =>
    totals.filter((time) => time <= timeQuantile(choice, pace, p)).length / sets;
  return {
    target,
    bits,
    count,
    sets,
    predicted: choice.mean,
    observed,
    allowed,
    off,
    withinMedian: share(0.5),
    within95: share(0.95),
    setFit,
    stampFit,
    passed: Math.abs(off) <= allowed && setFit.p >= LEAST_P && stampFit.p >= LEAST_P,
  };
}

/** The results as docs/difficulty.md has them. */
function toMarkdown(results: readonly Result[]): string {
  const head = [
    "target",
    "sets",
    "mean",
    "off",
    "allowed",
    "within median, 95 %",
    "p, sets",
    "p, stamps",
  ];
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const rows = results.map((r) => [
    `${r.target} s`,
    `${r.sets} of ${r.count} x ${r.bits} bits`,
    `${r.observed.toFixed(3)} s`,
    percent(r.off),
    percent(r.allowed),
    `${percent(r.withinMedian)}, ${percent(r.within95)}`,
    `${r.setFit.p.toFixed(2)} (n = ${r.sets})`,
    `${r.stampFit.p.toFixed(2)} (n = ${r.sets * r.count})`,
  ]);
  return markdownTable({ head, rows });
}

function print(result: Result): void {
  const { target, bits, count, sets, observed, predicted, off, allowed } = result;
  const { setFit, stampFit, withinMedian, within95, passed } = result;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  console.log(`${target} s: ${sets} sets of ${count} stamps of ${bits} bits`);
  console.log(
    `  mean ${observed.toFixed(3)} s (predicted ${predicted.toFixed(3)}), ${percent(off)} off; ${percent(allowed)} allowed`,
  );
  console.log(
    `  within the predicted median ${percent(withinMedian)}, within 95 % ${percent(within95)} of sets`,
  );
  console.log(
    `  fit of sets to Erlang(${count}): D = ${setFit.distance.toFixed(3)}, n = ${sets}, p = ${setFit.p.toFixed(3)}`,
  );
  console.log(
    `  fit of stamps to the exponential: D = ${stampFit.distance.toFixed(3)}, n = ${sets * count}, p = ${stampFit.p.toFixed(3)}`,
  );
  console.log(`  ${passed ? "passed" : "FAILED"}`);
}

const { profile, measured } = await calibrate();
const entry = profile.entries.findLast((one) => one.algorithm === algorithm);
if (entry === undefined) throw new Error(`${algorithm} was not measured`);
const { kernel, threads } = entry;
const doubt = measured.map(doubtAbout).find((text) => text !== undefined);
const machine = describeMachine();
if (!values.json) {
  console.log(`${machine.cpu} (${machine.class}), ${kernel}, ${threads} threads, ${machine.node}`);
  console.log(
    `${algorithm}: ${(entry.rate / 1e6).toFixed(1)} MH/s, ${(1e3 * entry.overhead).toFixed(2)} ms a stamp`,
  );
}
if (doubt !== undefined) console.error(`warning: ${doubt}`);
const results: Result[] = [];
for (const [target, sets] of TARGETS) {
  const result = await check(target, Math.max(2, Math.round(scale * sets)), entry, {
    algorithm,
    kernel,
    threads,
  });
  results.push(result);
  if (!values.json) print(result);
}
if (values.json) console.log(JSON.stringify({ machine, entry, results }, null, 1));
if (values.markdown) console.log(`\n${toMarkdown(results)}`);
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
