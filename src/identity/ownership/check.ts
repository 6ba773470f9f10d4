import { parseDuration } from "../../text/duration.ts";
import { badInput } from "../../text/errors.ts";
import type { Identity } from "../format.ts";
import { checkChallenge, timeOfChallenge } from "./challenge.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { methodsFor, type ProofMethod, whyUnprovable } from "./keys.ts";
import { claimOf, type Proof, readProof, signedText, timeOfProof } from "./proof.ts";
import { verifyWithSsh } from "./ssh-keygen.ts";
import { signerOf } from "./ssh-signature.ts";

/** How old a proof may be, unless said otherwise. */
export const DEFAULT_PROOF_AGE = "10m";

/** Milliseconds that the clock of whoever signed may be ahead. */
const GRACE = 60_000;

/**
 * Why a proof is not good, in the order in which it is judged.
 *
 * - `malformed`: not one line in the documented form.
 * - `id`, `sketch`, `challenge`: it is about another identity, another state of its sketch (work was
 *   added since), or answers another challenge.
 * - `too-old`, `future`: by the time that was signed, or the one in the challenge.
 * - `unprovable`: the id is no key, or none that can sign so.
 * - `signature`: not by this key over this.
 */
export type ProofReason =
  | "malformed"
  | "id"
  | "sketch"
  | "challenge"
  | "too-old"
  | "future"
  | "unprovable"
  | "signature";

export type ProofVerdict =
  | {
      readonly valid: true;
      readonly id: string;
      readonly method: ProofMethod;
      /** When it was signed, milliseconds since 1970. */
      readonly time: number;
    }
  | {
      readonly valid: false;
      readonly reason: ProofReason;
      /** One sentence, without its capital and full stop. */
      readonly detail: string;
    };

export interface CheckProofOptions {
  /** The one that was given out for this proof, and for no other. */
  challenge: string;
  /** How old proof and challenge may be: `"10m"` (the default) or milliseconds. */
  maxAge?: string | number | undefined;
  /** Milliseconds since 1970; the clock by default. */
  now?: number | undefined;
}

/**
 * Judges the line of a proof: whoever signed it had the key of this identity, and did so in answer
 * to this challenge. The identity must have been read and checked itself (`readIdentity`).
 *
 * A challenge must be used once and then forgotten by whoever gave it out: to this function the
 * same proof is as good a second time.
 *
 * @throws StampmillError `bad-input` for a challenge or an age that cannot stand; `ssh` if the
 * proof needs ssh-keygen, and it is missing or fails
 */
export async function checkProof(
  line: string,
  identity: Identity,
  { challenge, maxAge = DEFAULT_PROOF_AGE, now = Date.now() }: CheckProofOptions,
): Promise<ProofVerdict> {
  checkChallenge(challenge);
  const age = typeof maxAge === "string" ? parseDuration(maxAge, "maxAge") : maxAge;
  // Written so that NaN fails too.
  if (!(age >= 0) || !Number.isFinite(now)) {
    throw badInput("maxAge", "maxAge and now must be numbers of milliseconds");
  }
  const proof = readProof(line);
  if (proof === undefined) return bad("malformed", "it is not a proof as stampmill writes it");
  const { id, method } = proof;
  const time = timeOfProof(proof) ?? Number.NaN;
  const verdict = claimFault(proof, identity, challenge) ?? timeFault(time, challenge, age, now);
  if (verdict !== undefined) return verdict;
  const methods = methodsFor(id);
  if (methods.length === 0) return bad("unprovable", whyUnprovable(id));
  if (!methods.includes(method)) return bad("unprovable", `the key does not sign by ${method}`);
  if (await isSigned(proof)) return { valid: true, id, method, time };
  return bad("signature", "the signature is not by the identity's key over this proof");
}

function claimFault(proof: Proof, identity: Identity, challenge: string) {
  const expected = claimOf(identity, challenge, 0);
  if (proof.id !== expected.id) return bad("id", `it is about ${proof.id}`);
  if (proof.challenge !== challenge) return bad("challenge", "it answers another challenge");
  if (proof.sketch === expected.sketch) return undefined;
  return bad("sketch", "it is about another state of the sketch: prove the file as it is now");
}

function timeFault(time: number, challenge: string, maxAge: number, now: number) {
  if (time > now + GRACE) return bad("future", "it was signed in the future");
  const asked = timeOfChallenge(challenge) ?? time;
  if (asked > now + GRACE) return bad("future", "its challenge is dated in the future");
  if (Math.min(time, asked) >= now - maxAge) return undefined;
  return bad(
    "too-old",
    time < now - maxAge ? "it was signed too long ago" : "its challenge is too old",
  );
}

/**
 * Whether the signature is the id's over what the proof says.
 *
 * @throws StampmillError `ssh` as {@link checkProof} does
 */
export async function isSigned(proof: Proof): Promise<boolean> {
  const { id, method, signature } = proof;
  const text = signedText(proof);
  if (method === "ed25519") return verifyEd25519(id, text, signature);
  // The cheap test first: no process is started for a signature of somebody else's.
  return signerOf(signature) === id && verifyWithSsh(id, text, signature);
}

function bad(reason: ProofReason, detail: string): ProofVerdict & { valid: false } {
  return { valid: false, reason, detail };
}
