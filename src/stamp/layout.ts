import { randomBytes } from "node:crypto";
import type { Algorithm } from "../engine/algorithms.ts";

/** The digits of a counter in order of their value, as hashcash(1) writes them. */
export const COUNTER_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";

/** The fields that come before the random one: `1:bits:date:resource:ext:`. */
export interface StampHead {
  bits: number;
  date: string;
  resource: string;
  ext: string;
  algorithm: Algorithm;
}

/** How minted stamps may be laid out; the first is the usual one. */
export const STAMP_LAYOUTS = ["fast", "compact", "hashcash"] as const;

/**
 * - `fast`: the one that is found soonest.
 * - `compact`: the shortest that does.
 * - `hashcash`: as long as hashcash(1) 1.22 makes it for the same fields.
 */
export type StampLayout = (typeof STAMP_LAYOUTS)[number];

/** A stamp but for its counter. */
export interface StampTemplate {
  /** The stamp with zeros for the counter. */
  text: string;
  /** Offsets of the counter digits that are tried, most significant first. */
  positions: number[];
}

const BLOCK = 64;
/** What a last block can hold beside the padding and the length (FIPS 180-4, section 5.1). */
const LAST_BLOCK = BLOCK - 9;
const RANDOM_BYTES = 12;
/** Counters beyond the expected tries, in bits: all are in vain in e^-32 of the searches. */
const SPARE_BITS = 5;
const BITS_PER_DIGIT = Math.log2(COUNTER_DIGITS.length);
/** Enough for the longest search; with the inner two they write 2^60 counters. */
const MOST_OUTER_DIGITS = 8;
/** The engine takes up to 2^63 counters. */
const MOST_DIGITS = MOST_OUTER_DIGITS + 2;
/** Where in a block hashcash(1) has a stamp end, and the fewest digits of its counter. */
const HASHCASH_ENDS = [32, 52];
const HASHCASH_DIGITS = 5;
/** Vector kernels take up to 64 outer values at once. */
const LEAST_OUTER_DIGITS = 2;
/**
 * Under this many bits a table of 64^2 rows costs more time (1 ms) than it saves: a table of 64 makes
 * a long search 8 % slower. Measured with both algorithms, on one thread and two.
 */
export const SMALL_SEARCH_BITS = 22;

/**
 * Lays out a stamp to be minted, with 96 random bits from the system's generator.
 *
 * A `fast` stamp fills whole blocks and 55 bytes, the most that the last block can hold: the last
 * digits stand in the last word but two of that block, the others right before the block begins. The
 * engine's shared-schedule search needs it so: see native/README.md. A `compact` stamp has just the
 * digits that the search needs, right behind the random field. In a `hashcash` stamp zeros come before
 * them, until it ends where hashcash(1)'s do.
 */
export function layStamp(head: StampHead, layout: StampLayout): StampTemplate {
  const { bits, date, resource, ext } = head;
  const rand = randomBytes(RANDOM_BYTES).toString("base64");
  const prefix = `1:${bits}:${date}:${resource}:${ext}:${rand}:`;
  if (layout === "fast") return laySharedSchedule(prefix, bits);
  const digits = digitsFor(bits);
  return layAtEnd(prefix, layout === "compact" ? digits : hashcashWidth(prefix.length), digits);
}

function digitsFor(bits: number): number {
  return Math.min(MOST_DIGITS, Math.max(1, Math.ceil((bits + SPARE_BITS) / BITS_PER_DIGIT)));
}

/** A counter of so many characters, of which the last ones are tried. */
function layAtEnd(prefix: string, width: number, digits: number): StampTemplate {
  const length = prefix.length + width;
  const tried = Math.min(width, digits);
  return { text: prefix.padEnd(length, "0"), positions: range(length - tried, tried) };
}

/** The characters of hashcash(1)'s counter behind a head of this length. */
function hashcashWidth(length: number): number {
  const least = length + HASHCASH_DIGITS;
  return (
    HASHCASH_DIGITS +
    Math.min(...HASHCASH_ENDS.map((end) => (((end - least) % BLOCK) + BLOCK) % BLOCK))
  );
}

function laySharedSchedule(prefix: string, bits: number): StampTemplate {
  const inner = bits < SMALL_SEARCH_BITS ? 1 : 2;
  const needed = Math.max(LEAST_OUTER_DIGITS, digitsFor(bits) - inner);
  const boundary = BLOCK * Math.ceil((prefix.length + needed) / BLOCK);
  const outer = Math.min(MOST_OUTER_DIGITS, boundary - prefix.length);
  const length = boundary + LAST_BLOCK;
  return {
    text: prefix.padEnd(length, "0"),
    positions: [...range(boundary - outer, outer), ...range(length - inner, inner)],
  };
}

function range(start: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start + i);
}

/** The stamp with this counter in the digits of the template. */
export function fillCounter({ text, positions }: StampTemplate, counter: bigint): string {
  const characters = [...text];
  let rest = counter;
  const base = BigInt(COUNTER_DIGITS.length);
  for (const position of positions.toReversed()) {
    characters[position] = COUNTER_DIGITS.charAt(Number(rest % base));
    rest /= base;
  }
  return characters.join("");
}
