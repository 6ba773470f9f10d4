import { setTimeout as sleep } from "node:timers/promises";
import type { Algorithm } from "../engine/algorithms.ts";
import { type RunningSearch, startSearch } from "../engine/engine.ts";
import { limitOf } from "../engine/job.ts";
import { availableThreads } from "../engine/threads.ts";
import { COUNTER_DIGITS, layStamp, SMALL_SEARCH_BITS, type StampLayout } from "../stamp/layout.ts";
import { mint } from "../stamp/mint.ts";
import { badInput, StampmillError } from "../text/errors.ts";

export interface RateOptions {
  algorithm: Algorithm;
  /** By default STAMPMILL_KERNEL, or else the fastest one. */
  kernel?: string | undefined;
  /** 1 to 1024; by default all that the process may use. */
  threads?: number | undefined;
  /** How long to measure, up to 60; half a second by default. */
  seconds?: number | undefined;
  /** How long to search before, for the processor to reach its pace: 0.15 s by default, up to 60. */
  warmUp?: number | undefined;
  /** `fast` by default; the search for the others is the one for messages of any layout. */
  layout?: StampLayout | undefined;
  /** For stamps of so many bits, 22 by default: those of fewer are laid out in another way. */
  bits?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** A search for {@link startTimedSearch}. */
export type TimedSearch = Omit<RateOptions, "seconds" | "warmUp"> & {
  /** Stop at a digest with so many zero bits; by default there is none that stops it. */
  until?: number;
};

/**
 * What the machine did while it was measured:
 *
 * - `busy`: the search's threads got less than nine tenths of the processor time they could use.
 * - `throttling`: they got it, and yet the rate fell by more than 5 % from the first third of the time
 *   to the last, as of a processor that grows hot.
 * - `unsteady`: the slices' spread is more than 10 %, as with other tenants on the same processor.
 */
export const CONDITIONS = ["calm", "busy", "throttling", "unsteady"] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface MeasuredRate {
  readonly algorithm: Algorithm;
  readonly kernel: string;
  /** Threads that took part. */
  readonly threads: number;
  /** Hashes a second: the median of the slices. */
  readonly rate: number;
  /** Hashes a second in the best slice. */
  readonly best: number;
  /** Hashes a second over the whole time, which is what a long search gets here and now. */
  readonly sustained: number;
  /** From the slowest tenth of the slices to the fastest, as a share of the median. */
  readonly spread: number;
  /** Hashes a second in each slice of about ten milliseconds, in order. */
  readonly slices: readonly number[];
  /** How long the slices took altogether. */
  readonly seconds: number;
  /** Processor time of the process, as a share of what its threads could have had. */
  readonly processorShare: number;
  /** Rate of the last third of the slices over that of the first, minus 1: negative if it fell. */
  readonly drift: number;
  readonly condition: Condition;
}

const SLICE = 0.01;
/** Slices to wait for the first try. */
const PATIENCE = 500;
const WARM_UP = 0.15;
/** Seconds that are enough to warm up a processor which has just been at work. */
export const SHORT_WARM_UP = 0.05;
const MAX_SECONDS = 60;
/** Enough that a kernel which finds wrong stamps, or none, cannot pass for a fast one. */
const CHECKED_BITS = 12;
/** As short as to leave a compact stamp in one block. */
const RESOURCE = "example.org";
/** Gives other stamps up to 10 digits: fewer might all be tried before the time is over. */
const MANY_BITS = 50;

const LEAST_SHARE = 0.9;
const MOST_DRIFT = 0.05;
const MOST_SPREAD = 0.1;

/**
 * How many hashes a second this machine tries: the real search for a stamp, with a limit that no
 * digest is under, watched by the engine's own counter. The kernel mints a stamp first, which is
 * checked, and the processor is given time to reach its pace.
 *
 * @throws StampmillError `bad-input` naming the option; `engine` if the engine is missing or fails,
 * or the clock stands still; `aborted` when the signal fires
 */
export async function measureRate(options: RateOptions): Promise<MeasuredRate> {
  const { seconds = 0.5, warmUp = WARM_UP, ...task } = options;
  checkSeconds("seconds", seconds);
  checkSeconds("warmUp", warmUp);
  await mint({ ...task, resource: RESOURCE, bits: CHECKED_BITS });
  const search = startTimedSearch(task);
  try {
    await pause(warmUp, task.signal);
    const watched = await watch(search, Math.ceil(seconds / SLICE), task.signal);
    search.cancel();
    return summary(task.algorithm, await search.done, watched);
  } finally {
    search.cancel();
  }
}

function checkSeconds(parameter: string, seconds: number): void {
  if (typeof seconds === "number" && seconds > 0 && seconds <= MAX_SECONDS) return;
  throw badInput(parameter, `${parameter} must be more than 0 and at most ${MAX_SECONDS}`);
}

/**
 * Starts the search for a stamp, with a limit of its own.
 *
 * @throws StampmillError as startSearch does
 */
export function startTimedSearch({
  algorithm,
  layout = "fast",
  bits = SMALL_SEARCH_BITS,
  until,
  ...rest
}: TimedSearch): RunningSearch {
  const laidFor = layout === "fast" ? bits : MANY_BITS;
  const head = { bits: laidFor, date: "000101", resource: RESOURCE, ext: "", algorithm };
  const { text, positions } = layStamp(head, layout);
  return startSearch({
    ...rest,
    algorithm,
    message: Buffer.from(text, "latin1"),
    positions,
    alphabet: COUNTER_DIGITS,
    limit: until === undefined ? 0n : limitOf(until),
    wanted: until === undefined ? 0 : 1,
  });
}

interface Watched {
  slices: number[];
  seconds: number;
  tries: number;
  /** Of the processors, in seconds. */
  processorTime: number;
}

async function watch(
  search: RunningSearch,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Watched> {
  const slices: number[] = [];
  const used = process.cpuUsage();
  const start = process.uptime();
  let time = start;
  const triedAtStart = search.tried();
  let tried = triedAtStart;
  // Counted, not timed: it ends even if the clock does not go on. A machine so busy that nothing at
  // all was tried is given more time.
  const most = Math.max(count, PATIENCE);
  for (let i = 0; i < count || (tried === triedAtStart && i < most); i++) {
    await pause(SLICE, signal);
    const [before, triedBefore] = [time, tried];
    tried = search.tried();
    time = process.uptime();
    if (time > before) slices.push((tried - triedBefore) / (time - before));
  }
  const { user, system } = process.cpuUsage(used);
  if (slices.length === 0 || tried === triedAtStart) {
    throw new StampmillError("engine", "nothing can be measured: the clock stands still");
  }
  const tries = tried - triedAtStart;
  return { slices, seconds: time - start, tries, processorTime: (user + system) / 1e6 };
}

async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(1000 * seconds, undefined, { signal });
  } catch (cause) {
    throw new StampmillError("aborted", "measuring was aborted", { cause });
  }
}

