import { type Algorithm, leadingZeroBits, stampDigest } from "../engine/algorithms.ts";
import { excerpt, isProblem, readStamp, type Stamp } from "../stamp/stamp.ts";
import type { PosterSalts } from "./salt.ts";
import type { StampReason, StampVerdict } from "./types.ts";

/** What the stamps of one post must be. */
export interface StampRules {
  /** The resource before the salt and behind it: `BOARD/` and `/DIGEST`. */
  readonly before: string;
  readonly behind: string;
  readonly algorithm: Algorithm;
  /** Bits that each must claim. */
  readonly leastBits: number;
  /** How long after its date a stamp is good, and how far clocks may differ, in milliseconds. */
  readonly life: number;
  readonly grace: number;
  readonly now: number;
  readonly salts: PosterSalts;
}

/** The verdicts on the stamps of one post. */
export interface JudgedStamps {
  readonly verdicts: readonly StampVerdict[];
  /** The first thing found against a stamp; null if every one is good as far as was looked. */
  readonly reason: StampReason | null;
}

/**
 * Judges stamps without hashing any: shape, algorithm, resource and salt, bits, dates, repetition.
 */
export function judgeCheaply(texts: readonly string[], rules: StampRules): JudgedStamps {
  const seen = new Set<string>();
  let first: StampReason | null = null;
  const verdicts = texts.map((text): StampVerdict => {
    const stamp = readStamp(text, rules.now);
    let reason = isProblem(stamp) ? stamp.reason : judgeFields(stamp, rules);
    if (reason === null) {
      reason = seen.has(text) ? "duplicate" : judgeSalt(stamp as Stamp, rules);
      seen.add(text);
    }
    first ??= reason;
    const bits = isProblem(stamp) || stamp.version === 0 ? null : stamp.bits;
    return { stamp: excerpt(text), reason, judged: reason !== null, bits };
  });
  return { verdicts, reason: first };
}

/** The first reason against a stamp but for its salt. */
function judgeFields(stamp: Stamp, rules: StampRules): StampReason | null {
  if (stamp.version === 0) return "unsupported-version";
  if (stamp.algorithm !== rules.algorithm) return "unsupported-algorithm";
  const { resource } = stamp;
  // What stands between is compared with the salts, the dearest of these tests, and the last.
  const framed = resource.startsWith(rules.before) && resource.endsWith(rules.behind);
  if (!framed) return "wrong-resource";
  if (stamp.bits < rules.leastBits) return "insufficient-bits";
  // A day would have to be remembered for a day, and a salt lives for minutes.
  if (stamp.date.length === 6) return "coarse-date";
  if (stamp.time > rules.now + rules.grace) return "future";
  if (stamp.time + rules.life + rules.grace <= rules.now) return "expired";
  return null;
}

function judgeSalt({ resource }: Stamp, rules: StampRules): StampReason | null {
  const salt = resource.slice(rules.before.length, -rules.behind.length);
  return rules.salts.isGood(salt, rules.now) ? null : "wrong-salt";
}

/**
 * Hashes stamps that passed so far, up to the first that claims what it has not: who sends one such
 * is not owed the hashes for the rest.
 */
export function judgeWork(cheap: JudgedStamps, algorithm: Algorithm): JudgedStamps {
  let lied = false;
  const verdicts = cheap.verdicts.map((verdict): StampVerdict => {
    if (lied) return verdict;
    const has = leadingZeroBits(stampDigest(verdict.stamp, algorithm));
    lied = has < (verdict.bits ?? Number.POSITIVE_INFINITY);
    return { ...verdict, judged: true, reason: lied ? "missing-work" : null };
  });
  return { verdicts, reason: lied ? "missing-work" : null };
}
