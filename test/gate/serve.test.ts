import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { noRedis, RedisServer } from "../store/redis-server.ts";
import { Connection } from "./connection.ts";
import { CHEAP, digestOf, pay } from "./gate-fixture.ts";
import { newStore, payAndPost, post, priceOf, startGate, withGate } from "./gate-server.ts";

const SECRET = "do not tell anybody";

test("serve: a post is priced, paid and accepted once; a restart forgets nothing", async () => {
  const store = newStore();
  const gate = await startGate({ store });
  const quote = await priceOf(gate.url, "alice", "hello");
  const stamps = await pay(quote, digestOf("hello"));
  assert.equal((await post(gate.url, "alice", "hello", stamps)).status, 201);
  assert.equal((await gate.stop("SIGKILL")).signal, "SIGKILL");
  const again = await startGate({ store });
  const second = await post(again.url, "alice", "hello", stamps);
  assert.equal(second.status, 402);
  assert.ok((await priceOf(again.url, "alice", "hello")).price > quote.price);
  assert.equal((await again.stop()).code, 143);
});

test("serve: the log has a line for each request, and no secret, query or message", async () => {
  await withGate({ secret: SECRET }, async (gate) => {
    const id = "a-request.of_ours-1";
    await fetch(`${gate.url}/price?resource=forum&poster=alice`, {
      headers: { "x-request-id": id },
    });
    await fetch(`${gate.url}/price?resource=forum&poster=bob`, {
      headers: { "x-request-id": 'not one " of ours' },
    });
    const missing = await fetch(`${gate.url}/%1b[31m\u{1f600}?password=hunter2`);
    await payAndPost(gate.url, "carol", "a message");
    const posted = await gate.logged((line) => line.paid !== undefined);
    assert.deepEqual(
      { ...posted, time: 0, id: 0, ms: 0 },
      {
        time: 0,
        level: "info",
        event: "request",
        id: 0,
        remote: "127.0.0.1",
        method: "POST",
        path: "/posts",
        status: 201,
        reason: null,
        paid: 8,
        stamps: 8,
        ms: 0,
      },
    );
    const requests = gate.log().filter(({ event }) => event === "request");
    assert.deepEqual(
      requests.map(({ status }) => status),
      [200, 200, 404, 200, 201],
    );
    assert.equal(requests[0]?.id, id);
    assert.match(String(requests[1]?.id), /^[\da-f]+-\d+$/);
    assert.equal(missing.headers.get("x-request-id"), requests[2]?.id);
    const text = JSON.stringify(gate.log());
    for (const word of [SECRET, "hunter2", "carol", "a message", "\u001b"]) {
      assert.ok(!text.includes(word), word);
    }
    assert.ok(requests.every(({ time }) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(String(time))));
  });
});

/** Samples of the text format, by name and labels; throws for what is not in the format. */
function parseMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  const helped = new Set<string>();
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    const comment = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = "", rest = ""] = comment;
      if (kind === "HELP") helped.add(name);
      else types.set(name, rest);
      continue;
    }
    const sample = /^([a-z_]+)(\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*\})? (\S+)$/.exec(line);
    assert.ok(sample, line);
    const [, name = "", labels = "", value = ""] = sample;
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "");
    assert.match(types.get(family) ?? "", /^(counter|gauge|histogram)$/, `${line}: no type`);
    assert.ok(helped.has(family), `${line}: no help`);
    assert.ok(Number.isFinite(Number(value)), line);
    assert.ok(!samples.has(name + labels), `${line}: twice`);
    samples.set(name + labels, Number(value));
  }
  return samples;
}

