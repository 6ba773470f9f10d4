import { ALGORITHM, ALGORITHMS, type Algorithm, UNNAMED_ALGORITHM } from "../engine/algorithms.ts";
import { parseStampDate, toTime } from "../text/date.ts";
import { StampmillError } from "../text/errors.ts";
import { findBase64Intruder, findStampIntruder, nameCharacter } from "./characters.ts";
import { readAlgorithm } from "./ext.ts";

/**
 * Longest text that is looked at as a stamp, in characters. hashcash(1) compares only the first
 * 256 bytes of a resource, so no stamp that it can check against its resource comes near; this
 * leaves room for a long URL, percent-encoded, and bounds what a stranger can make us hash.
 */
export const MAX_STAMP_LENGTH = 4096;

interface StampBase {
  /** The date as written: 6, 10 or 12 digits, UTC. */
  readonly date: string;
  /** When that date begins, in milliseconds since 1970, its century the nearest to now. */
  readonly time: number;
  /** What the stamp pays for. */
  readonly resource: string;
  /** The random field. */
  readonly rand: string;
  /** The whole stamp, byte for byte what is hashed. */
  readonly text: string;
}

/** A stamp of hashcash version 1: `1:bits:date:resource:ext:rand:counter`. */
export interface StampV1 extends StampBase {
  readonly version: 1;
  /** Leading zero bits the stamp claims that its digest has. */
  readonly bits: number;
  /** Extension, `name=value;name=value`; only `alg` has a meaning here. */
  readonly ext: string;
  readonly counter: string;
  /** From `alg` in the extension; SHA-1 without it. */
  readonly algorithm: Algorithm;
}

/** A stamp of hashcash version 0: `0:date:resource:rand`. It claims nothing: luck counts. */
export interface StampV0 extends StampBase {
  readonly version: 0;
  readonly algorithm: typeof UNNAMED_ALGORITHM;
}

/** A stamp taken apart. */
export type Stamp = StampV1 | StampV0;

/** The fields that a version 1 stamp is put together from. */
export type StampFields = Pick<
  StampV1,
  "version" | "bits" | "date" | "resource" | "ext" | "rand" | "counter"
>;

/** The fields that a version 0 stamp is put together from. */
export type StampFieldsV0 = Pick<StampV0, "version" | "date" | "resource" | "rand">;

/** Why a text is not a stamp that can be judged, and where. */
export interface StampProblem {
  readonly reason: "malformed" | "unsupported-version" | "unsupported-algorithm";
  readonly message: string;
  /** Offset of the first offending character, in UTF-16 code units. */
  readonly position: number;
}

/**
 * Takes a stamp apart; throws for nothing.
 *
 * @param now milliseconds since 1970, what a two-digit year is nearest to
 */
export function readStamp(text: string, now: number): Stamp | StampProblem {
  // Callers in JavaScript hand over anything, such as a form field that was left out.
  if (typeof text !== "string") return malformed(0, "a stamp is a string");
  if (text.length > MAX_STAMP_LENGTH) {
    return malformed(MAX_STAMP_LENGTH, `a stamp has at most ${MAX_STAMP_LENGTH} characters`);
  }
  const intruder = findStampIntruder(text);
  if (intruder >= 0) {
    const what = nameCharacter(text, intruder);
    return malformed(intruder, `${what}: a stamp is printable ASCII without spaces`);
  }
  if (text.startsWith("1:")) return readV1(text, now);
  if (text.startsWith("0:")) return readV0(text, now);
  const version = /^[1-9]\d{0,2}(?=:)/.exec(text)?.[0];
  if (version === undefined) return malformed(0, "version must be 1 or 0, followed by a colon");
  const message = `version ${version} is not supported, only 1 and 0`;
  return { reason: "unsupported-version", message, position: 0 };
}

/** Whether `readStamp` found a problem rather than a stamp. */
export function isProblem(result: Stamp | StampProblem): result is StampProblem {
  return "reason" in result;
}

/** The text for a verdict: kept whole if it may be a stamp, so that a flood stays small. */
export function excerpt(text: string): string {
  if (typeof text !== "string") return "";
  return text.length <= MAX_STAMP_LENGTH ? text : `${text.slice(0, 200)}…`;
}

/**
 * Takes a stamp apart, strictly: printable ASCII without spaces, at most 4096 characters, every
 * field present, a date that exists. A stamp that parses may still be worth nothing: see `verify`.
 *
 * @param now what a two-digit year is nearest to: a Date or milliseconds; the clock by default
 * @throws StampmillError `malformed` with `position`, its message naming the field
 */
export function parseStamp(text: string, now: Date | number = Date.now()): Stamp {
  const result = readStamp(text, toTime(now));
  if (!isProblem(result)) return result;
  const { message, position } = result;
  throw new StampmillError("malformed", `the stamp cannot be read: ${message}`, {
    parameter: "stamp",
    position,
  });
}

