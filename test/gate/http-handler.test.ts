import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createGateHandler } from "../../src/gate/http/handler.ts";
import type { GateHandlerOptions } from "../../src/gate/http/handler-options.ts";
import type { HttpRequest, HttpResponse } from "../../src/gate/http/message.ts";
import type { Gate, Quote } from "../../src/gate/types.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { digestOf, openGate, pay } from "./gate-fixture.ts";

const { gate, close } = await openGate();
after(close);

type Headers = HttpRequest["headers"];

/** A handler that takes requests in few words. */
function handlerWith(options: GateHandlerOptions = {}, of: Gate = gate) {
  const handler = createGateHandler(of, options);
  const ask = (method: string, target: string, headers: Headers = {}, body: string | Buffer = "") =>
    handler({ method, target, headers, body: Buffer.from(body) });
  const post = (value: unknown, headers: Headers = {}) =>
    ask(
      "POST",
      "/posts",
      { "content-type": "application/json", ...headers },
      JSON.stringify(value),
    );
  const price = async (query: string, headers: Headers = {}) => {
    const response = await ask("GET", `/price?${query}`, headers);
    assert.equal(response.status, 200, response.body);
    return JSON.parse(response.body) as Quote;
  };
  return { ask, post, price };
}

const reasonOf = ({ status, body }: HttpResponse) => [status, JSON.parse(body).reason];
const plain = handlerWith();

test("a post that is paid for is accepted, once, and the next one costs more", async () => {
  const message = "Hello, world! \u{1f600}";
  const digest = digestOf(message);
  const quote = await plain.price(`resource=forum&poster=alice&digest=${digest}`);
  assert.deepEqual([quote.price, quote.bits, quote.count], [8, 5, 8]);
  assert.equal(quote.resource, `forum/${quote.salt}/${digest}`);
  const post = { stamps: await pay(quote, digest), resource: "forum", poster: "alice", message };
  const accepted = await plain.post(post);
  assert.equal(accepted.status, 201, accepted.body);
  const { price, next, stamps } = JSON.parse(accepted.body);
  assert.deepEqual([price, next.price > 8, stamps], [8, true, Array(8).fill(null)]);
  assert.equal(accepted.outcome.paid, 8);
  const again = await plain.post(post);
  assert.deepEqual(reasonOf(again), [402, "spent"]);
});

test("a post that pays too little is told what is missing, and no stamp of it is spent", async () => {
  const digest = digestOf("late");
  const who = { resource: "forum", poster: "bob", digest };
  const query = `resource=forum&poster=bob&digest=${digest}`;
  const before = await plain.price(query);
  const stamps = await pay(before, digest);
  const first = { ...who, stamps: await pay(await plain.price(query), digest) };
  assert.equal((await plain.post(first)).status, 201);
  const short = await plain.post({ ...who, stamps });
  assert.deepEqual(reasonOf(short), [402, "underpaid"]);
  const { missing, quote } = JSON.parse(short.body);
  assert.ok(missing.count >= 1);
  assert.equal(short.headers["x-stampmill-reason"], "underpaid");
  const more = await pay(quote, digest, { ...quote, ...missing });
  assert.equal((await plain.post({ ...who, stamps: [...stamps, ...more] })).status, 201);
});

test("stamps are good for their board, poster and message only", async () => {
  const digest = digestOf("mine");
  const quote = await plain.price(`resource=forum&poster=carol&digest=${digest}`);
  const post = { stamps: await pay(quote, digest), resource: "forum", poster: "carol", digest };
  for (const change of [
    { resource: "forum2" },
    { poster: "mallory" },
    { digest: digestOf("another") },
  ]) {
    const { status } = await plain.post({ ...post, ...change });
    assert.equal(status, 402, JSON.stringify(change));
  }
  assert.equal((await plain.post(post)).status, 201);
});

test("a message that is sent along is hashed here", async () => {
  const post = { stamps: [], resource: "forum", poster: "dave", message: "a" };
  assert.deepEqual(reasonOf(await plain.post(post)), [402, "no-stamps"]);
  const wrong = await plain.post({ ...post, digest: digestOf("b") });
  assert.deepEqual(reasonOf(wrong), [400, "bad-request"]);
  const right = await plain.post({ ...post, digest: digestOf("a").toUpperCase() });
  assert.deepEqual(reasonOf(right), [402, "no-stamps"]);
  assert.match(JSON.parse(right.body).quote.resource, new RegExp(`/${digestOf("a")}$`));
  const required = handlerWith({ requireMessage: true });
  const only = { stamps: [], resource: "forum", poster: "dave", digest: digestOf("a") };
  assert.deepEqual(reasonOf(await required.post(only)), [400, "bad-request"]);
});

