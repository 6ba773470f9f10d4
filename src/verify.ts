import { checkDuration, parseDuration } from "./duration.ts";
import { StampmillError } from "./errors.ts";
import { formatInstant } from "./instant.ts";
import { exactMatcher, type ResourceMatcher, wildcardMatcher } from "./match.ts";
import {
  ALGORITHMS,
  type Algorithm,
  DIGEST_BITS,
  isAlgorithm,
  leadingZeroBits,
  stampDigest,
} from "./stamp/digest.ts";
import { isProblem, MAX_STAMP_LENGTH, readStamp, type Stamp } from "./stamp/stamp.ts";

/** How long a stamp is accepted after its date, unless said otherwise: 28 days. */
export const DEFAULT_EXPIRES = "28d";

/** How far two clocks may differ, unless said otherwise: 2 days. */
export const DEFAULT_GRACE = "2d";

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
 */
export type Reason =
  | "malformed"
  | "unsupported-version"
  | "unsupported-algorithm"
  | "wrong-resource"
  | "insufficient-bits"
  | "future"
  | "expired"
  | "missing-work";

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

/** The verdict on a stamp that is not. What was not looked at, or cannot be known, is null. */
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

interface Requirements {
  /** The least number of bits a stamp must claim, 0 to 256. */
  readonly bits: number;
  /** How strings in `resources` are compared; `exact` by default. */
  readonly match?: "exact" | "wildcard" | undefined;
  /** How long after its date a stamp is accepted: `"28d"` or milliseconds, more than 0. */
  readonly expires?: string | number | undefined;
  /** How far the minter's clock may be off, either way: `"2d"` or milliseconds. */
  readonly grace?: string | number | undefined;
  /** The instant to judge by, a Date or milliseconds; by default the clock at each stamp. */
  readonly now?: Date | number | undefined;
  /** Accept stamps of this algorithm only. */
  readonly algorithm?: Algorithm | undefined;
  /** Accept stamps of version 0, SHA-1 only, at what their digest has. */
  readonly allowV0?: boolean | undefined;
}

/** Stamps for one of these resources; a matcher such as `await regexMatcher("…")` is one too. */
interface ForResources {
  readonly resources: readonly (string | ResourceMatcher)[];
  readonly anyResource?: false | undefined;
}

/** Stamps for whatever they say, aloud, so that a forgotten option lets nothing through. */
interface ForAnyResource {
  readonly resources?: undefined;
  readonly anyResource: true;
}

/** What a stamp must be to be valid. Bits, and resources or `anyResource`, are required. */
export type VerifyOptions = Requirements & (ForResources | ForAnyResource);

/** Judges one stamp. Throws for no stamp, whatever it is. */
export type Verifier = (stamp: string) => Verdict;

/**
 * Judges one stamp: shape, version, algorithm, resource, claimed bits, dates and, last, digest.
 * Whether it was seen before is not looked at.
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
  const rules = readOptions(options);
  const fixedNow = rules.now;
  return (text) => judge(text, rules, fixedNow ?? Date.now());
}

interface Rules {
  readonly bits: number;
  readonly matches: ResourceMatcher;
  readonly expires: number;
  readonly grace: number;
  readonly now: number | null;
  readonly algorithm: Algorithm | null;
  readonly allowV0: boolean;
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

/** The text for a verdict: kept whole if it may be a stamp, so that a flood stays small. */
function excerpt(text: string): string {
  if (typeof text !== "string") return "";
  return text.length <= MAX_STAMP_LENGTH ? text : `${text.slice(0, 200)}…`;
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

const OPTIONS = new Set([
  "bits",
  "resources",
  "anyResource",
  "match",
  "expires",
  "grace",
  "now",
  "algorithm",
  "allowV0",
]);

function readOptions(options: VerifyOptions): Rules {
  if (typeof options !== "object" || options === null) {
    throw badOption("options", "options must be an object with bits and resources");
  }
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) throw badOption(name, `there is no option ${JSON.stringify(name)}`);
  }
  const { bits, algorithm, allowV0 = false } = options;
  const most = DIGEST_BITS.sha256;
  if (!Number.isInteger(bits) || bits < 0 || bits > most) {
    throw badOption("bits", `bits must be a whole number from 0 to ${most}, not ${quote(bits)}`);
  }
  if (algorithm !== undefined && !isAlgorithm(algorithm)) {
    throw badOption(
      "algorithm",
      `algorithm must be one of ${ALGORITHMS.join(", ")}, not ${quote(algorithm)}`,
    );
  }
  if (typeof allowV0 !== "boolean") throw badOption("allowV0", "allowV0 must be true or false");
  const expires = readPeriod(options.expires ?? DEFAULT_EXPIRES, "expires");
  if (expires === 0) {
    throw badOption(
      "expires",
      "expires must be more than 0",
      "hashcash(1) reads 0 as for ever; here the longest is 36500d",
    );
  }
  return {
    bits,
    matches: readResources(options),
    expires,
    grace: readPeriod(options.grace ?? DEFAULT_GRACE, "grace"),
    now: options.now === undefined ? null : readNow(options.now),
    algorithm: algorithm ?? null,
    allowV0,
  };
}

function readResources({
  resources,
  anyResource,
  match = "exact",
}: VerifyOptions): ResourceMatcher {
  if (anyResource === true) {
    if (resources === undefined) return () => true;
    throw badOption("anyResource", "give resources or anyResource, not both");
  }
  if (!Array.isArray(resources) || resources.length === 0) {
    throw badOption("resources", "give at least one resource, or say anyResource: true");
  }
  if (match !== "exact" && match !== "wildcard") {
    throw badOption(
      "match",
      `match must be exact or wildcard, not ${quote(match)}`,
      "for a regular expression pass `await regexMatcher(pattern)` as a resource",
    );
  }
  const matchers: ResourceMatcher[] = resources.filter((r) => typeof r === "function");
  const texts: string[] = resources.filter((r) => typeof r !== "function");
  if (match === "wildcard") matchers.push(...texts.map(wildcardMatcher));
  else if (texts.length > 0) matchers.push(exactMatcher(texts));
  const [only] = matchers;
  if (matchers.length === 1 && only !== undefined) return only;
  return (resource) => matchers.some((matches) => matches(resource) === true);
}

function readPeriod(period: string | number, parameter: string): number {
  if (typeof period === "string") return parseDuration(period, parameter);
  return checkDuration(period, parameter);
}

function readNow(now: Date | number): number {
  const time = typeof now === "number" || now instanceof Date ? Number(now) : Number.NaN;
  // The years 1970 to 9999.
  if (time >= 0 && time < 253_402_300_800_000) return time;
  throw badOption("now", "now must be a Date or milliseconds between the years 1970 and 9999");
}

/** A value for an error message: anything at all may have been given, with any `toString`. */
function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" ? String(value) : typeof value;
}

function badOption(parameter: string, message: string, hint?: string): StampmillError {
  const details = hint === undefined ? { parameter } : { parameter, hint };
  return new StampmillError("bad-input", message, details);
}
