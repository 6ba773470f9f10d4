import { digestOf, isNonce } from "./message.ts";
import type { Sketch, SketchHash } from "./sketch.ts";
import type { SketchSubject } from "./subject.ts";

/** A kept hash as it is written down: the digest is computed, never believed. */
export interface ClaimedHash {
  readonly nonce: string;
  readonly time: number;
}

/**
 * Why a list of nonces is no sketch.
 *
 * - `count`: more hashes than the sketch keeps.
 * - `nonce`: one is not a nonce, or its time is not a whole number of seconds.
 * - `repeated`: one is there twice.
 * - `order`: the digests do not ascend: one is of another subject, or was changed, or moved.
 */
export type SketchFault = "count" | "nonce" | "repeated" | "order";

export type SketchCheck =
  | { readonly status: "good"; readonly sketch: Sketch }
  | {
      readonly status: "bad";
      readonly reason: SketchFault;
      /** Which of the hashes, from 0. */
      readonly index: number;
    };

/** Latest time a hash may claim: the end of the year 9999, in seconds since 1970. */
const MAX_TIME = 253_402_300_799;

/** The list's fault, or the sketch it makes. Hashes every nonce once, and needs no native code. */
export function checkSketch(subject: SketchSubject, claimed: readonly ClaimedHash[]): SketchCheck {
  if (claimed.length > subject.size) return { status: "bad", reason: "count", index: subject.size };
  const hashes: SketchHash[] = [];
  const seen = new Set<string>();
  let last = "";
  for (const [index, { nonce, time }] of claimed.entries()) {
    const bad = (reason: SketchFault) => ({ status: "bad", reason, index }) as const;
    if (typeof nonce !== "string" || !isNonce(nonce) || !isTime(time)) return bad("nonce");
    if (seen.has(nonce)) return bad("repeated");
    seen.add(nonce);
    const digest = digestOf(subject, nonce);
    if (digest <= last) return bad("order");
    last = digest;
    hashes.push({ nonce, digest, time });
  }
  return { status: "good", sketch: { subject, hashes } };
}

function isTime(time: number): boolean {
  return Number.isInteger(time) && time >= 0 && time <= MAX_TIME;
}
