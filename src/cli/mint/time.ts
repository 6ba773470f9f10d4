import { type Choice, checkTarget, chooseSet, type Target } from "../../difficulty/choice.ts";
import { type HostPace, hostPace } from "../../difficulty/profile.ts";
import type { Algorithm } from "../../engine/algorithms.ts";
import { StampmillError } from "../../text/errors.ts";
import { formatSeconds, withPrefix } from "../figures/quantity.ts";
import { writeNote, writeWarning } from "../terminal/output.ts";

/** What --time, --p99 and --max-bits ask for, in seconds and bits. */
export interface TimeOptions {
  time: number;
  p99?: number | undefined;
  maxBits?: number | undefined;
}

/** What the pace of this machine depends on. */
interface Search {
  algorithm: Algorithm;
  kernel?: string | undefined;
  threads?: number | undefined;
}

/**
 * The stamps that take this machine the time that is asked for, with the kernel and the threads
 * they were reckoned for. Says on standard error what it chose and from what.
 */
export async function chooseForTime(
  options: TimeOptions,
  search: Search,
): Promise<Choice & { kernel: string; threads: number }> {
  const target = targetOf(options);
  const host = await hostPace(search.algorithm, { ...search, warn: writeWarning });
  const choice = naming(() => chooseSet(target, host.pace));
  writeNote(`${setInWords(choice)}: ${luckInWords(choice)} (${sourceInWords(host)})`);
  return { ...choice, kernel: host.kernel, threads: host.threads };
}

const FLAGS: Record<string, string> = { time: "--time", p99: "--p99", maxBits: "--max-bits" };

/** The target that the options name, checked before anything is measured. */
export function targetOf({ time, p99, maxBits }: TimeOptions): Target {
  return naming(() => checkTarget({ seconds: time, p99, maxBits }));
}

/** Has errors name the options that people know. */
export function naming<T>(choose: () => T): T {
  try {
    return choose();
  } catch (error) {
    if (!(error instanceof StampmillError)) throw error;
    const { code, message, hint, parameter = "" } = error;
    const flag = FLAGS[parameter] ?? parameter;
    throw new StampmillError(code, `${flag}: ${message}`, {
      parameter: flag,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** `one stamp of 26 bits`, `12 stamps of 26 bits`. */
export function setInWords({ bits, count }: { bits: number; count: number }): string {
  return `${count === 1 ? "one stamp" : `${count} stamps`} of ${bits} ${bits === 1 ? "bit" : "bits"}`;
}

/** How long it takes, and how long with bad luck. */
export function luckInWords({ mean, p99 }: Choice): string {
  return `${formatSeconds(mean)} on average, 99 of 100 within ${formatSeconds(p99)}`;
}

/** `1 thread`, `2 threads`. */
export function threadsInWords(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

function sourceInWords({ pace, from, threads, condition }: HostPace): string {
  const known = from === "profile";
  const source = known ? "calibrated" : "measured just now";
  const doubt = condition === "calm" ? "" : `, ${IN_DOUBT[condition]}`;
  const keep = known ? "" : "; stampmill calibrate keeps it";
  return `${source}${doubt}: ${withPrefix(pace.rate)}H/s with ${threadsInWords(threads)}${keep}`;
}

const IN_DOUBT = {
  busy: "on a busy machine",
  throttling: "as the rate fell",
  unsteady: "at an unsteady rate",
};
