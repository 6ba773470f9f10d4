/**
 * A stamp as the store knows it: by its date and its digest, and by nothing that a caller's options
 * or clock could change. `spentEntry` makes one.
 */
export interface SpentEntry {
  /** When the stamp's date begins, in milliseconds since 1970, its year read as 20YY. */
  readonly time: number;
  /** The first 16 bytes of SHA-256 over the whole stamp. */
  readonly digest: Uint8Array;
}

/**
 * What the store says of a stamp.
 *
 * - `fresh`: not spent so far.
 * - `spent`: recorded before.
 * - `purged`: dated no later than what was purged. Nobody knows whether it was spent: refuse it.
 */
export type SpendOutcome = "fresh" | "spent" | "purged";

/** The terms on which stamps are accepted, which decide how long they must be remembered. */
export interface SpendTerms {
  /** How long after its date a stamp can be accepted, grace included, in milliseconds. */
  readonly keep: number;
  /** What expired is judged by, in milliseconds since 1970. */
  readonly now: number;
}

/** What is to be purged by hand. */
export interface PurgeOptions {
  /** What expired is judged by, in milliseconds since 1970. */
  readonly now: number;
  /** From now on keep stamps only this long after their date, in milliseconds. */
  readonly keep?: number | undefined;
  /** Refuse everything dated before this, spent or not, in milliseconds since 1970. */
  readonly before?: number | undefined;
}

/** How far a store has purged, and what it was promised. */
export interface StoreMarks {
  /** Stamps dated up to here are refused, milliseconds since 1970; null if nothing was purged. */
  readonly horizon: number | null;
  /** The longest that a stamp was accepted after its date so far, grace included; milliseconds. */
  readonly keep: number;
}

export interface StoreStats extends StoreMarks {
  /** `sqlite` or `redis`, the library that talks to it, and its version. */
  readonly engine: string;
  readonly entries: number;
  /** Date of the oldest and newest stamp, milliseconds since 1970; null if there is none. */
  readonly oldest: number | null;
  readonly newest: number | null;
  /** Bytes on disk, or in the server's memory; null if it does not say. */
  readonly bytes: number | null;
  /** When a spent stamp is safe from a crash of the machine, in words. */
  readonly durability: string;
}

/** What became of entries that were brought from elsewhere. */
export interface AddReport {
  readonly added: number;
  /** Were there already. */
  readonly known: number;
  /** Dated no later than what was purged, so that they are refused anyway. */
  readonly purged: number;
}

/**
 * Remembers which stamps were spent. Every method rejects with a StampmillError `store` if the
 * store fails; then nothing may be accepted, though some of it may have been recorded.
 */
export interface SpentStore {
  /** Where it is, without a password. */
  readonly url: string;

  /**
   * Spends sets of stamps. All of a set are spent in one step, or, unless every one is `fresh`,
   * none. Sets are taken in order: what one of them spends is `spent` for the next. Once this
   * resolves it is recorded for good. Expired stamps are removed on the way, a bounded number.
   *
   * @returns for each set the outcome of each entry; the set was spent if all of them are `fresh`
   * @throws StampmillError `bad-input` for a set of more than 1000
   */
  spend(
    sets: readonly (readonly SpentEntry[])[],
    terms: SpendTerms,
  ): Promise<readonly (readonly SpendOutcome[])[]>;

  /** What `spend` would say now of each by itself; changes nothing. */
  look(entries: readonly SpentEntry[]): Promise<readonly SpendOutcome[]>;

  /** Records entries as spent, whatever their date. */
  add(entries: readonly SpentEntry[]): Promise<AddReport>;

  /** Takes over what another store has purged and promised: each mark only ever rises. */
  raise(marks: StoreMarks): Promise<void>;

  /** Removes expired entries, all of them, and says how many. */
  purge(options: PurgeOptions): Promise<number>;

  /** Every entry, a page at a time; one may come twice if the store changes meanwhile. */
  list(): AsyncIterable<readonly SpentEntry[]>;

  stats(): Promise<StoreStats>;

  close(): Promise<void>;
}

/**
 * Most entries in one transaction: what one crash can cost, and how long others wait. Among a million
 * of one day, where each belongs on a page of its own, 4096 at a time took a fifth more work.
 */
export const MAX_TRANSACTION = 8192;

/**
 * Up to which date stamps have expired for every caller so far, in milliseconds. A caller's clock
 * may be wrong, or a time made up: nothing is purged unless this machine's clock agrees.
 */
export function purgeCutoff(now: number, keep: number): number {
  return Math.min(now, Date.now()) - keep;
}

/** Most expired entries to remove while this many are spent: more than come in, so that it ends. */
export function purgeLimit(spending: number): number {
  return 2 * spending + 100;
}

/** Cuts a list into batches of at most this size together, but of one item at least. */
export function* batchesOf<T>(
  items: readonly T[],
  most: number,
  sizeOf: (item: T) => number,
): Generator<T[]> {
  let batch: T[] = [];
  let total = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (total + size > most && batch.length > 0) {
      yield batch;
      batch = [];
      total = 0;
    }
    batch.push(item);
    total += size;
  }
  if (batch.length > 0) yield batch;
}

/** How many entries a set has, for {@link batchesOf}. */
export function sizeOfSet(set: readonly SpentEntry[]): number {
  return set.length;
}