function summary(
  algorithm: Algorithm,
  { kernel, threads }: { kernel: string; threads: number },
  { slices, seconds, tries, processorTime }: Watched,
): MeasuredRate {
  const sustained = tries / seconds;
  const figures = figuresOf(slices, sustained);
  const processorShare = processorTime / (seconds * Math.min(threads, availableThreads()));
  return {
    algorithm,
    kernel,
    threads,
    ...figures,
    sustained,
    slices,
    seconds,
    processorShare,
    condition: conditionOf({ ...figures, processorShare }),
  };
}

/**
 * Median, best, spread and drift of slices. On a machine so busy that the search stood still for most of
 * them, what would be divided by nothing is divided by the rate over the whole time.
 */
export function figuresOf(
  slices: readonly number[],
  sustained: number,
): Pick<MeasuredRate, "rate" | "best" | "spread" | "drift"> {
  const rate = quantile(slices, 0.5);
  const third = Math.ceil(slices.length / 3);
  const [first, last] = [slices.slice(0, third), slices.slice(-third)];
  const middle = quantile(first, 0.5) || sustained;
  return {
    rate,
    best: quantile(slices, 1),
    spread: (quantile(slices, 0.9) - quantile(slices, 0.1)) / (rate || sustained),
    drift: quantile(last, 0.5) / middle - 1,
  };
}

/** A quantile of some numbers, the upper one of two. */
function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN;
}

/** What the figures of a measurement say about the machine. */
export function conditionOf(
  figures: Pick<MeasuredRate, "processorShare" | "drift" | "spread">,
): Condition {
  if (figures.processorShare < LEAST_SHARE) return "busy";
  if (figures.drift < -MOST_DRIFT) return "throttling";
  return figures.spread > MOST_SPREAD ? "unsteady" : "calm";
}

/** One sentence for a person on why a measurement is in doubt; undefined if it was calm. */
export function doubtAbout(
  figures: Pick<MeasuredRate, "processorShare" | "drift" | "spread">,
): string | undefined {
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  switch (conditionOf(figures)) {
    case "busy":
      return `this machine is busy: the search got ${percent(figures.processorShare)} of its processors' time`;
    case "throttling":
      return `the rate fell by ${percent(-figures.drift)} while it was measured: the processor may be too hot`;
    case "unsteady":
      return `the rate varied by ${percent(figures.spread)} while it was measured: something else may be running`;
    case "calm":
      return undefined;
  }
}
