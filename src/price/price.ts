/**
 * The price of a post, in whole numbers: the same on every machine and in Redis's Lua, since no
 * intermediate result reaches 2^53. Prices are in 1/256 bit, times in milliseconds.
 *
 * A poster's whole state is one instant, the TAT (theoretical arrival time) of GCRA, ITU-T I.371: by
 * then everything posted so far would have come at the free pace. How far it lies ahead of now is the
 * poster's debt; the debt beyond what is free raises the price, by one bit for every `tau`, as ASERT
 * does for a block chain.
 */

/** Steps of a price in one bit. */
export const STEPS = 256;

/** What decides the prices of one poster: the terms of the board with the poster's credit in them. */
export interface Tariff {
  /** The least and the greatest price, in 1/256 bit. */
  readonly base: number;
  readonly cap: number;
  /** Debt without surcharge, in milliseconds. */
  readonly free: number;
  /** Debt that doubles the price, in milliseconds. */
  readonly tau: number;
  /** Debt of a poster that was never seen, in milliseconds. */
  readonly start: number;
  /** The least debt at which the price is the cap; posting raises it no further. */
  readonly full: number;
}

/** What one post does to its poster, whether it is paid or not. */
export interface Step {
  /** In 1/256 bit. */
  readonly price: number;
  /** Milliseconds of debt before the post. */
  readonly debt: number;
  /** The poster's TAT once the post is accepted, in milliseconds. */
  readonly next: number;
}

/** The least debt at which a tariff's price is its cap, in milliseconds. */
export function fullDebt({ base, cap, free, tau }: Omit<Tariff, "start" | "full">): number {
  return free + Math.ceil(((cap - base) * tau) / STEPS);
}

/** The price at a debt, rounded up to 1/256 bit. */
export function priceAt({ base, cap, free, tau, full }: Tariff, debt: number): number {
  // Cut to `full` first: times 256 it stays below 2^53 whatever clocks say.
  const beyond = Math.min(debt, full) - free;
  return beyond <= 0 ? base : Math.min(cap, base + Math.ceil((STEPS * beyond) / tau));
}

/** A poster's debt in milliseconds, by the TAT in the store; null if it was never seen. */
export function debtAt({ start }: Tariff, tat: number | null, now: number): number {
  return tat === null ? start : Math.max(0, tat - now);
}

/**
 * One post: its price, and the TAT that it leaves if it is accepted.
 *
 * The debt ends at `full`: a flood at the cap costs the cap each time, and is forgiven no later for
 * having been long. A TAT is never lowered, not by a clock behind and not by less credit.
 *
 * @param tat null for a poster that was never seen
 * @param advance what the post adds to the debt, in milliseconds: interval times weight
 */
export function takeStep(tariff: Tariff, tat: number | null, now: number, advance: number): Step {
  const debt = debtAt(tariff, tat, now);
  const next = now + Math.max(debt, Math.min(debt + advance, tariff.full));
  return { price: priceAt(tariff, debt), debt, next };
}
