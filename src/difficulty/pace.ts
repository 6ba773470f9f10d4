import { erlangQuantile, erlangTail } from "../stamp/erlang.ts";
import { SMALL_SEARCH_BITS } from "../stamp/layout.ts";

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

/** The chance that a set takes longer than so many seconds. */
export function chanceBeyond(set: StampSet, pace: Pace, seconds: number): number {
  const { fixed, each } = partsOf(set, pace);
  return seconds < fixed ? 1 : erlangTail(set.count, (seconds - fixed) / each);
}

/** The share of the mean time in which nothing is hashed. */
export function overheadShare(set: StampSet, pace: Pace): number {
  const { fixed, each } = partsOf(set, pace);
  return fixed / (fixed + set.count * each);
}

/** What always passes, and what the hashes of one stamp take on average. */
function partsOf({ bits, count }: StampSet, pace: Pace): { fixed: number; each: number } {
  const short = bits < SMALL_SEARCH_BITS;
  const fixed = count * (short ? pace.shortOverhead : pace.overhead);
  return { fixed, each: 2 ** bits / (short ? pace.shortRate : pace.rate) };
}
