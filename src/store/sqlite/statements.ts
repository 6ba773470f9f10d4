import { DIGEST_LENGTH } from "../entry.ts";
import type { SpentEntry } from "../store.ts";
import type { SqlDatabase, SqlStatement } from "./library.ts";

/** Entries a page of `list`. */
export const PAGE = 1000;

/** Every statement there is, compiled once for a connection. */
export function prepareAll(db: SqlDatabase) {
  return {
    marks: db.prepare("SELECT horizon, keep FROM marks"),
    raiseHorizon: db.prepare("UPDATE marks SET horizon = max(ifnull(horizon, ?1), ?1)"),
    setKeep: db.prepare("UPDATE marks SET keep = ?"),
    insert: db.prepare("INSERT OR IGNORE INTO spent VALUES (?, ?)"),
    find: db.prepare("SELECT 1 AS found FROM spent WHERE time = ? AND digest = ?"),
    remove: db.prepare("DELETE FROM spent WHERE time = ? AND digest = ?"),
    oldest: db.prepare("SELECT min(time) AS time FROM spent"),
    newest: db.prepare("SELECT max(time) AS time FROM spent"),
    count: db.prepare("SELECT count(*) AS count FROM spent"),
    page: db.prepare(
      `SELECT time, digest FROM spent WHERE (time, digest) > (?, ?)
       ORDER BY time, digest LIMIT ${PAGE}`,
    ),
    lastExpired: db.prepare(
      `SELECT time, digest FROM spent WHERE time <= ?
       ORDER BY time, digest LIMIT 1 OFFSET ?`,
    ),
    newestExpired: db.prepare("SELECT max(time) AS time FROM spent WHERE time <= ?"),
    removeThrough: db.prepare("DELETE FROM spent WHERE (time, digest) <= (?, ?)"),
    removeUpTo: db.prepare("DELETE FROM spent WHERE time <= ?"),
    gate: db.prepare("SELECT seen, offset, low, remember FROM gate"),
    secret: db.prepare("SELECT secret FROM gate"),
    setClock: db.prepare("UPDATE gate SET seen = ?, offset = ?, low = ?"),
    setRemember: db.prepare("UPDATE gate SET remember = ?"),
    // Two parameters: libsql takes a lone blob for a list of named ones.
    tat: db.prepare("SELECT tat FROM posters WHERE poster = ? AND tat >= ?"),
    setTat: db.prepare(
      "INSERT INTO posters VALUES (?1, ?2) ON CONFLICT (poster) DO UPDATE SET tat = ?2",
    ),
    forget: db.prepare(
      `DELETE FROM posters WHERE poster IN
       (SELECT poster FROM posters WHERE tat <= ? ORDER BY tat LIMIT ?)`,
    ),
  } satisfies Record<string, SqlStatement>;
}

/** Blobs come from node:sqlite as Uint8Array, from libsql as ArrayBuffer. */
export function toBytes(blob: unknown): Uint8Array {
  const bytes = new Uint8Array(blob as ArrayBuffer);
  if (bytes.length === DIGEST_LENGTH) return bytes;
  throw new Error("it has a digest of the wrong length");
}

/** A row of `spent`. */
export function toEntry({ time, digest }: Record<string, unknown>): SpentEntry {
  return { time: 1000 * Number(time), digest: toBytes(digest) };
}

export type Statements = ReturnType<typeof prepareAll>;
