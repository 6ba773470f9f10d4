import type { Algorithm } from "../engine/algorithms.ts";
import type { Machine } from "./machine.ts";
import type { Condition } from "./measure.ts";

/** What a file with a result begins with. */
export const RESULT_FORMAT = "stampmill-bench";
export const RESULT_VERSION = 1;

/** A figure that was measured in several rounds; things a second. */
export interface Measured {
  /** Median of the rounds. */
  readonly rate: number;
  /** Each round's, in order. */
  readonly rounds: readonly number[];
  /** How far `rate` may be off, as a share of it; see `withUncertainty`. */
  readonly uncertainty: number;
  /** Processor time as a share of what it could have had, in the worst round. */
  readonly processorShare: number;
}

/** How many hashes a second one kernel tries on some threads. */
export interface KernelRate extends Measured {
  readonly algorithm: Algorithm;
  readonly kernel: string;
  readonly threads: number;
  /** The engine's own choice for this algorithm here. */
  readonly chosen: boolean;
  /** From the slowest tenth of the 10 ms slices of a round to the fastest, as a share of its median. */
  readonly spread: number;
  /** The worst of the rounds. */
  readonly condition: Condition;
  /** Hashes a second that one core could do at best with these instructions; null for several threads. */
  readonly roofline: number | null;
}

/** Stamps a second that one thread of TypeScript goes through. */
export interface CallRate extends Measured {
  readonly call: "parse" | "verify";
  readonly algorithm: Algorithm;
}

/** How long real stamps took, beside what the rate predicts. */
export interface Minting {
  readonly algorithm: Algorithm;
  readonly kernel: string;
  readonly threads: number;
  readonly bits: number;
  /** Seconds that one takes on average, by the rate that was measured before. */
  readonly predicted: number;
  /** Seconds that each took, shortest first. */
  readonly times: readonly number[];
  /** Greatest distance of their distribution from the exponential one (Kolmogorov and Smirnov). */
  readonly distance: number;
}

export interface Versions {
  readonly stampmill: string;
  readonly compiler: string;
  readonly node: string;
  readonly openssl: string;
}

export interface BenchResult {
  readonly format: typeof RESULT_FORMAT;
  readonly version: typeof RESULT_VERSION;
  /** When it was begun, in UTC, by the machine's clock. */
  readonly date: string;
  /** How long it took. */
  readonly seconds: number;
  readonly machine: Machine;
  readonly versions: Versions;
  readonly rates: readonly KernelRate[];
  readonly calls: readonly CallRate[];
  readonly minting: readonly Minting[];
  /** Sentences on what makes the figures doubtful. */
  readonly warnings: readonly string[];
}

/** Of a rate on one thread, its share of what the core could do at best. */
export function shareOfRoofline({ rate, roofline }: KernelRate): number | null {
  return roofline === null ? null : rate / roofline;
}

/** Of a rate on several threads, its share of as many times the rate on one. */
export function efficiencyOf(of: KernelRate, rates: readonly KernelRate[]): number | null {
  const single = rates.find(
    ({ algorithm, kernel, threads }) =>
      threads === 1 && algorithm === of.algorithm && kernel === of.kernel,
  );
  return single === undefined ? null : of.rate / (of.threads * single.rate);
}

/** The chosen kernel's rates of an algorithm, fewest threads first. */
export function scalingOf(rates: readonly KernelRate[], algorithm: Algorithm): KernelRate[] {
  return rates
    .filter((rate) => rate.chosen && rate.algorithm === algorithm)
    .sort((a, b) => a.threads - b.threads);
}

/**
 * Sentences on kernels that were faster on one thread than the one that the engine chose, by more than
 * the figures may be off. The uncertainties of two figures add up as squares do.
 */
export function fasterThanChosen(rates: readonly KernelRate[]): string[] {
  const single = rates.filter(({ threads }) => threads === 1);
  return single
    .filter(({ chosen }) => chosen)
    .flatMap((chosen) => {
      const others = single.filter(({ algorithm }) => algorithm === chosen.algorithm);
      const best = others.reduce((a, b) => (b.rate > a.rate ? b : a), chosen);
      const gain = best.rate / chosen.rate - 1;
      if (gain <= Math.hypot(best.uncertainty, chosen.uncertainty)) return [];
      const by = `${(100 * gain).toFixed(0)} %`;
      return [
        `${chosen.algorithm}: ${best.kernel} was ${by} faster than ${chosen.kernel}, ` +
          "which the engine chose",
      ];
    });
}
