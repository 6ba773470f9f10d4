import { cheapest, costOf } from "../../difficulty/attackers.ts";
import { ALGORITHMS, type Algorithm } from "../../engine/algorithms.ts";
import { explainScore, type ScoreExplanation } from "../../identity/reputation/explain.ts";
import type { Policy } from "../../identity/reputation/policy.ts";
import {
  creditFor,
  type NothingReason,
  type Score,
  type ScoredPart,
} from "../../identity/reputation/score.ts";
import { confidenceInWords } from "../../identity/sketch/words.ts";
import { formatInstant } from "../../text/instant.ts";
import { formatCount, formatMoney, formatPercent, formatSeconds } from "../figures/quantity.ts";
import { textTable } from "../figures/table.ts";
import { toJsonLine, toPrintableLine } from "../terminal/output.ts";
import { hashesInWords } from "./facts.ts";

type Rates = ReadonlyMap<Algorithm, number>;

/** What so many hashes take, here and for an attacker on the device where they are cheapest. */
interface Doubling {
  readonly algorithm: Algorithm;
  readonly hashes: number;
  readonly hostSeconds: number | null;
  readonly dollars: number | null;
}

function doublings({ doubleHashes }: ScoreExplanation, rates: Rates): Doubling[] {
  return ALGORITHMS.flatMap((algorithm) => {
    const hashes = doubleHashes[algorithm];
    if (hashes === null) return [];
    const rate = rates.get(algorithm);
    const hostSeconds = rate === undefined ? null : hashes / rate;
    return [
      { algorithm, hashes, hostSeconds, dollars: cheapest(costOf({ hashes, algorithm })).dollars },
    ];
  });
}

/** A score as one line of JSON. */
export function scoreLine(score: Score, policy: Policy, rates: Rates): string {
  const { id, score: tokens, capped, counted, parts } = score;
  const explained = explainScore(score, policy);
  const doubled = doublings(explained, rates);
  return toJsonLine({
    id,
    score: tokens,
    capped,
    counted,
    credit: creditFor(score, policy) ?? 0,
    algorithms: parts.map(({ algorithm }) => algorithm),
    beacons: parts.map(({ beacon }) => beacon),
    since: parts.map(({ since }) => (since === null ? null : formatInstant(since))),
    hashes: parts.map(({ hashes }) => hashes),
    worth: parts.map(({ worth }) => worth),
    reasons: parts.map(({ reason }) => reason),
    sketches: parts.map(({ sketches }) => sketches),
    splitNames: explained.splits.map(({ names }) => names),
    splitKeeps: explained.splits.map(({ keeps }) => keeps),
    breakEvenNames: explained.breakEvenNames,
    namesAtCap: explained.namesAtCap,
    doubleFactor: explained.doubleFactor,
    doubleAlgorithms: doubled.map(({ algorithm }) => algorithm),
    doubleHashes: doubled.map(({ hashes }) => hashes),
    doubleHostSeconds: doubled.map(({ hostSeconds }) => hostSeconds),
    doubleDollars: doubled.map(({ dollars }) => dollars),
  });
}

/** A score for people. */
export function scoreText(score: Score, policy: Policy, rates: Rates): string {
  const { id, score: tokens, capped, counted, parts } = score;
  const explained = explainScore(score, policy);
  const rows: [name: string, value: string][] = [
    ["identity", toPrintableLine(id)],
    ["score", `${formatCount(tokens)}${capped ? ", the cap" : ""}`],
    ...underOneName(
      "work",
      parts.map((part) => partInWords(part, policy)),
    ),
    ["counted", counted === 0 ? "nothing" : hashesInWords(counted)],
  ];
  if (policy.credit.most > 0) {
    rows.push(["credit", `${formatCount(creditFor(score, policy) ?? 0)} intervals at the gate`]);
  }
  if (counted > 0) {
    const lines = doublings(explained, rates).map(doublingInWords);
    const factor = `takes ${explained.doubleFactor.toFixed(2)} times the work`;
    const doubling = lines.length === 0 ? ["the cap is in the way"] : [factor, ...lines];
    rows.push(["splitting", splittingInWords(explained, policy)]);
    rows.push(...underOneName("doubling", doubling));
  }
  return textTable({ head: [], rows, align: "ll" });
}

/** A row for each value; only the first has the name. */
function underOneName(name: string, values: readonly string[]): [string, string][] {
  return values.map((value, i) => [i === 0 ? name : "", value]);
}

function partInWords(part: ScoredPart, { bound, confidence }: Policy): string {
  const { algorithm, beacon, since, hashes, worth, reason, sketches } = part;
  const how = bound === "lower" ? `certain by ${confidenceInWords(confidence)}` : "estimated";
  const where = beacon === "" ? "" : `, beacon ${toPrintableLine(beacon)}`;
  const when = since === null ? "" : `, since ${formatInstant(since)}`;
  const merged = sketches === 1 ? "" : `, of ${sketches} sketches merged`;
  const counts = reason === null ? `counts ${formatPercent(worth)}` : REASONS[reason];
  return `${hashesInWords(hashes)} of ${algorithm}, ${how}${where}${when}${merged}: ${counts}`;
}

const REASONS: Record<NothingReason, string> = {
  "no-weight": "counts nothing, for the algorithm has no weight",
  undated: "counts nothing, for work fades here, and nobody knows since when this does",
  future: "counts nothing, for its beacon is of the future",
};

function splittingInWords(explained: ScoreExplanation, { power, cap }: Policy): string {
  const { splits, breakEvenNames, namesAtCap } = explained;
  const keeps = splits.map(({ names, keeps }) => `${names} names keep ${formatPercent(keeps)}`);
  if (breakEvenNames === null) {
    const always = power === 1 ? "it never loses" : "it always gains";
    return `${always} at a power of ${power}: ${keeps.join(", ")}`;
  }
  if (breakEvenNames === 1) return `it always loses: ${keeps.join(", ")}`;
  const best = `${formatCount(namesAtCap)} names at the cap of ${formatCount(cap)} get most`;
  return `it gains up to ${formatCount(breakEvenNames)} names, for ${best}: ${keeps.join(", ")}`;
}

function doublingInWords({ algorithm, hashes, hostSeconds, dollars }: Doubling): string {
  const here = hostSeconds === null ? "" : `, ${formatSeconds(hostSeconds)} on this host`;
  const money = dollars === null ? "" : `, ${formatMoney(dollars)} for an attacker`;
  return `${formatCount(hashes)} hashes more of ${algorithm}${here}${money}`;
}
