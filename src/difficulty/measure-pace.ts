import { type MeasuredRate, measureRate, startVainSearch } from "../measure.ts";
import type { Algorithm } from "../stamp/digest.ts";
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

/** A warm-up for a processor that has just been at work. */
const AWAKE = 0.03;
/** Searches whose overhead is timed, and hashes for each thread, so that all of them start. */
const TIMED = 9;
const HASHES_A_THREAD = 1 << 14;

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
  const short = await measureRate({ ...same, bits, seconds: seconds / 2, warmUp: AWAKE });
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
