import type { Axis } from "./chart.ts";

/** Where values lie on an axis, and which of them are written at it. */
export interface Scale {
  /** 0 at the low end to 1 at the high end. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/**
 * The scale of an axis that shows all these values; linear ones begin at 0 if the values do not lie
 * close together far from it.
 *
 * @param values at least one, finite; positive if the axis is logarithmic
 * @param most how many ticks there is room for
 */
export function scaleFor(values: readonly number[], { log }: Axis, most: number): Scale {
  // One pass, since a spread of very many values overflows the stack.
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return log === undefined
    ? linear(least, greatest, Math.max(2, most))
    : logarithmic(least, greatest, log, Math.max(2, most));
}

/** Values that differ by less, as a share of them, are one value: ticks have 12 digits. */
const LEAST_SPAN = 1e-9;

function linear(least: number, greatest: number, most: number): Scale {
  const low = least > 0 && least < 0.7 * greatest ? 0 : least;
  const size = Math.max(Math.abs(low), Math.abs(greatest));
  const span = greatest - low > LEAST_SPAN * size ? greatest - low : size || 1;
  const step = niceStep(span / (most - 1));
  const from = step * Math.floor(low / step);
  const to = Math.max(from + step, step * Math.ceil(greatest / step));
  const count = Math.round((to - from) / step);
  // Multiplied, not added up, and without the digits that only a binary fraction has.
  const ticks = Array.from({ length: count + 1 }, (_, i) =>
    Number((from + i * step).toPrecision(12)),
  );
  return { at: (value) => (value - from) / (to - from), ticks };
}

/** The least of 1, 2 and 5 times a power of ten that is no less. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((m) => m * power >= rough * (1 - 1e-9)) ?? 10);
}

function logarithmic(least: number, greatest: number, base: number, most: number): Scale {
  const power = (value: number) => Math.log(value) / Math.log(base);
  const from = Math.floor(power(least) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(power(greatest) - 1e-9));
  const stride = Math.ceil((to - from) / (most - 1));
  const ticks: number[] = [];
  for (let p = from; p <= to; p += stride) ticks.push(base ** p);
  return { at: (value) => (power(value) - from) / (to - from), ticks };
}
