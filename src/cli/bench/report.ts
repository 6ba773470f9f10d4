import { ALGORITHM } from "../../engine/algorithms.ts";
import { type BenchResult, fasterThanChosen } from "../../hardware/result.ts";
import { range } from "../../hardware/statistics.ts";
import type { Chart } from "../figures/chart.ts";
import { htmlPage, type PageSection } from "../figures/page.ts";
import { type PlotStyle, plot } from "../figures/plot.ts";
import { formatPercent } from "../figures/quantity.ts";
import {
  markdownTable,
  type Table,
  textTable,
  toMarkdown,
  wrapText,
  wrapValues,
} from "../figures/table.ts";
import {
  callTable,
  kernelChart,
  kernelTable,
  machineTable,
  mintingChart,
  mintingInWords,
  scalingChart,
  scalingTable,
  stampsInWords,
} from "./facts.ts";

/** A curve of two points is a line that says nothing beside the table. */
const LEAST_CURVE = 3;

const UNCERTAINTY =
  "The uncertainty is of three rounds, measured in turns; the roofline is what a core could do at " +
  "best with a kernel's instructions; * marks the engine's own choice.";

/** For a terminal, or a pipe. */
export function textReport(result: BenchResult, style: PlotStyle): string {
  const curve = scalingChart(result);
  const charts: Chart[] = [kernelChart(result)];
  const points = curve?.series[0]?.points.length ?? 0;
  if (curve !== undefined && points >= LEAST_CURVE) charts.push(curve);
  const tables = [kernelTable(result), scalingTable(result), callTable(result)];
  const parts = [
    textTable(wrapValues(machineTable(result), style.width)),
    ...tables.map(textTable),
    ...charts.map((chart) => plot(chart, style)),
    wrapText(
      [stampsInWords(result), ...result.minting.map(mintingInWords)].join("\n"),
      style.width,
    ),
    ...doubts(result).map((line) => wrapText(line, style.width)),
  ];
  return parts.join("\n");
}

/** What makes the figures doubtful, in a few lines; the JSON has all of it. */
function doubts(result: BenchResult): string[] {
  const faster = fasterThanChosen(result.rates);
  const rest = result.warnings.filter((text) => !faster.includes(text));
  const lines = faster.map((text) => `! ${text}`);
  const { length } = rest;
  if (length === 0) return lines;
  const rows = [...result.rates, ...result.calls].map(({ rounds }) => range(rounds));
  const wide = formatPercent(Math.max(...rows));
  const count = length === 1 ? "one doubt" : `${length} doubts`;
  const first = `! ${count} about these figures, whose rounds differ by up to ${wide}`;
  return [`${first}; the first: ${rest[0]}. --json has all.`, ...lines];
}

/** For a README or an issue. */
export function markdownReport(result: BenchResult): string {
  const named: [name: string, table: Table][] = [
    ["Kernels", kernelTable(result)],
    ["Threads", scalingTable(result)],
    ["Stamps", callTable(result)],
    ["Machine", { ...machineTable(result), head: ["", ""] }],
  ];
  const tables = named.map(([name, table]) => `### ${name}\n\n${markdownTable(table)}`);
  const sentences = [stampsInWords(result), ...result.minting.map(mintingInWords)];
  const { warnings } = result;
  return [
    `## stampmill bench on ${toMarkdown(result.machine.cpu)}\n`,
    ...sentences.map((sentence) => `${toMarkdown(sentence)}\n`),
    ...tables,
    `${toMarkdown(UNCERTAINTY)}\n`,
    ...(warnings.length > 0 ? [warnings.map((text) => `- ${toMarkdown(text)}\n`).join("")] : []),
  ].join("\n");
}

/** One page with plots, that needs nothing else. */
export function htmlReport(result: BenchResult): string {
  const curve = scalingChart(result);
  const { warnings } = result;
  const sections: PageSection[] = [
    {
      heading: "Kernels",
      chart: kernelChart(result),
      table: kernelTable(result),
      text: UNCERTAINTY,
    },
    { heading: "Threads", chart: curve, table: scalingTable(result) },
    ...result.minting.map((minting) => ({
      heading: `Minting ${ALGORITHM[minting.algorithm].title} stamps`,
      text: mintingInWords(minting),
      chart: mintingChart(minting),
    })),
    { heading: "Parsing and verifying, one thread", table: callTable(result) },
    { heading: "Machine", table: machineTable(result) },
    ...(warnings.length > 0
      ? [{ heading: "Doubts", table: { head: [], rows: warnings.map((text) => [text]) } }]
      : []),
  ];
  return htmlPage({
    title: `stampmill bench on ${result.machine.cpu}`,
    intro: stampsInWords(result),
    sections,
  });
}
