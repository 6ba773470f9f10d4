import type { Algorithm } from "../engine/algorithms.ts";
import { firstHit, type SearchCost, type SearchOptions } from "../engine/first-hit.ts";
import { limitOf } from "../engine/job.ts";
import { badInput, StampmillError } from "../text/errors.ts";

// What all systems share: a decimal counter somewhere in a text, and a digest with leading zeros.

/** Most leading zero bits that can be searched for. */
export const MAX_PROOF_BITS = 64;

const DECIMAL = "0123456789";

/** How a proof is searched for; every field may be left out. */
export type ProofSearchOptions = SearchOptions;

/** What a search took. */
export type ProofSearch = SearchCost;

/** A text with a gap for a decimal number. */
interface Gap {
  readonly algorithm: Algorithm;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly bits: number;
}

/** How the number in a gap may look, from one round of the search to the next. */
export interface NumberShape {
  /** Digits that stay as they are. */
  readonly fixed: string;
  /** How many digits after those are searched, 1 to 18. */
  readonly digits: number;
  /** The smallest number that those digits may write. */
  readonly start: bigint;
}

/** Whole numbers as they are counted, shortest first: 0 to 9, then 10 to 99, and so on. */
export function* countingShapes(): Generator<NumberShape> {
  yield { fixed: "", digits: 1, start: 0n };
  for (let digits = 2; digits <= 18; digits++) {
    yield { fixed: "", digits, start: 10n ** BigInt(digits - 1) };
  }
}

/** Passes on bits that can be searched for. */
export function checkProofBits(bits: number): number {
  if (Number.isInteger(bits) && bits >= 0 && bits <= MAX_PROOF_BITS) return bits;
  throw badInput("bits", `bits must be a whole number from 0 to ${MAX_PROOF_BITS}`);
}

/**
 * Searches for the decimal number that gives the digest of the whole text enough leading zero bits.
 * Nobody has looked at the digest again: that is for the caller.
 *
 * @throws StampmillError `not-found` when the time is up or no number is left; `aborted` when the
 * signal fires; `bad-input` naming the option; `engine`
 */
export async function searchNumber(
  gap: Gap,
  shapes: Iterable<NumberShape>,
  options: ProofSearchOptions,
): Promise<{ number: string; search: ProofSearch }> {
  const found = await firstHit(shapes, (shape) => jobFor(gap, shape), options);
  if (found.round !== null) {
    const { fixed, digits } = found.round;
    const number = fixed + found.counter.toString().padStart(digits, "0");
    return { number, search: found.cost };
  }
  if (found.ending === "aborted") {
    const { signal } = options;
    throw new StampmillError("aborted", "the search was aborted", { cause: signal?.reason });
  }
  const spent = `${(found.elapsed / 1000).toFixed(1)} s and ${found.tries} tries`;
  throw new StampmillError("not-found", `no proof of ${gap.bits} bits was found in ${spent}`);
}

function jobFor(gap: Gap, shape: NumberShape) {
  const blank = Buffer.from(shape.fixed + "0".repeat(shape.digits), "latin1");
  const first = gap.before.length + shape.fixed.length;
  return {
    algorithm: gap.algorithm,
    message: Buffer.concat([gap.before, blank, gap.after]),
    positions: Array.from({ length: shape.digits }, (_, i) => first + i),
    alphabet: DECIMAL,
    limit: limitOf(gap.bits),
    start: shape.start,
  };
}
