import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Algorithm } from "../../src/engine/algorithms.ts";
import { type Identity, identityOf, identitySubject } from "../../src/identity/format.ts";
import { explainScore } from "../../src/identity/reputation/explain.ts";
import { type PolicyFields, readPolicy } from "../../src/identity/reputation/policy.ts";
import {
  creditFor,
  MAX_SCORED_HASHES,
  scoreIdentities,
} from "../../src/identity/reputation/score.ts";
import {
  breakEvenNames,
  hashesToDouble,
  namesAtCap,
  tokensFor,
  tokensWhenSplit,
} from "../../src/identity/reputation/sybils.ts";
import { lowerBound } from "../../src/identity/sketch/estimate.ts";
import { often } from "../hostile.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 24);
const K = 64;

interface Made {
  id?: string;
  beacon?: string;
  algorithm?: Algorithm;
  /** What the estimate of the sketch is to be. */
  work: number;
  /** Makes nonces, and with them digests, that another sketch does not have. */
  salt?: number;
}

/** A sketch with digests as they lie where there was so much work: none of it was done. */
function madeSketch({
  id = "alice",
  beacon,
  algorithm = "sha256",
  work,
  salt = 0,
}: Made): Identity {
  const subject = identitySubject({ id, beacon, algorithm, k: K });
  const digits = algorithm === "sha1" ? 40 : 64;
  const step = BigInt(Math.floor(2 ** 160 / (work * (K / (K - 1)))));
  const hashes = Array.from({ length: K }, (_, i) => {
    const head = (step * BigInt(i + 1) - BigInt(salt)).toString(16).padStart(40, "0");
    return { nonce: `${salt}-${i}`, digest: head.padEnd(digits, "0"), time: 0 };
  });
  return identityOf({ subject, hashes });
}

function scoreOne(sketches: readonly Identity[], fields: PolicyFields = {}, lastProof?: number) {
  const lastProofs = new Map(lastProof === undefined ? [] : [["alice", lastProof]]);
  const [score, ...others] = scoreIdentities(sketches, readPolicy(fields), {
    now: NOW,
    lastProofs,
  });
  assert.ok(score !== undefined && others.length === 0);
  return score;
}

function near(actual: number, expected: number, relative = 1e-9): void {
  assert.ok(Math.abs(actual / expected - 1) < relative, `${actual} is not ${expected}`);
}

const ESTIMATE: PolicyFields = {
  bound: "estimate",
  power: 1,
  unit: 0,
  weights: { sha1: 1, sha256: 1 },
};

test("the safe bound counts by default, the estimate if the policy says so", () => {
  const sketch = madeSketch({ work: 2 ** 40 });
  near(scoreOne([sketch], ESTIMATE).counted, 2 ** 40);
  near(scoreOne([sketch]).counted, lowerBound(sketch.sketch, 0.999));
  near(scoreOne([sketch], { confidence: 0.9 }).counted, lowerBound(sketch.sketch, 0.9));
  assert.ok(lowerBound(sketch.sketch, 0.999) < lowerBound(sketch.sketch, 0.9));
  near(scoreOne([sketch]).score, (lowerBound(sketch.sketch, 0.999) / 2 ** 32) ** 1.3);
});

test("no hash counts twice", () => {
  const one = madeSketch({ work: 2 ** 40 });
  const once = scoreOne([one], ESTIMATE).counted;
  near(scoreOne([one, one, one], ESTIMATE).counted, once);
  assert.equal(scoreOne([one, one], ESTIMATE).parts[0]?.sketches, 2);
  // Other nonces for the same message: another machine's work, which adds up by merging.
  const other = madeSketch({ work: 2 ** 40, salt: 1 });
  near(scoreOne([one, other], ESTIMATE).counted, 2 * once, 0.05);
  near(scoreOne([one, other, one, other], ESTIMATE).counted, 2 * once, 0.05);
  // Another beacon or algorithm is another message.
  const beacon = madeSketch({ work: 2 ** 40, beacon: "drand 1" });
  const sha1 = madeSketch({ work: 2 ** 40, algorithm: "sha1" });
  near(scoreOne([one, beacon, sha1], ESTIMATE).counted, 3 * once);
});

