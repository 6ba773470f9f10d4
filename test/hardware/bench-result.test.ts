import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareResults, failures, machineDifferences } from "../../src/hardware/compare.ts";
import { readResult, type SavedResult } from "../../src/hardware/read-result.ts";
import { fasterThanChosen } from "../../src/hardware/result.ts";
import { threadCounts } from "../../src/hardware/run.ts";
import {
  distanceFromExponential,
  usualDistance,
  withUncertainty,
} from "../../src/hardware/statistics.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { mangled, often } from "../hostile.ts";

const RATE = { algorithm: "sha1", rounds: [99, 100, 101], uncertainty: 0.03 } as const;
const RESULT = {
  format: "stampmill-bench",
  version: 1,
  date: "2026-11-24T22:00:00Z",
  machine: {
    cpu: "AMD EPYC",
    class: "x64-AuthenticAMD-25-17",
    caches: [{ level: 1, kind: "data", bytes: 32_768 }],
    processors: 2,
    bytes: 25_276_510_208,
    id: "0123456789abcdef",
  },
  versions: { stampmill: "0.1.0", compiler: "g++ 12.2.0", node: "20.20.2", openssl: "3.0.19" },
  rates: [
    { ...RATE, kernel: "avx512", threads: 1, rate: 1000 },
    { ...RATE, kernel: "avx512", threads: 2, rate: 1900 },
    { ...RATE, kernel: "scalar", threads: 1, rate: 100 },
  ],
  calls: [{ ...RATE, call: "parse", rate: 2e6 }],
};
const TEXT = JSON.stringify(RESULT);
const good = readResult(TEXT, "good.json");

/** The result with each rate multiplied. */
function faster(factors: readonly number[]): SavedResult {
  const rates = good.rates.map((rate, i) => ({ ...rate, rate: rate.rate * (factors[i] ?? 1) }));
  return { ...good, rates };
}

test("a verdict only where it exceeds the noise of both", () => {
  // Both are known to 3 %, their ratio to 4.2 %.
  const rows = compareResults(good, faster([1.04, 1.05, 0.95]));
  assert.deepEqual(
    rows.map(({ what, change }) => [what, change]),
    [
      ["sha1 avx512, 1 thread", "same"],
      ["sha1 avx512, 2 threads", "faster"],
      ["sha1 scalar, 1 thread", "slower"],
      ["parse sha1", "same"],
    ],
  );
  assert.ok(Math.abs((rows[0]?.ratio ?? 0) - 1.04) < 1e-9);
  assert.ok(Math.abs((rows[0]?.uncertainty ?? 0) - 0.03 * Math.SQRT2) < 1e-9);
});

test("a limit fails what lost more than it, and what is gone; never what is within the noise", () => {
  const failed = (after: SavedResult, limit: number) =>
    failures(compareResults(good, after), limit).map(({ what }) => what);
  assert.deepEqual(failed(faster([0.91, 0.89, 1]), 0.1), ["sha1 avx512, 2 threads"]);
  assert.deepEqual(failed(faster([0.97, 1, 1]), 0), []);
  assert.deepEqual(failed(good, 0), []);
  const less = { ...good, rates: good.rates.slice(1) };
  assert.deepEqual(failed(less, 0.5), ["sha1 avx512, 1 thread"]);
  const more = compareResults(less, good);
  assert.equal(more[0]?.change, "new");
  assert.deepEqual(failures(more, 0), []);
});

test("machines are told apart by what they say of themselves", () => {
  const { machine } = good;
  const other = (change: Partial<typeof machine>) =>
    machineDifferences(machine, { ...machine, ...change }).join();
  assert.equal(other({}), "");
  assert.equal(other({ bytes: machine.bytes * 1.01 }), "");
  assert.equal(other({ id: null }), "");
  assert.match(other({ id: "fedcba9876543210" }), /^installation/);
  assert.match(other({ cpu: "another" }), /^processor \(AMD EPYC, another\)$/);
  assert.match(other({ class: "x" }), /^class/);
  assert.match(other({ processors: 4 }), /^number of processors/);
  assert.match(other({ bytes: 2 * machine.bytes }), /^memory/);
  assert.match(other({ caches: [] }), /^caches/);
});

