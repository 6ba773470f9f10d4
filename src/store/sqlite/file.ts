import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { StampmillError } from "../../text/errors.ts";
import { loadSqlite, type SqlDatabase } from "./library.ts";
import { copyToLook, isOpenElsewhere, whyUnwritable } from "./look.ts";

/** How long to wait for other processes that write, in milliseconds. */
const BUSY_TIMEOUT = 20_000;

/** "StMl": says whose database it is, in the header that SQLite keeps for this. */
const APPLICATION_ID = 0x53744d6c;

/** Raised when the tables change; what a later version wrote is refused. */
const SCHEMA_VERSION = 2;

/**
 * Times are seconds since 1970. `spent` is kept in the order of the stamps' dates, so that expired
 * ones lie together, and those that come in now do too.
 */
const SCHEMA = `
  CREATE TABLE spent (
    time INTEGER NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (time, digest)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE marks (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    horizon INTEGER,
    keep INTEGER NOT NULL
  ) STRICT;
  INSERT INTO marks VALUES (1, NULL, 0);
  PRAGMA application_id = ${APPLICATION_ID};`;

/**
 * What version 2 adds: posters by their TAT in milliseconds, the clock of src/price/clock.ts, and
 * the secret that salts are made from.
 */
const SCHEMA_2 = `
  CREATE TABLE posters (
    poster BLOB PRIMARY KEY,
    tat INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX posters_by_tat ON posters (tat);
  CREATE TABLE gate (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seen INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    low INTEGER NOT NULL,
    remember INTEGER NOT NULL,
    secret BLOB NOT NULL
  ) STRICT;
  INSERT INTO gate VALUES (1, 0, 0, -1, 0, randomblob(32));
  PRAGMA user_version = ${SCHEMA_VERSION};`;

/**
 * Settings of the connection. FULL: a commit is on the disk when it returns. The log may grow to
 * 16 MiB before it is folded in, four times the default: in bulk a fifth faster.
 */
const SETTINGS = `
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA cache_size = -32768;
  PRAGMA cell_size_check = ON;
  PRAGMA trusted_schema = OFF;`;

export interface OpenedFile {
  readonly db: SqlDatabase;
  /** `SQLite 3.45.1 (node:sqlite)`. */
  readonly engine: string;
  /** Throws if what is read is not what the file says by now. */
  readonly checkCurrent?: () => void;
}

/**
 * Opens the database, and makes it if the file is empty or, unless `create` is false, not there.
 *
 * @throws StampmillError `store`
 */
export function openFile(file: string, create: boolean): OpenedFile {
  try {
    if (create) makeFile(file);
    return connect(file, (db) => {
      const version = inTransaction(db, "BEGIN", () => checkOwner(db, file));
      switchToWal(db);
      db.exec(SETTINGS);
      if (version < SCHEMA_VERSION) makeTables(db, file);
    });
  } catch (cause) {
    const why = whyUnwritable(file);
    if (why === null || cause instanceof StampmillError) {
      throw storeError(file, "cannot be opened", cause);
    }
    throw new StampmillError("store", `the store ${file} cannot be opened: ${why}`, {
      parameter: "store",
      hint: "to look without recording anything: verify --no-spend, spent stats",
      cause,
    });
  }
}

/**
 * Opens the database to look into it, also where nothing can be written: there it is what the file and
 * its log say at this moment.
 *
 * @throws StampmillError `store`
 */
export function openFileToLook(file: string, create: boolean): OpenedFile {
  if (whyUnwritable(file) === null) return openFile(file, create);
  try {
    return (isOpenElsewhere(file) ? openInPlace(file) : null) ?? openCopy(file);
  } catch (cause) {
    throw storeError(file, "cannot be looked into", cause);
  }
}

/** Null if SQLite cannot: what is beside the file may not be read, or be left from a crash. */
function openInPlace(file: string): OpenedFile | null {
  try {
    return connect(file, (db) => {
      const version = inTransaction(db, "BEGIN", () => checkOwner(db, file));
      if (version !== SCHEMA_VERSION) throw new Error("it has yet to be brought up to date");
      db.exec(SETTINGS);
    });
  } catch (error) {
    if (error instanceof StampmillError) throw error;
    return null;
  }
}

