import assert from "node:assert/strict";
import { test } from "node:test";
import { ALGORITHMS } from "../../src/engine/algorithms.ts";
import { chooseKernel, kernels } from "../../src/engine/engine.ts";
import { conditionOf, doubtAbout, figuresOf, measureRate } from "../../src/hardware/measure.ts";
import { STAMP_LAYOUTS } from "../../src/stamp/layout.ts";

for (const algorithm of ALGORITHMS) {
  test(`a rate of ${algorithm} comes with what it was measured by`, async () => {
    const measured = await measureRate({ algorithm, threads: 1, seconds: 0.1 });
    const { kernel, threads, rate, best, spread, slices, seconds } = measured;
    assert.equal(kernel, chooseKernel(algorithm));
    assert.equal(threads, 1);
    assert.ok(slices.length > 0 && slices.length <= 10);
    assert.ok(Math.min(...slices) <= rate && rate <= best && best === Math.max(...slices));
    // The median of a machine that is busy enough is nothing.
    assert.ok(best > 1e5 && best < 1e11, `${best}`);
    assert.ok(spread >= 0 && seconds >= 0.05);
    assert.equal(measured.condition, conditionOf(measured));
  });
}

test("the threads and the kernel are those that were asked for, whatever the layout", async () => {
  const passed = kernels().filter(({ passed }) => passed);
  for (const { name } of passed) {
    for (const layout of STAMP_LAYOUTS) {
      const options = {
        algorithm: "sha1",
        kernel: name,
        threads: 3,
        seconds: 0.02,
        layout,
      } as const;
      const { kernel, threads } = await measureRate(options);
      assert.deepEqual([kernel, threads], [name, 3]);
    }
  }
});

test("a busy, a hot and an unsteady machine are told apart from a calm one", () => {
  const calm = { processorShare: 0.99, drift: -0.01, spread: 0.03 };
  assert.equal(doubtAbout(calm), undefined);
  const cases = [
    [{ ...calm, processorShare: 0.6, drift: -0.5 }, "busy", /got 60 % of its processors' time/],
    [{ ...calm, drift: -0.12, spread: 0.2 }, "throttling", /fell by 12 %/],
    [{ ...calm, spread: 0.25 }, "unsteady", /varied by 25 %/],
  ] as const;
  for (const [figures, condition, text] of cases) {
    assert.equal(conditionOf(figures), condition);
    assert.match(doubtAbout(figures) ?? "", text);
  }
  // A rate that rises is a processor that wakes up.
  assert.equal(conditionOf({ ...calm, drift: 0.5 }), "calm");
});

test("median, best, spread and drift of slices, even where most of them stood still", () => {
  const steady = [10, 11, 9, 10, 10, 12, 10, 10, 10];
  assert.deepEqual(figuresOf(steady, 10), { rate: 10, best: 12, spread: 0.3, drift: 0 });
  const falling = [10, 10, 10, 9, 9, 9, 8, 8, 8];
  assert.ok(Math.abs(figuresOf(falling, 9).drift + 0.2) < 1e-12);
  const starved = figuresOf([0, 0, 0, 0, 0, 0, 0, 0, 90], 10);
  assert.deepEqual(starved, { rate: 0, best: 90, spread: 9, drift: -1 });
  assert.deepEqual(figuresOf([5], 5), { rate: 5, best: 5, spread: 0, drift: 0 });
});

test("what cannot be measured is refused by name", async () => {
  for (const seconds of [0, -1, 61, Number.NaN, "1" as unknown as number]) {
    const call = measureRate({ algorithm: "sha1", seconds });
    await assert.rejects(call, { code: "bad-input", parameter: "seconds" });
  }
  const kernel = measureRate({ algorithm: "sha1", kernel: "mmx" });
  await assert.rejects(kernel, { code: "bad-input", parameter: "kernel" });
  const threads = measureRate({ algorithm: "sha1", threads: 1025 });
  await assert.rejects(threads, { code: "bad-input", parameter: "threads" });
  const algorithm = measureRate({ algorithm: "md5" as "sha1" });
  await assert.rejects(algorithm, { code: "bad-input", parameter: "algorithm" });
});

test("a signal ends it at once", async () => {
  await assert.rejects(
    measureRate({ algorithm: "sha1", seconds: 60, signal: AbortSignal.timeout(50) }),
    { code: "aborted" },
  );
  const signal = AbortSignal.abort();
  await assert.rejects(measureRate({ algorithm: "sha1", signal }), { code: "aborted" });
});

test("without a clock nothing is measured", async (t) => {
  t.mock.method(process, "uptime", () => 1);
  const call = measureRate({ algorithm: "sha1", threads: 1, seconds: 0.02 });
  await assert.rejects(call, { code: "engine", message: /clock/ });
});
