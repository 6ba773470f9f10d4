import { cheapest } from "../../difficulty/attackers.ts";
import { ALGORITHM, type Algorithm } from "../../engine/algorithms.ts";
import { aboutPortrait, PORTRAIT_NAMES } from "../../price/portraits.ts";
import { STEPS } from "../../price/price.ts";
import type { Simulation } from "../../price/simulate.ts";
import type { CheckedTerms } from "../../price/terms.ts";
import type { LineChart } from "../figures/chart.ts";
import { costsOf, type Prices } from "../figures/cost-table.ts";
import { htmlPage } from "../figures/page.ts";
import { plot } from "../figures/plot.ts";
import { formatCount, formatMoney, formatSeconds } from "../figures/quantity.ts";
import { type Table, textTable } from "../figures/table.ts";
import { toPrintable } from "../terminal/output.ts";
import { termsInWords } from "./terms-options.ts";

/** Everything that is shown of a simulation. */
export interface Report {
  readonly terms: CheckedTerms;
  readonly algorithm: Algorithm;
  readonly power: number | undefined;
  readonly prices: Prices;
  readonly hostRate: number | null;
  readonly runs: readonly Simulation[];
}

/** How many posters that paid most are listed, if there are several. */
const TOP = 5;

/** Characters of a poster's name that are shown. */
const MOST_SHOWN = 40;

function shown(name: string): string {
  return toPrintable(name.length > MOST_SHOWN ? `${name.slice(0, MOST_SHOWN)}\u2026` : name);
}

/** What a number of hashes costs at least, in US dollars. */
function dollarsFor(hashes: number, { algorithm, prices }: Report): number {
  return cheapest(costsOf({ hashes, algorithm, count: 1 }, prices)).dollars ?? 0;
}

/** The mean price: that of so many equal posts with as many hashes together. */
function meanBits({ hashes, posts }: { hashes: number; posts: number }): number | null {
  return posts === 0 ? null : Math.log2(hashes / posts);
}

const bitsText = (bits: number | null) => (bits === null ? "" : bits.toFixed(1));

function summary(report: Report): Table {
  const { runs, hostRate, power } = report;
  const head = ["", "posts", "hashes", "each", "first", "highest", "money"];
  const rows = runs.map((run) => [
    shown(run.name),
    power === undefined ? String(run.posts) : `${run.posts} of ${run.wanted}`,
    formatCount(run.hashes),
    bitsText(meanBits(run)),
    bitsText(run.first),
    bitsText(run.posts === 0 ? null : run.highest),
    formatMoney(dollarsFor(run.hashes, report)),
    ...(hostRate === null ? [] : [formatSeconds(run.hashes / hostRate)]),
  ]);
  if (hostRate !== null) head.push("time here");
  return { head, rows, align: "lrrrrrrr" };
}

/** Those who paid most, of a stream of several posters. */
function topPosters({ posters }: Simulation): Table | undefined {
  if (posters.size < 2) return undefined;
  const all = [...posters].sort(([, a], [, b]) => b.hashes - a.hashes || b.posts - a.posts);
  const rows = all
    .slice(0, TOP)
    .map(([poster, sum]) => [
      shown(poster),
      String(sum.posts),
      formatCount(sum.hashes),
      bitsText(meanBits(sum)),
      bitsText(sum.highest),
    ]);
  const head = ["paid most", "posts", "hashes", "each", "highest"];
  return { head, rows, align: "lrrrr" };
}

/** Units of time for an axis: the largest of which there are at least three. */
const TIME_UNITS = [
  [86_400, "days"],
  [3600, "h"],
  [60, "min"],
] as const;

function chartOf({ runs }: Report): LineChart {
  const several = runs.length > 1;
  const longest = Math.max(...runs.map(({ duration }) => duration / 1000));
  const [scale, unit] = TIME_UNITS.find(([size]) => longest >= 3 * size) ?? [1, "s"];
  return {
    kind: "lines",
    title: several
      ? "Price of a post for each stream's busiest poster"
      : `Price of a post for ${shown(runs[0]?.busiest ?? "")}`,
    x: { label: scale === 1 ? "time" : unit, unit: scale === 1 ? "s" : "" },
    y: { label: "bits" },
    series: runs.map(({ name, course }) => ({
      name: shown(name),
      points: course.map(([seconds, bits]) => [seconds / scale, bits] as const),
      style: "steps" as const,
    })),
  };
}

function notes(report: Report): string[] {
  const { hostRate, algorithm, runs } = report;
  const names = new Set<string>(PORTRAIT_NAMES);
  const shown = PORTRAIT_NAMES.filter((name) => runs.some((run) => run.name === name));
  const about = runs.every(({ name }) => names.has(name)) ? shown : [];
  return [
    ...about.map((name) => `${name}: ${aboutPortrait(name)}`),
    `hashes of ${ALGORITHM[algorithm].title}; "each" is the mean price of a post in bits`,
    "money is the least that stampmill cost knows of",
    ...(hostRate === null ? ["time on this host is known once stampmill calibrate has run"] : []),
  ];
}

const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join("");

/** The report for a terminal or a pipe. */
export function textOf(report: Report): string {
  const tops = report.runs.length === 1 ? report.runs.map(topPosters) : [];
  const parts = [
    lines(termsInWords(report.terms)),
    textTable(summary(report)),
    ...tops.flatMap((table) => (table === undefined ? [] : [textTable(table)])),
    plot(chartOf(report)),
    lines(notes(report)),
  ];
  return parts.join("\n");
}

/** The report as a page of HTML that needs nothing else. */
export function pageOf(report: Report): string {
  const tops = report.runs.flatMap((run) => {
    const table = topPosters(run);
    return table === undefined ? [] : [{ heading: `Posters of ${shown(run.name)}`, table }];
  });
  return htmlPage({
    title: "What posts would pay",
    intro: termsInWords(report.terms).join("; "),
    sections: [
      { heading: "Altogether", text: notes(report), table: summary(report) },
      { heading: "The price in time", chart: chartOf(report) },
      ...tops,
    ],
  });
}

/** One stream for programs, times in seconds. */
export function summaryLine(run: Simulation, report: Report) {
  const { hostRate, terms } = report;
  return {
    stream: run.name,
    wanted: run.wanted,
    posts: run.posts,
    posters: run.posters.size,
    seconds: run.duration / 1000,
    hashes: run.hashes,
    meanBits: meanBits(run),
    firstBits: run.first,
    highestBits: run.posts === 0 ? null : run.highest,
    hostSeconds: hostRate === null ? null : run.hashes / hostRate,
    dollars: dollarsFor(run.hashes, report),
    base: terms.base / STEPS,
    cap: terms.cap / STEPS,
    interval: terms.interval / 1000,
    burst: terms.burst / 1000,
    tau: terms.tau / 1000,
    newcomer: terms.newcomer / 1000,
    course: run.course.map(([seconds, bits]) => ({ seconds, bits })),
  };
}
