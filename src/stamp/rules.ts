import { ALGORITHM, ALGORITHMS, type Algorithm, isAlgorithm } from "../engine/algorithms.ts";
import { toTime } from "../text/date.ts";
import { readDuration, readLifetime } from "../text/duration.ts";
import { badInput } from "../text/errors.ts";
import { exactMatcher, type ResourceMatcher, wildcardMatcher } from "./match.ts";

/** How long a stamp is accepted after its date, unless said otherwise: 28 days. */
export const DEFAULT_EXPIRES = "28d";

/** How far two clocks may differ, unless said otherwise: 2 days. */
export const DEFAULT_GRACE = "2d";

interface Requirements {
  /** The least number of bits a stamp must claim, 0 to 256. */
  readonly bits: number;
  /** How strings in `resources` are compared; `exact` by default. */
  readonly match?: "exact" | "wildcard" | undefined;
  /** How long after its date a stamp is accepted: `"28d"`, milliseconds, or `"never"`. More than 0. */
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

/** Options that were checked, with every default in place. */
export interface Rules {
  readonly bits: number;
  readonly matches: ResourceMatcher;
  /** Milliseconds. */
  readonly expires: number;
  /** Milliseconds. */
  readonly grace: number;
  /** Milliseconds since 1970; null for the clock. */
  readonly now: number | null;
  readonly algorithm: Algorithm | null;
  readonly allowV0: boolean;
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

/**
 * Checks options once, for every stamp that follows.
 *
 * @throws StampmillError `bad-input`, its `parameter` the option that is missing or wrong
 */
export function readRules(options: VerifyOptions): Rules {
  if (typeof options !== "object" || options === null) {
    throw badInput("options", "options must be an object with bits and resources");
  }
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) throw badInput(name, `there is no option ${JSON.stringify(name)}`);
  }
  const { bits, algorithm, allowV0 = false } = options;
  const most = Math.max(...ALGORITHMS.map((name) => ALGORITHM[name].digestBits));
  if (!Number.isInteger(bits) || bits < 0 || bits > most) {
    throw badInput("bits", `bits must be a whole number from 0 to ${most}, not ${quote(bits)}`);
  }
  if (algorithm !== undefined && !isAlgorithm(algorithm)) {
    throw badInput(
      "algorithm",
      `algorithm must be one of ${ALGORITHMS.join(", ")}, not ${quote(algorithm)}`,
    );
  }
  if (typeof allowV0 !== "boolean") throw badInput("allowV0", "allowV0 must be true or false");
  const expires = readLifetime(options.expires ?? DEFAULT_EXPIRES, "expires");
  if (expires === 0) {
    throw badInput(
      "expires",
      "expires must be more than 0",
      "hashcash(1) reads 0 as for ever; here that is never",
    );
  }
  return {
    bits,
    matches: readResources(options),
    expires,
    grace: readDuration(options.grace ?? DEFAULT_GRACE, "grace"),
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
    throw badInput("anyResource", "give resources or anyResource, not both");
  }
  if (!Array.isArray(resources) || resources.length === 0) {
    throw badInput("resources", "give at least one resource, or say anyResource: true");
  }
  if (match !== "exact" && match !== "wildcard") {
    throw badInput(
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

function readNow(now: Date | number): number {
  const time = toTime(now);
  // The years 1970 to 9999.
  if (time >= 0 && time < 253_402_300_800_000) return time;
  throw badInput("now", "now must be a Date or milliseconds between the years 1970 and 9999");
}

/** A value for an error message: anything at all may have been given, with any `toString`. */
function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "number" ? String(value) : typeof value;
}