test("onPost sees each accepted post once, and no other", async () => {
  const seen: unknown[] = [];
  const { post, price } = handlerWith({ onPost: (accepted) => void seen.push(accepted) });
  const digest = digestOf("to be kept");
  const stamps = await pay(await price(`resource=forum&poster=erin&digest=${digest}`), digest);
  const sent = { stamps, resource: "forum", poster: "erin", message: "to be kept" };
  assert.equal((await post({ ...sent, stamps: [] })).status, 402);
  assert.equal((await post(sent)).status, 201);
  assert.equal((await post(sent)).status, 402);
  assert.deepEqual(seen, [{ ...sent, digest, weight: undefined }]);
});

test("queries: what is missing, unknown, doubled, or no text", async () => {
  const bad: [query: string, about: RegExp][] = [
    ["", /resource is missing/],
    ["resource=forum", /poster is missing/],
    ["resource=forum&poster=", /poster is missing/],
    ["resource=forum&poster=a&poster=b", /poster is given twice/],
    ["resource=forum&poster=a&%70oster=a", /poster is given twice/],
    ["resource=forum&poster=a&admin=1", /no parameter "admin"/],
    ["resource=forum&poster=a&__proto__=1", /no parameter "__proto__"/],
    ["resource=forum&poster=%ff", /escape/],
    ["resource=forum&poster=%ed%a0%80", /escape/],
    ["resource=forum&poster=%4", /escape/],
    ["resource=forum&poster=\xe9", /ASCII/],
    ["resource=forum&poster=a&digest=abc", /digest must be/],
    ["resource=forum&poster=a&weight=-1", /weight must be/],
    ["resource=forum&poster=a&weight=0", /weight must be/],
    [`resource=forum&poster=${"a".repeat(10_000)}`, /poster must be/],
    [`resource=${"a".repeat(10_000)}&poster=a`, /resource must be/],
    ["resource=forum%00&poster=a", /resource may hold printable text only/],
    ["resource=forum&poster=%1b", /poster may hold printable text only, not U\+001B/],
  ];
  for (const [query, about] of bad) {
    const response = await plain.ask("GET", `/price?${query}`);
    assert.deepEqual(reasonOf(response), [400, "bad-request"], query);
    assert.match(JSON.parse(response.body).message, about);
  }
  const strange = await plain.price("resource=a%2Fb%3A%20c&poster=%C3%A9+%20x");
  assert.match(strange.resource, /^a\/b%3A%20c\/[\w-]+\/\{digest\}$/);
});

test("bodies: no JSON, no object, wrong types, unknown keys", async () => {
  const good = { stamps: [], resource: "forum", poster: "a", digest: digestOf("a") };
  const bodies: unknown[] = [
    null,
    [],
    "text",
    1,
    {},
    { ...good, stamps: "1:2" },
    { ...good, stamps: [1] },
    { ...good, stamps: null },
    { ...good, resource: ["forum"] },
    { ...good, poster: { toString: "a" } },
    { ...good, digest: "00" },
    { ...good, digest: null },
    { ...good, message: 7 },
    { ...good, message: "\ud800", digest: undefined },
    { ...good, poster: "\ud800" },
    { ...good, poster: "a\n" },
    { ...good, resource: "forum\0" },
    { ...good, weight: "2" },
    { ...good, weight: 1e9 },
    { ...good, constructor: 1 },
    { ...good, accepted: true },
  ];
  for (const body of bodies) {
    const response = await plain.post(body);
    assert.deepEqual(reasonOf(response), [400, "bad-request"], JSON.stringify(body));
  }
  const json = { "content-type": "application/json" };
  const proto = `{"__proto__": {"poster": "a"}, ${JSON.stringify(good).slice(1)}`;
  for (const body of [
    "",
    "{",
    "{'a': 1}",
    "\xff",
    Buffer.from([0xff, 0xfe]),
    proto,
    "[".repeat(1e5),
  ]) {
    const response = await plain.ask("POST", "/posts", json, body);
    assert.deepEqual(reasonOf(response), [400, "bad-request"], String(body).slice(0, 80));
  }
  assert.equal(({} as { poster?: string }).poster, undefined);
  for (const type of ["text/plain", "application/jsonp", "", "application/json; charset=latin1"]) {
    const response = await plain.ask("POST", "/posts", { "content-type": type }, "{}");
    assert.deepEqual(reasonOf(response), [415, "unsupported-type"], type);
  }
  assert.equal((await plain.ask("POST", "/posts", {}, "{}")).status, 415);
  const charset = { "content-type": "application/json;charset=UTF-8" };
  assert.equal((await plain.ask("POST", "/posts", charset, JSON.stringify(good))).status, 402);
});