test("serve: metrics count what happens, in the format of Prometheus", async () => {
  await withGate({}, async ({ url }) => {
    await payAndPost(url, "alice", "first");
    await post(url, "alice", "second", []);
    await fetch(`${url}/nowhere`);
    const response = await fetch(`${url}/metrics`);
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    const samples = parseMetrics(await response.text());
    const expected: [string, number][] = [
      ['stampmill_requests_total{endpoint="price",status="200"}', 1],
      ['stampmill_requests_total{endpoint="posts",status="201"}', 1],
      ['stampmill_requests_total{endpoint="posts",status="402"}', 1],
      ['stampmill_requests_total{endpoint="none",status="404"}', 1],
      ['stampmill_refused_total{endpoint="posts",reason="no-stamps"}', 1],
      ['stampmill_stamps_total{endpoint="posts"}', 8],
      ["stampmill_paid_hashes_total", 256],
      ['stampmill_price_bits_bucket{endpoint="posts",le="4"}', 0],
      ['stampmill_price_bits_bucket{endpoint="posts",le="8"}', 1],
      ['stampmill_price_bits_bucket{endpoint="posts",le="+Inf"}', 1],
      ['stampmill_request_seconds_count{endpoint="posts"}', 2],
      ['stampmill_request_seconds_bucket{endpoint="posts",le="+Inf"}', 2],
      ["stampmill_pending_requests", 1],
    ];
    for (const [name, value] of expected) assert.equal(samples.get(name), value, name);
    assert.ok((samples.get("stampmill_connections") ?? 0) >= 1);
    assert.ok((samples.get("process_cpu_seconds_total") ?? 0) > 0);
  });
  await withGate({ metrics: false }, async ({ url }) => {
    assert.equal((await fetch(`${url}/metrics`)).status, 404);
  });
});

test("serve: SIGTERM lets requests end, takes no more, and ends with 143", async () => {
  const gate = await startGate({ limits: { stopTimeout: "20s" } });
  const quote = await priceOf(gate.url, "alice", "late");
  const stamps = await pay(quote, digestOf("late"));
  const body = JSON.stringify({
    stamps,
    resource: "forum",
    poster: "alice",
    digest: digestOf("late"),
  });
  const connection = await Connection.open(gate.port);
  connection.send(
    `POST /posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`,
  );
  const idle = await Connection.open(gate.port);
  // It has begun to read the post once another request is answered.
  await fetch(`${gate.url}/healthz`);
  const ended = gate.stop("SIGTERM");
  await gate.logged(({ event }) => event === "stopping");
  assert.equal(await idle.read(), "");
  await assert.rejects(fetch(`${gate.url}/healthz`));
  connection.send(body.slice(20));
  const answer = await connection.read();
  assert.match(answer, /^HTTP\/1\.1 201 /);
  assert.match(answer, /^connection: close\r$/im);
  const { code, stdout } = await ended;
  assert.deepEqual([code, stdout], [143, ""]);
  assert.equal(gate.log().at(-1)?.event, "stopped");
});

test("serve: SIGINT ends with 130, a second signal at once", async () => {
  const gate = await startGate();
  assert.equal((await gate.stop("SIGINT")).code, 130);
  const stuck = await startGate();
  const connection = await Connection.open(stuck.port);
  connection.send("POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{");
  await fetch(`${stuck.url}/healthz`);
  stuck.child.kill("SIGTERM");
  await stuck.logged(({ event }) => event === "stopping");
  const { code, signal } = await stuck.stop("SIGTERM");
  assert.deepEqual([code, signal], [null, "SIGTERM"]);
  connection.destroy();
});

const opts = { skip: noRedis };

