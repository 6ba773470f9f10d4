import { type Algorithm, checkAlgorithm, UNNAMED_ALGORITHM } from "../engine/algorithms.ts";
import { STEPS, type Tariff } from "../price/price.ts";
import { type CheckedTerms, readTerms, tariffFor } from "../price/terms.ts";
import { MAX_SET } from "../stamp/work.ts";
import type { Store } from "../store/charge.ts";
import { readDuration } from "../text/duration.ts";
import { badInput } from "../text/errors.ts";
import { checkName } from "./name.ts";
import type { GateOptions } from "./types.ts";

/** What a gate does unless said otherwise. */
export const GATE_DEFAULTS = {
  algorithm: UNNAMED_ALGORITHM,
  rotate: "10m",
  grace: "10m",
  maxStamps: 64,
} as const satisfies Partial<GateOptions>;

/** Fewest stamps that may be allowed in a post: a price is quoted in up to so many. */
const LEAST_MAX_STAMPS = 16;

/** A stamp may claim so many bits less than the base: 64 such stamps pay it. */
const LEAST_BELOW_BASE = 6;

const DAY = 86_400_000;

/** Options of a gate that were checked, with every default in place; durations in milliseconds. */
export interface GateSettings {
  readonly store: Store;
  readonly terms: CheckedTerms;
  readonly algorithm: Algorithm;
  readonly secret: string | undefined;
  readonly rotate: number;
  readonly grace: number;
  readonly maxStamps: number;
  /** Bits that every stamp must claim. */
  readonly leastBits: number;
  readonly known: ReadonlyMap<string, number>;
  /** The tariff of whoever is not known. */
  readonly usual: Tariff;
  readonly now: () => number;
}

const NAMES = new Set([...Object.keys(GATE_DEFAULTS), "store", "terms", "secret", "known", "now"]);

/**
 * Checks options once, for every post that follows.
 *
 * @throws StampmillError `bad-input`, its `parameter` the option that is missing or wrong
 */
export function readGateOptions(options: GateOptions): GateSettings {
  if (typeof options !== "object" || options === null) {
    throw badInput("options", "options must be an object with a store");
  }
  for (const name of Object.keys(options)) {
    if (!NAMES.has(name)) throw badInput(name, `there is no option ${JSON.stringify(name)}`);
  }
  const { store, algorithm = GATE_DEFAULTS.algorithm, secret, now = Date.now } = options;
  if (typeof store?.charge !== "function") {
    throw badInput("store", "store must be what openStore resolves to");
  }
  checkAlgorithm(algorithm);
  if (secret !== undefined && !(typeof secret === "string" && secret.length >= 16)) {
    throw badInput("secret", "secret must be text of at least 16 characters");
  }
  if (typeof now !== "function") throw badInput("now", "now must be a function");
  const terms = readTerms(options.terms);
  return {
    store,
    terms,
    algorithm,
    secret,
    rotate: readPeriod(options.rotate ?? GATE_DEFAULTS.rotate, "rotate", "10s"),
    grace: readPeriod(options.grace ?? GATE_DEFAULTS.grace, "grace", "0s"),
    maxStamps: readMaxStamps(options.maxStamps ?? GATE_DEFAULTS.maxStamps),
    leastBits: Math.max(0, Math.floor(terms.base / STEPS) - LEAST_BELOW_BASE),
    known: readKnown(options.known ?? new Map(), terms),
    usual: tariffFor(terms, null),
    now,
  };
}

function readPeriod(period: string | number, parameter: string, least: string): number {
  const time = Math.ceil(readDuration(period, parameter));
  if (time >= readDuration(least, parameter) && time <= DAY) return time;
  throw badInput(parameter, `${parameter} must be from ${least} to 1d`);
}

function readMaxStamps(count: number): number {
  if (Number.isInteger(count) && count >= LEAST_MAX_STAMPS && count <= MAX_SET) return count;
  throw badInput("maxStamps", `maxStamps must be from ${LEAST_MAX_STAMPS} to ${MAX_SET}`);
}

function readKnown(
  known: ReadonlyMap<string, number>,
  terms: CheckedTerms,
): ReadonlyMap<string, number> {
  if (!(known instanceof Map)) throw badInput("known", "known must be a Map of credits");
  for (const [name, credit] of known) {
    checkName(name, "known");
    tariffFor(terms, credit);
  }
  return known;
}
