// How many posts a second a gate judges: good, repeated and bad ones, with SQLite and with Redis.
//
//   npm run bench:gate -- [--json] [--posts 20000] [--at-once 128] [--redis redis://127.0.0.1:6379]
//
// In process, without HTTP: what a gate itself costs. As many posts as said are under way at any
// time, as in a busy server; those of one turn of the event loop share a transaction. Rates by the
// clock, and by the processor time of this process, which is what one core does when nothing else
// wants it (Redis takes its own besides). Every post is by a poster of its own and every verdict is
// compared with what it must be. Without --redis a server is started if there is one, its log on
// the disk after each script (--appendonly yes --appendfsync always).
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createGate } from "../src/gate/gate.ts";
import type { Gate, GateReason, PostRequest } from "../src/gate/types.ts";
import { openStore } from "../src/store/open.ts";
import { noRedis, RedisServer } from "../test/store/redis-server.ts";
import { describeMachine } from "./machine.ts";
import { newStamp } from "./stamps.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    posts: { type: "string", default: "20000" },
    "at-once": { type: "string", default: "128" },
    redis: { type: "string" },
  },
});
const POSTS = Number(values.posts);
const AT_ONCE = Number(values["at-once"]);

/** Eight stamps of a bit pay it, or one of four: minting is not what is measured. */
const TERMS = { base: 4, cap: 8 };
const DIGEST = "0123456789abcdef".repeat(4);

type Post = PostRequest & { readonly stamps: readonly string[] };

interface Result {
  store: string;
  what: string;
  stamps: number;
  /** Posts a second by the clock, and by this process's time. */
  rate: number;
  ratePerCore: number;
  /** Microseconds of this process for each post. */
  microseconds: number;
}

let posters = 0;

/** A post by somebody new, with so many stamps of so many bits. */
async function newPost(gate: Gate, count: number, bits: number): Promise<Post> {
  const request = { resource: "forum.example", poster: `poster${posters++}`, digest: DIGEST };
  const { resource, date } = await gate.quote(request);
  const stamps = Array.from({ length: count }, () => newStamp(date, resource, bits));
  return { ...request, stamps };
}

async function newPosts(gate: Gate, count: number, bits: number): Promise<Post[]> {
  const posts: Post[] = [];
  for (let i = 0; i < POSTS; i++) posts.push(await newPost(gate, count, bits));
  return posts;
}

async function measure(
  gate: Gate,
  [store, what]: [string, string],
  posts: readonly Post[],
  expected: GateReason | null,
): Promise<Result> {
  const queue = posts.values();
  const work = async () => {
    for (const post of queue) {
      const { reason } = await gate.post(post);
      if (reason !== expected) throw new Error(`${what}: ${reason}, not ${expected}`);
    }
  };
  const [start, before] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  return {
    store,
    what,
    stamps: posts[0]?.stamps.length ?? 0,
    rate: posts.length / seconds,
    ratePerCore: posts.length / ((user + system) / 1e6),
    microseconds: (user + system) / posts.length,
  };
}

/** Posts whose first stamp is spoilt. */
function spoilt(posts: readonly Post[], spoil: (stamp: string) => string): Post[] {
  return posts.map((post) => ({ ...post, stamps: post.stamps.map(spoil) }));
}

async function measureStore(name: string, url: string): Promise<Result[]> {
  const store = await openStore(url);
  // Time enough for all that are minted before they are judged.
  const gate = createGate({ store, terms: TERMS, rotate: "1h" });
  const run = (what: string, posts: readonly Post[], reason: GateReason | null) =>
    measure(gate, [name, what], posts, reason);
  const eight = await newPosts(gate, 8, 1);
  const one = await newPosts(gate, 1, 4);
  const short = await newPosts(gate, 1, 4);
  const results = [
    await run("good", one, null),
    await run("good", eight, null),
    await run("repeated", one, "spent"),
    await run("repeated", eight, "spent"),
    await run(
      "bad: not the work it claims",
      spoilt(short, (s) => `1:60${s.slice(3)}`),
      "missing-work",
    ),
    await run(
      "bad: another's salt",
      spoilt(short, (s) => s.replace(/\/.{22}\//, `/${"A".repeat(22)}/`)),
      "wrong-salt",
    ),
    await run(
      "bad: for something else",
      spoilt(short, (s) => s.replace("forum", "chess")),
      "wrong-resource",
    ),
    await run(
      "bad: no stamp at all",
      spoilt(short, () => "nonsense"),
      "malformed",
    ),
  ];
  await store.close();
  return results;
}

async function main(folder: string): Promise<void> {
  const load = loadavg()[0] ?? 0;
  const results = await measureStore("SQLite", join(folder, "gate.db"));
  const server = new RedisServer();
  try {
    if (values.redis !== undefined) {
      results.push(...(await measureStore("Redis", values.redis)));
    } else if (!noRedis) {
      await server.start(["--appendfsync", "always"]);
      results.push(...(await measureStore("Redis", server.url)));
    }
  } finally {
    await server.remove();
  }
  const machine = describeMachine();
  if (values.json)
    console.log(JSON.stringify({ machine, load, atOnce: AT_ONCE, results }, null, 1));
  else print(`${machine.cpu}, Node ${machine.node}, load ${load.toFixed(1)}`, results);
}

function print(head: string, results: readonly Result[]): void {
  console.log(`${head}, ${AT_ONCE} posts at once\n`);
  console.log("store   post                         stamps    posts/s   per core s   µs a post");
  for (const { store, what, stamps, rate, ratePerCore, microseconds } of results) {
    const figures = [rate, ratePerCore].map((n) => Math.round(n).toLocaleString("en").padStart(11));
    const cost = microseconds.toFixed(1).padStart(11);
    console.log(
      `${store.padEnd(7)} ${what.padEnd(28)} ${`${stamps}`.padStart(6)} ${figures.join(" ")}${cost}`,
    );
  }
}

const folder = mkdtempSync(join(tmpdir(), "stampmill-bench-"));
try {
  await main(folder);
} finally {
  rmSync(folder, { recursive: true });
}