/**
 * Puts a stamp together from its fields and reads it back: whatever this returns, `parseStamp`
 * takes apart into the same fields.
 *
 * @throws StampmillError `bad-input` if a field cannot stand, its message naming the field
 */
export function formatStamp(fields: StampFields | StampFieldsV0): string {
  const { version, date, resource, rand } = fields;
  const text =
    version === 1
      ? [version, fields.bits, date, resource, fields.ext, rand, fields.counter].join(":")
      : [version, date, resource, rand].join(":");
  const result = readStamp(text, Date.now());
  if (!isProblem(result)) return text;
  throw new StampmillError("bad-input", result.message, {
    parameter: "fields",
    position: result.position,
  });
}

function malformed(position: number, message: string): StampProblem {
  return { reason: "malformed", message: `offset ${position}: ${message}`, position };
}

function readV1(text: string, now: number): Stamp | StampProblem {
  const c1 = 1;
  const c2 = text.indexOf(":", c1 + 1);
  const c3 = c2 < 0 ? -1 : text.indexOf(":", c2 + 1);
  const c4 = c3 < 0 ? -1 : text.indexOf(":", c3 + 1);
  const c5 = c4 < 0 ? -1 : text.indexOf(":", c4 + 1);
  const c6 = c5 < 0 ? -1 : text.indexOf(":", c5 + 1);
  if (c6 < 0) return malformed(text.length, "a version 1 stamp has seven fields, here are fewer");
  const c7 = text.indexOf(":", c6 + 1);
  if (c7 >= 0) return malformed(c7, "a version 1 stamp has seven fields, here are more");

  const bits = readBits(text, c1 + 1, c2);
  if (bits < 0) return malformed(c1 + 1, "bits must be a whole number without leading zeros");
  const date = text.slice(c2 + 1, c3);
  const time = parseStampDate(date, now);
  if (Number.isNaN(time)) return badDate(c2 + 1);
  if (c4 === c3 + 1) return malformed(c4, "resource may not be empty");
  const rand = text.slice(c5 + 1, c6);
  const strayInRand = findBase64Intruder(rand);
  if (strayInRand >= 0) return badBase64("rand", text, c5 + 1 + strayInRand);
  const counter = text.slice(c6 + 1);
  if (counter === "") return malformed(c6 + 1, "counter may not be empty");
  const strayInCounter = findBase64Intruder(counter);
  if (strayInCounter >= 0) return badBase64("counter", text, c6 + 1 + strayInCounter);

  const ext = text.slice(c4 + 1, c5);
  const algorithm = readAlgorithm(ext);
  if (algorithm === null) {
    const known = ALGORITHMS.map((name) => `alg=${name}`).join(" and ");
    const message = `ext names an algorithm other than one of ${known}`;
    return { reason: "unsupported-algorithm", message, position: c4 + 1 };
  }
  if (bits > ALGORITHM[algorithm].digestBits) {
    const limit = `bits may be at most ${ALGORITHM[algorithm].digestBits} for ${algorithm}`;
    return malformed(c1 + 1, limit);
  }
  const resource = text.slice(c3 + 1, c4);
  return { version: 1, bits, date, time, resource, ext, rand, counter, algorithm, text };
}

function readV0(text: string, now: number): Stamp | StampProblem {
  const c1 = 1;
  const c2 = text.indexOf(":", c1 + 1);
  const c3 = c2 < 0 ? -1 : text.indexOf(":", c2 + 1);
  if (c3 < 0) return malformed(text.length, "a version 0 stamp has four fields, here are fewer");
  const c4 = text.indexOf(":", c3 + 1);
  if (c4 >= 0) return malformed(c4, "a version 0 stamp has four fields, here are more");

  const date = text.slice(c1 + 1, c2);
  const time = parseStampDate(date, now);
  if (Number.isNaN(time)) return badDate(c1 + 1);
  if (c3 === c2 + 1) return malformed(c3, "resource may not be empty");
  const rand = text.slice(c3 + 1);
  if (rand === "") return malformed(c3 + 1, "rand may not be empty");
  const stray = findBase64Intruder(rand);
  if (stray >= 0) return badBase64("rand", text, c3 + 1 + stray);
  const resource = text.slice(c2 + 1, c3);
  return { version: 0, date, time, resource, rand, algorithm: UNNAMED_ALGORITHM, text };
}

function badDate(position: number): StampProblem {
  return malformed(position, "date must be 6, 10 or 12 digits of a date that exists");
}

function badBase64(field: string, text: string, position: number): StampProblem {
  return malformed(position, `${field} may not hold ${nameCharacter(text, position)}`);
}

/** Canonical decimal of up to three digits, or -1. */
function readBits(text: string, start: number, end: number): number {
  const length = end - start;
  if (length < 1 || length > 3) return -1;
  if (length > 1 && text.charCodeAt(start) === 0x30) return -1;
  let bits = 0;
  for (let i = start; i < end; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    bits = 10 * bits + digit;
  }
  return bits;
}
