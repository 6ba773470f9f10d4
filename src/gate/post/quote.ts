import { type Algorithm, isAlgorithm } from "../../engine/algorithms.ts";
import type { StampPlan } from "../../price/payment.ts";
import { percentEncode } from "../../stamp/resource.ts";
import { parseInstant } from "../../text/instant.ts";
import { badAnswer } from "./server-answer.ts";

/** What a server asks for, checked. */
export interface AskedPrice extends StampPlan {
  /** In bits. */
  readonly price: number;
  readonly algorithm: Algorithm;
  /** What to mint for. */
  readonly resource: string;
  /** For the stamps. */
  readonly date: Date;
  /** Why, in the server's words; null if it says none. */
  readonly explanation: string | null;
}

/** Most stamps that a server may ask for. */
const MAX_STAMPS = 1000;

/** Characters of a server's words that are passed on. */
export const MAX_EXPLANATION = 300;

/** Highest price there can be, in bits. */
const MAX_PRICE = 64;

/**
 * Reads a quote, and believes nothing of it: numbers are in bounds, the plan costs about the price,
 * and what is minted for names this board and this message, so that nobody's work is used for
 * something else.
 *
 * @throws StampmillError `server`
 */
export function readQuote(value: unknown, url: URL, board: string, digest: string): AskedPrice {
  const quote = (typeof value === "object" ? value : null) as Record<string, unknown> | null;
  if (quote === null) throw badAnswer(url, "there is no quote");
  const { price, algorithm, salt, resource, date, explanation } = quote;
  if (!(typeof price === "number" && price >= 0 && price <= MAX_PRICE)) {
    throw badAnswer(url, `price is no number from 0 to ${MAX_PRICE}`);
  }
  if (!(typeof algorithm === "string" && isAlgorithm(algorithm))) {
    throw badAnswer(url, "algorithm is none that is known");
  }
  if (!(typeof salt === "string" && /^[\w-]{1,100}$/.test(salt))) {
    throw badAnswer(url, "salt is none");
  }
  if (resource !== `${percentEncode(board)}/${salt}/${digest}`) {
    throw badAnswer(url, "resource is not that of the board, the salt and the message");
  }
  const plan = readPlan(quote, url);
  if (plan.count * 2 ** plan.bits > 2 * 2 ** price) {
    throw badAnswer(url, `${plan.count} stamps of ${plan.bits} bits are more than ${price} bits`);
  }
  const why = typeof explanation === "string" ? explanation.slice(0, MAX_EXPLANATION) : null;
  return { ...plan, price, algorithm, resource, date: readDate(date, url), explanation: why };
}

/**
 * Reads how many stamps of how many bits are asked for.
 *
 * @throws StampmillError `server`
 */
export function readPlan(value: unknown, url: URL): StampPlan {
  const { bits, count } = (value ?? {}) as Record<string, unknown>;
  if (!isWhole(bits, MAX_PRICE)) throw badAnswer(url, `bits is not from 0 to ${MAX_PRICE}`);
  if (!isWhole(count, MAX_STAMPS)) throw badAnswer(url, `count is not from 0 to ${MAX_STAMPS}`);
  return { bits, count };
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function readDate(date: unknown, url: URL): Date {
  try {
    if (typeof date === "string") return new Date(parseInstant(date, "date"));
  } catch {
    // It is no date.
  }
  throw badAnswer(url, "date is none");
}
