import { statSync } from "node:fs";
import { resolve } from "node:path";
import { checkEntries, checkSets } from "./entry.ts";
import { inTransaction, type OpenedFile, openFile, storeError } from "./sqlite-file.ts";
import type { SqlDatabase } from "./sqlite-library.ts";
import { PAGE, prepareAll, toBytes, toEntry } from "./sqlite-statements.ts";
import {
  type AddReport,
  batchesOf,
  MAX_TRANSACTION,
  type PurgeOptions,
  purgeCutoff,
  purgeLimit,
  type SpendOutcome,
  type SpendTerms,
  type SpentEntry,
  type SpentStore,
  type StoreMarks,
  type StoreStats,
} from "./store.ts";

/**
 * Opens a store in an SQLite database.
 *
 * @throws StampmillError `store`
 */
export function openSqlite(file: string, create: boolean): SpentStore {
  // Absolute, so that SQLite finds neither a URI nor ":memory:" in the name.
  const path = resolve(file);
  return new SqliteStore(path, openFile(path, create));
}

interface WaitingCall {
  readonly sets: readonly (readonly SpentEntry[])[];
  readonly terms: SpendTerms;
  resolve(outcomes: readonly (readonly SpendOutcome[])[]): void;
  reject(error: unknown): void;
}

interface Marks {
  /** Seconds since 1970; below every date if nothing was purged. */
  readonly horizon: number;
  /** Seconds. */
  readonly keep: number;
}

/** Below every date that there is. */
const NEVER = -1;

class SqliteStore implements SpentStore {
  readonly url: string;
  readonly #file: string;
  readonly #identity: string;
  readonly #engine: string;
  readonly #db: SqlDatabase;
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #waiting: WaitingCall[] = [];

  constructor(file: string, { db, engine }: OpenedFile) {
    this.url = `sqlite:${file}`;
    this.#file = file;
    this.#identity = identityOf(file);
    this.#engine = engine;
    this.#db = db;
    this.#sql = this.#try("cannot be read", () => prepareAll(db));
  }

  /**
   * Calls that are made while the event loop turns once share a transaction: to wait for the disk
   * takes as long for one stamp as for a thousand.
   */
  spend(
    sets: readonly (readonly SpentEntry[])[],
    terms: SpendTerms,
  ): Promise<readonly (readonly SpendOutcome[])[]> {
    return new Promise((resolve, reject) => {
      checkSets(sets);
      if (this.#waiting.length === 0) setImmediate(() => this.#spendWaiting());
      this.#waiting.push({ sets, terms, resolve, reject });
    });
  }

  async look(entries: readonly SpentEntry[]): Promise<SpendOutcome[]> {
    checkEntries(entries);
    // In a transaction, so that nothing is purged between reading how far and looking.
    return this.#transaction("BEGIN", "cannot be read", () => {
      const marks = this.#marks();
      return entries.map((entry) => this.#outcome(entry, marks));
    });
  }

  async add(entries: readonly SpentEntry[]): Promise<AddReport> {
    checkEntries(entries);
    const report = { added: 0, known: 0, purged: 0 };
    for (let start = 0; start < entries.length; start += MAX_TRANSACTION) {
      const batch = entries.slice(start, start + MAX_TRANSACTION);
      this.#write(() => {
        const { horizon } = this.#marks();
        for (const { time, digest } of batch) {
          if (time <= 1000 * horizon) report.purged++;
          else if (Number(this.#sql.insert.run(time / 1000, digest).changes) === 0) report.known++;
          else report.added++;
        }
      });
    }
    return report;
  }