test("identities are scored apart, in the order they come in", () => {
  const sketches = ["bob", "alice", "bob"].map((id) => madeSketch({ id, work: 2 ** 33 }));
  const scores = scoreIdentities(sketches, readPolicy(ESTIMATE), { now: NOW });
  assert.deepEqual(
    scores.map(({ id }) => id),
    ["bob", "alice"],
  );
  near(scores[0]?.score ?? 0, scores[1]?.score ?? 1);
});

test("an algorithm has its weight, and one left out has none", () => {
  const sha1 = madeSketch({ work: 2 ** 40, algorithm: "sha1" });
  const sha256 = madeSketch({ work: 2 ** 40 });
  const weights = { sha256: 0.25 };
  near(scoreOne([sha1, sha256], { ...ESTIMATE, weights }).counted, 2 ** 38);
  const [part] = scoreOne([sha1], { ...ESTIMATE, weights }).parts;
  assert.equal(part?.reason, "no-weight");
  assert.equal(scoreOne([sha1], { ...ESTIMATE, weights }).score, 0);
});

test("a hash of SHA-1, which is cheaper, counts less by default", () => {
  const { counted } = scoreOne([madeSketch({ work: 2 ** 40, algorithm: "sha1" })]);
  near(counted, 0.4 * scoreOne([madeSketch({ work: 2 ** 40 })]).counted);
});

test("work fades from the date that the policy has for its beacon", () => {
  const sketch = madeSketch({ work: 2 ** 40, beacon: "drand 7" });
  const listed = { ...ESTIMATE, beacons: { "drand 7": "2026-11-04" } };
  near(scoreOne([sketch], { ...listed, halfLife: "10d" }).counted, 2 ** 38);
  near(scoreOne([sketch], listed).counted, 2 ** 40);
  const undated = scoreOne([sketch], { ...ESTIMATE, halfLife: "10d" });
  assert.equal(undated.score, 0);
  assert.equal(undated.parts[0]?.reason, "undated");
  // A date for all others, which the community knows to be the earliest.
  near(
    scoreOne([sketch], { ...ESTIMATE, halfLife: "10d", undated: "2026-11-14" }).counted,
    2 ** 39,
  );
  const dated = madeSketch({ work: 2 ** 40, beacon: "2026-11-04:block" });
  const claims = { ...ESTIMATE, halfLife: "10d" };
  assert.equal(scoreOne([dated], claims).score, 0);
  near(scoreOne([dated], { ...claims, dates: "claimed" }).counted, 2 ** 38);
  const knows = { ...claims, beacons: { "2026-11-04:block": "2026-10-25" } };
  near(scoreOne([dated], { ...knows, dates: "claimed" }).counted, 2 ** 37);
  const future = scoreOne([sketch], { ...ESTIMATE, beacons: { "drand 7": "2026-11-25" } });
  assert.equal(future.parts[0]?.reason, "future");
  assert.equal(future.score, 0);
});

test("a key that gives no sign of life fades", () => {
  const sketch = madeSketch({ work: 2 ** 40, beacon: "drand 7" });
  const fields = { ...ESTIMATE, idleHalfLife: "10d" };
  assert.equal(scoreOne([sketch], fields).score, 0);
  near(scoreOne([sketch], fields, NOW - 20 * DAY).counted, 2 ** 38);
  const listed = { ...fields, beacons: { "drand 7": "2026-11-14" } };
  near(scoreOne([sketch], listed).counted, 2 ** 39);
  near(scoreOne([sketch], listed, NOW - 20 * DAY).counted, 2 ** 39);
  near(scoreOne([sketch], listed, NOW).counted, 2 ** 40);
  // A clock that was ahead makes nobody more alive than now.
  near(scoreOne([sketch], listed, NOW + 20 * DAY).counted, 2 ** 40);
  const both = { ...listed, halfLife: "5d" };
  near(scoreOne([sketch], both, NOW).counted, 2 ** 38);
});

test("a cap caps, and credit follows the score", () => {
  const sketch = madeSketch({ work: 2 ** 40 });
  const fields = { ...ESTIMATE, unit: 32, cap: 100, credit: { perToken: 0.5, most: 60 } };
  const capped = scoreOne([sketch], fields);
  assert.deepEqual([capped.score, capped.capped], [100, true]);
  assert.equal(creditFor(capped, readPolicy(fields)), 50);
  assert.equal(creditFor({ score: 1e9 }, readPolicy(fields)), 60);
  // None is not 0, with which the gate would take a poster as a known one.
  assert.equal(creditFor(capped, readPolicy(ESTIMATE)), undefined);
  assert.equal(creditFor({ score: 0 }, readPolicy(fields)), undefined);
});

