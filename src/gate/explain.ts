import { debtAt, priceAt, STEPS, type Tariff, takeStep } from "../price/price.ts";
import type { CheckedTerms } from "../price/terms.ts";
import { formatInstant } from "../text/instant.ts";
import type { Explanation } from "./types.ts";

/** Posts whose price is told in advance. */
const AHEAD = 8;

/** A poster's standing at one moment, as the store and the terms have it. */
export interface Standing {
  readonly terms: CheckedTerms;
  readonly tariff: Tariff;
  /** How far the poster's TAT is ahead of now, in milliseconds; null if it was never seen. */
  readonly lead: number | null;
  /** Whether the poster has credit. */
  readonly known: boolean;
  /** What a post adds to the debt, in milliseconds. */
  readonly advance: number;
  /** The clock that instants are told by, in milliseconds since 1970. */
  readonly now: number;
}

/** What a post is quoted at, in 1/256 bit: as of a little earlier, for clocks that differ. */
export function quotedPrice({ terms, tariff, lead }: Standing): number {
  return priceAt(tariff, debtAt(tariff, lead === null ? null : lead + terms.tolerance, 0));
}

/** Milliseconds of debt. */
export function debtOf({ tariff, lead }: Standing): number {
  return debtAt(tariff, lead, 0);
}

/** When the debt has fallen so far, or null if it has, or waits for a first post. */
function whenDebtIs(target: number, standing: Standing): string | null {
  const { lead, now } = standing;
  const wait = debtOf(standing) - target;
  return lead === null || wait <= 0 ? null : formatInstant(now + wait);
}

/** When the price is the base again, ISO 8601; null if it is, or waits for a first post. */
export function cheapAt(standing: Standing): string | null {
  return whenDebtIs(standing.tariff.free, standing);
}

/** All about a poster's price. */
export function explain(standing: Standing): Explanation {
  const { tariff, lead, known } = standing;
  const price = quotedPrice(standing);
  const next: number[] = [];
  let tat: number | null = lead;
  for (let i = 0; i < AHEAD; i++) {
    tat = takeStep(tariff, tat, 0, standing.advance).next;
    next.push(priceAt(tariff, tat) / STEPS);
  }
  return {
    standing: known ? "known" : lead === null ? "newcomer" : "seen",
    price: price / STEPS,
    base: tariff.base / STEPS,
    cap: tariff.cap / STEPS,
    debt: debtOf(standing),
    free: tariff.free,
    bitCheaperAt: price > tariff.base ? whenDebtIs(debtOfBitLess(tariff, price), standing) : null,
    cheapAt: cheapAt(standing),
    next,
    explanation: inWords(standing),
  };
}

/** The debt at which the price is a bit lower, or the base if that is less than a bit away. */
function debtOfBitLess({ base, free, tau }: Tariff, price: number): number {
  return free + Math.floor((Math.max(0, price - STEPS - base) * tau) / STEPS);
}

/** One sentence on why a post costs what it costs. */
export function inWords(standing: Standing): string {
  const { terms, tariff, lead, known } = standing;
  const debt = debtOf(standing);
  const price = priceAt(tariff, debt);
  const pace = `a post every ${duration(terms.interval)}`;
  const free = `${duration(tariff.free)} ${known ? "with credit " : ""}cost nothing`;
  const who = lead === null && !known ? "a newcomer begins" : "this poster is";
  if (debt === 0) return `the base price: ${who} not ahead of ${pace}`;
  const ahead = `${who} ${duration(debt)} ahead of ${pace}`;
  if (price === tariff.base) return `the base price: ${ahead}, of which ${free}`;
  const most = price === tariff.cap ? ", up to the highest price, which this is" : "";
  return `${ahead}: ${free}, each further ${duration(tariff.tau)} doubles the price${most}`;
}

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** A duration in its two largest units, rounded up to a whole one: `2 h 5 min`, `40 s`. */
function duration(milliseconds: number): string {
  if (milliseconds < 1000) return milliseconds === 0 ? "0 s" : `${milliseconds} ms`;
  const largest = UNITS.findIndex(([, size]) => milliseconds >= size);
  const [name, size] = UNITS[largest] ?? UNITS[3];
  const [below, part] = UNITS[largest + 1] ?? [name, size];
  const parts = Math.ceil(milliseconds / part);
  const whole = Math.floor((parts * part) / size);
  const rest = parts - (whole * size) / part;
  return rest === 0 || part === size ? `${whole} ${name}` : `${whole} ${name} ${rest} ${below}`;
}