test("paths and methods", async () => {
  for (const target of ["/", "/price/", "//price", "/Price", "/posts/../price", "/auth", "*", ""]) {
    assert.equal((await plain.ask("GET", target)).status, 404, target);
  }
  for (const [method, target, allow] of [
    ["POST", "/price", "GET, HEAD"],
    ["OPTIONS", "/price", "GET, HEAD"],
    ["GET", "/posts", "POST"],
    ["HEAD", "/posts", "POST"],
    ["DELETE", "/posts", "POST"],
    ["toString", "/posts", "POST"],
  ] as const) {
    const response = await plain.ask(method, target);
    assert.deepEqual([response.status, response.headers.allow], [405, allow], method);
  }
  const absolute = await plain.ask("GET", "http://gate.example/price?resource=forum&poster=zoe");
  assert.equal(absolute.status, 200);
  const below = handlerWith({ prefix: "/gate" });
  assert.equal((await below.ask("GET", "/gate/price?resource=forum&poster=zoe")).status, 200);
  assert.equal((await below.ask("GET", "/price?resource=forum&poster=zoe")).status, 404);
});

test("boards that there are not", async () => {
  const { ask } = handlerWith({ resources: ["forum", (resource) => resource.startsWith("dev/")] });
  assert.equal((await ask("GET", "/price?resource=forum&poster=a")).status, 200);
  assert.equal((await ask("GET", "/price?resource=dev/null&poster=a")).status, 200);
  const other = await ask("GET", "/price?resource=Forum&poster=a");
  assert.deepEqual(reasonOf(other), [404, "unknown-resource"]);
});

test("who posts is said by a header, where it is to be", async () => {
  const { ask, post, price } = handlerWith({ posterFrom: "header", posterHeader: "X-User" });
  const none = await ask("GET", "/price?resource=forum");
  assert.deepEqual(reasonOf(none), [403, "no-poster"]);
  const other = await ask("GET", "/price?resource=forum&poster=eve", { "x-user": "frank" });
  assert.deepEqual(reasonOf(other), [403, "wrong-poster"]);
  for (const value of [["frank", "eve"], "frank, eve", "\xe9"]) {
    const doubtful = await ask("GET", "/price?resource=forum", { "x-user": value });
    assert.deepEqual(reasonOf(doubtful), [400, "bad-request"]);
  }
  const digest = digestOf("signed");
  const quote = await price(`resource=forum&digest=${digest}`, { "x-user": "Fr\xc3\xa4nk" });
  const sent = { stamps: await pay(quote, digest), resource: "forum", digest };
  assert.equal((await post(sent, { "x-user": "eve" })).status, 402);
  assert.equal((await post(sent, { "x-user": ["Fr\xc3\xa4nk"] })).status, 201);
});

test("a store that fails: 503, a time to come back, and no word of where it is", async () => {
  const failing = async () => {
    throw new StampmillError("store", "the store redis://10.0.0.1 failed: ECONNREFUSED");
  };
  const broken = { ...gate, quote: failing, post: failing } as unknown as Gate;
  const { ask, post } = handlerWith({ auth: { resource: "forum" } }, broken);
  const sent = { stamps: ["x"], resource: "forum", poster: "a", digest: digestOf("a") };
  const auth = { "x-stampmill-poster": "a", "x-message-digest": digestOf("a") };
  for (const response of [
    await ask("GET", "/price?resource=forum&poster=a"),
    await post(sent),
    await ask("GET", "/auth", auth),
  ]) {
    assert.deepEqual(reasonOf(response), [503, "store-failed"]);
    assert.match(response.headers["retry-after"] ?? "", /^\d+$/);
    assert.ok(!response.body.includes("10.0.0.1"));
    assert.match(response.outcome.detail ?? "", /10\.0\.0\.1/);
  }
});

test("options that are wrong name themselves", () => {
  const wrong: [options: object, parameter: string][] = [
    [{ prefix: "gate" }, "prefix"],
    [{ resources: [] }, "resources"],
    [{ posterFrom: "body" }, "posterFrom"],
    [{ posterHeader: "X User" }, "posterHeader"],
    [{ auth: {} }, "auth.resource"],
    [{ auth: { resource: "a", resourceHeader: "X-R" } }, "auth.resource"],
    [{ auth: { resource: "a", status: 200 } }, "auth.status"],
    [{ auth: { resource: "a", uriHeader: "" } }, "auth.uriHeader"],
    [{ onPost: "call me" }, "onPost"],
  ];
  for (const [options, parameter] of wrong) {
    assert.throws(() => createGateHandler(gate, options as GateHandlerOptions), {
      code: "bad-input",
      parameter,
    });
  }
});
