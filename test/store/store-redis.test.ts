import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { openStore } from "../../src/store/open.ts";
import { runCli } from "../cli.ts";
import { chargeFor, testCharges } from "./charge-contract.ts";
import { noRedis, RedisServer } from "./redis-server.ts";
import { entryFor, testStore } from "./store-contract.ts";

const server = new RedisServer();
let places = 0;

before(async () => {
  if (!noRedis) await server.start();
});
after(() => server.remove());

const kind = {
  name: "Redis",
  skip: noRedis,
  async place() {
    const url = `${server.url}/0?namespace=place-${places++}`;
    return { open: () => openStore(url) };
  },
};
testStore(kind);
testCharges(kind);

const TERMS = { keep: 30 * 86_400_000, now: Date.UTC(2024, 2, 1) };
const VERIFY = ["verify", "-b", "0", "-r", "foo", "--now", "2024-03-01"];
const freeStamp = () => `1:0:240229:foo::${randomBytes(12).toString("base64")}:0`;

function redis(port: number, ...args: string[]): string {
  const { stdout, stderr } = spawnSync("redis-cli", ["-p", `${port}`, ...args], {
    encoding: "utf8",
  });
  return stdout + stderr;
}

/** A server of a test's own, to be mistreated. */
async function withServer(
  options: readonly string[],
  body: (victim: RedisServer) => Promise<void>,
): Promise<void> {
  const victim = new RedisServer();
  try {
    await victim.start(options);
    await body(victim);
  } finally {
    await victim.remove();
  }
}

const opts = { skip: noRedis };

test("Redis: a server that is away is an error, and the next call finds it again", opts, () =>
  withServer([], async (victim) => {
    const store = await openStore(victim.url);
    const entry = entryFor("240229");
    await store.spend([[entry]], TERMS);
    await victim.stop("SIGKILL");
    await assert.rejects(store.spend([[entryFor("240229")]], TERMS), { code: "store" });
    await assert.rejects(store.look([entry]), { code: "store" });
    await victim.start();
    assert.deepEqual(await store.spend([[entry]], TERMS), [["spent"]]);
    await store.close();
  }),
);

test("Redis: a server that hangs is an error after a few seconds", opts, () =>
  withServer([], async (victim) => {
    const store = await openStore(victim.url);
    victim.signal("SIGSTOP");
    const start = performance.now();
    const args = [...VERIFY, "--store", victim.url, freeStamp()];
    const [outcome] = await Promise.all([
      runCli(args),
      assert.rejects(store.spend([[entryFor("240229")]], TERMS), {
        code: "store",
        message: /no answer within/,
      }),
    ]);
    assert.deepEqual([outcome.code, outcome.stdout], [3, ""]);
    assert.match(outcome.stderr, /^stampmill: error: the store redis:.+\n$/);
    assert.ok(performance.now() - start < 25_000);
    victim.signal("SIGCONT");
    assert.equal((await store.stats()).horizon, null);
    await store.close();
  }),
);

test("Redis: a store that lost part of itself accepts nothing", opts, async () => {
  const url = `${server.url}?namespace=lossy`;
  const store = await openStore(url);
  await store.spend([[entryFor("240229")], [entryFor("240229")]], TERMS);
  redis(server.port, "ZPOPMIN", "stampmill:{lossy}:spent");
  await assert.rejects(store.spend([[entryFor("240229")]], TERMS), {
    code: "store",
    message: /entries are missing: 1 of 2/,
  });
  redis(server.port, "DEL", "stampmill:{lossy}:marks");
  await assert.rejects(store.look([entryFor("240229")]), { message: /marks .* missing/ });
  redis(server.port, "DEL", "stampmill:{lossy}:spent");
  redis(server.port, "HSET", "stampmill:{lossy}:marks", "schema", "2");
  await assert.rejects(store.look([entryFor("240229")]), { message: /another version/ });
  redis(server.port, "SET", "stampmill:{lossy}:spent", "a string");
  await assert.rejects(store.look([entryFor("240229")]), { code: "store" });
  await store.close();
});

