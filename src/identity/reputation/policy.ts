import { ALGORITHMS, type Algorithm } from "../../engine/algorithms.ts";
import { MAX_INTERVALS } from "../../price/terms.ts";
import { parseDuration } from "../../text/duration.ts";
import { badInput } from "../../text/errors.ts";
import { parseInstant } from "../../text/instant.ts";
import { repeatedKey } from "../../text/repeated-key.ts";
import { checkBeacon } from "../beacon.ts";
import { checkConfidence, DEFAULT_CONFIDENCE } from "../sketch/estimate.ts";

/**
 * What work is raised to. JoinMarket values fidelity bonds so: `bond_value_exponent = 1.3` in
 * src/jmclient/configure.py of joinmarket-clientserver.
 */
export const DEFAULT_POWER = 1.3;

/**
 * What a hash counts by default. SHA-1 is the cheaper one: the devices of docs/cost.md compute 2.2 to
 * 2.5 times as many of it.
 */
export const DEFAULT_WEIGHTS: Readonly<Record<Algorithm, number>> = { sha1: 0.4, sha256: 1 };

/** Work in bits that is worth one token. */
export const DEFAULT_UNIT = 32;

/** Most bytes of a policy file. */
export const MAX_POLICY_BYTES = 1 << 20;

/** Most beacons that a policy may list. */
export const MAX_POLICY_BEACONS = 10_000;

/** How a community turns work into reputation: the fields of a policy file. All may be left out. */
export interface PolicyFields {
  /** Above 1 splitting work among names loses; from 0.1 to 3, 1.3 by default. */
  readonly power?: number | undefined;
  /** The work, in bits, that is worth one token; from 0 to 256, 32 by default. */
  readonly unit?: number | undefined;
  /** What counts as the work of a sketch: its lower bound (the default) or the estimate. */
  readonly bound?: "lower" | "estimate" | undefined;
  /** The certainty of the lower bound, from 0.5 to 0.999999; 0.999 by default. */
  readonly confidence?: number | undefined;
  /** How long until work counts half, since it may have been done: `"730d"`; never by default. */
  readonly halfLife?: string | undefined;
  /** How long after its last proof of ownership a key counts half; never by default. */
  readonly idleHalfLife?: string | undefined;
  /** When each beacon became known. */
  readonly beacons?: Readonly<Record<string, string>> | undefined;
  /**
   * `listed` (the default): only the dates in `beacons` are believed. `claimed`: for other beacons
   * also the date that they begin with, which whoever did the work may have made up.
   */
  readonly dates?: "listed" | "claimed" | undefined;
  /** The date for sketches without one; while anything fades they count nothing without it. */
  readonly undated?: string | undefined;
  /** What a hash of each algorithm counts; an algorithm left out counts nothing. */
  readonly weights?: Partial<Readonly<Record<Algorithm, number>>> | undefined;
  /** The highest score; none by default. */
  readonly cap?: number | undefined;
  /** Credit at the gate, in intervals: so many for each token, and at most so many (1000). */
  readonly credit?: { readonly perToken: number; readonly most: number } | undefined;
}

/** A policy that was checked, with every default in place; made by {@link readPolicy}. */
export interface Policy {
  readonly power: number;
  readonly unit: number;
  readonly bound: "lower" | "estimate";
  readonly confidence: number;
  /** Milliseconds; null for never. */
  readonly halfLife: number | null;
  /** Milliseconds; null for never. */
  readonly idleHalfLife: number | null;
  /** Milliseconds since 1970, by beacon. */
  readonly beacons: ReadonlyMap<string, number>;
  readonly dates: "listed" | "claimed";
  /** Milliseconds since 1970; null if what has no date counts nothing. */
  readonly undated: number | null;
  readonly weights: Readonly<Record<Algorithm, number>>;
  /** Infinity for none. */
  readonly cap: number;
  readonly credit: { readonly perToken: number; readonly most: number };
}

const FIELDS = ["power", "unit", "bound", "confidence", "halfLife", "idleHalfLife", "beacons"]
  .concat(["dates", "undated", "weights", "cap", "credit"])
  .sort();

/**
 * Checks a policy and puts in the defaults.
 *
 * @throws StampmillError `bad-input`, its `parameter` the field that is unknown or wrong
 */