test("results that are damaged, foreign or of another version", () => {
  const edits: [change: (copy: typeof RESULT) => unknown, message: RegExp][] = [
    [(r) => Object.assign(r, { format: "x" }), /format is not stampmill-bench/],
    [(r) => Object.assign(r, { version: 2 }), /version is not 1/],
    [(r) => Object.assign(r, { machine: undefined }), /machine is missing/],
    [(r) => Object.assign(r, { rates: {} }), /rates is not a short list/],
    [(r) => Object.assign(r.rates[1] ?? {}, { rate: 0 }), /rates\[1\]\.rate is not a positive/],
    [(r) => Object.assign(r.rates[1] ?? {}, { rate: -1 }), /rates\[1\]\.rate is not a positive/],
    [(r) => Object.assign(r.rates[1] ?? {}, { rate: "7" }), /rates\[1\]\.rate is not a positive/],
    [(r) => Object.assign(r.rates[0] ?? {}, { rate: 1e300 }), /rates\[0\]\.rate is not a positive/],
    [(r) => Object.assign(r.rates[0] ?? {}, { algorithm: "md5" }), /no algorithm that is known/],
    [
      (r) => Object.assign(r.machine, { cpu: "x".repeat(1001) }),
      /machine\.cpu is not a short text/,
    ],
    [(r) => Object.assign(r.calls[0] ?? {}, { call: "run" }), /neither parse nor verify/],
  ];
  for (const [change, message] of edits) {
    const copy = structuredClone(RESULT);
    change(copy);
    const read = () => readResult(JSON.stringify(copy), "old.json");
    assert.throws(read, { code: "bad-input", message });
    assert.throws(read, { message: /^old\.json is no result of stampmill bench: / });
  }
  for (const text of ["", "null", "[]", "7", TEXT.slice(0, -1)]) {
    assert.throws(() => readResult(text, "old.json"), { code: "bad-input" });
  }
});

test("hostile: any text is a result that can be compared, or a clear error", () => {
  fc.assert(
    fc.property(mangled([TEXT]), (text) => {
      try {
        const read = readResult(text, "f");
        compareResults(read, good);
        machineDifferences(read.machine, good.machine);
      } catch (error) {
        assert.ok(error instanceof StampmillError, String(error));
      }
    }),
    often(500),
  );
});

test("the uncertainty is the rounds' own, or what is usual, and at least one percent", () => {
  const [steady, wide, still] = withUncertainty([
    { rounds: [100, 100, 100], processorShare: 1 },
    { rounds: [90, 100, 110], processorShare: 1 },
    { rounds: [100, 101, 102], processorShare: 1 },
  ]);
  assert.equal(wide?.rate, 100);
  assert.ok(Math.abs((wide?.uncertainty ?? 0) - 0.3) < 1e-9);
  // Three that agree by luck: what is usual among all counts.
  assert.ok(Math.abs((steady?.uncertainty ?? 0) - (1.5 * 2) / 101) < 1e-9);
  assert.equal(steady?.uncertainty, still?.uncertainty);
  assert.deepEqual(
    withUncertainty([{ rounds: [5, 5, 5], spread: 0.001, processorShare: 0.9 }]).map(
      (one) => one.uncertainty,
    ),
    [0.01],
  );
  assert.deepEqual(
    withUncertainty([{ rounds: [5, 5, 5], spread: 0.5, processorShare: 1 }]).map(
      (one) => one.uncertainty,
    ),
    [0.25],
  );
  // With half of the processor time it might have been twice as fast.
  assert.deepEqual(
    withUncertainty([{ rounds: [5, 5, 5], processorShare: 0.5 }]).map((one) => one.uncertainty),
    [1],
  );
});

test("times of an exponential distribution are near it, others are not", () => {
  const count = 1000;
  const quantiles = Array.from({ length: count }, (_, i) => -Math.log1p(-(i + 0.5) / count));
  assert.ok(distanceFromExponential(quantiles, 1) < 0.001);
  assert.ok(distanceFromExponential(quantiles, 1.3) > usualDistance(count));
  assert.ok(distanceFromExponential(new Array(count).fill(1), 1) > 0.5);
});

test("threads double up to all of them", () => {
  assert.deepEqual(threadCounts(1), [1]);
  assert.deepEqual(threadCounts(2), [1, 2]);
  assert.deepEqual(threadCounts(6), [1, 2, 4, 6]);
  assert.deepEqual(threadCounts(64), [1, 2, 4, 8, 16, 32, 64]);
});

test("a kernel that was faster than the engine's choice by more than the noise is named", () => {
  const rate = (kernel: string, rate: number, chosen = false, threads = 1) => ({
    algorithm: "sha256" as const,
    kernel,
    threads,
    chosen,
    rate,
    rounds: [rate],
    uncertainty: 0.05,
    processorShare: 1,
    spread: 0,
    condition: "calm" as const,
    roofline: null,
  });
  // 266 is 12.7 % more than 236; both are known to 5 %, their ratio to 7.1 %.
  const rates = [rate("avx512", 236, true), rate("sha_ni", 266), rate("avx2", 250)];
  assert.deepEqual(fasterThanChosen(rates), [
    "sha256: sha_ni was 13 % faster than avx512, which the engine chose",
  ]);
  assert.deepEqual(fasterThanChosen([rate("avx512", 250, true), rate("sha_ni", 266)]), []);
  assert.deepEqual(fasterThanChosen([rate("avx512", 266, true), rate("sha_ni", 236)]), []);
  const threads = [rate("avx512", 236, true), rate("sha_ni", 266, false, 2)];
  assert.deepEqual(fasterThanChosen(threads), []);
});
