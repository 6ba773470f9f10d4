export { median, range as spread, WIDE_RANGE as WIDE_SPREAD } from "../src/hardware/statistics.ts";

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
