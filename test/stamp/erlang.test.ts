import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { erlangCdf, erlangQuantile, erlangTail, MAX_SHAPE } from "../../src/stamp/erlang.ts";

const close = (actual: number, expected: number, relative: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= relative * expected, `${what}: ${actual}, ${expected}`);

// Half of the upper critical values of chi-square with 2k degrees of freedom (NIST/SEMATECH e-Handbook
// of Statistical Methods, table 1.3.6.7.4), which is the Erlang distribution of shape k.
const CHI_SQUARE: [degrees: number, p: number, value: number][] = [
  [2, 0.9, 4.605],
  [2, 0.95, 5.991],
  [2, 0.99, 9.21],
  [2, 0.999, 13.816],
  [4, 0.95, 9.488],
  [4, 0.99, 13.277],
  [16, 0.9, 23.542],
  [16, 0.95, 26.296],
  [16, 0.99, 32],
  [16, 0.999, 39.252],
  [64, 0.95, 83.675],
  [64, 0.99, 93.217],
  [100, 0.95, 124.342],
  [100, 0.999, 149.449],
  [2, 0.05, 0.103],
  [16, 0.05, 7.962],
  [16, 0.01, 5.812],
  [100, 0.001, 61.918],
];

test("quantiles are those of the chi-square tables", () => {
  for (const [degrees, p, value] of CHI_SQUARE) {
    const quantile = 2 * erlangQuantile(degrees / 2, p);
    assert.ok(Math.abs(quantile - value) <= 0.0005001, `${degrees} ${p}: ${quantile}`);
  }
});

// By bisection of mpmath's regularized incomplete gamma function with 40 digits.
const EXACT: [shape: number, p: number, x: number][] = [
  [1, 1e-6, 1.00000050000033e-6],
  [1, 0.99, 4.60517018598809],
  [2, 1e-6, 0.00141488066147934],
  [2, 0.5, 1.67834699001666],
  [8, 1e-6, 0.725346661227124],
  [8, 0.5, 7.6692494425008],
  [8, 0.99, 15.9999634544076],
  [15, 0.95, 21.8864859128711],
  [32, 1e-6, 11.8738821485571],
  [32, 0.99, 46.6084298301192],
  [100, 0.05, 84.1392772183142],
  [1000, 1e-6, 856.814651279392],
  [1024, 1e-6, 879.022365789203],
  [1024, 0.5, 1023.66668596367],
  [1024, 0.99, 1099.91042629035],
];

test("quantiles and chances agree with high-precision ones", () => {
  for (const [shape, p, x] of EXACT) {
    close(erlangQuantile(shape, p), x, 1e-11, `quantile ${shape} ${p}`);
    close(erlangCdf(shape, x), p, 1e-11, `cdf ${shape} ${x}`);
    close(erlangTail(shape, x), 1 - p, 1e-11, `tail ${shape} ${x}`);
  }
});

test("far in the slow tail", () => {
  const far: [shape: number, x: number][] = [
    [1, 20.7232658369464],
    [8, 37.8270922542869],
    [1000, 1201.47287294766],
    [1024, 1227.73370227194],
  ];
  for (const [shape, x] of far) {
    close(erlangQuantile(shape, 1 - 1e-9), x, 1e-8, `quantile ${shape}`);
    close(erlangTail(shape, x), 1e-9, 1e-10, `tail ${shape}`);
  }
});

const shapes = fc.integer({ min: 1, max: MAX_SHAPE });

test("a quantile's chance is the one that was asked for, at every shape", () => {
  const chances = fc.oneof(
    fc.double({ min: 1e-6, max: 1 - 1e-9, noNaN: true }),
    fc.double({ min: -6, max: -0.01, noNaN: true }).map((exponent) => 10 ** exponent),
    fc.double({ min: -9, max: -0.01, noNaN: true }).map((exponent) => 1 - 10 ** exponent),
  );
  fc.assert(
    fc.property(shapes, chances, (shape, p) => {
      const x = erlangQuantile(shape, p);
      close(erlangCdf(shape, x), p, 1e-10, `cdf of ${x}`);
      close(erlangTail(shape, x), 1 - p, 1e-10, `tail of ${x}`);
    }),
    { numRuns: 500 },
  );
});

test("the chance grows with the time and shrinks with the shape, and both tails add up to one", () => {
  const times = fc.double({ min: 0, max: 3000, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_SHAPE - 1 }), times, times, (shape, a, b) => {
      const [sooner, later] = a < b ? [a, b] : [b, a];
      assert.ok(erlangCdf(shape, sooner) <= erlangCdf(shape, later) + 1e-13);
      assert.ok(erlangCdf(shape + 1, sooner) <= erlangCdf(shape, sooner) + 1e-13);
      assert.ok(Math.abs(erlangCdf(shape, a) + erlangTail(shape, a) - 1) < 1e-13);
    }),
  );
});

test("the ends of the distribution", () => {
  for (const shape of [1, 2, 1024]) {
    assert.deepEqual([erlangCdf(shape, 0), erlangTail(shape, 0)], [0, 1]);
    const never = Number.POSITIVE_INFINITY;
    assert.deepEqual([erlangCdf(shape, never), erlangTail(shape, never)], [1, 0]);
    assert.equal(erlangQuantile(shape, 0), 0);
    assert.equal(erlangQuantile(shape, 1), never);
    assert.ok(erlangQuantile(shape, 1e-300) < erlangQuantile(shape, 1e-6));
    assert.ok(erlangCdf(shape, 1e-300) < 1e-290);
  }
});

test("what is out of range is refused by name", () => {
  for (const shape of [0, -1, 1.5, MAX_SHAPE + 1, Number.NaN, "8" as unknown as number]) {
    for (const call of [erlangCdf, erlangTail, erlangQuantile]) {
      assert.throws(() => call(shape, 0.5), { code: "bad-input", parameter: "shape" });
    }
  }
  for (const x of [-1, Number.NaN, "1" as unknown as number]) {
    assert.throws(() => erlangCdf(1, x), { code: "bad-input", parameter: "x" });
    assert.throws(() => erlangTail(1, x), { code: "bad-input", parameter: "x" });
  }
  for (const p of [-0.1, 1.1, Number.NaN, "1" as unknown as number]) {
    assert.throws(() => erlangQuantile(1, p), { code: "bad-input", parameter: "p" });
  }
});