test("splitting among n names leaves n^(1 - power)", () => {
  const policy = readPolicy();
  const work = 2 ** 40;
  for (const n of [1, 2, 10, 100, 1e6]) {
    near(tokensWhenSplit(work, n, policy), n ** -0.3 * tokensFor(work, policy));
  }
  near(
    tokensWhenSplit(work, 100, readPolicy({ power: 1 })),
    tokensFor(work, readPolicy({ power: 1 })),
  );
});

test("at the break-even number of names nothing is lost, with one more something is", () => {
  const policies = fc.record({
    power: fc.double({ min: 1.05, max: 3, noNaN: true }),
    unit: fc.integer({ min: 0, max: 40 }),
    cap: fc.double({ min: 0.5, max: 1e6, noNaN: true }),
  });
  const works = fc.double({ min: 1, max: 2 ** 60, noNaN: true });
  const property = fc.property(policies, works, (fields, work) => {
    const policy = readPolicy(fields);
    const alone = tokensFor(work, policy);
    const names = breakEvenNames(work, policy);
    if (names === null || names > 1e12) return;
    assert.ok(tokensWhenSplit(work, names, policy) >= alone * (1 - 1e-9));
    assert.ok(tokensWhenSplit(work, names + 1, policy) < alone * (1 + 1e-9));
  });
  fc.assert(property, often(300));
  // Where it is beyond all numbers it is still one, for JSON has no other.
  const barely = readPolicy({ power: 1.0001, cap: 1 });
  assert.equal(breakEvenNames(2 ** 60, barely), Number.MAX_SAFE_INTEGER);
  assert.equal(breakEvenNames(2 ** 40, readPolicy()), 1);
  assert.equal(breakEvenNames(2 ** 40, readPolicy({ power: 1 })), null);
  // 2^8 units at a power of 1.5 are 4096 tokens uncapped, 64 times the cap: 64^2 names.
  const policy = readPolicy({ power: 1.5, cap: 64 });
  near(breakEvenNames(2 ** 40, policy) ?? 0, 4096);
  near(namesAtCap(2 ** 40, policy), 16);
});

test("doubling a score costs 2^(1/power) times the work, where the cap allows it", () => {
  const policy = readPolicy();
  const more = hashesToDouble(2 ** 40, policy) ?? 0;
  near(tokensFor(2 ** 40 + more, policy), 2 * tokensFor(2 ** 40, policy));
  near(more / 2 ** 40, 0.7044, 1e-3);
  assert.equal(hashesToDouble(0, policy), null);
  assert.equal(hashesToDouble(2 ** 40, readPolicy({ cap: 1 })), null);
});

test("hostile calls: too many sketches and times that are none are refused", () => {
  const many = new Array(MAX_SCORED_HASHES / K + 1).fill(madeSketch({ work: 1e6 }));
  assert.throws(() => scoreIdentities(many, readPolicy()), { parameter: "identities" });
  assert.throws(() => scoreIdentities([], readPolicy(), { now: Number.NaN }), { parameter: "now" });
  assert.deepEqual(scoreIdentities([], readPolicy()), []);
});

test("an explanation says what splitting keeps and what doubling costs, by algorithm", () => {
  const policy = readPolicy({ weights: { sha256: 2 } });
  const { splits, doubleFactor, doubleHashes, ...others } = explainScore(
    { counted: 2 ** 40 },
    policy,
  );
  assert.deepEqual(
    splits.map(({ names }) => names),
    [2, 10, 100],
  );
  for (const { names, keeps } of splits) near(keeps, names ** -0.3);
  near(doubleFactor, 2 ** (1 / 1.3));
  assert.equal(doubleHashes.sha1, null);
  near(doubleHashes.sha256 ?? 0, (2 ** 40 * (2 ** (1 / 1.3) - 1)) / 2);
  assert.deepEqual(others, { breakEvenNames: 1, namesAtCap: 0 });
  const nothing = explainScore({ counted: 0 }, policy);
  assert.ok(nothing.splits.every(({ keeps }) => keeps === 0));
  assert.equal(nothing.doubleHashes.sha256, null);
});