export function readPolicy(given: PolicyFields = {}): Policy {
  const fields = plainObject("policy", given) as PolicyFields;
  checkNames("policy", fields, FIELDS);
  const { bound = "lower", dates = "listed", undated, halfLife, idleHalfLife } = fields;
  if (bound !== "lower" && bound !== "estimate") {
    throw badInput("bound", "bound must be lower or estimate");
  }
  if (dates !== "listed" && dates !== "claimed") {
    throw badInput("dates", "dates must be listed or claimed");
  }
  if (fields.confidence !== undefined && bound === "estimate") {
    throw badInput("confidence", "confidence belongs to bound lower: the estimate has none");
  }
  return {
    power: numberIn("power", fields.power ?? DEFAULT_POWER, 0.1, 3),
    unit: numberIn("unit", fields.unit ?? DEFAULT_UNIT, 0, 256),
    bound,
    confidence: checkConfidence(fields.confidence ?? DEFAULT_CONFIDENCE),
    halfLife: halfLife === undefined ? null : readPeriod("halfLife", halfLife),
    idleHalfLife: idleHalfLife === undefined ? null : readPeriod("idleHalfLife", idleHalfLife),
    beacons: readBeacons(fields.beacons),
    dates,
    undated: undated === undefined ? null : readDate("undated", undated),
    weights: readWeights(fields.weights),
    cap: fields.cap === undefined ? Infinity : numberIn("cap", fields.cap, 1e-9, 1e15),
    credit: readCredit(fields.credit),
  };
}

/**
 * Reads a policy file: one JSON object, in UTF-8.
 *
 * @throws StampmillError `bad-input` for anything else, and as {@link readPolicy} does
 */
export function parsePolicy(text: string): Policy {
  if (text.length > MAX_POLICY_BYTES) {
    throw badInput("policy", `a policy has at most ${MAX_POLICY_BYTES} bytes`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw badInput("policy", `the policy is not JSON: ${(error as Error).message}`);
  }
  const twice = repeatedKey(text);
  if (twice !== null) {
    throw badInput("policy", `the policy has ${JSON.stringify(twice)} twice in one object`);
  }
  return readPolicy(json as PolicyFields);
}

function readBeacons(given: PolicyFields["beacons"]): Map<string, number> {
  if (given === undefined) return new Map();
  const entries = Object.entries(plainObject("beacons", given));
  if (entries.length > MAX_POLICY_BEACONS) {
    throw badInput("beacons", `a policy lists at most ${MAX_POLICY_BEACONS} beacons`);
  }
  return new Map(entries.map(([beacon, date]) => [checkBeacon(beacon), readDate("beacons", date)]));
}

function readWeights(given: PolicyFields["weights"]): Policy["weights"] {
  const weights = given === undefined ? null : plainObject("weights", given);
  if (weights !== null) checkNames("weights", weights, ALGORITHMS);
  const weight = (name: Algorithm) => {
    if (weights === null) return DEFAULT_WEIGHTS[name];
    return Object.hasOwn(weights, name) ? numberIn(`weights.${name}`, weights[name], 0, 1e6) : 0;
  };
  return Object.fromEntries(ALGORITHMS.map((name) => [name, weight(name)])) as Policy["weights"];
}

function readCredit(given: PolicyFields["credit"]): Policy["credit"] {
  if (given === undefined) return { perToken: 0, most: 0 };
  const credit = plainObject("credit", given);
  checkNames("credit", credit, ["perToken", "most"]);
  const { perToken, most } = credit;
  return {
    perToken: numberIn("credit.perToken", perToken, 0, 1e6),
    most: numberIn("credit.most", most, 0, MAX_INTERVALS),
  };
}

function readPeriod(name: string, text: unknown): number {
  // The type first: a caller in JavaScript may give anything, with any `toString`.
  const period = typeof text === "string" ? parseDuration(text, name) : 0;
  if (period > 0) return period;
  throw badInput(name, `${name} must be a duration of more than 0 such as "730d"`);
}

function readDate(name: string, text: unknown): number {
  if (typeof text === "string") return parseInstant(text, name);
  throw badInput(name, `${name} must be a time in UTC such as "2026-11-24T12:00:00Z"`);
}

function numberIn(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw badInput(name, `${name} must be a number from ${least} to ${most}`);
}

function plainObject(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw badInput(name, `${name} must be an object`);
}

function checkNames(where: string, fields: object, known: readonly string[]): void {
  const strange = Object.keys(fields).find((name) => !known.includes(name));
  if (strange === undefined) return;
  const message = `${where} has no field ${JSON.stringify(strange)}`;
  throw badInput(where, message, `it may have ${known.join(", ")}`);
}
