/**
 * How much a run of the tests does of what is tried again and again: races, kills, random input.
 * `quick` is for whoever changes something, `gate` for every change that lands, and `soak` takes hours.
 * STAMPMILL_TESTS names it.
 */
const SHARES = ["quick", "gate", "soak"] as const;
export type Share = (typeof SHARES)[number];

/** The share of this run. */
export const SHARE: Share = readShare(process.env.STAMPMILL_TESTS ?? "quick");

function readShare(named: string): Share {
  const share = SHARES.find((one) => one === named);
  if (share === undefined) throw new Error(`STAMPMILL_TESTS is one of ${SHARES.join(", ")}`);
  return share;
}

/** The size of something in this run. */
export function sized<T>(sizes: Readonly<Record<Share, T>>): T {
  return sizes[SHARE];
}
