import { StampmillError } from "../text/errors.ts";
import type { Store } from "./charge.ts";

export interface OpenOptions {
  /** `false` fails where there is no file; `true`, which makes one, by default. */
  readonly create?: boolean | undefined;
  /**
   * Only looks: whatever would record or remove something is refused. An SQLite database may then be on
   * a read-only file system; what is written there meanwhile may not be seen. `false` by default.
   */
  readonly readOnly?: boolean | undefined;
}

/**
 * Opens a store of spent stamps and posters' debts, and makes it if it is new.
 *
 * - `FILE` or `sqlite:FILE`: an SQLite database, for the processes of one machine.
 * - `redis://HOST` or `rediss://HOST` (TLS), with `USER:PASSWORD@`, `:PORT` and `/DATABASE`: a Redis
 *   server, for several machines. `?namespace=NAME` keeps stores on one server apart.
 *
 * @throws StampmillError `bad-input` for any other URL; `store` if it cannot be opened
 */
export async function openStore(url: string, options: OpenOptions = {}): Promise<Store> {
  const { create = true, readOnly = false } = options;
  if (typeof url !== "string" || url === "" || url.includes("\0")) {
    throw badUrl("the store must be a file, or a URL such as redis://localhost");
  }
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*(?=:)/.exec(url)?.[0].toLowerCase();
  if (scheme === undefined) return openFile(url, { create, readOnly });
  const open = Object.hasOwn(KINDS, scheme) ? KINDS[scheme] : undefined;
  if (open === undefined) throw badUrl(`there is no store of the kind ${scheme}:`);
  return open(url, { create, readOnly });
}

interface Wanted {
  readonly create: boolean;
  readonly readOnly: boolean;
}

type Open = (url: string, options: Wanted) => Promise<Store>;

/** The kinds of store by the scheme of their URLs: a kind is a folder, loaded when it is asked for. */
const KINDS: Readonly<Record<string, Open>> = {
  sqlite: (url, options) => openFile(url.slice("sqlite:".length), options),
  redis: openServer,
  rediss: openServer,
};

async function openFile(file: string, options: Wanted) {
  if (file === "") throw badUrl("sqlite: must be followed by the name of a file");
  return (await import("./sqlite/sqlite.ts")).openSqlite(file, options);
}

async function openServer(url: string) {
  return (await import("./redis/redis.ts")).openRedis(url);
}

function badUrl(message: string): StampmillError {
  return new StampmillError("bad-input", message, {
    parameter: "store",
    hint: "FILE, sqlite:FILE, redis://HOST:PORT/DATABASE or rediss://…",
  });
}
