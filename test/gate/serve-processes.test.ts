import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Quote } from "../../src/gate/types.ts";
import { readTerms, tariffFor } from "../../src/price/terms.ts";
import { outcomeOf, startCli } from "../cli.ts";
import { sized } from "../share.ts";
import { noRedis, RedisServer } from "../store/redis-server.ts";
import {
  type Accepted,
  type Account,
  assertNonePaidTwice,
  assertRemembered,
  pricesOf,
  pricesPaid,
} from "./gate-ledger.ts";
import { digestOf, REQUEST, stampsFor } from "./gate-posts.ts";

// Four `stampmill serve` over one store, one of them killed, their Redis killed and started again,
// while clients post on; in a soak more, and more often.

const INSTANCES = 4;
const CLIENTS = 8;
const POSTS = sized({ quick: 24, gate: 40, soak: 100 });
const ROUNDS = sized({ quick: 1, gate: 2, soak: 20 });

/** A 1/16 bit dearer with every post, and a minute of a test forgives nothing to speak of. */
const PRICE = { base: 1, cap: 8, interval: "1d", burst: "0s", tau: "16d" };
const tariff = tariffFor(readTerms(PRICE), null);

/** Three posters whom nobody has seen before this round. */
function accountOf(round: number): Account {
  const posters = ["alice", "bob", "carol"].map((name) => `${name}${round}`);
  return { posters, tariff, advance: 86_400_000, now: null };
}

const folder = mkdtempSync(join(tmpdir(), "stampmill-serve-"));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Instance {
  readonly child: ChildProcess;
  readonly url: string;
  readonly ended: ReturnType<typeof outcomeOf>;
}

/** Starts `stampmill serve` on a port of its own. */
async function startInstance(store: string): Promise<Instance> {
  const terms = Object.entries(PRICE).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const child = startCli(["serve", "--store", store, "--listen", "127.0.0.1:0", ...terms]);
  const ended = outcomeOf(child);
  const url = await new Promise<string>((resolve, reject) => {
    let log = "";
    child.stderr?.on("data", (text: string) => {
      log += text;
      const listening = /"url":"(http:[^"]+)"/.exec(log);
      if (listening?.[1] !== undefined) resolve(listening[1]);
    });
    ended.then(({ stderr }) => reject(new Error(`serve did not start: ${stderr}`)), reject);
  });
  return { child, url, ended };
}

async function withInstances(store: string, body: (all: Instance[]) => Promise<void>) {
  const all: Instance[] = [];
  try {
    for (let i = 0; i < INSTANCES; i++) all.push(await startInstance(store));
    await body(all);
    for (const { child } of all) if (!child.killed) child.kill("SIGTERM");
    for (const { ended } of all) assert.notEqual((await ended).code, 3);
  } finally {
    for (const { child } of all) child.kill("SIGKILL");
  }
}

/** What clients saw together. */
class Ledger {
  readonly posts: Accepted[] = [];
  /** Answers 503, and answers that never came. */
  failures = 0;
  lost = 0;
  readonly account: Account;
  readonly #left: string[];

  /** @param posts for each of three posters */
  constructor(round: number, posts: number) {
    this.account = accountOf(round);
    this.#left = Array.from({ length: posts }, () => this.account.posters).flat();
  }

  /** Every post paid what a single gate would have asked for it. */
  assertAsOne(): void {
    assert.deepEqual([this.failures, this.lost], [0, 0]);
    for (const poster of this.account.posters) {
      assert.deepEqual(pricesPaid(this.posts, poster), pricesOf(this.account, POSTS));
    }
  }

  /** What was accepted is remembered, and no price was paid twice. */
  async assertKept(url: string): Promise<void> {
    assertNonePaidTwice(this.posts, this.account);
    await assertRemembered(url, this.posts, this.account, this.lost);
  }

  /** Makes post after post by way of any instance, until all are in. */
  async work(all: readonly Instance[], start: number): Promise<void> {
    for (let turn = start; ; turn++) {
      const poster = this.#left.pop();
      if (poster === undefined) return;
      const instance = all[turn % all.length] as Instance;
      if (!(await this.#post(instance.url, poster))) {
        this.#left.push(poster);
        await sleep(5);
      }
    }
  }

  async #post(url: string, poster: string): Promise<boolean> {
    const { resource } = REQUEST;
    const digest = digestOf(String(this.posts.length));
    let sent = false;
    try {
      const query = new URLSearchParams({ resource, poster, digest });
      const quoted = await fetch(`${url}/price?${query}`);
      if (quoted.status !== 200) return this.#failed(quoted);
      const stamps = stampsFor((await quoted.json()) as Quote);
      sent = true;
      const answer = await fetch(`${url}/posts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ resource, poster, digest, stamps }),
      });
      if (answer.status === 503) this.lost++;
      if (answer.status !== 201) return this.#failed(answer);
      const { price } = (await answer.json()) as { price: number };
      this.posts.push({ poster, price: 256 * price, stamp: stamps[0] ?? "" });
      return true;
    } catch (error) {
      // The instance is gone, as fetch says with a TypeError.
      assert.ok(error instanceof TypeError, String(error));
      if (sent) this.lost++;
      return false;
    }
  }

  /** Anything but a price that rose meanwhile, or a store that is away, is wrong. */
  async #failed(answer: Response): Promise<boolean> {
    const body = (await answer.json()) as { reason?: string; error?: unknown };
    if (answer.status === 503) {
      this.failures++;
      assert.match(JSON.stringify(body), /store-failed/);
    } else {
      assert.deepEqual([answer.status, body.reason], [402, "underpaid"], JSON.stringify(body));
    }
    return false;
  }
}

/** As many clients as there are, until every post is in. */
async function postAll(all: readonly Instance[], ledger: Ledger): Promise<void> {
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => ledger.work(all, i)));
}

/** Waits until clients have had so many posts accepted. */
async function untilPosts(ledger: Ledger, count: number): Promise<void> {
  while (ledger.posts.length < count) await sleep(2);
}

test("serve: four instances over one SQLite file take what a single one would", async () => {
  const store = join(folder, "together.db");
  await withInstances(store, async (all) => {
    const ledger = new Ledger(0, POSTS);
    await postAll(all, ledger);
    ledger.assertAsOne();
    await ledger.assertKept(store);
  });
});

test("serve: four instances over one Redis, which is killed, and one of them, too", {
  skip: noRedis,
}, async () => {
  const server = new RedisServer();
  const durable = ["--appendfsync", "always"];
  try {
    await server.start(durable);
    await withInstances(server.url, async (all) => {
      const together = new Ledger(0, POSTS);
      await postAll(all, together);
      together.assertAsOne();
      const ledgers = [together];
      for (let round = 1; round <= ROUNDS; round++) {
        const ledger = new Ledger(round, POSTS);
        ledgers.push(ledger);
        const done = postAll(all, ledger);
        await untilPosts(ledger, 3);
        await server.stop("SIGKILL");
        while (ledger.failures === 0) await sleep(5);
        await server.start(durable);
        // The service comes back by itself; then one instance is killed and another takes its place.
        await untilPosts(ledger, 6);
        const victim = all[round % INSTANCES] as Instance;
        victim.child.kill("SIGKILL");
        await victim.ended;
        all[round % INSTANCES] = await startInstance(server.url);
        await done;
        assert.equal(ledger.posts.length, 3 * POSTS);
        for (const one of ledgers) await one.assertKept(server.url);
      }
    });
  } finally {
    await server.remove();
  }
});
