import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_LIMITS } from "../../src/gate/http/config.ts";
import type { Endpoint } from "../../src/gate/http/routes.ts";
import { GateServer } from "../../src/gate/http/server.ts";
import { Connection } from "./connection.ts";
import { type RunningGate, withGate } from "./gate-server.ts";

const CLOSE = "Connection: close\r\n";
const HALF_A_LINE = "GET /price?resource=for";
const KEPT = "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n";
const HALF_A_BODY =
  "POST /posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{";

/** Nothing is closed for being slow while a test runs, and what is given up is closed at once. */
const PATIENT = { headersTimeout: "10m", requestTimeout: "10m", keepAlive: "10m", parkTime: 0 };

/** A connection that has sent something, which the server has read. */
async function hold(gate: RunningGate, text: string, from = "127.0.1.1"): Promise<Connection> {
  const connection = await Connection.open(gate.port, from);
  connection.send(text);
  if (text === KEPT) await connection.readUntil(/\r\n\r\n\{/);
  return connection;
}

/** Asks on a connection of its own, and resolves to the whole answer. */
async function ask(gate: { port: number }, path: string, from = "127.0.0.1"): Promise<string> {
  const connection = await Connection.open(gate.port, from);
  connection.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`);
  return connection.read();
}

async function metric(gate: RunningGate, name: string): Promise<number> {
  const text = await ask(gate, "/metrics");
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.split(" ").at(-1) ?? 0);
}

const dropped = (gate: RunningGate, reason: string) =>
  metric(gate, `stampmill_unread_total{reason="${reason}"}`);

const PRICE = "/price?resource=forum&poster=alice";

test("full of connections that never finish a request, whoever sends one is answered", async () => {
  await withGate({ limits: { ...PATIENT, maxConnections: 4 } }, async (gate) => {
    const held: Connection[] = [];
    for (const text of [HALF_A_LINE, HALF_A_BODY, "", KEPT]) held.push(await hold(gate, text));
    // A byte now and then keeps nobody's place.
    held[0]?.send("u");
    held[1]?.send(" ");
    for (let i = 0; i < 4; i++) {
      assert.match(await ask(gate, PRICE), /^HTTP\/1\.1 200 /);
      // Each needs one place, which the oldest of the others gives up; what ends makes room.
      assert.equal((await held[i]?.read())?.startsWith("HTTP/1.1 4"), i === 3);
      held.push(await hold(gate, HALF_A_LINE));
    }
    assert.ok(held.slice(4).every((connection) => !connection.closed));
    for (const connection of held) connection.destroy();
    const posts = gate.log().filter(({ path }) => path === "/posts");
    assert.deepEqual(posts, [], "no line for the body that was never finished");
  });
});

test("renewed again and again: a thousand connections in place of four, and a few lines", async () => {
  const started = performance.now();
  await withGate({ limits: { ...PATIENT, maxConnections: 4 } }, async (gate) => {
    for (let i = 0; i < 20; i++) {
      const opening = Array.from({ length: 50 }, () => hold(gate, HALF_A_LINE));
      // Some are closed before they know that they are open.
      const flood = await Promise.allSettled(opening);
      assert.match(await ask(gate, PRICE), /^HTTP\/1\.1 200 /);
      for (const each of flood) if (each.status === "fulfilled") each.value.destroy();
    }
    const closed = await dropped(gate, "too-many-connections");
    assert.ok(closed >= 20 * 46, `${closed}`);
    await gate.stop();
    const lines = gate.log().filter(({ event }) => event === "dropped");
    const sum = lines.reduce((all, line) => all + Number(line["too-many-connections"] ?? 0), 0);
    assert.ok(sum >= closed, "what was counted is logged, also at the end");
    assert.ok(lines.length <= 1 + (performance.now() - started) / 1000, `${lines.length} lines`);
    assert.deepEqual([lines[0]?.level, lines[0]?.remote], ["warn", "127.0.1.1"]);
  });
});

test("a limit for each address: its oldest goes, others have theirs, a proxy has none", async () => {
  await withGate({ limits: { ...PATIENT, maxPerAddress: 2 } }, async (gate) => {
    const other = await hold(gate, HALF_A_LINE, "127.0.2.2");
    const first = await hold(gate, HALF_A_LINE);
    const second = await hold(gate, KEPT);
    const third = await hold(gate, HALF_A_BODY);
    assert.equal(await first.read(), "");
    // What comes from this machine's own address is everybody's.
    const proxied = await Promise.all(
      Array.from({ length: 40 }, () => hold(gate, KEPT, "127.0.0.1")),
    );
    assert.match(await ask(gate, PRICE, "127.0.1.1"), /^HTTP\/1\.1 200 /);
    await second.read();
    assert.ok(!other.closed && !third.closed && proxied.every(({ closed }) => !closed));
    assert.equal(await dropped(gate, "too-many-of-address"), 2);
    for (const connection of [other, third, ...proxied]) connection.destroy();
  });
});

test("what is a proxy can be said: then others are none", async () => {
  const limits = { ...PATIENT, maxPerAddress: 1 };
  await withGate({ limits, proxies: ["127.0.1.0/24"] }, async (gate) => {
    const proxied = [await hold(gate, HALF_A_LINE), await hold(gate, HALF_A_LINE)];
    const first = await hold(gate, HALF_A_LINE, "127.0.0.1");
    const second = await hold(gate, HALF_A_LINE, "127.0.0.1");
    assert.equal(await first.read(), "");
    assert.ok(proxied.every(({ closed }) => !closed));
    for (const connection of [...proxied, second]) connection.destroy();
  });
});

/** More than the buffers of any system hold. */
const LARGE = "x".repeat(1 << 26);

test("answers that nobody takes use up no place for requests, and keep none", async () => {
  let asked = () => {};
  const large: Endpoint = {
    name: "posts",
    methods: ["GET"],
    async answer() {
      asked();
      return {
        status: 200,
        headers: {},
        body: LARGE,
        outcome: { endpoint: "posts", reason: null },
      };
    },
  };
  const server = new GateServer({
    endpoints: [large],
    check: async () => null,
    metrics: true,
    limits: {
      ...DEFAULT_LIMITS,
      requestTimeout: 600_000,
      parkTime: 0,
      maxPending: 1,
      maxConnections: 2,
    },
    proxies: () => false,
    log: Object.assign(() => {}, { end: async () => {} }),
  });
  const port = Number(new URL(await server.listen("127.0.0.1", 0)).port);
  try {
    const deaf = await Connection.open(port);
    const begun = new Promise<void>((resolve) => {
      asked = resolve;
    });
    deaf.pause();
    deaf.send("GET /posts HTTP/1.1\r\nHost: a\r\n\r\n");
    await begun;
    assert.match(await ask({ port }, "/metrics"), /^HTTP\/1\.1 200 [\s\S]*pending_requests 1\n/);
    const held = [await Connection.open(port), await Connection.open(port)];
    const answer = deaf.read();
    deaf.resume();
    assert.ok((await answer).length < LARGE.length, "it was closed for those that came later");
    for (const connection of held) connection.destroy();
  } finally {
    await server.stop();
  }
});

test("what is given up is not told at once, and then by turns", async () => {
  await withGate({ limits: { ...PATIENT, parkTime: "10m", maxConnections: 2 } }, async (gate) => {
    const flood: Connection[] = [];
    // Two are held, eight are parked.
    for (let i = 0; i < 10; i++) flood.push(await hold(gate, i < 5 ? HALF_A_BODY : HALF_A_LINE));
    assert.match(await ask(gate, PRICE), /^HTTP\/1\.1 200 /);
    assert.equal(await flood[0]?.read(), "");
    assert.match(await ask(gate, "/metrics"), /\nstampmill_parked_connections 8\n/);
    await gate.stop();
    for (const connection of flood) assert.equal(await connection.read(), "");
    assert.ok(gate.log().every(({ path }) => path !== "/posts"));
  });
});

test("half requests that are given up take no place among those that wait for an answer", async () => {
  const limits = { ...PATIENT, parkTime: "10m", maxConnections: 2, maxPending: 2 };
  await withGate({ limits }, async (gate) => {
    const flood: Connection[] = [];
    for (let i = 0; i < 8; i++) flood.push(await hold(gate, HALF_A_BODY));
    assert.match(await ask(gate, PRICE), /^HTTP\/1\.1 200 /);
    assert.match(await ask(gate, PRICE), /^HTTP\/1\.1 200 /);
    for (const connection of flood) connection.destroy();
  });
});

test("thousands of requests at once on one connection: it is closed, and the others go on", async () => {
  await withGate({ limits: PATIENT }, async (gate) => {
    const greedy = await hold(gate, KEPT.repeat(5000));
    await greedy.read();
    assert.match(await ask(gate, PRICE), /^HTTP\/1\.1 200 /);
    assert.equal(await dropped(gate, "too-many-at-once"), 1);
    const requests = gate.log().filter(({ path }) => path === "/nowhere");
    assert.ok(requests.length <= 256, `${requests.length} lines`);
  });
});
