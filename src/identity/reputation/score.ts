import type { Algorithm } from "../../engine/algorithms.ts";
import { toTime } from "../../text/date.ts";
import { badInput } from "../../text/errors.ts";
import { beaconTime } from "../beacon.ts";
import { type Identity, identityOf } from "../format.ts";
import { estimateWork, lowerBound } from "../sketch/estimate.ts";
import { mergeSketches } from "../sketch/sketch.ts";
import type { Policy } from "./policy.ts";
import { tokensFor } from "./sybils.ts";

/** Most hashes in all the sketches that are scored in one call: 16,384 sketches of 64. */
export const MAX_SCORED_HASHES = 1 << 20;

/**
 * Why the work of a sketch counts nothing.
 *
 * - `no-weight`: the policy gives its algorithm none.
 * - `undated`: the policy lets work fade, and does not say when the sketch's beacon became known.
 * - `future`: the policy dates the beacon later than now.
 */
export type NothingReason = "no-weight" | "undated" | "future";

/** What one sketch (or several of the same beacon, algorithm and k, merged) adds to a score. */
export interface ScoredPart {
  readonly algorithm: Algorithm;
  /** Empty if there is none. */
  readonly beacon: string;
  /** When the work can have begun, by the policy; null if it has no date for the beacon. */
  readonly since: number | null;
  /** The work by the policy's bound, in hashes. */
  readonly hashes: number;
  /** What a hash counts: the algorithm's weight, halved for each half-life gone by. */
  readonly worth: number;
  /** Null if it counts. */
  readonly reason: NothingReason | null;
  /** How many sketches were merged into it. */
  readonly sketches: number;
}

/** The reputation of one identity, and what it is made of. */
export interface Score {
  readonly id: string;
  /** Tokens: (counted / 2^unit)^power, and no more than the cap. */
  readonly score: number;
  readonly capped: boolean;
  /** Hashes, weighted and faded. */
  readonly counted: number;
  readonly parts: readonly ScoredPart[];
}

export interface ScoreOptions {
  /** The instant to score at, a Date or milliseconds; the clock by default. */
  readonly now?: Date | number | undefined;
  /**
   * When each identity last proved that it has its key, in milliseconds since 1970, as
   * `checkProof` said: the policy's `idleHalfLife` goes by it.
   */
  readonly lastProofs?: ReadonlyMap<string, number> | undefined;
}

/**
 * Scores every id that has sketches, in the order of their first one.
 *
 * No hash counts twice. Sketches of the same identity, beacon, algorithm and k may hold the same
 * hashes, and are merged. Those that differ in any of these have no message in common, so their
 * work adds up; the power is taken of the sum.
 *
 * @throws StampmillError `bad-input` for more than 2^20 hashes, or a time that is none
 */
export function scoreIdentities(
  identities: readonly Identity[],
  policy: Policy,
  options: ScoreOptions = {},
): Score[] {
  const hashes = identities.reduce((sum, { sketch }) => sum + sketch.hashes.length, 0);
  if (hashes > MAX_SCORED_HASHES) {
    throw badInput("identities", `at most ${MAX_SCORED_HASHES} hashes are scored at once`);
  }
  const now = toTime(options.now ?? Date.now());
  if (Number.isNaN(now)) throw badInput("now", "now must be a Date or milliseconds since 1970");
  const byId = new Map<string, Map<string, Identity[]>>();
  for (const identity of identities) {
    const subjects = entry(byId, identity.id, () => new Map());
    entry(subjects, identity.sketch.subject.head, () => []).push(identity);
  }
  return [...byId].map(([id, subjects]) => {
    const lastProof = options.lastProofs?.get(id) ?? null;
    const parts = [...subjects.values()].map((same) => scorePart(same, policy, now, lastProof));
    return scoreOf(id, parts, policy);
  });
}

function scoreOf(id: string, parts: readonly ScoredPart[], policy: Policy): Score {
  const counted = parts.reduce((sum, { hashes, worth }) => sum + hashes * worth, 0);
  const score = tokensFor(counted, policy);
  return { id, score, capped: score === policy.cap, counted, parts };
}

function scorePart(
  same: readonly Identity[],
  policy: Policy,
  now: number,
  lastProof: number | null,
): ScoredPart {
  const sketch = mergeSketches(same.map((identity) => identity.sketch));
  const { algorithm } = sketch.subject;
  const { beacon } = identityOf(sketch);
  const hashes =
    policy.bound === "lower" ? lowerBound(sketch, policy.confidence) : estimateWork(sketch);
  const since = dateOf(beacon, policy);
  // Whoever worked after a beacon was alive then; nobody but the owner can make the proof later.
  const alive =
    since === null || lastProof === null ? (since ?? lastProof) : Math.max(since, lastProof);
  const weight = policy.weights[algorithm];
  const left = halved(policy.halfLife, now, since) * halved(policy.idleHalfLife, now, alive);
  const reason = nothingFor(weight, since, Number.isNaN(left), now);
  const worth = reason === null ? weight * left : 0;
  return { algorithm, beacon, since, hashes, worth, reason, sketches: same.length };
}

function nothingFor(
  weight: number,
  since: number | null,
  unknown: boolean,
  now: number,
): NothingReason | null {
  if (weight === 0) return "no-weight";
  if (since !== null && since > now) return "future";
  return unknown ? "undated" : null;
}

/** What is left of one after the time since then; NaN if it fades and nobody knows since when. */
function halved(halfLife: number | null, now: number, since: number | null): number {
  if (halfLife === null) return 1;
  return since === null ? Number.NaN : 2 ** (-Math.max(0, now - since) / halfLife);
}

/** When work with this beacon can have begun, as far as the community knows or believes. */
function dateOf(beacon: string, { beacons, dates, undated }: Policy): number | null {
  const listed = beacons.get(beacon);
  if (listed !== undefined) return listed;
  return (dates === "claimed" ? beaconTime(beacon) : undefined) ?? undated;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/**
 * The credit, in intervals of the gate's price, that a score earns: what `post` and `quote` of the
 * gate take as `credit`. Undefined for a score of nothing, since even a credit of 0 makes a poster
 * a known one. Give it only to a poster that has proved to own the identity (`checkProof`).
 */
export function creditFor({ score }: Pick<Score, "score">, { credit }: Policy): number | undefined {
  const earned = Math.min(credit.most, score * credit.perToken);
  return earned > 0 ? earned : undefined;
}