function openCopy(file: string): OpenedFile {
  const { folder, copy, checkCurrent } = copyToLook(file);
  try {
    const opened = openFile(copy, false);
    // So that its log is open, too, before it loses its name.
    opened.db.prepare("SELECT count(*) FROM marks").get();
    return { ...opened, checkCurrent };
  } finally {
    // Nobody else is to find it, and nothing to be left of it whatever ends this process.
    rmSync(folder, { recursive: true, force: true });
  }
}

function connect(file: string, prepare: (db: SqlDatabase) => void): OpenedFile {
  if (!statSync(file).isFile()) throw new Error("it is not a regular file");
  const library = loadSqlite();
  const db = library.open(file);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    prepare(db);
    const release = db.prepare("SELECT sqlite_version() AS version").get()?.version;
    return { db, engine: `SQLite ${release} (${library.name})` };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite gives its other files the mode of this one. */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function pragma(db: SqlDatabase, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** The version of the tables, 0 if the database is empty; refuses what is not ours. */
function checkOwner(db: SqlDatabase, file: string): number {
  const owner = pragma(db, "application_id");
  const version = Number(pragma(db, "user_version"));
  const tables = db.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count;
  if (owner === 0 && version === 0 && tables === 0) return 0;
  if (owner !== APPLICATION_ID) {
    throw new StampmillError("store", `${file} is the database of another program`, {
      parameter: "store",
      hint: "nothing was changed; name another file",
    });
  }
  if (version >= 1 && version <= SCHEMA_VERSION) return version;
  throw new StampmillError(
    "store",
    `${file} was written by another version of stampmill (schema ${version}, not ${SCHEMA_VERSION})`,
    { parameter: "store", hint: "nothing was changed; use that version" },
  );
}

/**
 * Of several processes that switch a new file at the same instant, SQLite turns some away at once:
 * the busy timeout does not cover this.
 */
function switchToWal(db: SqlDatabase): void {
  const deadline = Date.now() + BUSY_TIMEOUT;
  for (let pause = 1; ; pause = Math.min(2 * pause, 100)) {
    try {
      const mode = pragma(db, "journal_mode = WAL");
      if (mode === "wal") return;
      throw new Error(`no write-ahead log here, only the mode ${mode}`);
    } catch (error) {
      if (!/locked|busy/i.test(String(error)) || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause * Math.random());
    }
  }
}

function makeTables(db: SqlDatabase, file: string): void {
  inTransaction(db, "BEGIN IMMEDIATE", () => {
    // Another process may have been faster.
    const version = checkOwner(db, file);
    if (version < 1) db.exec(SCHEMA);
    if (version < 2) db.exec(SCHEMA_2);
  });
}

/** All of it at one moment, for others and from others, or none of it. */
export function inTransaction<T>(
  db: SqlDatabase,
  begin: "BEGIN" | "BEGIN IMMEDIATE",
  work: () => T,
): T {
  db.exec(begin);
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Undoes what is left of a transaction: on a full disk SQLite has done so by itself. */
function rollBack(db: SqlDatabase): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // Nothing was left; the error that led here says why.
  }
}

/** The error for whatever went wrong with the file. */
export function storeError(file: string, what: string, cause: unknown): StampmillError {
  if (cause instanceof StampmillError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  // Node's own: "ENOENT: no such file or directory, open '/the/file/again'".
  const why = message.replace(/^E[A-Z]+: (.+?), \w+ '.*'$/s, "$1");
  const hint = message.includes("not a database")
    ? "to take over what hashcash(1) has recorded: stampmill spent import --help"
    : undefined;
  return new StampmillError("store", `the store ${file} ${what}: ${why}`, {
    parameter: "store",
    ...(hint === undefined ? {} : { hint }),
    cause,
  });
}
