import {
  chmodSync,
  chownSync,
  closeSync,
  createReadStream,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StampmillError } from "../errors.ts";
import { type ImportReport, importSpent } from "./import.ts";
import { openSqlite } from "./sqlite.ts";
import { storeError } from "./sqlite-file.ts";
import { loadSqlite, type SqlDatabase } from "./sqlite-library.ts";

/** What is put behind the name of a text database to keep it under, beside the store. */
export const KEPT_SUFFIX = ".original";

/** Behind the name of the store that is being made, and of the lock. */
const UNFINISHED_SUFFIX = ".taking-over";
const LOCK_SUFFIX = ".taking-over.lock";

/** How long to wait for another process that takes the file over, in milliseconds. */
const LOCK_TIMEOUT = 600_000;
const LOCK_PAUSE = 20;

/** What an SQLite database begins with. */
const SQLITE_MAGIC = "SQLite format 3\0";

/** What SQLite keeps beside a database, and would take for part of a new one of that name. */
const COMPANIONS = ["-wal", "-shm", "-journal"];

/** The moments between which a process that takes a file over may be killed. */
export type TakeOverStep = "locked" | "imported" | "kept" | "replaced";

export interface TakeOverOptions {
  /** Is told of each line of which not everything could be read. */
  readonly onDamage?: (line: number, problem: string) => void;
  /** Is told of each step done. */
  readonly onStep?: (step: TakeOverStep) => void;
}

/** What became of a text database. */
export interface TakeOverReport extends ImportReport {
  /** Where the text is kept. */
  readonly kept: string;
}

/**
 * Puts a store in the place of a text database of hashcash(1), all of whose stamps count as spent in it;
 * null if the file is none (not there, empty, or a store already).
 *
 * The store is made beside it, whole and on the disk, before the text gets a second name, FILE.original,
 * and the store its first: at any moment FILE is the one or the other, and whoever is killed leaves
 * what the next call goes on from. Calls in several processes wait for each other. hashcash(1) itself
 * must not use the file any more: what it adds later than this is not seen.
 *
 * @param file not a symbolic link
 * @throws StampmillError `store`; the text is then still in its place
 */
export async function takeOver(
  file: string,
  options: TakeOverOptions = {},
): Promise<TakeOverReport | null> {
  try {
    if (!holdsText(file)) return null;
    const release = await acquire(`${file}${LOCK_SUFFIX}`);
    try {
      options.onStep?.("locked");
      // Whoever had the lock before may have done it.
      return holdsText(file) ? await replaceText(file, options) : null;
    } finally {
      release();
    }
  } catch (cause) {
    throw storeError(file, "cannot be taken over", cause);
  }
}

/** Whether there is a file that has something in it, and is no SQLite database. */
function holdsText(file: string): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isFile() && stats.size === 0)) return false;
  if (!stats.isFile()) throw new Error("it is not a regular file");
  const head = Buffer.alloc(SQLITE_MAGIC.length);
  const descriptor = openSync(file, "r");
  try {
    const length = readSync(descriptor, head, 0, head.length, 0);
    return head.toString("latin1", 0, length) !== SQLITE_MAGIC;
  } finally {
    closeSync(descriptor);
  }
}

async function replaceText(file: string, options: TakeOverOptions): Promise<TakeOverReport> {
  const kept = `${file}${KEPT_SUFFIX}`;
  const text = statSync(file);
  checkPlaces(file, kept, text);
  const unfinished = `${file}${UNFINISHED_SUFFIX}`;
  const report = await importInto(unfinished, file, options);
  matchOwner(unfinished, text);
  options.onStep?.("imported");

  if (lstatSync(kept, { throwIfNoEntry: false }) === undefined) linkSync(file, kept);
  syncFolder(file);
  options.onStep?.("kept");
  renameSync(unfinished, file);
  syncFolder(file);
  options.onStep?.("replaced");

  // hashcash(1) may have been at work when this began, and adds its stamp when it ends.
  if (statSync(kept).size !== text.size) await addTo(file, kept);
  return { ...report, kept };
}

