import { leadingZeroBits, stampDigest } from "../engine/algorithms.ts";
import { formatInstant } from "../text/instant.ts";
import { type Rules, readRules, type VerifyOptions } from "./rules.ts";
import { excerpt, isProblem, readStamp, type Stamp } from "./stamp.ts";

/**
 * Why a stamp is not valid, in the order in which it is judged, cheapest first.
 *
 * - `malformed`: not a stamp at all; `parseStamp` says where.
 * - `unsupported-version`: neither version 1 nor, with `allowV0`, version 0.
 * - `unsupported-algorithm`: an `alg` other than sha1 and sha256, or not the one asked for.
 * - `wrong-resource`: pays for something else.
 * - `insufficient-bits`: claims less than is asked for.
 * - `future`, `expired`: its date is not within the time asked for.
 * - `missing-work`: the digest has fewer leading zero bits than the stamp claims.
 * - `spent`: good, but in the store, or dated no later than what the store has purged. Only where
 *   there is a store: see `verifyAndSpend`.
 * - `insufficient-work`: good, but the set it belongs to is worth too little: see `verifyWork`.
 */
export type Reason =
  | "malformed"
  | "unsupported-version"
  | "unsupported-algorithm"
  | "wrong-resource"
  | "insufficient-bits"
  | "future"
  | "expired"
  | "missing-work"
  | "spent"
  | "insufficient-work";

interface Judged {
  /** The stamp; text too long to be one is cut to 200 characters and ends in "…". */
  readonly stamp: string;
}

/** The verdict on a stamp that is good. */
export interface ValidVerdict extends Judged {
  readonly valid: true;
  readonly reason: null;
  readonly resource: string;
  /** Bits the stamp claims; null for version 0, which claims none. */
  readonly bits: number | null;
  /** What the stamp is worth: 2^work hashes. The claimed bits; for version 0 those it has. */
  readonly work: number;
  /** In lower-case hexadecimal. */
  readonly digest: string;
  /** When the stamp's date begins, ISO 8601 in UTC. */
  readonly date: string;
  /** The first instant at which it is refused, grace included, ISO 8601 in UTC. */
  readonly expires: string;
}

/** The verdict on a stamp that is not; null is what was not looked at, or cannot be known. */
export interface RejectedVerdict extends Judged {
  readonly valid: false;
  readonly reason: Reason;
  readonly resource: string | null;
  readonly bits: number | null;
  readonly work: number | null;
  readonly digest: string | null;
  readonly date: string | null;
  readonly expires: string | null;
}

/** The result of judging one stamp. */
export type Verdict = ValidVerdict | RejectedVerdict;

/** Judges one stamp. Throws for no stamp, whatever it is, unless a matcher of yours does. */
export type Verifier = (stamp: string) => Verdict;

/**
 * Judges one stamp: shape, version, algorithm, resource, claimed bits, dates and, last, digest.
 * Whether it was seen before is not looked at: `verifyAndSpend` does.
 *
 * @throws StampmillError `bad-input` if an option is missing or wrong; for no stamp whatever
 */
export function verify(stamp: string, options: VerifyOptions): Verdict {
  return createVerifier(options)(stamp);
}

/**
 * Checks the options once, for judging many stamps.
 *
 * @throws StampmillError `bad-input` if an option is missing or wrong
 */
export function createVerifier(options: VerifyOptions): Verifier {
  const rules = readRules(options);
  const fixedNow = rules.now;
  return (text) => judge(text, rules, fixedNow ?? Date.now());
}

function judge(text: string, rules: Rules, now: number): Verdict {
  const stamp = readStamp(text, now);
  if (isProblem(stamp)) return unread(text, stamp.reason);
  const cheap = judgeFields(stamp, rules, now);
  if (cheap !== null) return rejected(stamp, rules, cheap, null, null);

  const digest = stampDigest(stamp.text, stamp.algorithm);
  const actual = leadingZeroBits(digest);
  if (stamp.version === 0) {
    if (actual < rules.bits) return rejected(stamp, rules, "insufficient-bits", digest, actual);
    return valid(stamp, rules, digest, actual);
  }
  if (actual < stamp.bits) return rejected(stamp, rules, "missing-work", digest, null);
  return valid(stamp, rules, digest, stamp.bits);
}

/** The first reason against a stamp that can be had without hashing. */
function judgeFields(stamp: Stamp, rules: Rules, now: number): Reason | null {
  if (stamp.version === 0 && !rules.allowV0) return "unsupported-version";
  if (rules.algorithm !== null && stamp.algorithm !== rules.algorithm) {
    return "unsupported-algorithm";
  }
  // A matcher that is an async function by mistake returns a promise, and must not let through.
  if (rules.matches(stamp.resource) !== true) return "wrong-resource";
  if (stamp.version === 1 && stamp.bits < rules.bits) return "insufficient-bits";
  // The same instants as hashcash(1): the grace counts on both sides.
  if (stamp.time > now + rules.grace) return "future";
  if (stamp.time + rules.expires + rules.grace <= now) return "expired";
  return null;
}

function unread(text: string, reason: Reason): RejectedVerdict {
  return {
    stamp: excerpt(text),
    valid: false,
    reason,
    resource: null,
    bits: null,
    work: null,
    digest: null,
    date: null,
    expires: null,
  };
}

function rejected(
  stamp: Stamp,
  rules: Rules,
  reason: Reason,
  digest: string | null,
  work: number | null,
): RejectedVerdict {
  return {
    stamp: stamp.text,
    valid: false,
    reason,
    resource: stamp.resource,
    bits: stamp.version === 1 ? stamp.bits : null,
    work,
    digest,
    date: formatInstant(stamp.time),
    expires: formatInstant(stamp.time + rules.expires + rules.grace),
  };
}

function valid(stamp: Stamp, rules: Rules, digest: string, work: number): ValidVerdict {
  return {
    stamp: stamp.text,
    valid: true,
    reason: null,
    resource: stamp.resource,
    bits: stamp.version === 1 ? stamp.bits : null,
    work,
    digest,
    date: formatInstant(stamp.time),
    expires: formatInstant(stamp.time + rules.expires + rules.grace),
  };
}
