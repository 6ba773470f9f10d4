import assert from "node:assert/strict";
import { test } from "node:test";
import { startSearch } from "../../src/engine/engine.ts";
import { estimateWork, lowerBound } from "../../src/identity/sketch/estimate.ts";
import { digestOf, layRun, nonceOf } from "../../src/identity/sketch/message.ts";
import { emptySketch, type Sketch, SketchBuilder } from "../../src/identity/sketch/sketch.ts";
import { sketchSubject } from "../../src/identity/sketch/subject.ts";
import { erlangCdf } from "../../src/stamp/erlang.ts";
import { COUNTER_DIGITS } from "../../src/stamp/layout.ts";
import { sized } from "../share.ts";

// Sketches of known work against what is claimed of them: from a generator, and from the engine.

/** How many the engine searches. They are others each time, so luck must not fail them. */
const SEARCHED = sized({ quick: 200, gate: 800, soak: 4000 });

/** xorshift128 (G. Marsaglia, "Xorshift RNGs", 2003): the same numbers every time. */
function randomWords(seed: number): () => number {
  let [x, y, z, w] = [seed, 362436069, 521288629, 88675123];
  return () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return w >>> 0;
  };
}

/** A sketch of so many tries whose digests come from a generator instead of a hash. */
function simulate(size: number, tries: number, next: () => number): Sketch {
  const builder = new SketchBuilder(emptySketch(sketchSubject("identity", "sha256", size, [])));
  let greatest = 2 ** 32;
  for (let i = 0; i < tries; i++) {
    const first = next();
    // Most are out of the question by their first 32 bits.
    if (first > greatest) continue;
    const words = [first, next(), next(), next()];
    const digest = words
      .map((word) => word.toString(16).padStart(8, "0"))
      .join("")
      .padEnd(64, "0");
    builder.add({ nonce: String(i), digest, time: 0 });
    const { hashes } = builder.sketch;
    if (hashes.length === size)
      greatest = Number.parseInt(hashes[size - 1]?.digest.slice(0, 8) ?? "", 16);
  }
  return builder.sketch;
}

/** How certain the bounds are that are counted. */
const CONFIDENCES = [0.9, 0.99, 0.999];

/** What came of sketches whose work is known. */
class Record {
  /** Estimates, each divided by the work that there was. */
  readonly #ratios: number[] = [];
  /** How often each bound was above the work. */
  readonly #failures = CONFIDENCES.map(() => 0);

  add(sketch: Sketch, tries: number): void {
    this.#ratios.push(estimateWork(sketch) / tries);
    for (const [i, confidence] of CONFIDENCES.entries()) {
      if (lowerBound(sketch, confidence) > tries) this.#failures[i] = (this.#failures[i] ?? 0) + 1;
    }
  }

  /**
   * Bias under 1 % or five standard errors, a standard deviation of 1/sqrt(k-2) within four of its own,
   * and for each bound a number of failures that is neither too high nor too low.
   *
   * @param doubt the chance, for each side of each bound, to fail by luck
   */
  check(size: number, doubt: number): string {
    const count = this.#ratios.length;
    const mean = this.#ratios.reduce((sum, ratio) => sum + ratio, 0) / count;
    const variance = this.#ratios.reduce((sum, r) => sum + (r - mean) ** 2, 0) / (count - 1);
    const spread = Math.sqrt(variance) * Math.sqrt(size - 2);
    const failed = this.#failures.map((n, i) => `${n} at ${CONFIDENCES[i]}`).join(", ");
    const said =
      `${count} sketches: bias ${(100 * (mean - 1)).toFixed(2)} %, spread ` +
      `${spread.toFixed(3)} of 1/sqrt(k-2), bounds too high: ${failed}`;
    assert.ok(Math.abs(mean - 1) < Math.max(0.01, 5 / Math.sqrt((size - 2) * count)), said);
    // Estimates have longer tails than normal ones, hence the half more.
    assert.ok(Math.abs(spread - 1) < (4 * 1.5) / Math.sqrt(2 * count), said);
    for (const [i, failures] of this.#failures.entries()) {
      const expected = count * (1 - (CONFIDENCES[i] ?? 0));
      assert.ok(poissonTail(failures, expected) > doubt, `too many: ${said}`);
      assert.ok(1 - poissonTail(failures + 1, expected) > doubt, `too few: ${said}`);
    }
    return said;
  }
}

/** The chance of at least so many events where so many are expected. */
function poissonTail(events: number, expected: number): number {
  return events === 0 ? 1 : erlangCdf(events, expected);
}

for (const { size, sketches, tries } of [
  { size: 64, sketches: 2000, tries: 4096 },
  { size: 16, sketches: 4000, tries: 1024 },
]) {
  test(`k = ${size}: what is said of ${sketches} simulated sketches holds`, (t) => {
    const next = randomWords(size);
    const record = new Record();
    for (let i = 0; i < sketches; i++) record.add(simulate(size, tries, next), tries);
    t.diagnostic(record.check(size, 1e-4));
  });
}

test("merging keeps what is said of sketches true", (t) => {
  const next = randomWords(7);
  const record = new Record();
  for (let i = 0; i < 2000; i++) {
    const builder = new SketchBuilder(simulate(64, 500, next));
    for (const hash of simulate(64, 1500, next).hashes) builder.add(hash);
    record.add(builder.sketch, 2000);
  }
  t.diagnostic(record.check(64, 1e-4));
});

for (const algorithm of ["sha1", "sha256"] as const) {
  test(`${algorithm}: what is said of ${SEARCHED} sketches that the engine searched holds`, async (t) => {
    const subject = sketchSubject("identity", algorithm, 64, [["id", "statistics"]]);
    const tries = 2 ** 18;
    const record = new Record();
    for (let i = 0; i < SEARCHED; i++) {
      const run = layRun(subject);
      const search = startSearch({
        algorithm,
        message: Buffer.from(run.text, "latin1"),
        positions: run.positions,
        alphabet: COUNTER_DIGITS,
        // Three times as many as are kept: fewer than 64 there will never be.
        limit: 192n * 2n ** 46n,
        wanted: 0,
        count: BigInt(tries),
      });
      await search.done;
      const builder = new SketchBuilder(emptySketch(subject));
      for (const counter of search.take()) {
        const nonce = nonceOf(run.run, counter);
        builder.add({ nonce, digest: digestOf(subject, nonce), time: 0 });
      }
      record.add(builder.sketch, tries);
    }
    t.diagnostic(record.check(64, 1e-6));
  });
}
