// How well observed times fit a distribution that was predicted, without a parameter taken from them:
// the test of Kolmogorov and Smirnov.

/** How likely samples of the distribution are to be at least as far off as these. */
export interface Fit {
  /** The greatest distance between the observed share of samples up to a time and the predicted one. */
  readonly distance: number;
  readonly p: number;
}

/**
 * @param cdf the predicted chance of at most so much
 * @throws Error without samples
 */
export function fitTo(samples: readonly number[], cdf: (x: number) => number): Fit {
  const n = samples.length;
  if (n === 0) throw new Error("no samples");
  let distance = 0;
  for (const [i, x] of samples.toSorted((a, b) => a - b).entries()) {
    const predicted = cdf(x);
    distance = Math.max(distance, predicted - i / n, (i + 1) / n - predicted);
  }
  return { distance, p: kolmogorovTail(distance, n) };
}

/**
 * The chance that n samples are further off than `distance`: the limit distribution, with the
 * correction for small n (Stephens 1970, "Use of the Kolmogorov-Smirnov ... without extensive tables").
 */
export function kolmogorovTail(distance: number, n: number): number {
  const root = Math.sqrt(n);
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  // Below, the alternating series does not converge, and the chance is 1 to five digits.
  if (lambda < 0.3) return 1;
  let sum = 0;
  for (let i = 1; i <= 100; i++) sum += (i % 2 ? 2 : -2) * Math.exp(-2 * (i * lambda) ** 2);
  return Math.min(1, Math.max(0, sum));
}
