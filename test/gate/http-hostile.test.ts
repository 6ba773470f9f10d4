import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { createGateHandler } from "../../src/gate/http/handler.ts";
import { mangled, often } from "../hostile.ts";
import { answerTo, Connection } from "./connection.ts";
import { digestOf, openGate, pay } from "./gate-fixture.ts";
import { priceOf, type RunningGate, startGate } from "./gate-server.ts";

let gate: RunningGate;

before(async () => {
  gate = await startGate({
    auth: { resource: "forum" },
    limits: { headersTimeout: "1s", requestTimeout: "2s", keepAlive: "1s", maxBody: 4096 },
  });
});
after(() => gate.stop("SIGKILL"));

const statusesOf = (answers: string) =>
  [...answers.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));

/** A post as it goes over the wire. */
function postText(body: string, more = ""): string {
  const type = "Content-Type: application/json\r\n";
  return `POST /posts HTTP/1.1\r\nHost: a\r\n${type}${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const EMPTY = JSON.stringify({
  stamps: [],
  resource: "forum",
  poster: "alice",
  digest: digestOf("a"),
});
const CLOSE = "Connection: close\r\n";

test("hostile bytes in place of HTTP: refused, and the connection is closed", async () => {
  const bad: [text: string, status: number][] = [
    ["\0\x01\x02\x03\r\n\r\n", 400],
    ["GET /price\r\n\r\n", 400],
    ["GET /price HTTP/1.1\r\n\r\n", 400],
    ["GET / price HTTP/1.1\r\nHost: a\r\n\r\n", 400],
    ["GET /\xff\xfe HTTP/9.9\r\nHost: a\r\n\r\n", 400],
    ["GET /price HTTP/1.1\r\nHost: a\r\nBad Header: 1\r\n\r\n", 400],
    ["GET /price HTTP/1.1\r\nHost: a\r\nX: 1\r\n folded\r\n\r\n", 400],
    // Two readers of the same bytes must not see two different requests.
    ["POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400],
    [
      "POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400,
    ],
    ["POST /posts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
    ["POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400],
    ["POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400],
    [`GET /price HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(70_000)}\r\n\r\n`, 431],
    [`GET /${"x".repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ];
  for (const [text, status] of bad) {
    const answer = await answerTo(gate.port, text);
    assert.deepEqual(statusesOf(answer), [status], JSON.stringify(text.slice(0, 100)));
  }
});

test("slow senders are cut off: headers, bodies, and connections that say nothing", async () => {
  const start = performance.now();
  const slow = [
    "GET /price HTTP/1.1\r\nHost: a\r\nX: ",
    `POST /posts HTTP/1.1\r\nHost: a\r\n${"Content-Type: application/json\r\n"}Content-Length: 100\r\n\r\n{`,
    "POST /posts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
    "",
  ];
  const answers = await Promise.all(
    slow.map(async (text) => {
      const connection = await Connection.open(gate.port);
      connection.send(text);
      // A byte now and then does not help.
      const drip = setInterval(() => text !== "" && connection.send("x"), 200);
      const answer = await connection.read().finally(() => clearInterval(drip));
      return statusesOf(answer);
    }),
  );
  for (const statuses of answers.slice(0, 2)) {
    assert.ok(
      statuses.every((status) => status === 408),
      `${answers}`,
    );
  }
  assert.ok(performance.now() - start < 30_000);
  assert.equal((await fetch(`${gate.url}/healthz`)).status, 200);
});