/** Refuses to begin where something else would be lost, or the text have yet another name. */
function checkPlaces(file: string, kept: string, text: Stats): void {
  const there = lstatSync(kept, { throwIfNoEntry: false });
  const isSame = there !== undefined && there.ino === text.ino && there.dev === text.dev;
  if (there !== undefined && !isSame) {
    throw refusal(file, `${kept} is there already`, "move it away");
  }
  if (text.nlink > (isSame ? 2 : 1)) {
    throw refusal(file, "it has another name too (a hard link)", "leave it one");
  }
  for (const suffix of COMPANIONS) {
    if (lstatSync(`${file}${suffix}`, { throwIfNoEntry: false }) !== undefined) {
      throw refusal(file, `${file}${suffix} belongs to a store that was here`, "move it away");
    }
  }
}

/** Makes a store of all that is spent according to a text; it is on the disk when this resolves. */
async function importInto(
  unfinished: string,
  file: string,
  { onDamage }: TakeOverOptions,
): Promise<ImportReport> {
  // Left by a process that was killed.
  for (const suffix of ["", ...COMPANIONS]) rmSync(`${unfinished}${suffix}`, { force: true });
  const store = openSqlite(unfinished, true);
  let report: ImportReport;
  try {
    report = await importSpent(store, createReadStream(file), onDamage);
  } finally {
    await store.close();
  }
  if (lstatSync(`${unfinished}-wal`, { throwIfNoEntry: false }) !== undefined) {
    throw new Error("somebody else has the unfinished store open");
  }
  const { stamps, refused, damaged } = report;
  if (stamps + refused > 0 || damaged === 0 || beginsAsDatabase(file)) return report;
  rmSync(unfinished);
  throw refusal(file, "it is no database of hashcash(1)", "nothing was changed; name another file");
}

function beginsAsDatabase(file: string): boolean {
  const head = Buffer.alloc(12);
  const descriptor = openSync(file, "r");
  try {
    return head.toString("latin1", 0, readSync(descriptor, head, 0, 12, 0)) === "last_purged ";
  } finally {
    closeSync(descriptor);
  }
}

async function addTo(file: string, text: string): Promise<void> {
  const store = openSqlite(file, false);
  try {
    await importSpent(store, createReadStream(text));
  } finally {
    await store.close();
  }
}

/** The store belongs to whom the text did, and to whoever may use it. */
function matchOwner(unfinished: string, { uid, gid, mode }: Stats): void {
  const own = statSync(unfinished);
  if (own.uid !== uid || own.gid !== gid) chownSync(unfinished, uid, gid);
  chmodSync(unfinished, mode & 0o666);
}

/** A new name is on the disk once its folder is. */
function syncFolder(file: string): void {
  const descriptor = openSync(dirname(file), "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Takes the lock, an empty SQLite database: unlike a file that is there or not, its locks end with the
 * process that holds them. Returns what gives it back and removes it.
 */
async function acquire(path: string): Promise<() => void> {
  const deadline = Date.now() + LOCK_TIMEOUT;
  for (;;) {
    closeSync(openSync(path, "a", 0o600));
    const identity = identityOf(path);
    const db = loadSqlite().open(path);
    // Not the file that others lock, if whoever had it removed it meanwhile.
    if (tryLock(db, deadline) && identityOf(path) === identity) {
      return () => {
        rmSync(path, { force: true });
        db.close();
      };
    }
    db.close();
    await sleep(LOCK_PAUSE);
  }
}

function tryLock(db: SqlDatabase, deadline: number): boolean {
  try {
    db.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (!/locked|busy/i.test(String(error)) || Date.now() > deadline) {
      db.close();
      throw error;
    }
    return false;
  }
}

function identityOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.dev} ${stats.ino}`;
}

function refusal(file: string, why: string, hint: string): StampmillError {
  return new StampmillError("store", `the store ${file} cannot be taken over: ${why}`, {
    parameter: "store",
    hint,
  });
}
