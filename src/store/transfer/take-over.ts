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
import { StampmillError } from "../../text/errors.ts";
import { storeError } from "../sqlite/file.ts";
import { loadSqlite, type SqlDatabase } from "../sqlite/library.ts";
import { openSqlite } from "../sqlite/sqlite.ts";
import { type ImportReport, importSpent } from "./import.ts";

/** What is put behind the name of a text database to keep it under, beside the store. */
export const KEPT_SUFFIX = ".original";

/** Behind the names of the store that is being made, of the whole one, and of the lock. */
const IMPORT_SUFFIX = ".taking-over.import";
const WHOLE_SUFFIX = ".taking-over";
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
  const whole = `${file}${WHOLE_SUFFIX}`;
  const report = await importInto(whole, file, options);
  matchOwner(whole, text);
  syncPath(whole);
  options.onStep?.("imported");

  if (lstatSync(kept, { throwIfNoEntry: false }) === undefined) linkSync(file, kept);
  syncPath(dirname(file));
  options.onStep?.("kept");
  renameSync(whole, file);
  syncPath(dirname(file));
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

/** Makes a store of all that is spent according to a text, one file that nobody has open. */
async function importInto(
  whole: string,
  file: string,
  { onDamage }: TakeOverOptions,
): Promise<ImportReport> {
  const unfinished = `${file}${IMPORT_SUFFIX}`;
  // What a process left that was killed.
  const clear = () => {
    for (const suffix of ["", ...COMPANIONS]) rmSync(`${unfinished}${suffix}`, { force: true });
  };
  clear();
  rmSync(whole, { force: true });
  try {
    const store = openSqlite(unfinished, { create: true, readOnly: false });
    let report: ImportReport;
    try {
      report = await importSpent(store, createReadStream(file), onDamage);
    } finally {
      await store.close();
    }
    const { stamps, refused, damaged } = report;
    if (stamps + refused === 0 && damaged > 0 && !beginsAsDatabase(file)) {
      const hint = "nothing was changed; name another file";
      throw refusal(file, "it is no database of hashcash(1)", hint);
    }
    copyStore(unfinished, whole);
    return report;
  } finally {
    clear();
  }
}

/**
 * A copy in one file: libsql keeps a closed database open, and what it may have beside it, until it
 * is collected.
 */
function copyStore(from: string, to: string): void {
  const db = loadSqlite().open(from);
  try {
    db.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`);
  } finally {
    db.close();
  }
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
  const store = openSqlite(file, { create: false, readOnly: false });
  try {
    await importSpent(store, createReadStream(text));
  } finally {
    await store.close();
  }
}

/** The store belongs to whom the text did, and to whoever may use it. */
function matchOwner(whole: string, { uid, gid, mode }: Stats): void {
  const own = statSync(whole);
  if (own.uid !== uid || own.gid !== gid) chownSync(whole, uid, gid);
  chmodSync(whole, mode & 0o666);
}

/** Has what is in a file, or the names in a folder, written to the disk. */
function syncPath(path: string): void {
  const descriptor = openSync(path, "r");
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
    // Once whoever had the lock has removed the file, it is not what others lock any more.
    const locked = tryLock(db);
    const moved = identityOf(path) !== identity;
    if (locked === true && !moved) {
      return () => {
        rmSync(path, { force: true });
        // Closing alone may keep the lock, with libsql.
        db.exec("ROLLBACK");
        db.close();
      };
    }
    if (locked === true) db.exec("ROLLBACK");
    db.close();
    if (!moved && locked !== true && !/locked|busy/i.test(String(locked))) throw locked;
    if (Date.now() > deadline) throw new Error("another process has been at it for ten minutes");
    await sleep(LOCK_PAUSE);
  }
}

/** True, or why not. */
function tryLock(db: SqlDatabase): unknown {
  try {
    // No journal beside it, which others would find without its file.
    db.exec("PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    return error;
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
