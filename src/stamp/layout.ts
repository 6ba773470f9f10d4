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
 * By default the stamp fills whole blocks and 55 bytes, the most that the last block can hold: the
 * last digits stand in the last word but two of that block, the others right before the block
 * begins. The engine's shared-schedule search needs it so: see native/README.md. A compact stamp
 * has just the digits that the search needs, right behind the random field.
 */
export function layStamp(head: StampHead, compact: boolean): StampTemplate {
  const { bits, date, resource, ext } = head;
  const rand = randomBytes(RANDOM_BYTES).toString("base64");
  const prefix = `1:${bits}:${date}:${resource}:${ext}:${rand}:`;
  return compact ? layCompact(prefix, bits) : laySharedSchedule(prefix, bits);
}

function digitsFor(bits: number): number {
  return Math.min(MOST_DIGITS, Math.max(1, Math.ceil((bits + SPARE_BITS) / BITS_PER_DIGIT)));
}

function layCompact(prefix: string, bits: number): StampTemplate {
  const digits = digitsFor(bits);
  return { text: prefix + "0".repeat(digits), positions: range(prefix.length, digits) };
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
