import { DIGEST_BITS, leadingZeroBits, stampDigest } from "../../engine/algorithms.ts";
import { wrongKernel } from "../../engine/first-hit.ts";
import { badInput } from "../../text/errors.ts";
import {
  checkProofBits,
  countingShapes,
  type ProofSearch,
  type ProofSearchOptions,
  searchNumber,
} from "../search.ts";

// X-Apple-HC, as fastlane's spaceship/hashcash.rb makes it: version, bits, date, challenge, an empty
// field and a decimal counter, joined by colons; SHA-1 with that many leading zero bits.

/** Longest challenge. Apple's have 32 characters. */
export const MAX_APPLE_CHALLENGE = 256;

/** Longest header value that is looked at. */
export const MAX_APPLE_PROOF = 512;

export interface AppleMintOptions extends ProofSearchOptions {
  /** What the server sent as X-Apple-HC-Challenge. */
  challenge: string;
  /** What the server sent as X-Apple-HC-Bits, 0 to 64. */
  bits: number;
  /** Now by default; written in UTC, in whole seconds. */
  date?: Date | undefined;
}

export interface AppleProof extends ProofSearch {
  /** The value of the header X-Apple-HC. */
  readonly proof: string;
  readonly bits: number;
  readonly challenge: string;
  /** In hexadecimal. */
  readonly digest: string;
}

/**
 * Why a value is no proof. `wrong-challenge`: it is for another one. `insufficient-bits`: it claims
 * too few bits. `missing-work`: its digest has fewer than it claims.
 */
export type AppleReason = "malformed" | "wrong-challenge" | "insufficient-bits" | "missing-work";

export interface AppleVerdict {
  readonly proof: string;
  readonly valid: boolean;
  readonly reason: AppleReason | null;
  /** What it claims; null if that was not looked at, as with all that follows. */
  readonly bits: number | null;
  readonly challenge: string | null;
  /** `2023-02-23T17:06:00`, in whichever time zone it was written. */
  readonly date: string | null;
  readonly digest: string | null;
}

/**
 * Makes the value of X-Apple-HC.
 *
 * @throws StampmillError as `searchNumber`; `bad-input` naming the option
 */
export async function mintApple(options: AppleMintOptions): Promise<AppleProof> {
  const { challenge, date = new Date() } = options;
  const bits = checkProofBits(options.bits);
  checkChallenge(challenge);
  const head = `1:${bits}:${appleDate(date)}:${challenge}::`;
  const { number, search } = await searchNumber(
    { algorithm: "sha1", before: Buffer.from(head), after: Buffer.alloc(0), bits },
    countingShapes(),
    options,
  );
  const proof = head + number;
  const digest = stampDigest(proof, "sha1");
  if (leadingZeroBits(digest) < bits) throw wrongKernel(search.kernel, "proof", proof);
  return { proof, bits, challenge, digest, ...search };
}

function checkChallenge(challenge: string): void {
  const good = typeof challenge === "string" && /^[!-9;-~]+$/.test(challenge);
  if (good && challenge.length <= MAX_APPLE_CHALLENGE) return;
  const what = `1 to ${MAX_APPLE_CHALLENGE} characters of printable ASCII without colon and space`;
  throw badInput("challenge", `challenge must be ${what}`);
}

function appleDate(date: Date): string {
  const valid = date instanceof Date && !Number.isNaN(date.getTime());
  const iso = valid ? date.toISOString() : "";
  if (!/^\d{4}-/.test(iso)) {
    throw badInput("date", "date must be a valid Date between the years 0 and 9999");
  }
  return iso.slice(0, 19).replaceAll(/\D/g, "");
}

const FORM = /^1:(0|[1-9]\d{0,2}):(\d{14}):([!-9;-~]+)::(0|[1-9]\d{0,39})$/;

/** What is asked of a proof. */
export interface AppleRequirements {
  /** Least bits that it must claim. */
  bits: number;
  /** The challenge that it must be for; any by default. */
  challenge?: string | undefined;
}

/**
 * Judges a value of X-Apple-HC. Its date must be a real one, and is not compared with the clock:
 * nothing in it says which time zone it is of. Whoever sent the challenge knows when.
 *
 * @throws StampmillError `bad-input` for requirements that cannot stand
 */
export function verifyApple(proof: string, requirements: AppleRequirements): AppleVerdict {
  const least = checkProofBits(requirements.bits);
  const { challenge: wanted } = requirements;
  if (wanted !== undefined) checkChallenge(wanted);
  const rest = { bits: null, challenge: null, date: null, digest: null };
  const reject = (reason: AppleReason, known: Partial<AppleVerdict> = {}): AppleVerdict => ({
    ...{ proof, valid: false, reason, ...rest },
    ...known,
  });
  if (proof.length > MAX_APPLE_PROOF) return reject("malformed");
  const [, bitsText = "", digits = "", challenge = ""] = FORM.exec(proof) ?? [];
  const date = readDate(digits);
  const bits = Number(bitsText);
  if (date === null || challenge.length > MAX_APPLE_CHALLENGE || bits > DIGEST_BITS.sha1) {
    return reject("malformed");
  }
  const known = { bits, challenge, date };
  if (wanted !== undefined && challenge !== wanted) return reject("wrong-challenge", known);
  if (bits < least) return reject("insufficient-bits", known);
  const digest = stampDigest(proof, "sha1");
  if (leadingZeroBits(digest) < bits) return reject("missing-work", { ...known, digest });
  return { proof, valid: true, reason: null, ...known, digest };
}

/** The date in ISO's form, or null if there is no such day or second. */
function readDate(digits: string): string | null {
  const iso = digits.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6");
  const time = new Date(`${iso}Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(iso) && iso !== ""
    ? iso
    : null;
}
