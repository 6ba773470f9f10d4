import {
  type Comparison,
  compareResults,
  failures,
  machineDifferences,
} from "../../hardware/compare.ts";
import type { SavedResult } from "../../hardware/read-result.ts";
import { badInput } from "../../text/errors.ts";
import { formatPercent } from "../figures/quantity.ts";
import { markdownTable, textTable } from "../figures/table.ts";
import { toJsonLine, toOneLine } from "../terminal/output.ts";
import { comparisonTable } from "./facts.ts";

/**
 * Results of two machines are compared only where that is asked for.
 *
 * @throws StampmillError `bad-input` naming what differs
 */
export function checkMachines(
  before: SavedResult["machine"],
  after: SavedResult["machine"],
  anyMachine: boolean,
): void {
  const differences = machineDifferences(before, after);
  if (differences.length === 0 || anyMachine) return;
  throw badInput(
    "--compare",
    `these are not results of one machine: ${differences.join(", ")} differ`,
    "--any-machine compares them all the same",
  );
}

export interface ComparedReport {
  readonly text: string;
  /** Something is slower than the limit allows. */
  readonly failed: boolean;
  /** That a loss beyond the limit could not have been seen everywhere; undefined if it could. */
  readonly blind: string | undefined;
}

/** @param limit of what may be lost, as a share; undefined if there is none */
export function compareReport(
  before: SavedResult,
  after: SavedResult,
  format: "json" | "markdown" | "text",
  limit: number | undefined,
): ComparedReport {
  const rows = compareResults(before, after);
  const failed = limit === undefined ? [] : failures(rows, limit);
  const verdict = { failed: failed.length > 0, blind: blindness(rows, limit) };
  if (format === "json") return { text: rows.map((row) => toJsonLine(row)).join(""), ...verdict };
  const table = comparisonTable(rows);
  const changed = rows.some(({ change }) => change !== "same");
  const lines = [
    `before: ${nameOf(before)}\nafter:  ${nameOf(after)}\n`,
    format === "markdown" ? markdownTable(table) : textTable(table),
    changed ? "" : "Nothing has changed by more than the noise.\n",
    failed.length === 0 || limit === undefined
      ? ""
      : `Slower by more than ${formatPercent(limit)}, or gone: ${toOneLine(failed.map(({ what }) => what).join("; "))}.\n`,
  ];
  return { text: lines.filter((line) => line !== "").join("\n"), ...verdict };
}

/** A limit that is less than the noise would pass whatever comes. */
function blindness(rows: readonly Comparison[], limit: number | undefined): string | undefined {
  if (limit === undefined) return undefined;
  const blind = rows.filter(({ uncertainty }) => uncertainty !== null && uncertainty > limit);
  if (blind.length === 0) return undefined;
  const most = Math.max(...blind.map(({ uncertainty }) => uncertainty ?? 0));
  return (
    `the noise of ${blind.length} of ${rows.length} figures is more than ${formatPercent(limit)}, ` +
    `up to ${formatPercent(most)}: measure longer (--for), with nothing else running`
  );
}

function nameOf({ date, versions, machine }: SavedResult): string {
  const { stampmill, compiler, node } = versions;
  // Texts of a file from elsewhere: nothing in them may act on a terminal.
  return toOneLine(`${date}, ${machine.cpu}, stampmill ${stampmill}, ${compiler}, Node ${node}`);
}
