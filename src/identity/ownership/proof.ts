import { createHash } from "node:crypto";
import { toAscii } from "../../text/ascii-json.ts";
import { formatInstant, parseInstant } from "../../text/instant.ts";
import { formatIdentity, type Identity } from "../format.ts";
import { isChallenge } from "./challenge.ts";
import { PROOF_METHODS, type ProofMethod } from "./keys.ts";

/** Longest line of a proof, in characters: with the largest RSA key it has about half. */
export const MAX_PROOF_LENGTH = 16_384;

/** That somebody who was asked with a challenge has the key of an identity. */
export interface Proof {
  readonly id: string;
  /** SHA-256 of the sketch's line, in lower-case hexadecimal. */
  readonly sketch: string;
  readonly challenge: string;
  /** When it was signed, ISO 8601 in UTC to the second, by the clock of whoever signed. */
  readonly time: string;
  readonly method: ProofMethod;
  /** Base64: of Ed25519, 64 bytes; of OpenSSH, what stands between the lines of its armour. */
  readonly signature: string;
}

/** What is proven, before it is signed. */
export type ProofClaim = Pick<Proof, "id" | "sketch" | "challenge" | "time">;

/** What a proof says: of this identity as it is now, for this challenge, at this time. */
export function claimOf(identity: Identity, challenge: string, now: number): ProofClaim {
  const sketch = createHash("sha256").update(formatIdentity(identity)).digest("hex");
  const time = formatInstant(1000 * Math.floor(now / 1000));
  return { id: identity.id, sketch, challenge, time };
}

/**
 * The text that is signed. Its first line keeps it apart from all that the key ever signs for
 * others; none of the four has a line end, so no two claims have the same text.
 */
export function signedText({ id, sketch, challenge, time }: ProofClaim): string {
  return `stampmill identity proof 1\nid ${id}\nsketch ${sketch}\nchallenge ${challenge}\ntime ${time}\n`;
}

/** One line of JSON in ASCII, without a line end. */
export function formatProof({ id, sketch, challenge, time, method, signature }: Proof): string {
  const begin = { stampmill: "identity-proof", version: 1 };
  return toAscii(JSON.stringify({ ...begin, id, sketch, challenge, time, method, signature }));
}

/** Reads what `formatProof` wrote, byte for byte; undefined for anything else. */
export function readProof(line: string): Proof | undefined {
  if (typeof line !== "string" || line.length > MAX_PROOF_LENGTH) return undefined;
  const fields = parseObject(line);
  const { id, sketch, challenge, time, method, signature } = fields;
  for (const text of [id, sketch, challenge, time, method, signature]) {
    if (typeof text !== "string") return undefined;
  }
  const proof = fields as unknown as Proof;
  const whole =
    /^[0-9a-f]{64}$/.test(proof.sketch) &&
    isChallenge(proof.challenge) &&
    timeOfProof(proof) !== undefined &&
    PROOF_METHODS.includes(proof.method) &&
    proof.signature !== "" &&
    Buffer.from(proof.signature, "base64").toString("base64") === proof.signature;
  return whole && formatProof(proof) === line ? proof : undefined;
}

/** Milliseconds since 1970; undefined if the time is not as `formatProof` writes it. */
export function timeOfProof({ time }: Pick<Proof, "time">): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time)) return undefined;
  try {
    return parseInstant(time, "time");
  } catch {
    return undefined;
  }
}

function parseObject(line: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
