import { type Identity, identityOf, identitySubject } from "../../src/identity/format.ts";
import { type CheckProofOptions, checkProof } from "../../src/identity/ownership/check.ts";
import { growSketch } from "../../src/identity/sketch/grow.ts";
import { emptySketch } from "../../src/identity/sketch/sketch.ts";

// What tests of proofs share: a moment, a challenge given out half a minute before, a little work.

export const NOW = Date.UTC(2026, 10, 24, 12);
export const CHALLENGE = "2026-11-24T11:59:30Z/AAAAAAAAAAAAAAAAAAAAAA";
export const options: CheckProofOptions = { challenge: CHALLENGE, now: NOW };

export async function work(id: string, until = 2000): Promise<Identity> {
  const subject = identitySubject({ id, k: 16 });
  return identityOf((await growSketch({ sketch: emptySketch(subject), until, threads: 1 })).sketch);
}

/** Why a proof is not good, or `valid`. */
export async function reasonFor(
  line: string,
  of: Identity,
  more: Partial<CheckProofOptions> = {},
): Promise<string> {
  const verdict = await checkProof(line, of, { ...options, ...more });
  return verdict.valid ? "valid" : verdict.reason;
}
