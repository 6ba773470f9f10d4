import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { outcomeOf, runCli, startCli } from "../cli.ts";
import { sized } from "../share.ts";
import { noRedis, RedisServer } from "./redis-server.ts";
import { KINDS } from "./store-kinds.ts";

// Many processes, and processes that are killed; in a soak as often as it takes to believe it.

const PROCESSES = sized({ quick: 16, gate: 64, soak: 64 });
const ROUNDS = sized({ quick: 1, gate: 2, soak: 100 });
const KILLS = sized({ quick: 4, gate: 8, soak: 200 });
const SERVER_KILLS = sized({ quick: 2, gate: 3, soak: 20 });

const VERIFY = ["verify", "-b", "0", "-r", "foo", "--now", "2024-03-01"];

/** Claims nothing, so that it costs nothing; to the store it is like any other. */
const freeStamp = () => `1:0:240229:foo::${randomBytes(12).toString("base64")}:0`;
const freeStamps = (count: number) => Array.from({ length: count }, freeStamp);

/** The stamps of complete lines that say valid: what a reader of the output would let in. */
function acceptedIn(stdout: string): string[] {
  return [...stdout.matchAll(/^valid (.+)\n/gm)].map(([, stamp = ""]) => stamp);
}

/** How many of these stamps are accepted, when they are shown once more. */
async function acceptedAgain(stamps: readonly string[], store: string): Promise<string[]> {
  const outcome = await runCli([...VERIFY, "--store", store, "-"], `${stamps.join("\n")}\n`);
  const judged = outcome.stdout.match(/\n/g)?.length ?? 0;
  assert.equal(judged, stamps.length, outcome.stderr);
  return acceptedIn(outcome.stdout);
}

/** Feeds a stream of stamps to a process and kills it, or something else, in the middle. */
async function interrupt(store: string, stop: (child: ChildProcess) => Promise<void> | void) {
  const child = startCli([...VERIFY, "--store", store, "-"]);
  const outcome = outcomeOf(child);
  child.stdin?.on("error", () => {});
  let feeding = true;
  const feed = (async () => {
    while (feeding && child.stdin?.writable) {
      const text = `${freeStamps(1 + Math.floor(Math.random() * 300)).join("\n")}\n`;
      await new Promise((resolve) => child.stdin?.write(text, resolve));
    }
  })();
  await new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
  await sleep(Math.random() * 60);
  await stop(child);
  const { code, signal, stdout, stderr } = await outcome;
  feeding = false;
  child.stdin?.destroy();
  await feed;
  return { code, signal, stderr, accepted: acceptedIn(stdout) };
}

for (const { name, skip, place } of KINDS) {
  test(`${name}: of ${PROCESSES} processes exactly one accepts a stamp`, { skip }, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      // A store that none of them has seen: they race to make it, too.
      const store = place(`race-${round}`);
      const args = [...VERIFY, "--store", store, freeStamp()];
      const outcomes = await Promise.all(Array.from({ length: PROCESSES }, () => runCli(args)));
      const codes = outcomes.map(({ code }) => code).sort();
      const errors = outcomes.map(({ stderr }) => stderr).join("");
      const expected = [0, ...Array(PROCESSES - 1).fill(1)];
      assert.deepEqual(codes, expected, `round ${round}: ${errors}`);
      assert.equal(errors, "");
      rmSync(store, { force: true });
    }
  });

  test(`${name}: killed ${KILLS} times, it accepts nothing again`, { skip }, async () => {
    const store = place("killed");
    const all: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const { signal, accepted, stderr } = await interrupt(store, (child) => {
        child.kill("SIGKILL");
      });
      assert.equal(signal, "SIGKILL", stderr);
      assert.ok(accepted.length > 0);
      assert.deepEqual(await acceptedAgain(accepted, store), [], `after kill ${kill}`);
      all.push(...accepted);
    }
    assert.ok(all.length > KILLS);
    assert.deepEqual(await acceptedAgain(all, store), []);
  });
}

test(`Redis: its server killed ${SERVER_KILLS} times, exit 3, and nothing accepted again`, {
  skip: noRedis,
}, async () => {
  // A server of its own: the others go on meanwhile.
  const victim = new RedisServer();
  try {
    for (let kill = 0; kill < SERVER_KILLS; kill++) {
      await victim.start(["--appendfsync", "always"]);
      const { code, accepted, stderr } = await interrupt(victim.url, () => victim.stop("SIGKILL"));
      assert.equal(code, 3);
      assert.match(stderr, /^stampmill: error: the store redis:\/\/.* failed: .+\n$/);
      assert.ok(accepted.length > 0);
      await victim.start(["--appendfsync", "always"]);
      assert.deepEqual(await acceptedAgain(accepted, victim.url), []);
      await victim.stop();
    }
  } finally {
    await victim.remove();
  }
});
