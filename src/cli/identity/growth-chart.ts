import type { Identity } from "../../identity/format.ts";
import { estimateWork } from "../../identity/sketch/estimate.ts";
import { formatInstant } from "../../text/instant.ts";
import type { LineChart } from "../figures/chart.ts";

/**
 * How the work grew. Which of all tries are among the smallest is a matter of chance alone, so the
 * moments at which the kept hashes were found are a sample of all the work's: when a share of them
 * was found, about that share of it was done.
 *
 * @returns undefined if all were found within one second
 */
export function growthChart({ sketch }: Identity): LineChart | undefined {
  const times = sketch.hashes.map(({ time }) => time).sort((a, b) => a - b);
  const [first = 0, last = 0] = [times.at(0), times.at(-1)];
  if (first === last) return undefined;
  const each = estimateWork(sketch) / times.length;
  const points = times.map((time, i) => [time - first, (i + 1) * each] as const);
  return {
    kind: "lines",
    title: "Growth of the work",
    x: { label: `since ${formatInstant(1000 * first)}`, unit: "s" },
    y: { label: "hashes" },
    series: [{ name: "work", points, style: "steps" }],
  };
}
