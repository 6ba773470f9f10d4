import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../text/package.ts";
import { type Chart, figuresOf } from "./chart.ts";
import { formatQuantity } from "./quantity.ts";
import { alignmentOf, type Table } from "./table.ts";

export interface PageSection {
  readonly heading: string;
  /** Paragraphs of plain text. */
  readonly text?: string | readonly string[] | undefined;
  /** Beside a chart it takes the place of the chart's own figures. */
  readonly table?: Table | undefined;
  readonly chart?: Chart | undefined;
}

export interface Page {
  readonly title: string;
  /** Paragraphs of plain text. */
  readonly intro?: string | readonly string[] | undefined;
  readonly sections: readonly PageSection[];
}

/** More rows than this under a chart help nobody. */
const MOST_FIGURES = 1000;

/**
 * One page of HTML that needs nothing else: styles, uPlot and figures are in it, and its own content
 * security policy allows nothing from anywhere. All text is escaped. Light or dark as the reader's
 * system is; beside every chart are its figures as a table.
 */
export function htmlPage(page: Page): string {
  const charts = page.sections.flatMap(({ chart }) => (chart === undefined ? [] : [chart]));
  const style = charts.length > 0 ? asset("uPlot.min.css") + asset("page.css") : asset("page.css");
  const scripts = charts.length > 0 ? [asset("uPlot.iife.min.js"), asset("draw.js")] : [];
  const policy = [
    "default-src 'none'",
    `style-src ${sourceHash(style)}`,
    `script-src ${scripts.map(sourceHash).join(" ") || "'none'"}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  let next = 0;
  const sections = page.sections.map((section) =>
    sectionOf(section, section.chart === undefined ? -1 : next++),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(page.title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(page.title)}</h1>
${paragraphs(page.intro)}${sections.join("")}${scriptsOf(charts, scripts)}</body>
</html>
`;
}

/** Where the parts of a page lie in the sources; a bundle has copies of them beside it. */
const ASSETS = {
  "draw.js": "src/cli/figures/page/draw.js",
  "page.css": "src/cli/figures/page/page.css",
  "uPlot.iife.min.js": "node_modules/uplot/dist/uPlot.iife.min.js",
  "uPlot.min.css": "node_modules/uplot/dist/uPlot.min.css",
  "uPlot.LICENSE": "node_modules/uplot/LICENSE",
} as const;

function asset(name: keyof typeof ASSETS): string {
  const root = packageRoot();
  const bundled = fileURLToPath(import.meta.url).startsWith(join(root, "dist") + sep);
  return readFileSync(join(root, bundled ? `dist/page/${name}` : ASSETS[name]), "utf8");
}

/** What a content security policy calls the text of an element (CSP Level 3, section 2.3.1). */
function sourceHash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Text as it stands for itself between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function paragraphs(text: string | readonly string[] | undefined): string {
  const all = text === undefined ? [] : typeof text === "string" ? [text] : text;
  return all.map((one) => `<p>${escapeHtml(one)}</p>\n`).join("");
}

function sectionOf({ heading, text, table, chart }: PageSection, number: number): string {
  const parts = [`<section>\n<h2>${escapeHtml(heading)}</h2>\n`, paragraphs(text)];
  if (chart !== undefined) {
    const title = escapeHtml(chart.title);
    const picture = `<div class="chart" id="chart-${number}" role="img" aria-label="${title}"></div>`;
    parts.push(`<figure>\n${picture}\n<figcaption>${title}</figcaption>\n</figure>\n`);
  }
  if (table !== undefined) parts.push(htmlTable(table));
  else if (chart !== undefined) parts.push(figuresUnder(chart));
  return `${parts.join("")}</section>\n`;
}

function figuresUnder(chart: Chart): string {
  const figures = figuresOf(chart, formatQuantity);
  const { length } = figures.rows;
  // Evenly thinned out: the shape stays, and the page does not grow without end.
  const every = Math.ceil(length / MOST_FIGURES);
  const rows = figures.rows.filter((_, i) => i % every === 0 || i === length - 1);
  const summary = every > 1 ? `The figures, every ${every}th` : "The figures";
  return `<details><summary>${summary}</summary>\n${htmlTable({ ...figures, rows })}</details>\n`;
}

/** Characters, with two between columns, that a phone has beside each other. */
const PHONE = 42;

/** Whether a table is too wide for a phone, where each of its rows then becomes a list. */
function isWide({ head, rows }: Table): boolean {
  const widths = head.map((text, i) =>
    Math.max(text.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  return widths.reduce((sum, width) => sum + width + 2, 0) > PHONE;
}

function htmlTable(table: Table): string {
  const sides = alignmentOf(table);
  const cell = (tag: string, text: string, i: number) =>
    `<${tag}${sides[i] === "r" ? ' class="r"' : ""}>${escapeHtml(text)}</${tag.split(" ")[0]}>`;
  const named = (i: number) => `td data-name="${escapeHtml(table.head[i] ?? "")}"`;
  const head = table.head.map((text, i) => cell('th scope="col"', text, i)).join("");
  const body = table.rows.map((row) => {
    const cells = row.map((text, i) => cell(i === 0 ? 'th scope="row"' : named(i), text, i));
    return `<tr>${cells.join("")}</tr>\n`;
  });
  const thead = head === "" ? "" : `<thead><tr>${head}</tr></thead>\n`;
  const kind = isWide(table) ? "figures wide" : "figures";
  return `<div class="scroll"><table class="${kind}">\n${thead}<tbody>\n${body.join("")}</tbody>\n</table></div>\n`;
}

function scriptsOf(charts: readonly Chart[], scripts: readonly string[]): string {
  if (charts.length === 0) return "";
  // "<" could end the element; in a string of JSON it may be written so.
  const data = JSON.stringify(charts).replaceAll("<", "\\u003c");
  const licence = asset("uPlot.LICENSE").trim();
  const [library = "", draw = ""] = scripts;
  const code = `<script>${library}</script>\n<script type="module">${draw}</script>\n`;
  return `<script type="application/json" id="charts">${data}</script>\n<!-- uPlot:\n${licence}\n-->\n${code}`;
}
