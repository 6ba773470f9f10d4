import { type Algorithm, isAlgorithm } from "../engine/algorithms.ts";
import { toAscii } from "../text/ascii-json.ts";
import { StampmillError } from "../text/errors.ts";
import { checkBeacon } from "./beacon.ts";
import { canonicalId } from "./id.ts";
import { type ClaimedHash, checkSketch, type SketchFault } from "./sketch/check.ts";
import type { Sketch } from "./sketch/sketch.ts";
import { DEFAULT_SKETCH_SIZE, type SketchSubject, sketchSubject } from "./sketch/subject.ts";

/** Longest line of a sketch that is read, in bytes: with 1024 hashes and the longest id it is less. */
export const MAX_IDENTITY_LENGTH = 65_536;

/** What work is done in if nothing is said. */
export const DEFAULT_ALGORITHM: Algorithm = "sha256";

/** Whose work it is, and how it is counted. */
export interface IdentityTerms {
  /** A key, an address, any printable line: see `canonicalId`. */
  id: string;
  /** What nobody could know before the work began; none by default. */
  beacon?: string | undefined;
  /** `sha256` by default. */
  algorithm?: Algorithm | undefined;
  /** Hashes kept, 16 to 1024; 64 by default. */
  k?: number | undefined;
}

/** A sketch of the work behind an identity. */
export interface Identity {
  readonly id: string;
  /** Empty if there is none. */
  readonly beacon: string;
  readonly sketch: Sketch;
}

/**
 * Why text is no identity: the reasons of a sketch, and
 *
 * - `malformed`: not one line in the documented form.
 * - `largest`: the greatest digest is not what the line says.
 */
export type IdentityFault = SketchFault | "malformed" | "largest";

export type IdentityReading =
  | { readonly status: "good"; readonly identity: Identity }
  | { readonly status: "bad"; readonly reason: IdentityFault; readonly detail: string };

/**
 * What an identity's sketch is bound to.
 *
 * @throws StampmillError `bad-input` naming what cannot stand
 */
export function identitySubject(terms: IdentityTerms): SketchSubject {
  const { algorithm = DEFAULT_ALGORITHM, k = DEFAULT_SKETCH_SIZE } = terms;
  const fields = [
    ["id", canonicalId(terms.id)],
    ["beacon", checkBeacon(terms.beacon ?? "")],
  ] as const;
  return sketchSubject("identity", algorithm, k, fields);
}

/** Puts a sketch of an identity's subject together with what the subject says. */
export function identityOf(sketch: Sketch): Identity {
  const fields = new Map(sketch.subject.fields);
  return { id: fields.get("id") ?? "", beacon: fields.get("beacon") ?? "", sketch };
}

/** One line of JSON in ASCII, without a line end; docs/identity-format.md describes every byte. */
export function formatIdentity({ id, beacon, sketch }: Identity): string {
  const { subject, hashes } = sketch;
  const { algorithm, size } = subject;
  return lineOf({ algorithm, k: size, id, beacon, largest: hashes.at(-1)?.digest ?? "", hashes });
}

/**
 * Reads a line that `formatIdentity` wrote, and hashes every nonce in it. Nothing is taken that is
 * not byte for byte what would be written again: no other order, no space, no key unknown or twice.
 */
export function readIdentity(line: string): IdentityReading {
  if (typeof line !== "string" || line.length > MAX_IDENTITY_LENGTH) {
    return malformed(`it is longer than ${MAX_IDENTITY_LENGTH} characters`);
  }
  if (line === "") return malformed("there is nothing");
  if (line.includes("\n")) return malformed("it is more than one line");
  const parts = partsOf(line);
  if (parts === undefined)
    return malformed("it is not JSON with the keys and types of an identity");
  const { id, beacon, algorithm, k, largest, hashes } = parts;
  if (lineOf(parts) !== line)
    return malformed("it is JSON, but not written as stampmill writes it");
  let subject: SketchSubject;
  try {
    subject = identitySubject({ id, beacon, algorithm, k });
    if (canonicalId(id) !== id) return malformed("the id is not in its canonical form");
    if (checkBeacon(beacon) !== beacon) return malformed("the beacon is not in normal form");
  } catch (error) {
    if (error instanceof StampmillError) return malformed(error.message);
    throw error;
  }
  const check = checkSketch(subject, hashes);
  if (check.status === "bad") {
    return { status: "bad", reason: check.reason, detail: DETAILS[check.reason](check.index + 1) };
  }
  const greatest = check.sketch.hashes.at(-1)?.digest;
  if (greatest === undefined) return malformed("it has no hashes");
  if (largest !== greatest) {
    return { status: "bad", reason: "largest", detail: `the largest digest is ${greatest}` };
  }
  return { status: "good", identity: { id, beacon, sketch: check.sketch } };
}

const DETAILS: Record<SketchFault, (place: number) => string> = {
  count: (place) => `there are ${place} hashes or more`,
  nonce: (place) => `hash ${place} is not a nonce with a time`,
  repeated: (place) => `hash ${place} is there twice`,
  order: (place) => `hash ${place} is not larger than the one before it`,
};

function malformed(detail: string): IdentityReading {
  return { status: "bad", reason: "malformed", detail };
}

interface Parts {
  algorithm: Algorithm;
  k: number;
  id: string;
  beacon: string;
  largest: string;
  hashes: readonly ClaimedHash[];
}

function lineOf({ algorithm, k, id, beacon, largest, hashes }: Parts): string {
  const pairs = hashes.map(({ nonce, time }) => [nonce, time]);
  const begin = { stampmill: "identity", version: 1 };
  return toAscii(JSON.stringify({ ...begin, algorithm, k, id, beacon, largest, hashes: pairs }));
}

/** What a line of JSON holds, its types checked and nothing else. */
function partsOf(line: string): Parts | undefined {
  const { algorithm, k, id, beacon, largest, hashes } = parseObject(line);
  const texts = [algorithm, id, beacon, largest].every((value) => typeof value === "string");
  if (!texts || !isAlgorithm(algorithm) || typeof k !== "number" || !Array.isArray(hashes)) return;
  const claimed: ClaimedHash[] = [];
  for (const pair of hashes) {
    if (!Array.isArray(pair)) return;
    const [nonce, time] = pair;
    if (typeof nonce !== "string" || !Number.isInteger(time)) return;
    claimed.push({ nonce, time });
  }
  return { algorithm, k, id, beacon, largest, hashes: claimed };
}

/** Nothing but an object is one: of all else the parts are missing. */
// biome-ignore lint/suspicious/noExplicitAny: it may be anything, and is checked right after
function parseObject(line: string): Record<string, any> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
