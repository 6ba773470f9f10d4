import { ALGORITHMS, type Algorithm } from "../engine/algorithms.ts";
import { chooseKernel, engineCompiler, engineKernels, measureRoofline } from "../engine/engine.ts";
import { MAX_THREADS } from "../engine/job.ts";
import { availableThreads } from "../engine/threads.ts";
import { badInput } from "../text/errors.ts";
import { formatInstant } from "../text/instant.ts";
import { packageVersion } from "../text/package.ts";
import { type Call, callsFor, rateOfCall, type TimedCall } from "./calls.ts";
import { checkKernel, knownHits } from "./known-hits.ts";
import { describeMachine } from "./machine.ts";
import { type Condition, doubtAbout, type MeasuredRate, measureRate } from "./measure.ts";
import { measureMinting } from "./minting.ts";
import {
  type BenchResult,
  type CallRate,
  fasterThanChosen,
  type KernelRate,
  type Minting,
  RESULT_FORMAT,
  RESULT_VERSION,
  scalingOf,
} from "./result.ts";
import { median, range, WIDE_RANGE, withUncertainty } from "./statistics.ts";

export interface BenchOptions {
  /** About how long all of it takes, 1 to 3600; 20 by default. Many processors need longer. */
  seconds?: number | undefined;
  /** All by default. */
  algorithms?: readonly Algorithm[] | undefined;
  /** Most threads, 1 to 1024; by default all that the process may use. */
  threads?: number | undefined;
  /** Called before each of the steps, of which there are so many. */
  onStep?: ((what: string, step: number, steps: number) => void) | undefined;
}

export const DEFAULT_BENCH_SECONDS = 20;
export const MAX_BENCH_SECONDS = 3600;

const ROUNDS = 3;
/** What one measurement takes beside its slices: a checked stamp, and a warm-up. */
const OVERHEAD = 0.2;
const ROOFLINE_SECONDS = 0.03;
/** Shares of the time for real stamps and for the calls of TypeScript, with a most for each. */
const MINTING_SHARE = 0.22;
const CALLS_SHARE = 0.06;
const LEAST_SLICES = 0.05;
const MOST_SLICES = 10;

/** One kernel on some threads. */
interface Subject {
  algorithm: Algorithm;
  kernel: string;
  threads: number;
  chosen: boolean;
}

/**
 * Measures this machine: every kernel, the engine's own choice on ever more threads, parsing and
 * verifying, and the minting of real stamps. Everything is checked before it is timed, and timed in
 * three rounds, in turns.
 *
 * @throws StampmillError `bad-input` naming the option; `engine` if the engine is missing or finds
 * anything but what node:crypto finds, or the clock stands still
 */
export async function runBench(options: BenchOptions = {}): Promise<BenchResult> {
  const { seconds = DEFAULT_BENCH_SECONDS, algorithms = ALGORITHMS } = options;
  const threads = options.threads ?? availableThreads();
  checkOptions(seconds, threads);
  const date = formatInstant(1000 * Math.floor(Date.now() / 1000));
  const start = performance.now();
  const names = engineKernels();
  const subjects = algorithms.flatMap((algorithm) => subjectsFor(algorithm, names, threads));
  const steps = new Steps(options.onStep, 2 * algorithms.length + ROUNDS * (subjects.length + 1));
  const calls: Call[] = [];
  for (const algorithm of algorithms) {
    steps.next(`checking ${algorithm}`);
    const known = knownHits(algorithm);
    for (const name of names) await checkKernel(known, name);
    calls.push(...callsFor(algorithm));
  }
  const measured = await measureRounds(subjects, calls, seconds, steps);
  const minting: Minting[] = [];
  for (const algorithm of algorithms) {
    const rate = scalingOf(measured.rates, algorithm).at(-1);
    const share = (MINTING_SHARE * seconds) / algorithms.length;
    steps.next(`minting with ${algorithm}`);
    if (rate !== undefined) minting.push(await measureMinting(rate, share));
  }
  const { node, openssl } = process.versions;
  return {
    format: RESULT_FORMAT,
    version: RESULT_VERSION,
    date,
    seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
    machine: describeMachine(),
    versions: { stampmill: packageVersion(), compiler: engineCompiler(), node, openssl },
    ...measured,
    minting,
  };
}

function checkOptions(seconds: number, threads: number): void {
  if (typeof seconds !== "number" || !(seconds >= 1 && seconds <= MAX_BENCH_SECONDS)) {
    throw badInput("seconds", `seconds must be from 1 to ${MAX_BENCH_SECONDS}`);
  }
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw badInput("threads", `threads must be a whole number from 1 to ${MAX_THREADS}`);
  }
}

