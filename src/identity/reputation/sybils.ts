import type { Policy } from "./policy.ts";

/** How many tokens so much work is worth to one name; `hashes` are weighted and faded. */
export function tokensFor(hashes: number, { power, unit, cap }: Policy): number {
  return Math.min(cap, uncapped(hashes, power, unit));
}

function uncapped(hashes: number, power: number, unit: number): number {
  return (hashes / 2 ** unit) ** power;
}

/** What names together get when so much work is split among them in equal parts. */
export function tokensWhenSplit(hashes: number, names: number, policy: Policy): number {
  return names * tokensFor(hashes / names, policy);
}

/**
 * The most names among which the work can be split and be worth no less than in one: n^(1 - power)
 * is what n names keep, so above a power of 1 it is 1, until a score reaches the cap. Null if
 * splitting never loses: at a power of 1 it costs nothing, below that it pays.
 */
export function breakEvenNames(hashes: number, policy: Policy): number | null {
  const { power, unit, cap } = policy;
  if (power <= 1) return null;
  const excess = uncapped(hashes, power, unit) / cap;
  if (excess <= 1) return 1;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.floor(excess ** (1 / (power - 1))));
}

/** The number of names that gets the most out of the work under a cap, each of them just at it. */
export function namesAtCap(hashes: number, { power, unit, cap }: Policy): number {
  return Math.floor(hashes / 2 ** unit / cap ** (1 / power));
}

/**
 * How many hashes more double the score, of full weight and done today: 2^(1/power) times the work.
 * Null where there is nothing to double, or no work can: the cap is in the way.
 */
export function hashesToDouble(hashes: number, policy: Policy): number | null {
  const score = tokensFor(hashes, policy);
  if (score === 0 || 2 * score > policy.cap) return null;
  return hashes * (2 ** (1 / policy.power) - 1);
}
