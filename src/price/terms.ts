import { readDuration } from "../text/duration.ts";
import { badInput } from "../text/errors.ts";
import { MAX_PRICE } from "./payment.ts";
import { fullDebt, STEPS, type Tariff } from "./price.ts";

/** What posts cost on a board. Durations are text such as `"90s"` or milliseconds. */
export interface PriceTerms {
  /** The price of a post at the free pace, in bits, 0 to 64; rounded to 1/256. 20 by default. */
  readonly base?: number | undefined;
  /** The highest price, in bits, `base` to 64; 32 by default, or `base` if that is more. */
  readonly cap?: number | undefined;
  /** The pace that stays free of surcharge: one post in this time. `"1m"` by default. */
  readonly interval?: string | number | undefined;
  /** How far ahead of that pace a poster may run without surcharge. `"5m"` by default. */
  readonly burst?: string | number | undefined;
  /** The debt beyond the burst that doubles the price. `"5m"` by default. */
  readonly tau?: string | number | undefined;
  /** Intervals of debt that a poster begins with; 0 by default. */
  readonly newcomer?: number | undefined;
  /** How far the clocks of several servers may differ: quotes are as of so much earlier. `"2s"`. */
  readonly tolerance?: string | number | undefined;
  /** How long a poster without debt is remembered, and no newcomer again. `"28d"` by default. */
  readonly remember?: string | number | undefined;
}

/** Terms that were checked, with every default in place: 1/256 bits and milliseconds. */
export interface CheckedTerms {
  readonly base: number;
  readonly cap: number;
  readonly interval: number;
  readonly burst: number;
  readonly tau: number;
  /** Debt, no longer in intervals. */
  readonly newcomer: number;
  readonly tolerance: number;
  /** 0 where forgetting a poster changes nothing. */
  readonly remember: number;
}

/** What posts cost unless said otherwise. */
export const DEFAULT_TERMS = {
  base: 20,
  cap: 32,
  interval: "1m",
  burst: "5m",
  tau: "5m",
  newcomer: 0,
  tolerance: "2s",
  remember: "28d",
} as const satisfies PriceTerms;

/** Longest interval, burst, tau and tolerance: with these nothing below reaches 2^53. */
const MAX_PERIOD = 365 * 86_400_000;

/** Most intervals of debt or credit, and the largest weight of a post. */
export const MAX_INTERVALS = 1000;

const NAMES = new Set<string>(Object.keys(DEFAULT_TERMS));

/**
 * Checks terms once, for every post that follows.
 *
 * @throws StampmillError `bad-input`, its `parameter` the term that is wrong
 */
export function readTerms(terms: PriceTerms = {}): CheckedTerms {
  if (typeof terms !== "object" || terms === null) {
    throw badInput("terms", "terms must be an object such as { base: 20, cap: 32 }");
  }
  for (const name of Object.keys(terms)) {
    if (!NAMES.has(name)) throw badInput(name, `there is no term ${JSON.stringify(name)}`);
  }
  const base = readBits(terms.base ?? DEFAULT_TERMS.base, "base");
  const cap = readBits(terms.cap ?? Math.max(DEFAULT_TERMS.cap, base / STEPS), "cap");
  if (cap < base) throw badInput("cap", "cap must be at least base");
  const interval = readPeriod(terms, "interval", 1);
  const burst = readPeriod(terms, "burst", 0);
  const tau = readPeriod(terms, "tau", 1);
  const newcomer = readIntervals(terms.newcomer ?? DEFAULT_TERMS.newcomer, "newcomer", interval);
  const remember = readDuration(terms.remember ?? DEFAULT_TERMS.remember, "remember");
  const full = fullDebt({ base, cap, free: burst, tau });
  return {
    base,
    cap,
    interval,
    burst,
    tau,
    newcomer: Math.min(newcomer, full),
    tolerance: readPeriod(terms, "tolerance", 0),
    remember: newcomer === 0 ? 0 : Math.ceil(remember),
  };
}

/**
 * The terms for one poster.
 *
 * @param credit intervals that a known poster may run further ahead; null for one that is not known,
 *   who begins as a newcomer
 * @throws StampmillError `bad-input` for a credit below 0 or above 1000
 */
export function tariffFor(terms: CheckedTerms, credit: number | null): Tariff {
  const { base, cap, burst, tau, newcomer } = terms;
  const known = credit === null ? 0 : readIntervals(credit, "credit", terms.interval);
  const prices = { base, cap, free: burst + known, tau };
  return { ...prices, start: credit === null ? newcomer : 0, full: fullDebt(prices) };
}

/**
 * What a post of this weight adds to its poster's debt, in milliseconds.
 *
 * @throws StampmillError `bad-input` for a weight below 1 or above 1000
 */
export function advanceFor({ interval }: CheckedTerms, weight = 1): number {
  if (typeof weight === "number" && weight >= 1 && weight <= MAX_INTERVALS) {
    return Math.ceil(interval * weight);
  }
  throw badInput("weight", `weight must be from 1 to ${MAX_INTERVALS}`);
}

function readBits(bits: number, parameter: string): number {
  if (typeof bits === "number" && bits >= 0 && bits <= MAX_PRICE) return Math.round(STEPS * bits);
  throw badInput(parameter, `${parameter} must be from 0 to ${MAX_PRICE} bits`);
}

function readIntervals(count: number, parameter: string, interval: number): number {
  if (typeof count === "number" && count >= 0 && count <= MAX_INTERVALS) {
    return Math.ceil(count * interval);
  }
  throw badInput(parameter, `${parameter} must be from 0 to ${MAX_INTERVALS} intervals`);
}

function readPeriod(
  terms: PriceTerms,
  parameter: "interval" | "burst" | "tau" | "tolerance",
  least: 0 | 1,
): number {
  const period = readDuration(terms[parameter] ?? DEFAULT_TERMS[parameter], parameter);
  if (period <= MAX_PERIOD && period >= least) return Math.ceil(period);
  const range = least === 0 ? "at most 365d" : "from 1 ms to 365d";
  throw badInput(parameter, `${parameter} must be ${range}`);
}
