import { randomBytes } from "node:crypto";
import { stampDigest } from "../../engine/algorithms.ts";
import { COUNTER_DIGITS } from "../../stamp/layout.ts";
import type { SketchSubject } from "./subject.ts";

// A message is 183 bytes whatever it is about: two blocks of the hash function and all that a third
// can hold beside its padding. The counter's last two digits are in the third block and the others
// right before it, as the engine's shared-schedule search wants it (native/README.md).
//
//   0                                85                 118..119  120      128         181   183
//   stampmill identity 1 COMMITMENT  :  RUN (16) 000 ... 0        OUTER(8) 000 ... 000 INNER(2)
const BOUNDARY = 128;
const LENGTH = BOUNDARY + 55;
const RUN_DIGITS = 16;
const OUTER_DIGITS = 8;
const INNER_DIGITS = 2;

/** 96 bits, so that no two runs on any machines ever try the same message. */
const RUN_BYTES = 12;

/** Characters of a nonce: those of its run, then the digits of its counter. */
export const NONCE_LENGTH = RUN_DIGITS + OUTER_DIGITS + INNER_DIGITS;

const NONCE = new RegExp(`^[0-9A-Za-z+/]{${NONCE_LENGTH}}$`);

/** Whether this may be a nonce. */
export function isNonce(text: string): boolean {
  return NONCE.test(text);
}

/** The text whose digest a nonce stands for. */
export function messageOf({ head }: SketchSubject, nonce: string): string {
  const run = nonce.slice(0, RUN_DIGITS);
  const outer = nonce.slice(RUN_DIGITS, RUN_DIGITS + OUTER_DIGITS);
  const inner = nonce.slice(RUN_DIGITS + OUTER_DIGITS);
  const first = `${head}:${run}`.padEnd(BOUNDARY - OUTER_DIGITS, "0");
  return first + outer + inner.padStart(LENGTH - BOUNDARY, "0");
}

/** The digest that a nonce stands for, in lower-case hexadecimal. */
export function digestOf(subject: SketchSubject, nonce: string): string {
  return stampDigest(messageOf(subject, nonce), subject.algorithm);
}

/** The messages of one run: all but the counter, 2^60 of them. */
export interface RunTemplate {
  readonly run: string;
  /** A message with zeros for the counter. */
  readonly text: string;
  /** Offsets of the counter digits, most significant first. */
  readonly positions: readonly number[];
}

/** A run with a random part of its own. */
export function layRun(subject: SketchSubject): RunTemplate {
  const run = randomBytes(RUN_BYTES).toString("base64");
  const text = messageOf(subject, nonceOf(run, 0n));
  const outer = Array.from({ length: OUTER_DIGITS }, (_, i) => BOUNDARY - OUTER_DIGITS + i);
  const inner = Array.from({ length: INNER_DIGITS }, (_, i) => LENGTH - INNER_DIGITS + i);
  return { run, text, positions: [...outer, ...inner] };
}

/** The nonce with this counter of a run: its digits to the base 64, five for each 30 bits. */
export function nonceOf(run: string, counter: bigint): string {
  return run + fiveDigits(Number(counter >> 30n)) + fiveDigits(Number(counter & 0x3fffffffn));
}

function fiveDigits(value: number): string {
  let digits = "";
  for (let shift = 24; shift >= 0; shift -= 6) digits += COUNTER_DIGITS[(value >> shift) & 63];
  return digits;
}
