import { statSync } from "node:fs";
import { resolve } from "node:path";
import {
  type Charge,
  type ChargeOutcome,
  type ChargeTerms,
  checkCharges,
  checkQuestions,
  longestTerms,
  type PosterQuestion,
  type Store,
  sizeOfCharge,
  type WaitingCharge,
} from "../charge.ts";
import { checkEntries, checkSets } from "../entry.ts";
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
  type StoreMarks,
  type StoreStats,
  sizeOfSet,
} from "../store.ts";
import { Turn } from "../turn.ts";
import { inTransaction, type OpenedFile, openFile, openFileToLook, storeError } from "./file.ts";
import type { SqlDatabase } from "./library.ts";
import { PosterTable } from "./posters.ts";
import { NEVER, SpentTable } from "./spent.ts";
import { PAGE, prepareAll, type Statements, toEntry } from "./statements.ts";

/**
 * Opens a store in an SQLite database.
 *
 * @throws StampmillError `store`
 */
export function openSqlite(
  file: string,
  { create, readOnly }: { create: boolean; readOnly: boolean },
): Store {
  // Absolute, so that SQLite finds neither a URI nor ":memory:" in the name.
  const path = resolve(file);
  const opened = readOnly ? openFileToLook(path, create) : openFile(path, create);
  return new SqliteStore(path, opened, readOnly);
}

interface SpendCall {
  readonly sets: readonly (readonly SpentEntry[])[];
  readonly terms: SpendTerms;
}

