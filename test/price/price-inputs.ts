import fc from "fast-check";
import type { Tariff } from "../../src/price/price.ts";
import { type CheckedTerms, readTerms, tariffFor } from "../../src/price/terms.ts";

// Terms and tariffs of every kind, for properties.

export const MINUTE = 60_000;
const YEAR = 365 * 86_400_000;

/** The last instant that is taken as a time. */
export const LAST = 253_402_300_799_999;

const period = (least: number) =>
  fc.oneof(
    fc.constantFrom(Math.max(1, least), 1000, MINUTE, 5 * MINUTE, YEAR),
    fc.integer({ min: least, max: 1000 }),
    fc.integer({ min: least, max: YEAR }),
  );

const intervals = fc.oneof(
  fc.constantFrom(0, 1, 3, 1000),
  fc.double({ min: 0, max: 1000, noNaN: true }),
);

/** Terms that pass the check, at its edges too. */
export const anyTerms: fc.Arbitrary<CheckedTerms> = fc
  .record({
    bits: fc.tuple(fc.integer({ min: 0, max: 16_384 }), fc.integer({ min: 0, max: 16_384 })),
    interval: period(1),
    burst: period(0),
    tau: period(1),
    newcomer: intervals,
  })
  .map(({ bits: [a, b], ...rest }) =>
    readTerms({ base: Math.min(a, b) / 256, cap: Math.max(a, b) / 256, ...rest }),
  );

/** Tariffs of known and unknown posters. */
export const anyTariff: fc.Arbitrary<Tariff> = fc
  .tuple(anyTerms, fc.option(intervals))
  .map(([terms, credit]) => tariffFor(terms, credit));

/** What a post may add to a debt. */
export const anyAdvance = fc.oneof(
  fc.integer({ min: 1, max: 10 * MINUTE }),
  fc.constantFrom(1, MINUTE, 1000 * YEAR),
);

/** Instants: near one another as a rule, and now and then anywhere. */
export const anyTime = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_600_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: LAST }) },
  { weight: 1, arbitrary: fc.constantFrom(0, LAST) },
);
