import { ALGORITHM, type Algorithm } from "../../engine/algorithms.ts";
import type { Comparison } from "../../hardware/compare.ts";
import type { Cache, Machine } from "../../hardware/machine.ts";
import {
  type BenchResult,
  efficiencyOf,
  type KernelRate,
  type Minting,
  scalingOf,
  shareOfRoofline,
} from "../../hardware/result.ts";
import { usualDistance } from "../../hardware/statistics.ts";
import type { BarChart, LineChart } from "../figures/chart.ts";
import { formatBytes, formatPercent, formatQuantity, formatSeconds } from "../figures/quantity.ts";
import type { Table } from "../figures/table.ts";

/** Bits of the stamps that a rate is told in. */
const TOLD_BITS = 20;

export const hashesPerSecond = (rate: number) => formatQuantity(rate, "H/s");

function plusMinus(uncertainty: number): string {
  return `± ${formatPercent(uncertainty)}`;
}

/** The machine and the programs, a name and a value a row. */
export function machineTable({ machine, versions, date }: BenchResult): Table {
  const { compiler, node, openssl, stampmill } = versions;
  const rows = [
    ["processor", `${machine.cpu} (${machine.class})`],
    ["instructions", machine.features.join(" ") || "unknown"],
    ["caches", cachesInWords(machine.caches)],
    ["processors", processorsInWords(machine)],
    ["memory", formatBytes(machine.bytes)],
    ["system", `${machine.system} ${machine.release}`],
    ["stampmill", `${stampmill}, its engine compiled by ${compiler}`],
    ["node", `${node}, openssl ${openssl}`],
    ["date", date],
  ];
  return { head: [], rows, align: "ll" };
}

function cachesInWords(caches: readonly Cache[]): string {
  const name = ({ level, kind }: Cache) => `L${level}${kind === "unified" ? "" : ` ${kind}`}`;
  return caches.map((c) => `${name(c)} ${formatBytes(c.bytes)}`).join(", ") || "unknown";
}

function processorsInWords({ processors, cores, threads }: Machine): string {
  const logical = `${processors}${cores === null ? "" : `, on ${cores} cores`}`;
  return threads === processors ? logical : `${logical}; this process may use ${threads}`;
}

export function algorithmsOf({ rates }: BenchResult): Algorithm[] {
  return [...new Set(rates.map(({ algorithm }) => algorithm))];
}

/** Every kernel on one thread; the engine's own choice is marked. */
export function kernelTable(result: BenchResult): Table {
  const rows = result.rates
    .filter(({ threads }) => threads === 1)
    .map((rate) => {
      const share = shareOfRoofline(rate);
      return [
        ALGORITHM[rate.algorithm].title,
        `${rate.kernel}${rate.chosen ? " *" : ""}`,
        hashesPerSecond(rate.rate),
        plusMinus(rate.uncertainty),
        share === null ? "" : formatPercent(share),
        doubt(rate),
      ];
    });
  const head = ["one thread", "kernel", "rate", "", "of roofline", ""];
  return { head, rows, align: "llrrrl" };
}

function doubt({ condition }: KernelRate): string {
  return condition === "calm" ? "" : `! ${condition}`;
}

/** The chosen kernels on ever more threads, and what a stamp takes on them. */
export function scalingTable(result: BenchResult): Table {
  const rows = algorithmsOf(result).flatMap((algorithm) =>
    scalingOf(result.rates, algorithm).map((rate) => {
      const efficiency = efficiencyOf(rate, result.rates);
      return [
        `${ALGORITHM[algorithm].title} ${rate.kernel}`,
        String(rate.threads),
        hashesPerSecond(rate.rate),
        plusMinus(rate.uncertainty),
        efficiency === null ? "" : formatPercent(efficiency),
        formatSeconds(2 ** TOLD_BITS / rate.rate),
        doubt(rate),
      ];
    }),
  );
  const head = ["", "threads", "rate", "", "efficiency", `${TOLD_BITS} bits every`, ""];
  return { head, rows, align: "lrrrrrl" };
}

/** What TypeScript does with stamps, a second on one thread. */
export function callTable({ calls }: BenchResult): Table {
  const rows = calls.map(({ call, algorithm, rate, uncertainty }) => [
    `${call} ${ALGORITHM[algorithm].title}`,
    formatQuantity(rate, "stamps/s"),
    plusMinus(uncertainty),
  ]);
  return { head: ["", "rate", ""], rows, align: "lrr" };
}