class SqliteStore implements Store {
  readonly url: string;
  readonly #file: string;
  readonly #identity: string;
  readonly #engine: string;
  readonly #readOnly: boolean;
  readonly #checkCurrent: () => void;
  readonly #db: SqlDatabase;
  readonly #sql: Statements;
  readonly #spent: SpentTable;
  readonly #posters: PosterTable;
  readonly #spends = new Turn((calls: readonly SpendCall[]) => this.#spendCalls(calls));
  readonly #charges = new Turn(
    (waiting: readonly WaitingCharge[]) => this.#chargeAll(waiting),
    MAX_TRANSACTION,
    sizeOfCharge,
  );
  readonly #asked = new Turn((calls: readonly (readonly PosterQuestion[])[]) =>
    this.#read(() => this.#posters.leads(calls)),
  );

  constructor(file: string, { db, engine, checkCurrent }: OpenedFile, readOnly: boolean) {
    this.url = `sqlite:${file}`;
    this.#file = file;
    this.#identity = identityOf(file);
    this.#engine = engine;
    this.#readOnly = readOnly;
    this.#checkCurrent = checkCurrent ?? (() => {});
    this.#db = db;
    this.#sql = this.#try("cannot be read", () => prepareAll(db));
    this.#spent = new SpentTable(this.#sql);
    this.#posters = new PosterTable(this.#sql, this.#spent);
  }

  async spend(
    sets: readonly (readonly SpentEntry[])[],
    terms: SpendTerms,
  ): Promise<readonly (readonly SpendOutcome[])[]> {
    checkSets(sets);
    return this.#spends.add({ sets, terms });
  }

  async charge(charges: readonly Charge[], terms: ChargeTerms): Promise<readonly ChargeOutcome[]> {
    checkCharges(charges);
    return Promise.all(charges.map((charge) => this.#charges.add({ charge, terms })));
  }

  async leads(questions: readonly PosterQuestion[]): Promise<readonly (number | null)[]> {
    checkQuestions(questions);
    return this.#asked.add(questions);
  }

  async secret(): Promise<Uint8Array> {
    return this.#read(() => this.#posters.secret());
  }

  async look(entries: readonly SpentEntry[]): Promise<SpendOutcome[]> {
    checkEntries(entries);
    // In a transaction, so that nothing is purged between reading how far and looking.
    return this.#read(() => {
      const marks = this.#spent.marks();
      return entries.map((entry) => this.#spent.outcome(entry, marks));
    });
  }

  async add(entries: readonly SpentEntry[]): Promise<AddReport> {
    checkEntries(entries);
    const report = { added: 0, known: 0, purged: 0 };
    for (let start = 0; start < entries.length; start += MAX_TRANSACTION) {
      const batch = entries.slice(start, start + MAX_TRANSACTION);
      this.#write(() => {
        const { horizon } = this.#spent.marks();
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
      this.#spent.raiseKeep(Math.ceil(keep / 1000));
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
        const marks = this.#spent.marks();
        // Where nothing was ever promised, as after an import, nothing has expired.
        const cutoff = marks.keep === 0 ? NEVER : purgeCutoff(now, 1000 * marks.keep);
        return this.#spent.removeExpired(Math.max(cutoff, 1000 * marks.horizon), MAX_TRANSACTION);
      });
    }
    return removed;
  }

  async *list(): AsyncGenerator<SpentEntry[]> {
    let last: SpentEntry = { time: -Infinity, digest: new Uint8Array() };
    for (;;) {
      const { time, digest } = last;
      const start = Math.max(time / 1000, NEVER);
      const page = this.#read(() => this.#sql.page.all(start, digest).map(toEntry));
      if (page.length > 0) yield page;
      const end = page.at(-1);
      if (end === undefined || page.length < PAGE) return;
      last = end;
    }
  }

  async stats(): Promise<StoreStats> {
    return this.#read(() => {
      const { horizon, keep } = this.#spent.marks();
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
    await Promise.all([this.#spends.flush(), this.#charges.flush(), this.#asked.flush()]);
    this.#try("cannot be closed", () => this.#db.close());
  }

  #spendCalls(calls: readonly SpendCall[]): (readonly (readonly SpendOutcome[])[])[] {
    const keep = Math.max(...calls.map(({ terms }) => terms.keep));
    const now = Math.min(...calls.map(({ terms }) => terms.now));
    const outcomes = this.#spendAll(
      calls.flatMap(({ sets }) => sets),
      { keep, now },
    );
    return calls.map(({ sets }) => outcomes.splice(0, sets.length));
  }

  #chargeAll(waiting: readonly WaitingCharge[]): ChargeOutcome[] {
    const { keep, remember } = longestTerms(waiting);
    const charges = waiting.map(({ charge }) => charge);
    return this.#write(() => {
      const marks = this.#spent.raiseKeep(keep / 1000);
      const outcomes = this.#posters.charge(charges, marks, remember);
      const accepted = outcomes.filter(({ status }) => status === "accepted");
      if (accepted.length > 0) {
        const size = accepted.reduce((sum, { stamps }) => sum + stamps.length, 0);
        const now = Math.min(...charges.map((charge) => charge.now));
        this.#spent.removeExpired(purgeCutoff(now, 1000 * marks.keep), purgeLimit(size));
      }
      return outcomes;
    });
  }

  #spendAll(
    sets: readonly (readonly SpentEntry[])[],
    { keep, now }: SpendTerms,
  ): (readonly SpendOutcome[])[] {
    const outcomes: SpendOutcome[][] = [];
    for (const batch of batchesOf(sets, MAX_TRANSACTION, sizeOfSet)) {
      const size = batch.reduce((sum, set) => sum + set.length, 0);
      this.#write(() => {
        const marks = this.#spent.raiseKeep(Math.ceil(keep / 1000));
        for (const set of batch) outcomes.push(this.#spent.spendSet(set, marks));
        this.#spent.removeExpired(purgeCutoff(now, 1000 * marks.keep), purgeLimit(size));
      });
    }
    return outcomes;
  }

  #read<T>(work: () => T): T {
    return this.#transaction("BEGIN", "cannot be read", () => {
      const result = work();
      this.#checkCurrent();
      return result;
    });
  }

  #write<T>(work: () => T): T {
    if (this.#readOnly) {
      throw storeError(this.#file, "cannot be written", new Error("it was opened to look only"));
    }
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
