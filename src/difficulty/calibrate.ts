import { ALGORITHMS } from "../engine/algorithms.ts";
import { availableThreads } from "../engine/threads.ts";
import { type MeasuredRate, SHORT_WARM_UP } from "../hardware/measure.ts";
import { measurePace } from "./measure-pace.ts";
import { type Profile, type ProfileEntry, profileKey } from "./profile-file.ts";

export interface CalibrateOptions {
  /** By default STAMPMILL_KERNEL, or else the fastest. */
  kernel?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** What a calibration found: the profile, and each long search as it was measured. */
export interface Calibration {
  readonly profile: Profile;
  readonly measured: readonly MeasuredRate[];
}

/** Seconds for watching long searches, altogether, and for one at least and at most. */
const WATCHED = 2.5;
const LEAST_WATCHED = 0.15;
const MOST_WATCHED = 0.5;

/** 1, 2, 4 and so on, up to all threads that the process may use. */
export function threadCounts(all: number): number[] {
  const counts: number[] = [];
  for (let threads = 1; threads < all; threads *= 2) counts.push(threads);
  return [...counts, all];
}

/**
 * Measures this machine in a few seconds: every algorithm, with one thread, two, four and so on up to
 * all. Keeping the profile is up to the caller.
 *
 * @throws StampmillError as measureRate does
 */
export async function calibrate(options: CalibrateOptions = {}): Promise<Calibration> {
  const { kernel, signal } = options;
  const key = profileKey(kernel);
  const counts = threadCounts(availableThreads());
  const share = WATCHED / (ALGORITHMS.length * counts.length);
  const seconds = Math.min(MOST_WATCHED, Math.max(LEAST_WATCHED, share));
  const entries: ProfileEntry[] = [];
  const measurements: MeasuredRate[] = [];
  for (const algorithm of ALGORITHMS) {
    for (const threads of counts) {
      const warmUp = entries.length === 0 ? undefined : SHORT_WARM_UP;
      const task = { algorithm, kernel, threads, seconds, warmUp, signal };
      const { measured, pace } = await measurePace(task);
      measurements.push(measured);
      entries.push({ ...pace, ...entryOf(measured) });
    }
  }
  const date = new Date().toISOString();
  return { profile: { key, date, entries }, measured: measurements };
}

function entryOf(measured: MeasuredRate) {
  const { algorithm, kernel, threads, best, spread, condition } = measured;
  return { algorithm, kernel, threads, best, spread, condition };
}
