import type { SavedRate, SavedResult } from "./read-result.ts";

/**
 * What a comparison says of one figure: `same` if the difference is within the noise; `new` and
 * `gone` if only one of the results has it.
 */
export type Change = "faster" | "slower" | "same" | "new" | "gone";

export interface Comparison {
  readonly what: string;
  /** Of the old and the new result; null where it is not there. */
  readonly before: number | null;
  readonly after: number | null;
  /** After over before; null where one is not there. */
  readonly ratio: number | null;
  /** How far the ratio may be off, as a share of it: the root of the sum of both squares. */
  readonly uncertainty: number | null;
  readonly change: Change;
}

/** Compares every figure of two results, in the order of the new one. */
export function compareResults(before: SavedResult, after: SavedResult): Comparison[] {
  const old = figuresOf(before);
  const now = figuresOf(after);
  const rows = [...now].map(([what, figure]) => compareFigures(what, old.get(what), figure));
  const gone = [...old].filter(([what]) => !now.has(what));
  return [...rows, ...gone.map(([what, figure]) => compareFigures(what, figure, undefined))];
}

type Figure = Pick<SavedRate, "rate" | "uncertainty">;

function figuresOf({ rates, calls }: SavedResult): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const rate of rates) {
    const threads = rate.threads === 1 ? "1 thread" : `${rate.threads} threads`;
    figures.set(`${rate.algorithm} ${rate.kernel}, ${threads}`, rate);
  }
  for (const call of calls) figures.set(`${call.call} ${call.algorithm}`, call);
  return figures;
}

function compareFigures(
  what: string,
  before: Figure | undefined,
  after: Figure | undefined,
): Comparison {
  if (before === undefined || after === undefined) {
    const rates = { before: before?.rate ?? null, after: after?.rate ?? null };
    const change = before === undefined ? "new" : "gone";
    return { what, ...rates, ratio: null, uncertainty: null, change };
  }
  const ratio = after.rate / before.rate;
  const uncertainty = Math.hypot(before.uncertainty, after.uncertainty);
  const change = changeOf(ratio, uncertainty);
  return { what, before: before.rate, after: after.rate, ratio, uncertainty, change };
}

function changeOf(ratio: number, uncertainty: number): Change {
  // Divided, not multiplied by 1 - u: half as fast and twice as fast are equally far.
  if (ratio / (1 + uncertainty) > 1) return "faster";
  return ratio * (1 + uncertainty) < 1 ? "slower" : "same";
}

/**
 * The figures that fail a limit: slower by more than it and by more than the noise, or gone, for
 * what is not measured any more may be as slow as it likes.
 *
 * @param limit as a share: 0.1 for a tenth
 */
export function failures(rows: readonly Comparison[], limit: number): Comparison[] {
  return rows.filter(
    ({ change, ratio }) =>
      change === "gone" || (change === "slower" && ratio !== null && ratio < 1 - limit),
  );
}

/** In what two machines differ, in words; none if these may be results of one. */
export function machineDifferences(a: SavedResult["machine"], b: SavedResult["machine"]): string[] {
  const differences: string[] = [];
  const differ = (name: string, one: string | number, other: string | number) => {
    if (one !== other) differences.push(`${name} (${one}, ${other})`);
  };
  differ("processor", a.cpu, b.cpu);
  differ("class", a.class, b.class);
  differ("number of processors", a.processors, b.processors);
  const caches = (machine: typeof a) =>
    machine.caches.map(({ level, kind, bytes }) => `L${level} ${kind} ${bytes}`).join(" ");
  differ("caches", caches(a), caches(b));
  // What is left of the memory to the system changes a little with every update.
  const ratio = a.bytes / b.bytes;
  if (ratio < 0.95 || ratio > 1.05) differ("memory", a.bytes, b.bytes);
  if (a.id !== null && b.id !== null) differ("installation", a.id, b.id);
  return differences;
}
