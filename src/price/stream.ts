import { createHash } from "node:crypto";
import { badInput } from "../text/errors.ts";

/** A post that is to be made. */
export interface Arrival {
  /** Milliseconds, since 1970 or since any other beginning. */
  readonly time: number;
  readonly poster: string;
  /** Large posts count as several; 1 as a rule. */
  readonly weight: number;
}

/** Posts in order of time, and how long the whole takes. */
export interface Stream {
  readonly name: string;
  readonly arrivals: readonly Arrival[];
  /** First and last millisecond that is looked at. */
  readonly start: number;
  readonly end: number;
  /** Whether its posters have posted before, so that they are no newcomers. */
  readonly known: boolean;
}

/** Most posts of a stream: a day of eleven a second. */
export const MAX_ARRIVALS = 1_000_000;

export interface StreamOptions {
  name: string;
  /** Milliseconds from one post to the next, on average. */
  gap: number;
  /** How long it goes on, in milliseconds. */
  duration: number;
  /** At random moments (a Poisson process) rather than at even distances, from this seed. */
  seed?: number | undefined;
  /** Names that take turns; one by default. */
  posters?: number | undefined;
  weight?: number | undefined;
  known?: boolean | undefined;
}

/**
 * A stream of posts at a given pace, from time 0 on.
 *
 * @throws StampmillError `bad-input` if there would be more than a million
 */
export function steadyStream(options: StreamOptions): Stream {
  const { name, gap, duration, seed, posters = 1, weight = 1, known = false } = options;
  const arrivals: Arrival[] = [];
  let next = seed === undefined ? 0 : gap * exponential(seed, 0);
  while (next < duration) {
    const i = arrivals.length;
    if (i === MAX_ARRIVALS) throw badInput("rate", `more than ${MAX_ARRIVALS} posts in that time`);
    const poster = posters === 1 ? name : `${name} ${(i % posters) + 1}`;
    arrivals.push({ time: Math.floor(next), poster, weight });
    // Even ones are multiples, not sums, so that the last is where it should be.
    next = seed === undefined ? (i + 1) * gap : next + gap * exponential(seed, i + 1);
  }
  return { name, arrivals, start: 0, end: duration, known };
}

/**
 * The i-th of a sequence of exponentially distributed numbers of mean 1, the same on every machine
 * and in every version of Node: SHA-256 of seed and index is the randomness.
 */
function exponential(seed: number, i: number): number {
  const bytes = createHash("sha256").update(`${seed}:${i}`).digest();
  return -Math.log((bytes.readUIntBE(0, 6) + 1) / 2 ** 48);
}
