import { createRequire } from "node:module";

/** A value in or out of a statement. */
export type SqlValue = number | string | null | Uint8Array;

/** What `node:sqlite` and libsql have in common, as far as it is used here. */
export interface SqlStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  get(...values: SqlValue[]): Record<string, SqlValue> | undefined;
  all(...values: SqlValue[]): Record<string, SqlValue>[];
}

export interface SqlDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqlStatement;
  close(): void;
}

/** A library that opens SQLite databases. */
export interface SqlLibrary {
  readonly name: string;
  open(file: string): SqlDatabase;
}

/**
 * `node:sqlite` where the runtime has it (Node 22.13 and later), else libsql.
 *
 * @throws whatever loading libsql throws, for instance where it has no build for the platform
 */
export function loadSqlite(): SqlLibrary {
  const builtin = withoutWarning(() => process.getBuiltinModule("node:sqlite")) as
    | { DatabaseSync: new (file: string) => SqlDatabase }
    | undefined;
  if (builtin !== undefined) {
    return { name: "node:sqlite", open: (file) => new builtin.DatabaseSync(file) };
  }
  const Libsql = createRequire(import.meta.url)("libsql") as new (file: string) => SqlDatabase;
  return { name: "libsql", open: (file) => new Libsql(file) };
}

/**
 * Node 22 and 24 call their SQLite experimental on standard error, which is nothing that whoever
 * runs `verify` could act on.
 */
function withoutWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
