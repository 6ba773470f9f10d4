import { createRequire } from "node:module";

/** Messages that are kept; older ones go. */
const KEPT = 1000;

/** Messages that are handed out at a time. */
const MOST_LISTED = 100;

/** SQLite as it comes with Node from 22.13 on, or libsql, which stampmill brings along. */
function openDatabase(file) {
  const builtin = process.getBuiltinModule("node:sqlite");
  if (builtin !== undefined) return new builtin.DatabaseSync(file);
  const Libsql = createRequire(import.meta.url)("libsql");
  return new Libsql(file);
}

/** The board's messages, in an SQLite file. */
export function openMessages(file) {
  const database = openDatabase(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS messages (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      time INTEGER NOT NULL,
      poster TEXT NOT NULL,
      text TEXT NOT NULL,
      bits REAL NOT NULL
    ) STRICT`);
  const insert = database.prepare(
    "INSERT INTO messages (time, poster, text, bits) VALUES (?, ?, ?, ?)",
  );
  const newest = database.prepare("SELECT max(id) AS id FROM messages");
  const forget = database.prepare("DELETE FROM messages WHERE id <= ?");
  const list = database.prepare(
    "SELECT id, time, poster, text, bits FROM messages WHERE id > ? ORDER BY id DESC LIMIT ?",
  );
  const times = database.prepare("SELECT time FROM messages WHERE poster = ? ORDER BY id");
  const count = database.prepare("SELECT count(*) AS count FROM messages");
  return {
    add({ time, poster, text, bits }) {
      insert.run(time, poster, text, bits);
      forget.run(newest.get().id - KEPT);
    },
    /** Those after an id, the newest first. */
    after: (id) => list.all(id, MOST_LISTED),
    /** When somebody posted, the earliest first. */
    timesOf: (poster) => times.all(poster).map(({ time }) => time),
    count: () => count.get().count,
    close: () => database.close(),
  };
}
