import { toOneLine } from "../terminal/output.ts";

/** What a table shows. Cells are text: numbers are formatted by whoever knows their unit. */
export interface Table {
  /** Names of the columns; may be empty for a list of names and values. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** `l` or `r` for each column; by default a column goes right if all its cells are numbers. */
  readonly align?: string | undefined;
}

const NUMBER = /^[-+±<>~≈]? ?[$€]?\d/;

/** `l` or `r` for each column. */
export function alignmentOf({ head, rows, align }: Table): ("l" | "r")[] {
  const columns = Math.max(head.length, ...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, i) => {
    const wanted = align?.[i];
    if (wanted === "l" || wanted === "r") return wanted;
    const cells = rows.map((row) => row[i] ?? "").filter((cell) => cell !== "");
    return cells.length > 0 && cells.every((cell) => NUMBER.test(cell)) ? "r" : "l";
  });
}

/** The columns a text takes in a terminal; wide characters and combining ones are not expected. */
export function widthOf(text: string): number {
  return [...text].length;
}

/** Columns two spaces apart, a line a row, none with spaces at its end. */
export function textTable(table: Table): string {
  const sides = alignmentOf(table);
  const lines = (table.head.length > 0 ? [table.head] : []).concat(table.rows);
  const clean = lines.map((row) => row.map(toOneLine));
  const widths = sides.map((_, i) => Math.max(0, ...clean.map((row) => widthOf(row[i] ?? ""))));
  return clean
    .map((row) => {
      const cells = sides.map((side, i) => pad(row[i] ?? "", widths[i] ?? 0, side));
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}

function pad(text: string, width: number, side: "l" | "r"): string {
  const spaces = " ".repeat(Math.max(0, width - widthOf(text)));
  return side === "l" ? text + spaces : spaces + text;
}

/** Breaks lines between words, and ends the last. */
export function wrapText(text: string, width: number): string {
  const lines = text.split("\n").flatMap((line) => {
    const broken: string[] = [];
    for (const word of line.split(" ")) {
      const last = broken.at(-1);
      if (last === undefined || last.length + word.length >= width) broken.push(word);
      else broken[broken.length - 1] = `${last} ${word}`;
    }
    return broken;
  });
  return `${lines.join("\n")}\n`;
}

/** A list of names and values with no line longer than the width, if words allow it. */
export function wrapValues({ rows, ...rest }: Table, width: number): Table {
  const names = Math.max(...rows.map(([name = ""]) => widthOf(name))) + 2;
  const wrapped = rows.flatMap(([name = "", value = ""]) => {
    const lines = wrapText(value, width - names)
      .trimEnd()
      .split("\n");
    return lines.map((line, i) => [i === 0 ? name : "", line]);
  });
  return { ...rest, rows: wrapped };
}

/** The same as a table in GitHub's Markdown. */
export function markdownTable(table: Table): string {
  const sides = alignmentOf(table);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const row = (cells: readonly string[]) => line(sides.map((_, i) => toMarkdown(cells[i] ?? "")));
  const rule = line(sides.map((side) => (side === "r" ? "---:" : "---")));
  return row(table.head) + rule + table.rows.map(row).join("");
}

/** Text that stands for itself in Markdown. */
export function toMarkdown(text: string): string {
  return toOneLine(text).replace(/[\\`*_{}[\]<>|#~&]/g, "\\$&");
}
