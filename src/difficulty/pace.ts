import { type MeasuredRate, measureRate, startVainSearch } from "../measure.ts";
import type { Algorithm } from "../stamp/digest.ts";
import { SMALL_SEARCH_BITS } from "../stamp/layout.ts";
import { erlangQuantile } from "./erlang.ts";

/** How fast a machine mints with an algorithm, a kernel and a number of threads. */
export interface Pace {
  /** Hashes a second of a search for 22 bits or more. */
  readonly rate: number;
  /** Hashes a second of a search for fewer: such stamps are laid out for a quick start. */
  readonly shortRate: number;
  /** Seconds that each stamp takes beside its hashes: laying out, starting threads, ending them. */
  readonly overhead: number;
  readonly shortOverhead: number;
}

/** Equal stamps, minted one after another. */
export interface StampSet {
  readonly bits: number;
  readonly count: number;
}

export interface PaceOptions {
  algorithm: Algorithm;
  kernel?: string | undefined;
  threads?: number | undefined;
  /** How long to watch long searches; what else is measured takes half a second. */
  seconds: number;
  signal?: AbortSignal | undefined;
}

/** What was measured of long searches, and the pace that follows from all of it. */
export interface MeasuredPace {
  readonly measured: MeasuredRate;
  readonly pace: Pace;
}

/** Searches whose overhead is timed, and hashes for each thread, so that all of them start. */
const TIMED = 9;
const HASHES_A_THREAD = 1 << 14;

/**
 * Measures all that goes into the time a stamp takes on this machine.
 *
 * @throws StampmillError as measureRate does
 */
export async function measurePace({ seconds, ...task }: PaceOptions): Promise<MeasuredPace> {
  const measured = await measureRate({ ...task, seconds });
  const same = { ...task, kernel: measured.kernel };
  const bits = SMALL_SEARCH_BITS - 1;
  const short = await measureRate({ ...same, bits, seconds: Math.min(seconds, 0.2) });
  const { threads, sustained: rate } = measured;
  const shortRate = short.sustained;
  const overhead = await measureOverhead({ ...same, threads }, rate);
  const shortOverhead = await measureOverhead({ ...same, threads, bits }, shortRate);
  return { measured, pace: { rate, shortRate, overhead, shortOverhead } };
}

async function measureOverhead(
  task: Parameters<typeof startVainSearch>[0] & { threads: number },
  rate: number,
): Promise<number> {
  const hashes = HASHES_A_THREAD * task.threads;
  const times: number[] = [];
  for (let i = 0; i < TIMED; i++) {
    const start = process.uptime();
    await startVainSearch({ ...task, count: BigInt(hashes) }).done;
    times.push(process.uptime() - start);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(TIMED / 2)] ?? 0;
  return Math.max(0, median - hashes / rate);
}

/** Seconds that a set takes on average. */
export function meanTime(set: StampSet, pace: Pace): number {
  const { fixed, each } = partsOf(set, pace);
  return fixed + set.count * each;
}

/**
 * Seconds within which a set is minted with chance `p`: what each stamp takes beside its hashes, and
 * the quantile of the Erlang distribution for the hashes.
 */
export function timeQuantile(set: StampSet, pace: Pace, p: number): number {
  const { fixed, each } = partsOf(set, pace);
  return fixed + erlangQuantile(set.count, p) * each;
}

/** What always passes, and what the hashes of one stamp take on average. */
function partsOf({ bits, count }: StampSet, pace: Pace): { fixed: number; each: number } {
  const short = bits < SMALL_SEARCH_BITS;
  const fixed = count * (short ? pace.shortOverhead : pace.overhead);
  return { fixed, each: 2 ** bits / (short ? pace.shortRate : pace.rate) };
}
