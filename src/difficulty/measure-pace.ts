import type { Algorithm } from "../engine/algorithms.ts";
import {
  type MeasuredRate,
  measureRate,
  SHORT_WARM_UP,
  startTimedSearch,
  type TimedSearch,
} from "../hardware/measure.ts";
import { SMALL_SEARCH_BITS } from "../stamp/layout.ts";
import type { Pace } from "./pace.ts";

export interface PaceOptions {
  algorithm: Algorithm;
  kernel?: string | undefined;
  threads?: number | undefined;
  /** How long to watch long searches; short ones are watched for half as long. */
  seconds: number;
  /** As in measureRate. */
  warmUp?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** What was measured of long searches, and the pace that follows from all of it. */
export interface MeasuredPace {
  readonly measured: MeasuredRate;
  readonly pace: Pace;
}

/** Searches whose overhead is timed. */
const TIMED = 25;
/**
 * What such a search takes from each thread: 2^18 hashes, in which it goes through the whole table of
 * schedules. After an eighth of that, 0.2 to 0.5 ms of filling its cache are still to come.
 */
const BITS_A_THREAD = 18;

/**
 * Measures all that goes into the time a stamp takes on this machine.
 *
 * @throws StampmillError as measureRate does
 */
export async function measurePace(options: PaceOptions): Promise<MeasuredPace> {
  const { seconds, warmUp, ...task } = options;
  const measured = await measureRate({ ...task, seconds, warmUp });
  const same = { ...task, kernel: measured.kernel };
  const bits = SMALL_SEARCH_BITS - 1;
  const short = await measureRate({ ...same, bits, seconds: seconds / 2, warmUp: SHORT_WARM_UP });
  const { threads, sustained: rate } = measured;
  const shortRate = short.sustained;
  const overhead = await measureOverhead({ ...same, threads }, rate);
  const shortOverhead = await measureOverhead({ ...same, threads, bits }, shortRate);
  return { measured, pace: { rate, shortRate, overhead, shortOverhead } };
}

/**
 * Seconds that a stamp takes beside its hashes: the median of searches that end as a stamp's does, as
 * short as they may be for all threads to be at work. (Not of searches for so many counters: a group of
 * 2^18 that is not tried to its end takes as long as a whole one, which is no stamp's case.)
 */
async function measureOverhead(task: TimedSearch & { threads: number }, rate: number) {
  const until = BITS_A_THREAD + Math.ceil(Math.log2(task.threads));
  const times: number[] = [];
  for (let i = 0; i < TIMED; i++) {
    const start = process.uptime();
    const { tries } = await startTimedSearch({ ...task, until }).done;
    times.push(process.uptime() - start - tries / rate);
  }
  return Math.max(0, times.toSorted((a, b) => a - b)[Math.floor(TIMED / 2)] ?? 0);
}