test("Redis: a store that lost posters forgives nobody", opts, async () => {
  const store = await openStore(`${server.url}?namespace=forgetful`);
  const terms = { keep: 60_000, remember: 0 };
  await store.charge([chargeFor("a"), chargeFor("b")], terms);
  redis(server.port, "ZPOPMIN", "stampmill:{forgetful}:posters");
  const lost = { code: "store", message: /posters are missing: 1 of 2/ };
  await assert.rejects(store.charge([chargeFor("c")], terms), lost);
  await assert.rejects(store.leads([chargeFor("a")]), lost);
  await store.secret();
  redis(server.port, "HSET", "stampmill:{forgetful}:marks", "secret", "guess");
  await assert.rejects(store.secret(), { code: "store", message: /secret is damaged/ });
  redis(server.port, "DEL", "stampmill:{forgetful}:posters", "stampmill:{forgetful}:marks");
  await assert.rejects(store.charge([chargeFor("c")], terms), { message: /marks .* missing/ });
  await store.close();
});

test("Redis: a server that may evict stamps, or has no room, accepts nothing", opts, () =>
  withServer(["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"], async (victim) => {
    await assert.rejects(openStore(victim.url), { code: "store", message: /may evict/ });
    redis(victim.port, "CONFIG", "SET", "maxmemory-policy", "noeviction");
    const store = await openStore(victim.url);
    await store.spend([[entryFor("240229")]], TERMS);
    redis(victim.port, "CONFIG", "SET", "maxmemory", "1mb");
    await assert.rejects(store.spend([[entryFor("240229")]], TERMS), { message: /OOM/ });
    redis(victim.port, "CONFIG", "SET", "maxmemory", "0");
    assert.equal((await store.stats()).entries, 1);
    await store.close();
  }),
);

test("Redis: a password, a wrong one, and rights that are too few", opts, () =>
  withServer(["--requirepass", "hunter2"], async (victim) => {
    const withPassword = (word: string) => victim.url.replace("redis://", `redis://:${word}@`);
    await assert.rejects(openStore(victim.url), { code: "store", message: /NOAUTH|auth/i });
    await assert.rejects(openStore(withPassword("wrong")), (error: Error) => {
      assert.match(error.message, /WRONGPASS/);
      return true;
    });
    const store = await openStore(withPassword("hunter2"));
    assert.ok(!store.url.includes("hunter2"));
    assert.deepEqual(await store.spend([[entryFor("240229")]], TERMS), [["fresh"]]);
    await store.close();
  }),
);

test("Redis: its scripts forgotten, it is told them again", opts, async () => {
  const store = await openStore(`${server.url}?namespace=scripts`);
  const entry = entryFor("240229");
  await store.spend([[entry]], TERMS);
  redis(server.port, "SCRIPT", "FLUSH");
  assert.deepEqual(await store.spend([[entry]], TERMS), [["spent"]]);
  await store.close();
});

test("Redis: in a cluster every key of a store is on one node, which is found", opts, () =>
  withServer(["--cluster-enabled", "yes"], (one) =>
    withServer(["--cluster-enabled", "yes"], async (two) => {
      redis(one.port, "CLUSTER", "ADDSLOTSRANGE", "0", "8191");
      redis(two.port, "CLUSTER", "ADDSLOTSRANGE", "8192", "16383");
      redis(one.port, "CLUSTER", "MEET", "127.0.0.1", `${two.port}`);
      const deadline = Date.now() + 20_000;
      const ok = () =>
        [one, two].every(({ port }) => redis(port, "CLUSTER", "INFO").includes("state:ok"));
      while (!ok() && Date.now() < deadline) await new Promise((go) => setTimeout(go, 100));
      const entries = [entryFor("240229"), entryFor("240229")];
      for (const namespace of ["a", "b", "c", "d"]) {
        // By way of either node it is the same store.
        const stores = await Promise.all(
          [one, two].map(({ url }) => openStore(`${url}?namespace=${namespace}`)),
        );
        const [first, second] = stores as [(typeof stores)[0], (typeof stores)[0]];
        assert.deepEqual(await first.spend([entries], TERMS), [["fresh", "fresh"]]);
        assert.deepEqual(await second.spend([entries], TERMS), [["spent", "spent"]]);
        assert.equal((await second.stats()).entries, 2);
        await Promise.all(stores.map((store) => store.close()));
      }
      const sizes = [one, two].map(({ port }) => Number(redis(port, "DBSIZE")));
      assert.equal((sizes[0] ?? 0) + (sizes[1] ?? 0), 8);
      assert.ok(!sizes.includes(0), "all namespaces are on one node: no redirection was tried");
    }),
  ),
);