/** Every kernel on one thread, and the engine's choice on 2, 4 and so on, up to all. */
function subjectsFor(algorithm: Algorithm, names: readonly string[], most: number): Subject[] {
  const best = chooseKernel(algorithm);
  const one = names.map((kernel) => ({ algorithm, kernel, threads: 1, chosen: kernel === best }));
  const more = threadCounts(most).slice(1);
  return [...one, ...more.map((threads) => ({ algorithm, kernel: best, threads, chosen: true }))];
}

/** 1, 2, 4 and so on, and the greatest. */
export function threadCounts(most: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}

class Steps {
  #step = 0;

  constructor(
    readonly onStep: BenchOptions["onStep"],
    readonly steps: number,
  ) {}

  next(what: string): void {
    this.onStep?.(what, this.#step++, this.steps);
  }
}

interface Rounds {
  rounds: MeasuredRate[];
  rooflines: number[];
}

/** All rates, in turns: what disturbs the machine for a while disturbs all of them alike. */
async function measureRounds(
  subjects: readonly Subject[],
  calls: readonly Call[],
  seconds: number,
  steps: Steps,
): Promise<Pick<BenchResult, "rates" | "calls" | "warnings">> {
  const each = secondsFor(subjects.length, seconds);
  const callSeconds = (CALLS_SHARE * seconds) / (ROUNDS * calls.length);
  const rows = subjects.map((): Rounds => ({ rounds: [], rooflines: [] }));
  const callRounds = calls.map((): TimedCall[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { algorithm, kernel, threads }] of subjects.entries()) {
      steps.next(`${algorithm} ${kernel}, ${threads} ${threads === 1 ? "thread" : "threads"}`);
      const row = rows[i];
      if (threads === 1) row?.rooflines.push(measureRoofline(algorithm, kernel, ROOFLINE_SECONDS));
      row?.rounds.push(await measureRate({ algorithm, kernel, threads, seconds: each }));
    }
    steps.next("parsing and verifying");
    for (const [i, call] of calls.entries()) callRounds[i]?.push(rateOfCall(call, callSeconds));
  }
  const rates = withUncertainty(subjects.map((subject, i) => rateOf(subject, rows[i])));
  const callRates = withUncertainty(calls.map((call, i) => callRateOf(call, callRounds[i])));
  const doubts = warningsAbout(subjects, rows, rates, callRates);
  const warnings = [...fasterThanChosen(rates), ...doubts];
  return { rates, calls: callRates, warnings };
}

/** Seconds of slices for each measurement, that all together take about as long as is wanted. */
function secondsFor(subjects: number, seconds: number): number {
  const left = seconds * (1 - MINTING_SHARE - CALLS_SHARE) - 1;
  const each = left / (ROUNDS * subjects) - OVERHEAD - ROOFLINE_SECONDS;
  return Math.min(MOST_SLICES, Math.max(LEAST_SLICES, each));
}

/** Worst first. */
const WORST: readonly Condition[] = ["busy", "throttling", "unsteady", "calm"];

function rateOf(subject: Subject, { rounds, rooflines }: Rounds = { rounds: [], rooflines: [] }) {
  const conditions = rounds.map(({ condition }) => condition);
  return {
    ...subject,
    rounds: rounds.map(rateOfRound),
    spread: median(rounds.map(({ spread }) => spread)),
    processorShare: Math.min(...rounds.map(({ processorShare }) => processorShare)),
    condition: WORST.find((condition) => conditions.includes(condition)) ?? "calm",
    roofline: rooflines.length > 0 ? Math.round(Math.max(...rooflines)) : null,
  };
}

function callRateOf({ call, algorithm }: Call, rounds: readonly TimedCall[] = []) {
  const processorShare = Math.min(...rounds.map((round) => round.processorShare));
  return { call, algorithm, rounds: rounds.map(({ rate }) => Math.round(rate)), processorShare };
}

/** Where a search stood still most of the time the median of its slices is nothing. */
function rateOfRound({ rate, sustained }: MeasuredRate): number {
  return Math.max(1, Math.round(rate || sustained));
}

function warningsAbout(
  subjects: readonly Subject[],
  rows: readonly Rounds[],
  rates: readonly KernelRate[],
  calls: readonly CallRate[],
): string[] {
  const warnings: string[] = [];
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  for (const [i, { algorithm, kernel, threads }] of subjects.entries()) {
    const name = `${algorithm} ${kernel} on ${threads} ${threads === 1 ? "thread" : "threads"}`;
    const doubt = rows[i]?.rounds.map(doubtAbout).find((text) => text !== undefined);
    if (doubt !== undefined) warnings.push(`${name}: ${doubt}`);
    const wide = range(rates[i]?.rounds ?? [1]);
    if (wide > WIDE_RANGE) warnings.push(`${name}: the rounds differ by ${percent(wide)}`);
  }
  for (const { call, algorithm, rounds } of calls) {
    const wide = range(rounds);
    if (wide > WIDE_RANGE) {
      warnings.push(`${call} ${algorithm}: the rounds differ by ${percent(wide)}`);
    }
  }
  return warnings;
}
