import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { priceAt, STEPS, takeStep } from "../src/price/price.ts";
import { readTerms, tariffFor } from "../src/price/terms.ts";
import { posterKey } from "../src/store/charge.ts";
import { spentEntry } from "../src/store/entry.ts";
import { openStore } from "../src/store/open.ts";
import { cliEnvironment, outcomeOf } from "./cli.ts";
import { MINUTE, NOW, REQUEST, STEADY } from "./gate-posts.ts";
import { noRedis, RedisServer } from "./redis-server.ts";

// Gates in several processes over one store, and processes and servers that are killed. With
// STAMPMILL_FULL_TESTS=1 as often as it takes to believe it, which is minutes.

const FULL = process.env.STAMPMILL_FULL_TESTS === "1";
const PROCESSES = FULL ? 16 : 4;
const POSTS = FULL ? 40 : 12;
const KILLS = FULL ? 100 : 3;
const SERVER_KILLS = FULL ? 20 : 1;
const POSTERS = ["alice", "bob", "carol"];
const DURABLE = ["--appendfsync", "always"];

const folder = mkdtempSync(join(tmpdir(), "stampmill-gates-"));
const program = fileURLToPath(new URL("gate-process.ts", import.meta.url));
const server = new RedisServer();
before(async () => {
  if (!noRedis) await server.start();
});
after(async () => {
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
});

const KINDS = [
  { name: "SQLite", skip: false, place: (id: string) => join(folder, `${id}.db`) },
  { name: "Redis", skip: noRedis, place: (id: string) => `${server.url}?namespace=${id}` },
];

function startGate(store: string, posts: number, lanes = 8): ChildProcess {
  const args = ["--import", "tsx", program, store, `${NOW}`, `${posts}`, `${lanes}`, ...POSTERS];
  return spawn(process.execPath, args, { env: cliEnvironment() });
}

interface Accepted {
  readonly poster: string;
  readonly price: number;
  readonly stamp: string;
}

/** The posts of complete lines: what a reader of the output would let in. */
function acceptedIn(stdout: string): Accepted[] {
  const lines = stdout.matchAll(/^accepted (\w+) (\d+) (.+)\n/gm);
  return [...lines].map(([, poster = "", price, stamp = ""]) => ({
    poster,
    price: Number(price),
    stamp,
  }));
}

const TARIFF = tariffFor(readTerms(STEADY), null);

/** What a single gate would have asked for so many posts of one moment, one after the other. */
function pricesOf(count: number): number[] {
  const prices: number[] = [];
  let tat: number | null = null;
  for (let i = 0; i < count; i++) {
    const { price, next } = takeStep(TARIFF, tat, NOW, MINUTE);
    prices.push(price);
    tat = next;
  }
  return prices;
}

const pricesPaid = (posts: readonly Accepted[], poster: string) =>
  posts
    .filter((post) => post.poster === poster)
    .map(({ price }) => price)
    .sort((a, b) => a - b);

/** Whatever was accepted is spent and owed: the debt is that of so many posts, or of a few more. */
async function assertRemembered(url: string, posts: readonly Accepted[], atMost: number) {
  const store = await openStore(url);
  for (const { stamp } of posts) assert.deepEqual(await store.look([spentEntry(stamp)]), ["spent"]);
  for (const poster of POSTERS) {
    const count = pricesPaid(posts, poster).length;
    const key = posterKey(REQUEST.resource, poster);
    const [lead] = await store.leads([{ poster: key, tariff: TARIFF, now: NOW }]);
    const owed = Math.min(count * MINUTE, TARIFF.full);
    assert.ok((lead ?? 0) >= owed, `${poster}: a debt of ${lead} for ${count} posts`);
    assert.ok((lead ?? 0) <= owed + atMost * MINUTE, `${poster}: ${lead} for ${count} posts`);
  }
  await store.close();
}

for (const { name, skip, place } of KINDS) {
  test(`${name}: ${PROCESSES} gates together take what a single one would`, { skip }, async () => {
    const store = place("together");
    const gates = Array.from({ length: PROCESSES }, () => outcomeOf(startGate(store, POSTS)));
    const outcomes = await Promise.all(gates);
    for (const { code, stderr } of outcomes) assert.equal(code, 0, stderr);
    const posts = outcomes.flatMap(({ stdout }) => acceptedIn(stdout));
    assert.equal(posts.length, POSTERS.length * PROCESSES * POSTS);
    for (const poster of POSTERS) {
      assert.deepEqual(pricesPaid(posts, poster), pricesOf(PROCESSES * POSTS));
    }
    await assertRemembered(store, posts, 0);
  });

  test(`${name}: killed ${KILLS} times, no gate forgets what it accepted`, { skip }, async () => {
    const store = place("killed");
    const all: Accepted[] = [];
    for (let kill = 1; kill <= KILLS; kill++) {
      const child = startGate(store, 1000);
      const outcome = outcomeOf(child);
      await new Promise((resolve) => child.stdout?.once("data", resolve));
      await sleep(Math.random() * 60);
      child.kill("SIGKILL");
      const { signal, stdout, stderr } = await outcome;
      assert.equal(signal, "SIGKILL", stderr);
      all.push(...acceptedIn(stdout));
      // At each kill up to eight posts were recorded and could no longer be printed.
      await assertRemembered(store, all, 8 * kill);
    }
    assert.ok(all.length > KILLS);
    for (const poster of POSTERS) {
      const prices = pricesPaid(all, poster).filter((price) => price < TARIFF.cap);
      assert.equal(new Set(prices).size, prices.length, "a price was paid twice");
    }
  });
}

test(`Redis: its server killed ${SERVER_KILLS} times under four gates, no post is free`, {
  skip: noRedis,
}, async () => {
  const victim = new RedisServer();
  try {
    await victim.start(DURABLE);
    const children = Array.from({ length: 4 }, () => startGate(victim.url, POSTS * SERVER_KILLS));
    const outcomes = children.map(outcomeOf);
    for (let kill = 0; kill < SERVER_KILLS; kill++) {
      await Promise.all(
        children.map((child) => new Promise((resolve) => child.stdout?.once("data", resolve))),
      );
      await sleep(Math.random() * 100);
      await victim.stop("SIGKILL");
      await sleep(300);
      await victim.start(DURABLE);
    }
    const ended = await Promise.all(outcomes);
    const text = ended.map(({ stdout }) => stdout).join("");
    for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
    assert.match(text, /^error store$/m, "the server was not missed");
    assert.doesNotMatch(text, /^error (?!store$)/m);
    const posts = acceptedIn(text);
    assert.equal(posts.length, POSTERS.length * 4 * POSTS * SERVER_KILLS);
    // Every price below the cap was paid at most once: what was in doubt was never let in.
    for (const poster of POSTERS) {
      const prices = pricesPaid(posts, poster).filter((price) => price < TARIFF.cap);
      assert.equal(new Set(prices).size, prices.length, "a price was paid twice");
    }
    await assertRemembered(victim.url, posts, 4 * 8 * SERVER_KILLS);
  } finally {
    await victim.remove();
  }
});

test("the prices these tests compare are many", () => {
  const prices = pricesOf(POSTS * PROCESSES).filter((price) => price < TARIFF.cap);
  assert.ok(new Set(prices).size === prices.length && prices.length >= 48);
  assert.equal(priceAt(TARIFF, 0), STEPS);
});