  async raise({ horizon, keep }: StoreMarks): Promise<void> {
    this.#write(() => {
      this.#raiseKeep(Math.ceil(keep / 1000));
      if (horizon !== null) this.#sql.raiseHorizon.run(Math.floor(horizon / 1000));
    });
  }

  async purge({ now, keep, before }: PurgeOptions): Promise<number> {
    let removed = 0;
    this.#write(() => {
      if (keep !== undefined) this.#sql.setKeep.run(Math.ceil(keep / 1000));
      if (before !== undefined) this.#sql.raiseHorizon.run(Math.ceil(before / 1000) - 1);
    });
    for (let last = -1; last !== 0; removed += last) {
      last = this.#write(() => {
        const marks = this.#marks();
        // Where nothing was ever promised, as after an import, nothing has expired.
        const cutoff = marks.keep === 0 ? NEVER : purgeCutoff(now, 1000 * marks.keep);
        return this.#removeExpired(Math.max(cutoff, 1000 * marks.horizon), MAX_TRANSACTION);
      });
    }
    return removed;
  }

  async *list(): AsyncGenerator<SpentEntry[]> {
    let last: SpentEntry = { time: -Infinity, digest: new Uint8Array() };
    for (;;) {
      const { time, digest } = last;
      const start = Math.max(time / 1000, NEVER);
      const page = this.#try("cannot be read", () =>
        this.#sql.page.all(start, digest).map(toEntry),
      );
      if (page.length > 0) yield page;
      const end = page.at(-1);
      if (end === undefined || page.length < PAGE) return;
      last = end;
    }
  }

  async stats(): Promise<StoreStats> {
    return this.#transaction("BEGIN", "cannot be read", () => {
      const { horizon, keep } = this.#marks();
      return {
        engine: this.#engine,
        entries: Number(this.#sql.count.get()?.count),
        oldest: toTime(this.#sql.oldest.get()?.time),
        newest: toTime(this.#sql.newest.get()?.time),
        horizon: horizon === NEVER ? null : 1000 * horizon,
        keep: 1000 * keep,
        bytes: sizeOf(this.#file) + sizeOf(`${this.#file}-wal`),
        durability: "on the disk before a stamp is called valid",
      };
    });
  }

  async close(): Promise<void> {
    this.#spendWaiting();
    this.#try("cannot be closed", () => this.#db.close());
  }

  #spendWaiting(): void {
    const calls = this.#waiting.splice(0);
    if (calls.length === 0) return;
    const keep = Math.max(...calls.map(({ terms }) => terms.keep));
    const now = Math.min(...calls.map(({ terms }) => terms.now));
    try {
      const outcomes = this.#spendAll(
        calls.flatMap(({ sets }) => sets),
        { keep, now },
      );
      for (const { sets, resolve } of calls) resolve(outcomes.splice(0, sets.length));
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }

  #spendAll(
    sets: readonly (readonly SpentEntry[])[],
    { keep, now }: SpendTerms,
  ): (readonly SpendOutcome[])[] {
    const outcomes: SpendOutcome[][] = [];
    for (const batch of batchesOf(sets, MAX_TRANSACTION)) {
      const size = batch.reduce((sum, set) => sum + set.length, 0);
      this.#write(() => {
        const marks = this.#raiseKeep(Math.ceil(keep / 1000));
        for (const set of batch) outcomes.push(this.#spendSet(set, marks));
        this.#removeExpired(purgeCutoff(now, 1000 * marks.keep), purgeLimit(size));
      });
    }
    return outcomes;
  }

  #marks(): Marks {
    const row = this.#sql.marks.get();
    // Without it nobody knows what was purged.
    if (row === undefined) throw new Error("its table of marks is empty");
    return { horizon: Number(row.horizon ?? NEVER), keep: Number(row.keep) };
  }

  #raiseKeep(keep: number): Marks {
    const marks = this.#marks();
    if (keep <= marks.keep) return marks;
    this.#sql.setKeep.run(keep);
    return { ...marks, keep };
  }

  #outcome({ time, digest }: SpentEntry, marks: Marks): SpendOutcome {
    if (this.#sql.find.get(time / 1000, digest) !== undefined) return "spent";
    return time <= 1000 * marks.horizon ? "purged" : "fresh";
  }

  #spendSet(set: readonly SpentEntry[], marks: Marks): SpendOutcome[] {
    const [only] = set;
    // The usual case in one statement instead of two.
    if (set.length === 1 && only !== undefined && only.time > 1000 * marks.horizon) {
      const { changes } = this.#sql.insert.run(only.time / 1000, only.digest);
      return [Number(changes) === 1 ? "fresh" : "spent"];
    }
    const outcomes = set.map((entry) => this.#outcome(entry, marks));
    if (outcomes.every((outcome) => outcome === "fresh")) {
      for (const { time, digest } of set) this.#sql.insert.run(time / 1000, digest);
    }
    return outcomes;
  }

  /**
   * Removes the oldest entries up to a date, and marks how far: no further than what was there, so
   * that a clock far ahead does not have stamps refused that are yet to be minted.
   */
  #removeExpired(cutoff: number, limit: number): number {
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

  #write<T>(work: () => T): T {
    return this.#transaction("BEGIN IMMEDIATE", "cannot be written", () => {
      this.#checkPlace();
      return work();
    });
  }

  /**
   * A file that was removed or replaced is still open here, while others open what stands at its
   * place now: a stamp would be accepted by each.
   */
  #checkPlace(): void {
    if (identityOf(this.#file) === this.#identity) return;
    throw new Error("it was removed or replaced while it was open");
  }

  #transaction<T>(begin: "BEGIN" | "BEGIN IMMEDIATE", failure: string, work: () => T): T {
    return this.#try(failure, () => inTransaction(this.#db, begin, work));
  }

  #try<T>(failure: string, work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw storeError(this.#file, failure, cause);
    }
  }
}

function identityOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.dev} ${stats.ino}`;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function toTime(seconds: unknown): number | null {
  return typeof seconds === "number" ? 1000 * seconds : null;
}
