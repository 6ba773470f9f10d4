import { hash } from "node:crypto";
import type { Tariff } from "../price/price.ts";
import { MAX_SET } from "../stamp/work.ts";
import { badInput } from "../text/errors.ts";
import { checkEntries, DIGEST_LENGTH } from "./entry.ts";
import type { SpendOutcome, SpentEntry, SpentStore } from "./store.ts";

/** One post to be paid for. */
export interface Charge {
  /** From `posterKey`. */
  readonly poster: Uint8Array;
  readonly tariff: Tariff;
  /** What the post adds to the poster's debt, in whole milliseconds. */
  readonly advance: number;
  /** The highest price, in 1/256 bit, that the stamps pay. */
  readonly paid: number;
  readonly stamps: readonly SpentEntry[];
  /** What the caller's clock says, in milliseconds since 1970. */
  readonly now: number;
}

/** What became of a post. Unless it is `accepted`, nothing was spent and nobody's debt has grown. */
export interface ChargeOutcome {
  /** `spent`: one of the stamps was used before, or is dated no later than what was purged. */
  readonly status: "accepted" | "underpaid" | "spent";
  /** What the post costs, in 1/256 bit; what was asked for, if it was accepted. */
  readonly price: number;
  /** How far the poster's TAT is ahead of now, or behind, afterwards; null if it was never seen. */
  readonly lead: number | null;
  /** One for each stamp. */
  readonly stamps: readonly SpendOutcome[];
}

/** What the store must remember for whoever charges; the longest ever said holds for all. */
export interface ChargeTerms {
  /** How long after its date a stamp can be accepted, grace included, in milliseconds. */
  readonly keep: number;
  /** How long a poster without debt is remembered, in milliseconds. */
  readonly remember: number;
}

/** Who is asked about, on what terms, and when. */
export type PosterQuestion = Pick<Charge, "poster" | "tariff" | "now">;

/** A store that keeps posters' debts beside the stamps that were spent. */
export interface Store extends SpentStore {
  /**
   * Takes posts in order, each in one step: reads the poster's debt, works out the price, sees that
   * the stamps pay it and that none was spent, spends them and advances the poster's TAT. Two posts
   * of one moment never both pay the price of the first. Once this resolves it is recorded for good.
   * Calls of one turn of the event loop share a transaction.
   *
   * @throws StampmillError `bad-input` for what cannot be charged
   */
  charge(charges: readonly Charge[], terms: ChargeTerms): Promise<readonly ChargeOutcome[]>;

  /**
   * How far each poster's TAT is ahead of now, or behind, in milliseconds; null for a poster that
   * was never seen. Changes nothing.
   */
  leads(questions: readonly PosterQuestion[]): Promise<readonly (number | null)[]>;

  /** 32 random bytes that were made with the store, the same for all who use it. */
  secret(): Promise<Uint8Array>;
}

/** Latest time that is taken, the end of the year 9999: beyond, sums of times would not be exact. */
const MAX_TIME = 253_402_300_799_999;

/**
 * The key of a poster on a board: 16 bytes of SHA-256 over both, so that the store holds no names.
 */
export function posterKey(board: string, poster: string): Uint8Array {
  const text = `${board.length}:${board}${poster}`;
  const key = Buffer.alloc(DIGEST_LENGTH);
  key.write(hash("sha256", text, "hex"), "hex");
  return key;
}

/** A charge that waits for its turn. */
export interface WaitingCharge {
  readonly charge: Charge;
  readonly terms: ChargeTerms;
}

/** How large a charge is in a transaction: its stamps and its poster. */
export function sizeOfCharge({ charge }: WaitingCharge): number {
  return charge.stamps.length + 1;
}

/** The terms that hold for all of some charges: the longest, in whole seconds and milliseconds. */
export function longestTerms(waiting: readonly WaitingCharge[]): ChargeTerms {
  const keep = Math.max(...waiting.map(({ terms }) => terms.keep));
  const remember = Math.max(...waiting.map(({ terms }) => terms.remember));
  return { keep: 1000 * Math.ceil(keep / 1000), remember: Math.ceil(remember) };
}

/**
 * Refuses what no store could charge.
 *
 * @throws StampmillError `bad-input`
 */
export function checkCharges(charges: readonly Charge[]): void {
  for (const { stamps, advance, paid, ...question } of charges) {
    checkQuestions([question]);
    if (stamps.length > MAX_SET) throw badInput("charges", `a set has at most ${MAX_SET} stamps`);
    checkEntries(stamps);
    if (!(Number.isSafeInteger(advance) && advance >= 1 && Number.isSafeInteger(paid))) {
      throw badInput("charges", "advance and paid must be whole numbers");
    }
  }
}

/**
 * Refuses what no store could answer.
 *
 * @throws StampmillError `bad-input`
 */
export function checkQuestions(questions: readonly PosterQuestion[]): void {
  for (const { poster, tariff, now } of questions) {
    if (poster.length !== DIGEST_LENGTH) throw badInput("poster", "poster must be a posterKey()");
    if (!(Number.isInteger(now) && now >= 0 && now <= MAX_TIME)) {
      throw badInput("now", "now must be whole milliseconds between the years 1970 and 9999");
    }
    for (const value of Object.values(tariff)) {
      if (!Number.isSafeInteger(value)) throw badInput("tariff", "a tariff has whole numbers only");
    }
  }
}
