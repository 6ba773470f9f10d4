import { ALGORITHMS, type Algorithm } from "../../engine/algorithms.ts";
import type { Policy } from "./policy.ts";
import type { Score } from "./score.ts";
import { breakEvenNames, hashesToDouble, namesAtCap, tokensWhenSplit } from "./sybils.ts";

/** Numbers of names for which it is told what splitting leaves. */
const SPLITS = [2, 10, 100];

/** What a score means for whoever would cheat, and for whoever would raise it. */
export interface ScoreExplanation {
  /** What so many names together keep of the score, with the same work in equal parts. */
  readonly splits: readonly { readonly names: number; readonly keeps: number }[];
  /**
   * The most names among which the same work can be split without a loss: 1 if splitting always
   * loses; null if it never does, at a power of 1 or less.
   */
  readonly breakEvenNames: number | null;
  /** How many names at the cap the same work makes; 0 if one does not reach it, or there is none. */
  readonly namesAtCap: number;
  /** The work a doubled score takes, of what is there: 2^(1/power). */
  readonly doubleFactor: number;
  /**
   * Hashes of each algorithm, done today, that double the score. Null for an algorithm without
   * weight, for a score of nothing, and where the cap is in the way.
   */
  readonly doubleHashes: Readonly<Record<Algorithm, number | null>>;
}

/** What splitting the work of a score among names would lose, and what doubling it costs. */
export function explainScore(
  { counted }: Pick<Score, "counted">,
  policy: Policy,
): ScoreExplanation {
  const alone = tokensWhenSplit(counted, 1, policy);
  const more = hashesToDouble(counted, policy);
  const hashesOf = (algorithm: Algorithm) => {
    const weight = policy.weights[algorithm];
    return more === null || weight === 0 ? null : more / weight;
  };
  const doubleHashes = ALGORITHMS.map((algorithm) => [algorithm, hashesOf(algorithm)]);
  return {
    splits: SPLITS.map((names) => ({
      names,
      keeps: alone === 0 ? 0 : tokensWhenSplit(counted, names, policy) / alone,
    })),
    breakEvenNames: breakEvenNames(counted, policy),
    namesAtCap: namesAtCap(counted, policy),
    doubleFactor: 2 ** (1 / policy.power),
    doubleHashes: Object.fromEntries(doubleHashes),
  };
}
