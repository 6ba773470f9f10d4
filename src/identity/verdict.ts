import { type Algorithm, checkAlgorithm } from "../engine/algorithms.ts";
import { DEFAULT_GRACE } from "../stamp/rules.ts";
import { checkWork } from "../stamp/work.ts";
import { parseDuration } from "../text/duration.ts";
import { badInput } from "../text/errors.ts";
import { formatInstant } from "../text/instant.ts";
import { beaconTime, checkBeacon } from "./beacon.ts";
import { type Identity, type IdentityFault, readIdentity } from "./format.ts";
import { canonicalId } from "./id.ts";
import { checkConfidence, DEFAULT_CONFIDENCE, lowerBound } from "./sketch/estimate.ts";
import { bitsInWords, confidenceInWords } from "./sketch/words.ts";

const DEFAULT_GRACE_TIME = parseDuration(DEFAULT_GRACE, "grace");

/** What an identity is asked for. */
export interface IdentityRules {
  /** Least work behind it, in bits: 40 means 2^40 hashes. */
  atLeast: number;
  /** How certain that must be, 0.5 to 0.999999; 0.999 by default. */
  confidence?: number | undefined;
  /** Whose it must be. */
  id?: string | undefined;
  /** Accept work in this algorithm only. */
  algorithm?: Algorithm | undefined;
  /** The beacons that are taken, each as a whole; any by default. */
  beacons?: readonly string[] | undefined;
  /** The beacon must name a time that is no earlier, in milliseconds since 1970. */
  beaconAfter?: number | undefined;
  /** How far into the future a beacon's time may be, in milliseconds; 2 days by default. */
  grace?: number | undefined;
  /** The time, in milliseconds since 1970; the clock by default. */
  now?: number | undefined;
}

/**
 * Why an identity is not accepted: the faults of a line, and
 *
 * - `algorithm`, `id`, `beacon`: it is not one of those asked for.
 * - `beacon-undated`: a time is asked for, and its beacon does not begin with one.
 * - `beacon-too-old`, `beacon-in-future`: by the time its beacon begins with.
 * - `work`: less work than asked for is certain.
 */
export type IdentityReason =
  | IdentityFault
  | "algorithm"
  | "id"
  | "beacon"
  | "beacon-undated"
  | "beacon-too-old"
  | "beacon-in-future"
  | "work";

export type IdentityVerdict =
  | {
      readonly valid: true;
      readonly identity: Identity;
      /** The work that is certain, in bits. */
      readonly certain: number;
    }
  | {
      readonly valid: false;
      readonly reason: IdentityReason;
      /** One sentence, without its capital and full stop. */
      readonly detail: string;
      /** What was read, if the line is in order. */
      readonly identity?: Identity;
    };

/**
 * Judges one line: first by itself, every hash computed anew, then by the rules. Needs no native
 * code. Work counts by its lower bound, never by its estimate.
 *
 * @throws StampmillError `bad-input` naming the rule that cannot stand
 */
export function verifyIdentity(line: string, rules: IdentityRules): IdentityVerdict {
  const checked = checkRules(rules);
  const reading = readIdentity(line);
  if (reading.status === "bad") {
    const { reason, detail } = reading;
    return { valid: false, reason, detail };
  }
  const { identity } = reading;
  const broken = brokenRule(identity, checked);
  if (broken !== undefined) return { valid: false, ...broken, identity };
  const certain = Math.log2(lowerBound(identity.sketch, checked.confidence));
  if (certain >= checked.atLeast) return { valid: true, identity, certain };
  const sure = `2^${bitsInWords(certain)} hashes are certain by ${confidenceInWords(checked.confidence)}`;
  const detail = `${sure}, not 2^${checked.atLeast}`;
  return { valid: false, reason: "work", detail, identity };
}

interface CheckedRules extends IdentityRules {
  confidence: number;
}

function checkRules(rules: IdentityRules): CheckedRules {
  checkWork(rules.atLeast);
  if (rules.algorithm !== undefined) checkAlgorithm(rules.algorithm);
  for (const time of [rules.beaconAfter, rules.now, rules.grace]) {
    if (time !== undefined && !Number.isFinite(time)) {
      throw badInput("rules", "beaconAfter, grace and now must be numbers of milliseconds");
    }
  }
  return {
    ...rules,
    confidence: checkConfidence(rules.confidence ?? DEFAULT_CONFIDENCE),
    id: rules.id === undefined ? undefined : canonicalId(rules.id),
    beacons: rules.beacons?.map(checkBeacon),
  };
}

function brokenRule({ id, beacon, sketch }: Identity, rules: CheckedRules) {
  const { algorithm } = sketch.subject;
  const because = (reason: IdentityReason, detail: string) => ({ reason, detail });
  if (rules.algorithm !== undefined && algorithm !== rules.algorithm) {
    return because("algorithm", `its algorithm is ${algorithm}`);
  }
  if (rules.id !== undefined && id !== rules.id) return because("id", `it is the work of ${id}`);
  if (rules.beacons !== undefined && !rules.beacons.includes(beacon)) {
    return because("beacon", beacon === "" ? "it has no beacon" : `its beacon is ${beacon}`);
  }
  return rules.beaconAfter === undefined ? undefined : brokenDate(beacon, rules);
}

/** A beacon of tomorrow proves nothing: somebody made it up. */
function brokenDate(
  beacon: string,
  { beaconAfter = 0, now = Date.now(), grace = DEFAULT_GRACE_TIME }: IdentityRules,
) {
  const time = beaconTime(beacon);
  if (time === undefined) {
    const detail = beacon === "" ? "it has no beacon" : "its beacon does not begin with a date";
    return { reason: "beacon-undated", detail } as const;
  }
  if (time < beaconAfter) {
    return { reason: "beacon-too-old", detail: `its beacon is of ${formatInstant(time)}` } as const;
  }
  if (time <= now + grace) return undefined;
  return { reason: "beacon-in-future", detail: "its beacon is dated in the future" } as const;
}
