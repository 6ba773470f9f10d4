import { MAX_SET } from "../../stamp/work.ts";
import { DIGEST_LENGTH } from "../entry.ts";
import type { SpendOutcome, SpentEntry } from "../store.ts";

/** Most entries in one script: Redis does nothing else while it runs, a few milliseconds. */
export const MAX_SCRIPT = MAX_SET;

const OUTCOMES: Readonly<Record<string, SpendOutcome>> = { f: "fresh", s: "spent", p: "purged" };

/**
 * Outcomes from a script's letters, one for each entry.
 *
 * @throws Error if the answer is anything else
 */
export function readLetters(answer: unknown, count: number): SpendOutcome[] {
  const outcomes = [...String(answer)].map((letter) => OUTCOMES[letter]);
  if (outcomes.length === count && !outcomes.includes(undefined)) {
    return outcomes as SpendOutcome[];
  }
  throw new Error("it gave an answer that makes no sense");
}

/** A whole number, never in the form 1e21, which Lua reads but a score is better without. */
export function whole(value: number): string {
  return value.toFixed(0);
}

export function toArguments({ time, digest }: SpentEntry): [string, Buffer] {
  return [whole(time / 1000), Buffer.from(digest.buffer, digest.byteOffset, DIGEST_LENGTH)];
}
