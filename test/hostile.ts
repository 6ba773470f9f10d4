import fc from "fast-check";
import { sized } from "./share.ts";

/**
 * Seconds that every hostile property is tried for, rather than a number of times. A failure prints
 * the seed that repeats it.
 */
const SECONDS = Number(
  process.env.STAMPMILL_FUZZ_SECONDS ?? sized({ quick: 0, gate: 0, soak: 60 }),
);

/**
 * What the gate's tries are drawn from: the same each time, for a gate that fails by luck says nothing of
 * the change. A soak tries others each time.
 */
const GATE_SEED = 20261125;

/** How to try a property: as often as it says, or for as long as the environment says. */
export function often<T>(runs: number): fc.Parameters<T> {
  if (SECONDS === 0) {
    return sized({
      quick: { numRuns: runs },
      gate: { numRuns: 25 * runs, seed: GATE_SEED },
      soak: { numRuns: runs },
    });
  }
  return {
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: 1000 * SECONDS,
    markInterruptAsFailure: false,
    reporter: (run) => {
      if (run.failed) throw new Error(fc.defaultReportMessage(run) ?? "failed");
      process.stdout.write(`${run.numRuns} runs in ${SECONDS} s\n`);
    },
  };
}

/** What breaks readers of stamps: separators, ends, names with a meaning, and what is not ASCII. */
const SHARP = ["", ":", "::", "=", ";", "alg=sha256", "alg=", "0", "1", "1:", "9", "24", "@", "*"]
  .concat([" ", "\t", "\n", "\r\n", "\0", "\x7f", "é", "\u{1f600}", "\ud800", "A".repeat(5000)])
  .concat(["__proto__", "1:0:240229:foo:::0", "-1", "1e3", "0x1"]);

/** Text made of good ones by cutting, doubling, gluing and putting sharp things in, up to 6 times. */
export function mangled(good: readonly string[]): fc.Arbitrary<string> {
  const put = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...SHARP) },
    { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom(...good) },
  );
  const cut = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3), fc.nat(40));
  const change = fc.record({ at: fc.nat(), cut, put, again: fc.nat(60) });
  return fc
    .tuple(fc.constantFrom(...good), fc.array(change, { maxLength: 6 }))
    .map(([text, changes]) =>
      changes.reduce((changed, { at, cut, put, again }) => {
        const place = at % (changed.length + 1);
        // Now and then what stood before the place comes once more.
        const from = again < 10 ? Math.max(0, place - again) : place;
        return changed.slice(0, place) + put + changed.slice(from + cut);
      }, text),
    );
}
