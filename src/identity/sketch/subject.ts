import { type Algorithm, checkAlgorithm, stampDigest } from "../../engine/algorithms.ts";
import { badInput } from "../../text/errors.ts";

/** What sketches are made for; work done for one of these counts for no other. */
export type SketchDomain = "identity" | "bench";

/** Hashes kept if no number is given: the estimate is then good to 13 %. */
export const DEFAULT_SKETCH_SIZE = 64;
export const MIN_SKETCH_SIZE = 16;
export const MAX_SKETCH_SIZE = 1024;

/** Most fields a subject may have, and most bytes of UTF-8 in the value of one. */
export const MAX_SUBJECT_FIELDS = 32;
export const MAX_FIELD_BYTES = 4096;

/** A name and its value; the order counts. */
export type SubjectField = readonly [name: string, value: string];

/** What the work of a sketch is bound to: nothing of it can be changed without losing the work. */
export interface SketchSubject {
  readonly domain: SketchDomain;
  readonly algorithm: Algorithm;
  /** How many of the smallest hashes are kept, `k`. */
  readonly size: number;
  readonly fields: readonly SubjectField[];
  /** What every hashed message begins with: domain, version, and a digest of all of the above. */
  readonly head: string;
}

const VERSION = 1;

/**
 * Binds a sketch to a subject. The head commits to the SHA-256 of the lines
 * `stampmill DOMAIN 1`, `algorithm NAME`, `k SIZE` and `NAME VALUE` for each field, so that a
 * message is of one length whatever the fields hold. A name has no space and a value no line end:
 * no two subjects have the same lines.
 *
 * @throws StampmillError `bad-input` for a size outside 16 to 1024, an unknown algorithm, a name
 * that is not lower-case letters, digits and `-`, or a value with control characters, half a
 * surrogate pair, or more than 4096 bytes
 */
export function sketchSubject(
  domain: SketchDomain,
  algorithm: Algorithm,
  size: number,
  fields: readonly SubjectField[],
): SketchSubject {
  checkAlgorithm(algorithm);
  checkSketchSize(size);
  if (fields.length > MAX_SUBJECT_FIELDS) {
    throw badInput("fields", `a subject has at most ${MAX_SUBJECT_FIELDS} fields`);
  }
  for (const [name, value] of fields) checkField(name, value);
  const begin = `stampmill ${domain} ${VERSION}`;
  const lines = [begin, `algorithm ${algorithm}`, `k ${size}`, ...fields.map((f) => f.join(" "))];
  const commitment = stampDigest(`${lines.join("\n")}\n`, "sha256");
  return { domain, algorithm, size, fields, head: `${begin} ${commitment}` };
}

/** Passes on a size. */
export function checkSketchSize(size: number): number {
  if (Number.isInteger(size) && size >= MIN_SKETCH_SIZE && size <= MAX_SKETCH_SIZE) return size;
  const range = `from ${MIN_SKETCH_SIZE} to ${MAX_SKETCH_SIZE}`;
  throw badInput("k", `k must be a whole number ${range}`);
}

function checkField(name: string, value: string): void {
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
    throw badInput("fields", `${JSON.stringify(name)} is no name of a field`);
  }
  // Cs: half a surrogate pair has no UTF-8, and would be hashed as if it were another character.
  if (typeof value !== "string" || /[\p{Cc}\p{Cs}]/u.test(value)) {
    throw badInput(name, `${name} must be one line of text`);
  }
  if (Buffer.byteLength(value) > MAX_FIELD_BYTES) {
    throw badInput(name, `${name} has more than ${MAX_FIELD_BYTES} bytes`);
  }
}
