import { type Algorithm, isAlgorithm } from "../engine/algorithms.ts";
import { checkSketch } from "../identity/sketch/check.ts";
import { DEFAULT_CONFIDENCE, estimateWork, lowerBound } from "../identity/sketch/estimate.ts";
import { isFull, type Sketch } from "../identity/sketch/sketch.ts";
import {
  DEFAULT_SKETCH_SIZE,
  type SubjectField,
  sketchSubject,
} from "../identity/sketch/subject.ts";
import { toAscii } from "../text/ascii-json.ts";
import { badInput } from "../text/errors.ts";

/** What a proof's file begins with. */
export const PROOF_FORMAT = "stampmill-bench-proof";
const PROOF_VERSION = 1;
/** Hashes kept: the estimate is then good to 13 %. */
export const PROOF_SIZE = DEFAULT_SKETCH_SIZE;

/** Longest proof that is read; one takes 4 kB. */
export const MAX_PROOF_BYTES = 2 ** 16;
export const MAX_BEACON_LENGTH = 1000;
export const MAX_PROOF_SECONDS = 7 * 86_400;

/** What the work is bound to, in this order: a version 1 proof has these and no others. */
export const PROOF_FIELDS = [
  ["beacon", "date", "seconds", "threads", "kernel"],
  ["cpu", "class", "features", "caches", "processors", "memory", "system", "release"],
  ["stampmill", "compiler", "node"],
].flat();

/** Passes on a beacon: text of one line that says something. */
export function checkBeacon(beacon: string): string {
  const known =
    typeof beacon === "string" && beacon.trim() !== "" && !/[\p{Cc}\p{Cs}]/u.test(beacon);
  if (known && beacon.length <= MAX_BEACON_LENGTH) return beacon;
  throw badInput("beacon", `the beacon must be one line of 1 to ${MAX_BEACON_LENGTH} characters`);
}

/** The file of a proof: one line of JSON. */
export function formatProof({ subject, hashes }: Sketch): string {
  const { algorithm, size, fields } = subject;
  const nonces = hashes.map(({ nonce }) => nonce);
  const proof = {
    format: PROOF_FORMAT,
    version: PROOF_VERSION,
    algorithm,
    k: size,
    fields,
    nonces,
  };
  return `${toAscii(JSON.stringify(proof))}\n`;
}

/**
 * Why a file proves nothing.
 *
 * - `malformed`: not a proof as it is written, to the letter.
 * - `forged`: a nonce's digest does not follow the one before: something was changed or made up.
 * - `beacon`: it is bound to another beacon than the one asked for.
 */
export type ProofFault = "malformed" | "forged" | "beacon";

export type ProofCheck =
  | {
      readonly status: "good";
      readonly algorithm: Algorithm;
      readonly k: number;
      /** Everything here is bound by the work: the names of PROOF_FIELDS, and what they said. */
      readonly fields: ReadonlyMap<string, string>;
      /** About how many hashes were done. */
      readonly hashes: number;
      /** How many were done at least, with a confidence of 99.9 %. */
      readonly atLeast: number;
    }
  | { readonly status: "bad"; readonly reason: ProofFault; readonly detail: string };

/**
 * Tells how much work is behind a proof, by 64 hashes and without native code.
 *
 * @param beacon what it must be bound to, if that is asked for
 */
export function checkProof(text: string, beacon?: string): ProofCheck {
  const bad = (reason: ProofFault, detail: string): ProofCheck => ({
    status: "bad",
    reason,
    detail,
  });
  const read = readProof(text);
  if (typeof read === "string") return bad("malformed", read);
  const { subject, nonces } = read;
  const checked = checkSketch(
    subject,
    nonces.map((nonce) => ({ nonce, time: 0 })),
  );
  if (checked.status === "bad") {
    return bad("forged", `hash ${checked.index + 1} of ${PROOF_SIZE} is not what it should be`);
  }
  const { sketch } = checked;
  if (!isFull(sketch)) return bad("forged", `there are ${nonces.length} hashes, not ${PROOF_SIZE}`);
  // What looks the same may be another text: it must be written as this program writes it.
  if (formatProof(sketch) !== text) return bad("malformed", "it is not written as proofs are");
  const fields = new Map(subject.fields);
  if (beacon !== undefined && fields.get("beacon") !== beacon) {
    return bad("beacon", `its beacon is ${JSON.stringify(fields.get("beacon"))}`);
  }
  const { algorithm } = subject;
  const hashes = estimateWork(sketch);
  const atLeast = lowerBound(sketch, DEFAULT_CONFIDENCE);
  return { status: "good", algorithm, k: PROOF_SIZE, fields, hashes, atLeast };
}

/** The parts of a proof, or why it is none. */
function readProof(text: string) {
  if (text.length > MAX_PROOF_BYTES) return "it is too long";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not JSON, or is cut short";
  }
  if (typeof value !== "object" || value === null) return "it is not an object";
  const { format, version, algorithm, k, fields, nonces } = value as Record<string, unknown>;
  if (format !== PROOF_FORMAT) return `its format is not ${PROOF_FORMAT}`;
  if (version !== PROOF_VERSION) return `its version is not ${PROOF_VERSION}`;
  if (typeof algorithm !== "string" || !isAlgorithm(algorithm)) return "its algorithm is not known";
  if (k !== PROOF_SIZE) return `its k is not ${PROOF_SIZE}`;
  if (!Array.isArray(nonces) || nonces.length > PROOF_SIZE) return "its nonces are no list";
  if (!areFields(fields)) return "its fields are not those of a proof";
  try {
    return {
      subject: sketchSubject("bench", algorithm, PROOF_SIZE, fields),
      nonces: nonces as string[],
    };
  } catch {
    return "one of its fields is no line of text";
  }
}

function areFields(fields: unknown): fields is SubjectField[] {
  if (!Array.isArray(fields) || fields.length !== PROOF_FIELDS.length) return false;
  const seconds = fields[PROOF_FIELDS.indexOf("seconds")]?.[1];
  return (
    fields.every(
      (field, i) => Array.isArray(field) && field.length === 2 && field[0] === PROOF_FIELDS[i],
    ) &&
    typeof seconds === "string" &&
    /^[1-9]\d{0,5}$/.test(seconds)
  );
}
