import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { priceAt, STEPS } from "../../src/price/price.ts";
import { readTerms, tariffFor } from "../../src/price/terms.ts";
import { cliEnvironment, outcomeOf } from "../cli.ts";
import { sized } from "../share.ts";
import { noRedis, RedisServer } from "../store/redis-server.ts";
import { KINDS } from "../store/store-kinds.ts";
import {
  type Accepted,
  type Account,
  assertNonePaidTwice,
  assertRemembered,
  pricesOf,
  pricesPaid,
} from "./gate-ledger.ts";
import { MINUTE, NOW, STEADY } from "./gate-posts.ts";

// Gates in several processes over one store, and processes and servers that are killed; in a soak as
// often as it takes to believe it.

const PROCESSES = sized({ quick: 4, gate: 8, soak: 16 });
const POSTS = sized({ quick: 12, gate: 20, soak: 40 });
const KILLS = sized({ quick: 3, gate: 6, soak: 100 });
const SERVER_KILLS = sized({ quick: 1, gate: 2, soak: 20 });
const POSTERS = ["alice", "bob", "carol"];
const DURABLE = ["--appendfsync", "always"];

const program = fileURLToPath(new URL("gate-process.ts", import.meta.url));

function startGate(store: string, posts: number | "-", lanes = 8): ChildProcess {
  const args = ["--import", "tsx", program, store, `${NOW}`, `${posts}`, `${lanes}`, ...POSTERS];
  return spawn(process.execPath, args, { env: cliEnvironment() });
}

/** Resolves once a gate has printed, from now on, that it let a post in. */
function nextAccepted(gate: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const look = (data: Buffer) => {
      if (!data.includes("accepted")) return;
      gate.stdout?.off("data", look);
      resolve();
    };
    gate.stdout?.on("data", look);
  });
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

const ACCOUNT: Account = {
  posters: POSTERS,
  tariff: tariffFor(readTerms(STEADY), null),
  advance: MINUTE,
  now: NOW,
};

for (const { name, skip, place } of KINDS) {
  test(`${name}: ${PROCESSES} gates together take what a single one would`, { skip }, async () => {
    const store = place("together");
    const gates = Array.from({ length: PROCESSES }, () => outcomeOf(startGate(store, POSTS)));
    const outcomes = await Promise.all(gates);
    for (const { code, stderr } of outcomes) assert.equal(code, 0, stderr);
    const posts = outcomes.flatMap(({ stdout }) => acceptedIn(stdout));
    assert.equal(posts.length, POSTERS.length * PROCESSES * POSTS);
    for (const poster of POSTERS) {
      assert.deepEqual(pricesPaid(posts, poster), pricesOf(ACCOUNT, PROCESSES * POSTS));
    }
    await assertRemembered(store, posts, ACCOUNT, 0);
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
      await assertRemembered(store, all, ACCOUNT, 8 * kill);
    }
    assert.ok(all.length > KILLS);
    assertNonePaidTwice(all, ACCOUNT);
  });
}

test(`Redis: its server killed ${SERVER_KILLS} times under four gates, no post is free`, {
  skip: noRedis,
}, async () => {
  const victim = new RedisServer();
  try {
    await victim.start(DURABLE);
    // They go on until they are told, so that no kill comes too late.
    const children = Array.from({ length: 4 }, () => startGate(victim.url, "-"));
    const outcomes = children.map(outcomeOf);
    for (let kill = 0; kill < SERVER_KILLS; kill++) {
      await Promise.all(children.map(nextAccepted));
      await sleep(Math.random() * 100);
      await victim.stop("SIGKILL");
      await sleep(300);
      await victim.start(DURABLE);
    }
    await Promise.all(children.map(nextAccepted));
    for (const child of children) child.stdin?.end();
    const ended = await Promise.all(outcomes);
    const text = ended.map(({ stdout }) => stdout).join("");
    for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
    assert.match(text, /^error store$/m, "the server was not missed");
    assert.doesNotMatch(text, /^error (?!store$)/m);
    const posts = acceptedIn(text);
    assert.ok(posts.length > 4 * SERVER_KILLS);
    // Every price below the cap was paid at most once: what was in doubt was never let in.
    assertNonePaidTwice(posts, ACCOUNT);
    await assertRemembered(victim.url, posts, ACCOUNT, 4 * 8 * SERVER_KILLS);
  } finally {
    await victim.remove();
  }
});

test("the prices these tests compare are many", () => {
  const prices = pricesOf(ACCOUNT, POSTS * PROCESSES).filter((price) => price < ACCOUNT.tariff.cap);
  assert.ok(new Set(prices).size === prices.length && prices.length >= 48);
  assert.equal(priceAt(ACCOUNT.tariff, 0), STEPS);
});
