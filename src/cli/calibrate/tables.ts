import type { Calibration } from "../../difficulty/calibrate.ts";
import { type Choice, describeSet } from "../../difficulty/choice.ts";
import { meanTime, type Pace } from "../../difficulty/pace.ts";
import type { Algorithm } from "../../engine/algorithms.ts";
import { formatPercent, formatSeconds, withPrefix } from "../figures/quantity.ts";
import { textTable } from "../figures/table.ts";
import { luckInWords, setInWords, threadsInWords } from "../mint/time.ts";

/** Mean times of the rows, in seconds: what is shorter or longer nobody waits for. */
const SHORTEST = 0.004;
const LONGEST = 600;
const MOST_BITS = 64;
const EIGHT = { count: 8, fewer: 3 };

/** One object for each measurement, as JSON has it. */
export function rateFacts({ profile, measured }: Calibration) {
  return measured.map((one, i) => ({
    kind: "rate",
    device: "host",
    algorithm: one.algorithm,
    kernel: one.kernel,
    threads: one.threads,
    rate: one.rate,
    best: one.best,
    spread: one.spread,
    processorShare: one.processorShare,
    drift: one.drift,
    overhead: profile.entries[i]?.overhead ?? null,
    condition: one.condition,
  }));
}

/** The measured rates as a table. */
export function rateTable({ measured }: Calibration, algorithms: readonly Algorithm[]): string {
  const shown = measured.filter(({ algorithm }) => algorithms.includes(algorithm));
  const single = new Map(
    shown.filter(({ threads }) => threads === 1).map((one) => [one.algorithm, one.rate]),
  );
  const rows = shown.map(({ algorithm, kernel, threads, rate, best, spread, condition }) => [
    algorithm,
    kernel,
    String(threads),
    `${withPrefix(rate)}H/s`,
    `${withPrefix(best)}H/s`,
    formatPercent(spread),
    `${(rate / (single.get(algorithm) ?? rate)).toFixed(2)} x`,
    condition === "calm" ? "" : condition,
  ]);
  const head = ["algorithm", "kernel", "threads", "median", "best", "spread", "scaling", ""];
  return textTable({ head, rows });
}

/** What a stamp of so many bits takes, and eight of three bits less. */
function rowsOf(pace: Pace): { one: Choice; eight: Choice | undefined }[] {
  const rows = [];
  for (let bits = 0; bits <= MOST_BITS; bits++) {
    const mean = meanTime({ bits, count: 1 }, pace);
    if (mean < SHORTEST || mean > LONGEST) continue;
    const one = describeSet({ bits, count: 1 }, pace);
    const small = { bits: bits - EIGHT.fewer, count: EIGHT.count };
    rows.push({ one, eight: small.bits < 0 ? undefined : describeSet(small, pace) });
  }
  return rows;
}

/** One object for each set of the table, as JSON has it. */
export function timeFacts(
  device: string,
  algorithm: Algorithm,
  threads: number | null,
  pace: Pace,
) {
  const sets = rowsOf(pace).flatMap(({ one, eight }) =>
    eight === undefined ? [one] : [one, eight],
  );
  return sets.map((set) => ({ kind: "time", device, algorithm, threads, ...set }));
}

/** Bits against the time to mint. */
export function timeTable(algorithm: Algorithm, threads: number | null, pace: Pace): string {
  const times = ({ median, p95, p99 }: Choice) => [median, p95, p99].map(formatSeconds);
  const rows = rowsOf(pace).map(({ one, eight }) => [
    String(one.bits),
    formatSeconds(one.mean),
    ...times(one),
    eight === undefined ? "" : `8 x ${eight.bits}`,
    ...(eight === undefined ? [] : times(eight)),
  ]);
  const head = ["bits", "mean", "median", "95 %", "99 %", "set", "median", "95 %", "99 %"];
  const rate = `${withPrefix(pace.rate)}H/s`;
  const title = `Time to mint, ${algorithm}${by(threads)}, ${rate}: one stamp, and eight of 3 bits less\n`;
  return title + textTable({ head, rows, align: "rrrrrrrrr" });
}

function by(threads: number | null): string {
  return threads === null ? "" : ` with ${threadsInWords(threads)}`;
}

/** The stamps to ask for, as JSON has them. */
export function answerFacts(
  device: string,
  algorithm: Algorithm,
  { pace, threads }: { pace: Pace; threads: number | null },
  { bits, count, ...times }: Choice,
) {
  const work = bits + Math.log2(count);
  return {
    kind: "answer",
    device,
    algorithm,
    threads,
    rate: pace.rate,
    bits,
    count,
    work,
    ...times,
  };
}

/** The stamps to ask for, in words, with the options of verify that demand them. */
export function answerText(facts: ReturnType<typeof answerFacts>): string {
  const { algorithm, threads, rate, bits, count, work } = facts;
  // Rounded down: what was asked for must suffice.
  const sum = count === 1 ? "" : ` --work ${Math.floor(100 * work) / 100}`;
  return [
    `${algorithm}${by(threads)}, ${withPrefix(rate)}H/s: ask for ${setInWords(facts)}`,
    `  ${luckInWords(facts)}`,
    `  stampmill verify -b ${bits}${sum} --algorithm ${algorithm} ...`,
    "",
  ].join("\n");
}
