import { MAX_SET, MOST_CHOSEN_BITS } from "../stamp/work.ts";
import { badInput } from "../text/errors.ts";
import {
  chanceBeyond,
  meanTime,
  overheadShare,
  type Pace,
  type StampSet,
  timeQuantile,
} from "./pace.ts";

/** What a set of stamps should take. */
export interface Target {
  /** Mean time in seconds. */
  seconds: number;
  /** Seconds within which 99 of 100 sets should be minted. */
  p99?: number | undefined;
  /** Most bits of a stamp, 0 to 64; {@link MOST_CHOSEN_BITS} by default. */
  maxBits?: number | undefined;
}

/** A set that comes close to a target, and what it takes, in seconds. */
export interface Choice extends StampSet {
  readonly mean: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
}

/** Bits that a stamp can be minted with. */
const MOST_BITS = 64;
/** Any number of hashes can be had to 3 % with 33 equal stamps or fewer. */
const TOLERANCE = 0.03;
const SLOW = 0.01;
/** A set is to pass the time with hashing: a thousand stamps without work would do so, too. */
const MOST_OVERHEAD = 0.25;
/** A target is met roughly where it must be, but not by what takes more than twice as long. */
const ROUGHLY = 2;

/**
 * The fewest equal stamps whose mean time is within 3 % of the target, and whose slow cases stay
 * under the bound, if there is one. One stamp can only cost a power of two; several cost any
 * multiple of it, and luck counts for less the more they are. Where the target is so short that no
 * set comes as near, the nearest is taken.
 *
 * @throws StampmillError `bad-input` naming `time`, `p99` or `maxBits` for a target out of range, one
 * that at most 1000 stamps of the most bits cannot meet, or one that a single stamp takes twice
 */
export function chooseSet(target: Target, pace: Pace): Choice {
  const { seconds, p99, maxBits } = checkTarget(target);
  let nearest: StampSet = { bits: 0, count: 1 };
  for (let count = 1; count <= MAX_SET; count++) {
    const set = nearestBits(count, seconds, maxBits, pace);
    if (isMostlyOverhead(set, pace)) continue;
    const off = distance(set, seconds, pace);
    if (off <= TOLERANCE && chanceBeyond(set, pace, p99) <= SLOW) return describeSet(set, pace);
    if (off < distance(nearest, seconds, pace)) nearest = set;
  }
  if (meanTime({ bits: maxBits, count: MAX_SET }, pace) < seconds * (1 - TOLERANCE)) {
    throw beyondCap(seconds, maxBits, pace);
  }
  const least = meanTime(nearest, pace);
  if (least > ROUGHLY * seconds) {
    throw badInput(
      "time",
      `minting a single stamp takes ${roundedUp(least)}s here, without any work`,
    );
  }
  if (chanceBeyond(nearest, pace, p99) <= SLOW) return describeSet(nearest, pace);
  throw tooMuchLuck(seconds, maxBits, pace);
}

/**
 * Passes on a target that makes sense on some machine, with its defaults.
 *
 * @throws StampmillError `bad-input` naming what does not
 */
export function checkTarget(target: Target): Required<{ [K in keyof Target]: number }> {
  const { seconds, p99 = Number.POSITIVE_INFINITY, maxBits = MOST_CHOSEN_BITS } = target;
  if (typeof seconds !== "number" || !(seconds > 0) || seconds === Number.POSITIVE_INFINITY) {
    throw badInput("time", "the time to mint must be more than 0 seconds");
  }
  if (typeof p99 !== "number" || !(p99 > seconds)) {
    throw badInput("p99", "the bound for slow cases must be longer than the mean time");
  }
  if (!Number.isInteger(maxBits) || maxBits < 0 || maxBits > MOST_BITS) {
    throw badInput("maxBits", `the most bits must be a whole number from 0 to ${MOST_BITS}`);
  }
  return { seconds, p99, maxBits };
}

/** The bits with which so many stamps come nearest to a mean time. */
function nearestBits(count: number, seconds: number, maxBits: number, pace: Pace): StampSet {
  let best: StampSet = { bits: 0, count };
  for (let bits = 1; bits <= maxBits; bits++) {
    const set = { bits, count };
    if (distance(set, seconds, pace) < distance(best, seconds, pace)) best = set;
  }
  return best;
}

/** How far the mean time is from the one that is wanted, as a share of it. */
function distance(set: StampSet, seconds: number, pace: Pace): number {
  return Math.abs(meanTime(set, pace) / seconds - 1);
}

/** A single stamp may be, where no time is left for more. */
function isMostlyOverhead(set: StampSet, pace: Pace): boolean {
  return set.count > 1 && overheadShare(set, pace) > MOST_OVERHEAD;
}

/** A set with what it takes. */
export function describeSet({ bits, count }: StampSet, pace: Pace): Choice {
  const set = { bits, count };
  const [median, p95, p99] = [0.5, 0.95, 0.99].map((p) => timeQuantile(set, pace, p)) as Three;
  return { ...set, mean: meanTime(set, pace), median, p95, p99 };
}

type Three = [number, number, number];

/** Not even the largest set under the cap takes as long. */
function beyondCap(seconds: number, maxBits: number, pace: Pace): Error {
  for (let bits = maxBits + 1; bits <= MOST_BITS; bits++) {
    if (meanTime({ bits, count: MAX_SET }, pace) < seconds) continue;
    const enough = chooseSet({ seconds, maxBits: MOST_BITS }, pace);
    return badInput(
      "time",
      `so long a time needs stamps of more than ${maxBits} bits`,
      `--max-bits ${enough.bits} allows ${enough.count} of ${enough.bits}`,
    );
  }
  return badInput("time", `no ${MAX_SET} stamps of ${MOST_BITS} bits take as long`);
}

/** No set within the tolerance has so few slow cases. */
function tooMuchLuck(seconds: number, maxBits: number, pace: Pace): Error {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 1; count <= MAX_SET; count++) {
    const set = nearestBits(count, seconds, maxBits, pace);
    if (isMostlyOverhead(set, pace) || distance(set, seconds, pace) > TOLERANCE) continue;
    least = Math.min(least, timeQuantile(set, pace, 1 - SLOW));
  }
  const bound = least < Number.POSITIVE_INFINITY ? `${roundedUp(least)}s` : "a longer time";
  return badInput(
    "p99",
    `no set of at most ${MAX_SET} stamps keeps 99 of 100 under so short a time`,
    `luck never goes away entirely: ${bound} or more can be had here`,
  );
}

/** To three digits, never less than it was. */
function roundedUp(seconds: number): string {
  const unit = 10 ** (Math.floor(Math.log10(seconds)) - 2);
  const rounded = Number((Math.ceil(seconds / unit) * unit).toPrecision(3));
  return rounded >= 1e-3 ? String(rounded) : rounded.toExponential();
}
