import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { noRedis, RedisServer } from "./redis-server.ts";

// A folder and a Redis server for the tests of the file that imports this; both go with it.

const folder = mkdtempSync(join(tmpdir(), "stampmill-processes-"));
const server = new RedisServer();
before(async () => {
  if (!noRedis) await server.start();
});
after(async () => {
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Each kind of store, and where there is one that nobody has used under this name. */
export const KINDS = [
  { name: "SQLite", skip: false, place: (id: string) => join(folder, `${id}.db`) },
  { name: "Redis", skip: noRedis, place: (id: string) => `${server.url}?namespace=${id}` },
];
