import { erlangQuantile } from "../../stamp/erlang.ts";
import { badInput } from "../../text/errors.ts";
import { isFull, type Sketch } from "./sketch.ts";

/** How certain a lower bound is if nothing is said: it fails once in a thousand sketches. */
export const DEFAULT_CONFIDENCE = 0.999;

/**
 * A digest as a fraction of the greatest there can be, more than 0 and at most 1. The digits that
 * count are those behind the leading zeros, so that a small fraction is as precise as a large one
 * (53 bits; doubles reach down to 2^-1074).
 */
export function fractionOf(digest: string): number {
  const zeros = /^0*/.exec(digest)?.[0].length ?? 0;
  // No digest of zeros is known; as the least there is it stands for more work than ever was done.
  if (zeros === digest.length) return 16 ** -digest.length;
  const digits = digest.slice(zeros, zeros + 16);
  return Number.parseInt(digits, 16) * 16 ** -(zeros + digits.length);
}

/**
 * The number of hashes behind a sketch: (k-1)/h for the k-th smallest at the fraction h, which is
 * right on average; its relative standard deviation is 1/sqrt(k-2) (Z. Bar-Yossef et al.,
 * "Counting distinct elements in a data stream", 2002; K. Beyer et al., "On synopses for
 * distinct-value estimation", 2007). A sketch that is not full holds every hash there was, so
 * that their count is exact.
 */
export function estimateWork(sketch: Sketch): number {
  const { hashes, subject } = sketch;
  const last = hashes.at(-1);
  return last !== undefined && isFull(sketch)
    ? (subject.size - 1) / fractionOf(last.digest)
    : hashes.length;
}

/**
 * The number of hashes that is behind a sketch at least, with this confidence: q/h, where N h is
 * distributed as the sum of k exponential variables of mean 1 and q is its quantile at
 * 1 - confidence. For few hashes that is on the safe side, since a binomial's tail is the lighter.
 *
 * @param confidence from 0.5 to 0.999999
 * @throws StampmillError `bad-input` for any other confidence
 */
export function lowerBound(sketch: Sketch, confidence: number = DEFAULT_CONFIDENCE): number {
  checkConfidence(confidence);
  const { hashes, subject } = sketch;
  const last = hashes.at(-1);
  if (last === undefined || !isFull(sketch)) return hashes.length;
  return quantileFor(subject.size, confidence) / fractionOf(last.digest);
}

let remembered = { size: 0, confidence: 0, quantile: 0 };

/** Whoever judges many sketches asks for the same one again; it takes as long as thirty hashes. */
function quantileFor(size: number, confidence: number): number {
  if (remembered.size !== size || remembered.confidence !== confidence) {
    remembered = { size, confidence, quantile: erlangQuantile(size, 1 - confidence) };
  }
  return remembered.quantile;
}

/** Passes on a confidence. */
export function checkConfidence(confidence: number): number {
  if (typeof confidence === "number" && confidence >= 0.5 && confidence <= 0.999999) {
    return confidence;
  }
  throw badInput("confidence", "confidence must be a number from 0.5 to 0.999999");
}
