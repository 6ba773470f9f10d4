import type { Algorithm } from "../engine/algorithms.ts";
import type { StampPlan } from "../price/payment.ts";
import type { CheckedTerms, PriceTerms } from "../price/terms.ts";
import type { Reason } from "../stamp/verify.ts";
import type { Store } from "../store/charge.ts";

/** How a gate is set up. Only the store is required. */
export interface GateOptions {
  /** From `openStore`. */
  readonly store: Store;
  /** What posts cost; see {@link PriceTerms} for the defaults. */
  readonly terms?: PriceTerms | undefined;
  /** Algorithm of the stamps, `sha1` by default. */
  readonly algorithm?: Algorithm | undefined;
  /** What salts are made from, at least 16 characters; by default random bytes in the store. */
  readonly secret?: string | undefined;
  /** A salt is good in its own period and the next: `"10m"` by default, 1 second to 1 day. */
  readonly rotate?: string | number | undefined;
  /** How far a minter's clock may be off, either way: `"10m"` by default, at most a day. */
  readonly grace?: string | number | undefined;
  /** Most stamps, and so hashes, in one post: 64 by default, 16 to 1000. */
  readonly maxStamps?: number | undefined;
  /** Known posters, with their credit in intervals, 0 to 1000. */
  readonly known?: ReadonlyMap<string, number> | undefined;
  /** The clock, in milliseconds since 1970; `Date.now` by default. */
  readonly now?: (() => number) | undefined;
}

/** Who wants to post what where. */
export interface PostRequest {
  /** The board: any text of 1 to 512 characters. */
  readonly resource: string;
  /** Who posts: any text of 1 to 512 characters that the poster cannot choose freely. */
  readonly poster: string;
  /** SHA-256 of the message, 64 digits of lower-case hexadecimal. */
  readonly digest: string;
  /** What the post counts for, 1 to 1000 ordinary posts; 1 by default. */
  readonly weight?: number | undefined;
  /** Intervals of credit, 0 to 1000: makes the poster a known one, as `known` does. */
  readonly credit?: number | undefined;
}

/** The same, before there is a message. */
export type QuoteRequest = Omit<PostRequest, "digest"> & { readonly digest?: string | undefined };

/** What a post costs now, and how to pay. */
export interface Quote {
  /** In bits, a multiple of 1/256: 2^price hashes. */
  readonly price: number;
  /** So many stamps of so many bits pay it. */
  readonly bits: number;
  readonly count: number;
  readonly algorithm: Algorithm;
  readonly salt: string;
  /** What to mint for. Without a digest it ends in `{digest}`, to be replaced by it. */
  readonly resource: string;
  /** The date for the stamps, 12 digits; the minter's own clock will do if it is right. */
  readonly date: string;
  /** Milliseconds for which the salt is good, and the price unless the poster posts meanwhile. */
  readonly holds: number;
  /** Any stamps will do whose work adds up, if each claims so many bits and there are not more. */
  readonly leastBits: number;
  readonly maxStamps: number;
  /** Milliseconds by which the poster is ahead of the free pace. */
  readonly debt: number;
  /** When the price will be the base again, ISO 8601 in UTC; null if it is, or waits for a post. */
  readonly cheapAt: string | null;
  /** One sentence on why. */
  readonly explanation: string;
}

/**
 * Why a stamp does not count: a reason of `verify`, or
 *
 * - `wrong-salt`: its salt is out of date, made up, or was given to another poster.
 * - `coarse-date`: its date has no time of day, 10 or 12 digits.
 * - `duplicate`: it is among the stamps twice.
 */
export type StampReason = Reason | "wrong-salt" | "coarse-date" | "duplicate";

/** The verdict on one stamp of a post. */
export interface StampVerdict {
  /** Cut to 200 characters if it is too long to be a stamp. */
  readonly stamp: string;
  /** Null if nothing was found against it. */
  readonly reason: StampReason | null;
  /** Whether it was looked at to the end: a post is turned away at the first stamp that lies. */
  readonly judged: boolean;
  /** What it claims; null if that cannot be read. */
  readonly bits: number | null;
}

/**
 * Why a post is not accepted: what is wrong with the first stamp that does not count, or
 *
 * - `no-stamps`: none came.
 * - `too-many-stamps`: more than `maxStamps`.
 * - `underpaid`: every stamp is good, but together they are worth less than the price.
 */
export type GateReason = StampReason | "no-stamps" | "too-many-stamps" | "underpaid";

export interface AcceptedPost {
  readonly accepted: true;
  readonly reason: null;
  /** What was asked for, in bits. */
  readonly price: number;
  /** What the stamps were worth, in bits. */
  readonly paid: number;
  readonly stamps: readonly StampVerdict[];
  /** What the next post would cost. */
  readonly next: Quote;
}

/** No stamp was spent. */
export interface RejectedPost {
  readonly accepted: false;
  readonly reason: GateReason;
  readonly stamps: readonly StampVerdict[];
  /** With `underpaid`: what to mint beside the stamps there are; null if they must be fewer. */
  readonly missing: StampPlan | null;
  readonly quote: Quote;
}

export type GateVerdict = AcceptedPost | RejectedPost;

/** Why a post costs what it costs. */
export interface Explanation {
  /** `newcomer`: never seen, or forgotten. `known`: with credit. `seen`: has posted before. */
  readonly standing: "newcomer" | "known" | "seen";
  /** In bits. */
  readonly price: number;
  readonly base: number;
  readonly cap: number;
  /** Milliseconds ahead of the free pace, and how many of them cost nothing. */
  readonly debt: number;
  readonly free: number;
  /** When it is a bit cheaper, and when the base again; null if it is, or waits for a first post. */
  readonly bitCheaperAt: string | null;
  readonly cheapAt: string | null;
  /** What the posts after this one would cost, in bits, made at once. */
  readonly next: readonly number[];
  readonly explanation: string;
}

/** Prices posts, and lets those in that were paid for. */
export interface Gate {
  readonly terms: CheckedTerms;
  /**
   * What a post costs now. Nothing is reserved: the price is worked out again when the post comes,
   * and is not higher unless the same poster has posted meanwhile.
   *
   * @throws StampmillError `bad-input` for a wrong request, `store` if the store fails
   */
  quote(request: QuoteRequest): Promise<Quote>;
  /**
   * Judges a post and, if it is paid for, spends its stamps and raises its poster's debt. It is
   * recorded for good before this resolves. No stamp is spent if the post is not accepted.
   *
   * @throws StampmillError `bad-input` for a wrong request; `store` if the store fails: then the post
   *   is not accepted, though its stamps may be spent
   */
  post(request: PostRequest & { readonly stamps: readonly string[] }): Promise<GateVerdict>;
  /**
   * Why the next post costs what it costs.
   *
   * @throws as {@link Gate.quote}
   */
  explain(request: QuoteRequest): Promise<Explanation>;
}