test("bodies that are too large: by what they announce, and by what they are", async () => {
  const large = await answerTo(gate.port, postText("x".repeat(5000)));
  assert.deepEqual(statusesOf(large), [413]);
  const expecting = await answerTo(
    gate.port,
    "POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n",
  );
  assert.deepEqual(statusesOf(expecting), [413], "not told to go on");
  const connection = await Connection.open(gate.port);
  connection.send("POST /posts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `400\r\n${"x".repeat(1024)}\r\n`;
  const flood = setInterval(() => connection.send(chunk.repeat(16)), 1);
  const answer = await connection.read().finally(() => clearInterval(flood));
  assert.ok(["", "413"].includes(statusesOf(answer).join()), answer);
});

test("Expect: 100-continue is answered before the body is there", async () => {
  const connection = await Connection.open(gate.port);
  const text = postText(EMPTY, `Expect: 100-continue\r\n${CLOSE}`);
  const split = text.length - EMPTY.length;
  connection.send(text.slice(0, split));
  assert.match(await connection.readUntil(/\r\n\r\n/), /^HTTP\/1\.1 100 Continue/);
  connection.send(text.slice(split));
  assert.deepEqual(statusesOf(await connection.read()), [100, 402]);
});

test("pipelining: every request has its answer, in order", async () => {
  const requests = [
    postText(EMPTY),
    "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
    postText("{"),
    "GET /price?resource=forum&poster=a HTTP/1.1\r\nHost: a\r\n\r\n",
  ];
  const many = Array.from({ length: 50 }, () => requests.join("")).join("");
  const last = `GET /healthz HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`;
  const statuses = statusesOf(await answerTo(gate.port, many + last));
  const expected = Array.from({ length: 50 }, () => [402, 404, 400, 200]).flat();
  assert.deepEqual(statuses, [...expected, 200]);
});

test("HTTP/1.0, HEAD, and methods nobody knows", async () => {
  const old = await answerTo(gate.port, "GET /healthz HTTP/1.0\r\n\r\n");
  assert.match(old, /^HTTP\/1\.1 200 [\s\S]*\{"healthy":true\}\n$/);
  const head = await answerTo(gate.port, `HEAD /healthz HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`);
  assert.match(head, /^HTTP\/1\.1 200 [\s\S]*\r\n\r\n$/);
  for (const method of ["OPTIONS", "TRACE", "PROPFIND", "PUT"]) {
    const request = `${method} /posts HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`;
    assert.match(await answerTo(gate.port, request), /^HTTP\/1\.1 405 [\s\S]*allow: POST\r\n/);
  }
  const unknown = `BREW /posts HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`;
  assert.deepEqual(statusesOf(await answerTo(gate.port, unknown)), [400]);
});

test("bodies that break off: nothing is accepted, and the service goes on", async () => {
  const digest = digestOf("torn");
  const stamps = await pay(await priceOf(gate.url, "torn", "torn"), digest);
  const body = JSON.stringify({ stamps, resource: "forum", poster: "torn", digest });
  const text = postText(body);
  for (const length of [text.length - 1, text.length - 30, text.length - body.length]) {
    const connection = await Connection.open(gate.port);
    connection.send(text.slice(0, length));
    await sleep(20);
    connection.destroy();
  }
  const gone = await gate.logged(({ path, status }) => path === "/posts" && status === 499);
  assert.equal(gone.reason, "broken-off");
  const whole = await answerTo(gate.port, postText(body, CLOSE));
  assert.deepEqual(statusesOf(whole), [201]);
});

test("a header of many stamps, and one poster header too many", async () => {
  const head = `GET /auth HTTP/1.1\r\nHost: a\r\nX-Message-Digest: ${digestOf("a")}\r\n${CLOSE}`;
  const poster = "X-Stampmill-Poster: a\r\n";
  const stamps = "X-Hashcash: 1:8:261124120000:forum::x:1 1:8:261124120000:forum::x:2\r\n";
  const many = await answerTo(gate.port, `${head}${poster}${stamps.repeat(40)}\r\n`);
  assert.match(many, /^HTTP\/1\.1 402 [\s\S]*x-stampmill-reason: too-many-stamps\r\n/);
  const two = await answerTo(gate.port, `${head}${poster}${poster}\r\n`);
  assert.deepEqual(statusesOf(two), [400]);
  // What a proxy adds comes last; if it is one too many nobody is known. Newer Nodes refuse all of it.
  const filler = Array.from({ length: 300 }, (_, i) => `X-F${i}: 1\r\n`).join("");
  const [status = 0] = statusesOf(await answerTo(gate.port, `${head}${filler}${poster}\r\n`));
  assert.ok(status === 403 || status === 431, `${status}`);
});

test("more connections than are allowed: what has waited longest is closed", async () => {
  const small = await startGate({ limits: { maxConnections: 5, parkTime: 0 } });
  try {
    const open: Connection[] = [];
    for (let i = 0; i < 6; i++) open.push(await Connection.open(small.port));
    assert.equal(await open[0]?.read(), "");
    open[5]?.send(`GET /metrics HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`);
    assert.match((await open[5]?.read()) ?? "", /reason="too-many-connections"\} 1\n/);
    for (const connection of open) connection.destroy();
  } finally {
    await small.stop("SIGKILL");
  }
});

const KNOWN = new Set([200, 201, 204, 400, 402, 403, 404, 405, 413, 415]);
const good = [
  EMPTY,
  JSON.stringify({
    stamps: ["1:8:261124120000:forum/x/y::x:1"],
    resource: "f",
    poster: "a",
    message: "m",
  }),
  `{"__proto__": {"x": 1}, "stamps": [], "weight": 1e308}`,
];

test("hostile bodies, queries and headers: an answer with its reason, and nothing accepted", async () => {
  const { gate: plain, close } = await openGate();
  const accepted: unknown[] = [];
  const handler = createGateHandler(plain, {
    auth: { resource: "forum" },
    onPost: (post) => void accepted.push(post),
  });
  const text = mangled([
    ...good,
    "/price?resource=forum&poster=alice&weight=2",
    "%C3%A9%2e%2e/&=&=",
    digestOf("a"),
    "application/json",
  ]);
  const request = fc.record({
    method: fc.constantFrom("GET", "POST", "HEAD", "constructor"),
    target: fc.oneof(
      text,
      fc.constantFrom("/posts", "/auth"),
      text.map((query) => `/price?${query}`),
    ),
    headers: fc.record({
      "content-type": fc.oneof({ weight: 9, arbitrary: fc.constant("application/json") }, text),
      "x-stampmill-poster": fc.oneof(text, fc.array(text)),
      "x-message-digest": fc.oneof(fc.constant(digestOf("a")), text),
      "x-hashcash": fc.array(text),
      "x-forwarded-method": text,
      "x-forwarded-uri": text,
    }),
    body: text.map((body) => Buffer.from(body)),
  });
  try {
    await fc.assert(
      fc.asyncProperty(request, async (asked) => {
        const { status, headers, body, outcome } = await handler(asked);
        assert.ok(KNOWN.has(status) && status !== 201 && status !== 204, `${status}`);
        for (const [name, value] of Object.entries(headers)) {
          assert.match(`${name}: ${value}`, /^[\t -~]+$/);
        }
        const answer = JSON.parse(body);
        if (status !== 200) assert.equal(answer.reason, outcome.reason);
        assert.equal(({} as Record<string, unknown>).x, undefined);
      }),
      often(500),
    );
    assert.deepEqual(accepted, []);
  } finally {
    await close();
  }
});
