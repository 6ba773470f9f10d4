import type { Algorithm } from "../engine/algorithms.ts";
import { availableThreads } from "../engine/threads.ts";
import type { Condition, MeasuredRate } from "../hardware/measure.ts";
import { measurePace } from "./measure-pace.ts";
import type { Pace } from "./pace.ts";
import { anyProfile, type ProfileEntry, profileKey, readProfile } from "./profile-file.ts";

export interface HostOptions {
  /** By default STAMPMILL_KERNEL, or else the fastest. */
  kernel?: string | undefined;
  /** By default all that the process may use. */
  threads?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told of a calibration that is there but ignored. */
  warn?: ((message: string) => void) | undefined;
}

/** How fast this machine is, and how that is known. */
export interface HostPace {
  readonly pace: Pace;
  readonly kernel: string;
  readonly threads: number;
  /** `profile`: from what `stampmill calibrate` kept; `measurement`: measured just now. */
  readonly from: "profile" | "measurement";
  /** What the machine did while it was measured. */
  readonly condition: Condition;
}

/** Hashes a second, and how they are known. */
export interface HostRate extends Omit<HostPace, "pace"> {
  readonly rate: number;
}

/** How long a quick measurement watches long searches. */
const QUICK_SECONDS = 0.3;

/**
 * How fast this machine mints: from its calibration, or from a measurement of about a second if
 * there is none for this kernel and number of threads.
 *
 * @throws StampmillError `bad-input` naming the option; `engine` if the engine is missing or fails;
 * `aborted` when the signal fires
 */
export async function hostPace(
  algorithm: Algorithm,
  { kernel, threads, signal, warn }: HostOptions = {},
): Promise<HostPace> {
  const known = calibrated(algorithm, { kernel, threads, warn });
  if (known !== undefined) return known;
  const quick = { algorithm, kernel, threads, signal, seconds: QUICK_SECONDS };
  const { measured, pace } = await measurePace(quick);
  return { pace, ...searchOf(measured), from: "measurement" };
}

/**
 * Hashes a second of this machine in a long search, as {@link hostPace} knows them.
 *
 * @throws StampmillError as {@link hostPace}
 */
export async function hostRate(algorithm: Algorithm, options?: HostOptions): Promise<HostRate> {
  return rateOf(await hostPace(algorithm, options));
}

/**
 * The same if a calibration says it; undefined otherwise. Measures nothing.
 *
 * @throws StampmillError `engine` if the engine is missing
 */
export function savedRate(algorithm: Algorithm, options: HostOptions = {}): HostRate | undefined {
  const known = anyProfile() ? calibrated(algorithm, options) : undefined;
  return known && rateOf(known);
}

function rateOf({ pace, ...rest }: HostPace): HostRate {
  return { rate: pace.rate, ...rest };
}

/** What a profile and a measurement both say of the search. */
function searchOf({ kernel, threads, condition }: ProfileEntry | MeasuredRate) {
  return { kernel, threads, condition };
}

/** What the calibration says of an algorithm with this many threads. */
function calibrated(
  algorithm: Algorithm,
  { kernel, threads, warn }: HostOptions,
): HostPace | undefined {
  const key = profileKey(kernel);
  const profile = readProfile(key);
  if (profile === undefined) return undefined;
  if ("problem" in profile) {
    warn?.(profile.problem);
    return undefined;
  }
  const wanted = threads ?? availableThreads();
  const entry = profile.entries.find(
    (entry) =>
      entry.algorithm === algorithm &&
      entry.threads === wanted &&
      // The key has the kernels that work here, but a file may say anything.
      key.kernels.split(" ").includes(entry.kernel) &&
      (key.kernel === "" || key.kernel === entry.kernel),
  );
  if (entry === undefined) return undefined;
  const { rate, shortRate, overhead, shortOverhead } = entry;
  const pace = { rate, shortRate, overhead, shortOverhead };
  return { pace, ...searchOf(entry), from: "profile" };
}
