import { leadingZeroBits } from "../../engine/algorithms.ts";
import { badInput } from "../../text/errors.ts";
import { ID_BITS, idOf, type NostrEvent, readEvent, readJson } from "./event.ts";
import type { SignatureCheck } from "./signature.ts";

/**
 * Why an event does not pay. `no-nonce`: it commits to no target. `two-nonces`: to more than one.
 * `insufficient-bits`: it commits to too few bits. `missing-work`: its id has fewer than that.
 * `wrong-id`: the id is not the hash of the event.
 */
export type NostrReason =
  | "malformed"
  | "no-nonce"
  | "two-nonces"
  | "insufficient-bits"
  | "missing-work"
  | "wrong-id"
  | "bad-signature";

export interface NostrVerdict {
  readonly valid: boolean;
  readonly reason: NostrReason | null;
  /** If it is malformed, in what. */
  readonly problem: string | null;
  /** Null if the event is malformed. */
  readonly id: string | null;
  /** The target that it commits to; null if there is none. */
  readonly bits: number | null;
  /** Leading zero bits of the id as it stands there. */
  readonly zeros: number | null;
}

export interface NostrRequirements {
  /** Least bits that it must commit to, 0 to 256. */
  bits: number;
  /** Checks the signature as well, by `loadNostrSignatureCheck`. */
  signature?: SignatureCheck | undefined;
}

/**
 * Judges an event by NIP-13: what it committed to, never its luck.
 *
 * @param event its JSON in UTF-8, or what JSON.parse made of that
 * @throws StampmillError `bad-input` for requirements that cannot stand
 */
export function verifyNostr(event: unknown, { bits, signature }: NostrRequirements): NostrVerdict {
  if (!Number.isInteger(bits) || bits < 0 || bits > ID_BITS) {
    throw badInput("bits", `bits must be a whole number from 0 to ${ID_BITS}`);
  }
  const read = event instanceof Uint8Array ? readJson(event) : { value: event };
  const parsed = "problem" in read ? read.problem : readEvent(read.value);
  if (typeof parsed === "string") {
    const nothing = { id: null, bits: null, zeros: null };
    return { valid: false, reason: "malformed", problem: parsed, ...nothing };
  }
  const target = committedTarget(parsed);
  const known = {
    ...{ problem: null, id: parsed.id, zeros: leadingZeroBits(parsed.id) },
    bits: typeof target === "number" ? target : null,
  };
  const reason =
    typeof target === "string" ? target : reasonAgainst(parsed, target, known.zeros, bits);
  if (reason !== null) return { valid: false, reason, ...known };
  const sig = "value" in read ? (read.value as Record<string, unknown>).sig : undefined;
  if (signature && !signature(parsed, sig))
    return { valid: false, reason: "bad-signature", ...known };
  return { valid: true, reason: null, ...known };
}

/** What is wrong with the work, the cheap first. */
function reasonAgainst(
  event: NostrEvent,
  target: number,
  zeros: number,
  least: number,
): NostrReason | null {
  if (target < least) return "insufficient-bits";
  if (zeros < target) return "missing-work";
  return idOf(event) === event.id ? null : "wrong-id";
}

/** The target of the one nonce tag that there must be. */
function committedTarget({ tags }: NostrEvent): number | "no-nonce" | "two-nonces" {
  const [nonce, second] = tags.filter(([name]) => name === "nonce");
  if (second !== undefined) return "two-nonces";
  const target = nonce?.[2] ?? "";
  if (!/^(0|[1-9]\d{0,2})$/.test(target) || Number(target) > ID_BITS) return "no-nonce";
  return Number(target);
}