test(
  "serve: Redis away is a 503 and nothing accepted, and it comes back by itself",
  opts,
  async () => {
    const server = new RedisServer();
    try {
      await server.start(["--appendfsync", "always"]);
      await withGate({ store: server.url }, async ({ url, logged }) => {
        const quote = await priceOf(url, "alice", "hello");
        const stamps = await pay(quote, digestOf("hello"));
        const spent = await pay(await priceOf(url, "bob", "spent"), digestOf("spent"));
        assert.equal((await post(url, "bob", "spent", spent)).status, 201);
        assert.equal((await fetch(`${url}/healthz`)).status, 200);
        await server.stop("SIGKILL");
        const away = await post(url, "alice", "hello", stamps);
        assert.deepEqual([away.status, away.body.reason], [503, "store-failed"]);
        assert.match(away.headers.get("retry-after") ?? "", /^\d+$/);
        assert.ok(!JSON.stringify(away.body).includes(String(server.port)));
        assert.equal((await fetch(`${url}/price?resource=forum&poster=alice`)).status, 503);
        await sleep(600);
        assert.equal((await fetch(`${url}/healthz`)).status, 503);
        await logged(({ status, detail }) => status === 503 && /redis/.test(String(detail)));
        await server.start(["--appendfsync", "always"]);
        const deadline = Date.now() + 20_000;
        let back = await post(url, "alice", "hello", stamps);
        while (back.status === 503 && Date.now() < deadline) {
          await sleep(100);
          back = await post(url, "alice", "hello", stamps);
        }
        assert.equal(back.status, 201, JSON.stringify(back.body));
        const again = await post(url, "bob", "spent", spent);
        assert.deepEqual([again.status, again.body.reason], [402, "spent"]);
      });
    } finally {
      await server.remove();
    }
  },
);

test("serve: a post counts though its client did not wait", opts, async () => {
  const server = new RedisServer();
  try {
    await server.start();
    await withGate({ store: server.url }, async ({ url, port, logged }) => {
      const digest = digestOf("gone");
      const stamps = await pay(await priceOf(url, "alice", "gone"), digest);
      const body = JSON.stringify({ stamps, resource: "forum", poster: "alice", digest });
      server.signal("SIGSTOP");
      const connection = await Connection.open(port);
      connection.send(
        `POST /posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${body.length}\r\n\r\n${body}`,
      );
      await sleep(300);
      connection.destroy();
      await sleep(100);
      server.signal("SIGCONT");
      const line = await logged(({ path }) => path === "/posts");
      assert.deepEqual([line.status, line.reason, line.paid], [499, null, 8]);
      assert.equal((await post(url, "alice", "gone", stamps)).body.reason, "spent");
    });
  } finally {
    await server.remove();
  }
});

test("serve: four instances over one Redis are as one", opts, async () => {
  const server = new RedisServer();
  try {
    await server.start();
    // So slow that nothing is forgiven while the test runs, however long it takes.
    const price = { ...CHEAP, interval: "12h", tau: "12h" };
    const gates = await Promise.all(
      Array.from({ length: 4 }, () => startGate({ store: server.url, price })),
    );
    const alone = await startGate({ store: `${server.url}?namespace=alone`, price });
    try {
      // A stamp is good at whichever, and once.
      const [first, second] = gates;
      const quote = await priceOf(first?.url ?? "", "zoe", "hello");
      const stamps = await pay(quote, digestOf("hello"));
      const tries = await Promise.all(gates.map(({ url }) => post(url, "zoe", "hello", stamps)));
      assert.deepEqual(tries.map(({ status }) => status).sort(), [201, 402, 402, 402]);
      assert.ok((await priceOf(second?.url ?? "", "zoe", "hello")).price > quote.price);
      // What is paid is what a single one would have been paid, whatever the order.
      const posts = (urls: readonly string[]) =>
        Promise.all(
          urls.map(async (url, i) => {
            const paid: number[] = [];
            for (let k = 0; k < 3; k++) paid.push(await payAndPost(url, "alice", `${i}-${k}`));
            return paid;
          }),
        );
      const shared = (await posts(gates.map(({ url }) => url))).flat().sort((a, b) => a - b);
      const single = (await posts(Array(4).fill(alone.url))).flat().sort((a, b) => a - b);
      assert.equal(shared.length, 12);
      // A bit more for each post, up to the cap.
      const expected = [8, 9, 10, 11, ...Array(8).fill(12)];
      for (const prices of [shared, single]) {
        assert.deepEqual(prices.map(Math.round), expected, `${shared} and ${single}`);
      }
    } finally {
      await Promise.all([...gates, alone].map((gate) => gate.stop("SIGKILL")));
    }
  } finally {
    await server.remove();
  }
});
