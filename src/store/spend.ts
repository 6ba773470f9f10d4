import { type Rules, readRules, type VerifyOptions } from "../stamp/rules.ts";
import { createVerifier, type RejectedVerdict, type Verdict } from "../stamp/verify.ts";
import { badInput } from "../text/errors.ts";
import { spentEntry } from "./entry.ts";
import type { SpentEntry, SpentStore } from "./store.ts";

/** What a stamp must be to be valid, and where spent ones are recorded. */
export type SpendOptions = VerifyOptions & {
  /** From `openStore`. */
  readonly store: SpentStore;
  /** `false` only looks whether the stamps were spent, and records nothing; `true` by default. */
  readonly spend?: boolean | undefined;
};

/**
 * Judges stamps and spends the valid ones: each as by itself, so that the second of two that are
 * the same is `spent`. The verdicts come in the order of the stamps.
 *
 * Rejects with a StampmillError `store` if the store fails: then none of them is accepted, though
 * some may have been recorded and be `spent` from now on.
 */
export type Spender = (stamps: readonly string[]) => Promise<Verdict[]>;

/**
 * Judges one stamp and, if it is valid, spends it: it is recorded for good before this resolves.
 *
 * @throws StampmillError `bad-input` if an option is missing or wrong; `store` if the store fails,
 *   and then the stamp is not accepted
 */
export async function verifyAndSpend(stamp: string, options: SpendOptions): Promise<Verdict> {
  const [verdict] = await createSpender(options)([stamp]);
  return verdict as Verdict;
}

/**
 * Checks the options once, for judging and spending many stamps.
 *
 * @throws StampmillError `bad-input` if an option is missing or wrong
 */
export function createSpender(options: SpendOptions): Spender {
  const { store, spend = true, ...requirements } = { ...options };
  const rules = readRules(requirements);
  const verifier = createVerifier(requirements);
  if (typeof store?.spend !== "function") {
    throw badInput("store", "store must be what openStore resolves to");
  }
  if (typeof spend !== "boolean") throw badInput("spend", "spend must be true or false");
  return async (stamps) => {
    const verdicts = stamps.map(verifier);
    const judgedValid = verdicts.filter(({ valid }) => valid);
    const entries = judgedValid.map(({ stamp }) => spentEntry(stamp));
    const fresh = await takeFresh(entries, store, spend ? rules : null);
    let next = 0;
    return verdicts.map((verdict) => {
      if (!verdict.valid) return verdict;
      return fresh[next++] === true ? verdict : toSpent(verdict);
    });
  };
}

/** For each entry whether it is good; spends those that are, unless `rules` is null. */
async function takeFresh(
  entries: readonly SpentEntry[],
  store: SpentStore,
  rules: Rules | null,
): Promise<boolean[]> {
  if (entries.length === 0) return [];
  if (rules === null) return (await store.look(entries)).map((outcome) => outcome === "fresh");
  const { expires, grace, now } = rules;
  const terms = { keep: expires + grace, now: now ?? Date.now() };
  const outcomes = await store.spend(
    entries.map((entry) => [entry]),
    terms,
  );
  return outcomes.map(([outcome]) => outcome === "fresh");
}

function toSpent(verdict: Verdict): RejectedVerdict {
  return { ...verdict, valid: false, reason: "spent" };
}