export function kernelChart(result: BenchResult): BarChart {
  const single = result.rates.filter(({ threads }) => threads === 1);
  const categories = [...new Set(single.map(({ kernel }) => kernel))];
  return {
    kind: "bars",
    title: "Hashes a second of each kernel, one thread",
    y: { label: "hashes a second", unit: "H/s" },
    categories,
    series: algorithmsOf(result).map((algorithm) => ({
      name: ALGORITHM[algorithm].title,
      values: categories.map((category) => {
        const found = single.find((r) => r.kernel === category && r.algorithm === algorithm);
        return found?.rate ?? null;
      }),
    })),
  };
}

/** Rates by threads, beside as many times the rate of one; undefined where there is but one. */
export function scalingChart(result: BenchResult): LineChart | undefined {
  const series = algorithmsOf(result).flatMap((algorithm) => {
    const rates = scalingOf(result.rates, algorithm);
    const name = ALGORITHM[algorithm].title;
    const [first, last] = [rates[0], rates.at(-1)];
    if (first === undefined || last === undefined || first === last) return [];
    const times = (threads: number) => [threads, threads * first.rate] as const;
    return [
      { name, points: rates.map(({ threads, rate }) => [threads, rate] as const) },
      { name: `${name}, were it perfect`, points: rates.map(({ threads }) => times(threads)) },
    ];
  });
  if (series.length === 0) return undefined;
  return {
    kind: "lines",
    title: "Hashes a second by threads",
    x: { label: "threads", log: 2 },
    y: { label: "hashes a second", unit: "H/s" },
    series,
  };
}

const CURVE_POINTS = 100;

/** How many of the stamps were minted by when, beside the exponential distribution. */
export function mintingChart({ algorithm, bits, times, predicted }: Minting): LineChart {
  const longest = times.at(-1) ?? predicted;
  const curve = Array.from({ length: CURVE_POINTS + 1 }, (_, i) => {
    const time = (i / CURVE_POINTS) * longest;
    return [time, -Math.expm1(-time / predicted)] as const;
  });
  const name = ALGORITHM[algorithm].title;
  return {
    kind: "lines",
    title: `${times.length} ${name} stamps of ${bits} bits: how many were minted by when`,
    x: { label: "time", unit: "s" },
    y: { label: "stamps minted", unit: "%" },
    series: [
      {
        name: "minted",
        style: "steps",
        points: times.map((time, i) => [time, (i + 1) / times.length] as const),
      },
      { name: "predicted", points: curve },
    ],
  };
}

/** What the times of real stamps say of the prediction. */
export function mintingInWords(minting: Minting): string {
  const { algorithm, bits, threads, times, predicted, distance } = minting;
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  const luck = usualDistance(times.length);
  const verdict =
    distance <= luck
      ? `luck alone goes beyond ${formatPercent(luck)} once in a hundred times`
      : `more than luck (${formatPercent(luck)}) explains: the pace has changed since it was measured`;
  return (
    `${times.length} ${ALGORITHM[algorithm].title} stamps of ${bits} bits on ${inThreads(threads)} ` +
    `took ${formatSeconds(mean)} on average; the rate predicts ${formatSeconds(predicted)}. ` +
    `Their distribution is up to ${formatPercent(distance)} from the exponential one; ${verdict}.`
  );
}

export function inThreads(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

/** What the rates mean to someone who mints or verifies. */
export function stampsInWords(result: BenchResult): string {
  const sentences = algorithmsOf(result).flatMap((algorithm) => {
    const best = scalingOf(result.rates, algorithm).at(-1);
    if (best === undefined) return [];
    const every = formatSeconds(2 ** TOLD_BITS / best.rate);
    const name = ALGORITHM[algorithm].title;
    return [`a ${TOLD_BITS}-bit ${name} stamp every ${every} on ${inThreads(best.threads)}`];
  });
  const verified = result.calls.find(({ call }) => call === "verify");
  const verify = verified && `${formatQuantity(verified.rate)} stamps verified a second on one`;
  const all = [...sentences, ...(verify === undefined ? [] : [verify])].join(", ");
  return `In stamps: ${all}.`;
}

/** Ratios with their uncertainty, and a verdict only where it exceeds the noise. */
export function comparisonTable(rows: readonly Comparison[]): Table {
  const rate = (value: number | null) => (value === null ? "" : formatQuantity(value));
  return {
    head: ["", "before", "after", "ratio", "", ""],
    rows: rows.map(({ what, before, after, ratio, uncertainty, change }) => [
      what,
      rate(before),
      rate(after),
      ratio === null ? "" : ratio.toFixed(3),
      uncertainty === null ? "" : plusMinus(uncertainty),
      change === "same" ? "" : change,
    ]),
    align: "lrrrrl",
  };
}
