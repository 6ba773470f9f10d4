import { type Rules, readRules, type VerifyOptions } from "../stamp/rules.ts";
import {
  createVerifier,
  type RejectedVerdict,
  type ValidVerdict,
  type Verdict,
} from "../stamp/verify.ts";
import { checkWork, hashesOf, MAX_SET, reachesWork } from "../stamp/work.ts";
import { StampmillError } from "../text/errors.ts";
import { spentEntry } from "./entry.ts";
import type { SpendOutcome, SpentStore } from "./store.ts";

/** What a set of stamps must be worth, and where spent ones are recorded. */
export type SetOptions = VerifyOptions & {
  /** In bits, fractions allowed: the set must be worth 2^work hashes. */
  readonly work: number;
  /** From `openStore`; without one nothing is remembered. */
  readonly store?: SpentStore | undefined;
  /** `false` only looks whether the stamps were spent, and records nothing; `true` by default. */
  readonly spend?: boolean | undefined;
};

/** The stamps for one resource that count, and what they are worth together. */
export interface SetVerdict {
  readonly resource: string;
  readonly accepted: boolean;
  /** Distinct valid stamps, in their order; those of an accepted set were spent. */
  readonly stamps: readonly string[];
  /** In bits: log2 of the sum of their hashes. */
  readonly work: number;
}

/** What became of several stamps given together. */
export interface WorkVerdict {
  /** At least one resource has a set that reaches the work. */
  readonly accepted: boolean;
  /** One for each resource that has a valid stamp, in the order of the first. */
  readonly sets: readonly SetVerdict[];
  /** One for each stamp, in their order; `insufficient-work` if its set fell short. */
  readonly verdicts: readonly Verdict[];
}

/**
 * Adds up the work of stamps given together: for each resource, those that are valid and differ
 * from each other. A set that reaches the work is accepted, and spent in one step, all of it or
 * none; stamps of a set that does not reach it are not spent. A stamp that was spent before does
 * not count, and does not spoil the others. A second copy of a stamp is `spent`.
 *
 * @throws StampmillError `bad-input` if an option is missing or wrong, or more than 1000 stamps are
 *   given; `store` if the store fails, and then nothing is accepted
 */
export async function verifyWork(
  stamps: readonly string[],
  options: SetOptions,
): Promise<WorkVerdict> {
  const { work, store, spend = true, ...requirements } = { ...options };
  checkWork(work);
  const rules = readRules(requirements);
  if (stamps.length > MAX_SET) {
    throw new StampmillError("bad-input", `at most ${MAX_SET} stamps are added up`, {
      parameter: "stamps",
    });
  }
  const judged = stamps.map(createVerifier(requirements));
  const sets: SetVerdict[] = [];
  const counted = new Set<string>();
  const short = new Set<string>();
  for (const [resource, candidates] of distinctByResource(judged)) {
    const fresh = await settle(candidates, work, store, spend ? rules : null);
    const accepted = reachesWork(fresh.map(bitsOf), work);
    for (const { stamp } of fresh) (accepted ? counted : short).add(stamp);
    sets.push({ resource, accepted, stamps: fresh.map(({ stamp }) => stamp), work: sumOf(fresh) });
  }
  const verdicts = judged.map((verdict) => {
    if (!verdict.valid || counted.delete(verdict.stamp)) return verdict;
    return rejectedFor(short.delete(verdict.stamp) ? "insufficient-work" : "spent", verdict);
  });
  return { accepted: sets.some(({ accepted }) => accepted), sets, verdicts };
}

function distinctByResource(verdicts: readonly Verdict[]): Map<string, ValidVerdict[]> {
  const seen = new Set<string>();
  const byResource = new Map<string, ValidVerdict[]>();
  for (const verdict of verdicts) {
    if (!verdict.valid || seen.has(verdict.stamp)) continue;
    seen.add(verdict.stamp);
    const set = byResource.get(verdict.resource);
    if (set === undefined) byResource.set(verdict.resource, [verdict]);
    else set.push(verdict);
  }
  return byResource;
}

/**
 * The stamps of a set that count. If they reach the work they are spent, unless `rules` is null.
 * Each round loses at least one stamp, to whoever spent it meanwhile.
 */
async function settle(
  candidates: readonly ValidVerdict[],
  work: number,
  store: SpentStore | undefined,
  rules: Rules | null,
): Promise<readonly ValidVerdict[]> {
  if (store === undefined) return candidates;
  let set = keepFresh(candidates, await store.look(candidates.map(entryOf)));
  while (rules !== null && reachesWork(set.map(bitsOf), work)) {
    const terms = { keep: rules.expires + rules.grace, now: rules.now ?? Date.now() };
    const [outcomes = []] = await store.spend([set.map(entryOf)], terms);
    const fresh = keepFresh(set, outcomes);
    if (fresh.length === set.length) return set;
    set = fresh;
  }
  return set;
}

function keepFresh(
  set: readonly ValidVerdict[],
  outcomes: readonly SpendOutcome[],
): readonly ValidVerdict[] {
  return set.filter((_, i) => outcomes[i] === "fresh");
}

const entryOf = ({ stamp }: ValidVerdict) => spentEntry(stamp);

/** A stamp of version 0 claims nothing and is worth what it has. */
const bitsOf = ({ work }: ValidVerdict) => work;

function sumOf(set: readonly ValidVerdict[]): number {
  return Math.log2(Number(hashesOf(set.map(bitsOf))));
}

function rejectedFor(
  reason: "insufficient-work" | "spent",
  verdict: ValidVerdict,
): RejectedVerdict {
  return { ...verdict, valid: false, reason };
}
