import type { SpendOutcome, SpentEntry } from "../store.ts";
import { type Statements, toBytes } from "./statements.ts";

/** How far was purged, and what was promised, in the table's seconds. */
export interface Marks {
  /** Seconds since 1970; below every date if nothing was purged. */
  readonly horizon: number;
  readonly keep: number;
}

/** Below every date that there is. */
export const NEVER = -1;

/** The stamps that were spent, within a transaction that the caller has begun. */
export class SpentTable {
  readonly #sql: Statements;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  marks(): Marks {
    const row = this.#sql.marks.get();
    // Without it nobody knows what was purged.
    if (row === undefined) throw new Error("its table of marks is empty");
    return { horizon: Number(row.horizon ?? NEVER), keep: Number(row.keep) };
  }

  raiseKeep(keep: number): Marks {
    const marks = this.marks();
    if (keep <= marks.keep) return marks;
    this.#sql.setKeep.run(keep);
    return { ...marks, keep };
  }

  outcome({ time, digest }: SpentEntry, marks: Marks): SpendOutcome {
    if (this.#sql.find.get(time / 1000, digest) !== undefined) return "spent";
    return time <= 1000 * marks.horizon ? "purged" : "fresh";
  }

  /** Spends a set, all of it or none. */
  spendSet(set: readonly SpentEntry[], marks: Marks): SpendOutcome[] {
    const [only] = set;
    // The usual case in one statement instead of two.
    if (set.length === 1 && only !== undefined && only.time > 1000 * marks.horizon) {
      const { changes } = this.#sql.insert.run(only.time / 1000, only.digest);
      return [Number(changes) === 1 ? "fresh" : "spent"];
    }
    const outcomes = set.map((entry) => this.outcome(entry, marks));
    if (outcomes.every((outcome) => outcome === "fresh")) this.insert(set);
    return outcomes;
  }

  /**
   * Spends a set if all of it is new, without looking first, and says whether it did: the usual case
   * in half the statements.
   */
  insertNew(set: readonly SpentEntry[], marks: Marks): boolean {
    for (const [i, { time, digest }] of set.entries()) {
      const purged = time <= 1000 * marks.horizon;
      if (!purged && Number(this.#sql.insert.run(time / 1000, digest).changes) === 1) continue;
      for (const taken of set.slice(0, i)) this.#sql.remove.run(taken.time / 1000, taken.digest);
      return false;
    }
    return true;
  }

  insert(entries: readonly SpentEntry[]): void {
    for (const { time, digest } of entries) this.#sql.insert.run(time / 1000, digest);
  }

  /**
   * Removes the oldest entries up to a date, and marks how far: no further than what was there, so
   * that a clock far ahead does not have stamps refused that are yet to be minted.
   */
  removeExpired(cutoff: number, limit: number): number {
    const seconds = Math.floor(cutoff / 1000);
    const oldest = this.#sql.oldest.get()?.time;
    if (typeof oldest !== "number" || oldest > seconds) return 0;
    const last = this.#sql.lastExpired.get(seconds, limit - 1);
    const time = last?.time ?? this.#sql.newestExpired.get(seconds)?.time;
    if (typeof time !== "number") throw new Error("its entries are out of order");
    this.#sql.raiseHorizon.run(time);
    const { changes } = last
      ? this.#sql.removeThrough.run(time, toBytes(last.digest))
      : this.#sql.removeUpTo.run(time);
    return Number(changes);
  }
}
