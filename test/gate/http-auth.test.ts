import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createGateHandler } from "../../src/gate/http/handler.ts";
import type { AuthOptions } from "../../src/gate/http/handler-options.ts";
import type { HttpRequest } from "../../src/gate/http/message.ts";
import { readStamps } from "../../src/gate/http/verdict.ts";
import { digestOf, openGate, pay } from "./gate-fixture.ts";

const { gate, close } = await openGate();
after(close);

/** What a proxy asks. */
function proxy(auth: AuthOptions) {
  const handler = createGateHandler(gate, { auth });
  return (headers: HttpRequest["headers"]) =>
    handler({ method: "GET", target: "/auth", headers, body: new Uint8Array() });
}

async function stampsFor(poster: string, digest: string): Promise<string[]> {
  return pay(await gate.quote({ resource: "forum", poster, digest }), digest);
}

test("stamps in headers, however they are put there", () => {
  const [a, b, c] = ["1:8:261122120000:a,b/c::x:1", "1:8:261122120000:d::y:2", "0:x"];
  for (const headers of [
    [a, b, c],
    [`${a}, ${b}, ${c}`],
    [`${a} ${b}`, c],
    [`${a},${b},${c}`],
    [`  ${a}\t,${b}  ,  ${c},`],
  ]) {
    assert.deepEqual(readStamps(headers), [a, b, c], JSON.stringify(headers));
  }
  assert.deepEqual(readStamps([]), []);
  assert.deepEqual(readStamps(["", " , "]), []);
});

test("/auth lets a request through once that carries its stamps", async () => {
  const ask = proxy({ resource: "forum" });
  const digest = digestOf("body");
  const stamps = await stampsFor("alice", digest);
  const headers = { "x-stampmill-poster": "alice", "x-message-digest": digest };
  const bare = await ask(headers);
  assert.deepEqual([bare.status, bare.headers["x-stampmill-reason"]], [402, "no-stamps"]);
  assert.equal(bare.headers["x-stampmill-price"], "8");
  assert.equal(bare.headers["x-stampmill-bits"], "5");
  assert.equal(bare.headers["x-stampmill-count"], "8");
  assert.equal(bare.headers["x-stampmill-algorithm"], "sha1");
  assert.match(bare.headers["x-stampmill-resource"] ?? "", new RegExp(`^forum/[\\w-]+/${digest}$`));
  const other = await ask({ ...headers, "x-hashcash": stamps, "x-stampmill-poster": "eve" });
  assert.equal(other.status, 402);
  const good = await ask({
    ...headers,
    "x-hashcash": [stamps.slice(0, 3).join(" "), stamps.slice(3).join(", ")],
  });
  assert.deepEqual([good.status, good.body, good.headers["x-stampmill-paid"]], [204, "", "8"]);
  const again = await ask({ ...headers, "x-hashcash": stamps });
  assert.deepEqual([again.status, again.headers["x-stampmill-reason"]], [402, "spent"]);
});

test("/auth refuses with the status that the proxy can pass on", async () => {
  for (const status of [401, 403] as const) {
    const ask = proxy({ resource: "forum", status });
    const headers = { "x-stampmill-poster": "alice", "x-message-digest": digestOf("body") };
    assert.equal((await ask(headers)).status, status);
    // The client's own mistakes, too, or the proxy would call them errors of the server.
    for (const digest of ["00", ["0".repeat(64), "1".repeat(64)]]) {
      const wrong = await ask({ ...headers, "x-message-digest": digest });
      assert.deepEqual(
        [wrong.status, wrong.headers["x-stampmill-reason"]],
        [status, "bad-request"],
      );
    }
  }
});

test("/auth without a poster, or with two, lets nothing through", async () => {
  const ask = proxy({ resource: "forum" });
  const digest = digestOf("body");
  const headers = { "x-message-digest": digest, "x-hashcash": await stampsFor("bob", digest) };
  assert.equal((await ask(headers)).status, 403);
  assert.equal((await ask({ ...headers, "x-stampmill-poster": "" })).status, 403);
  assert.equal((await ask({ ...headers, "x-stampmill-poster": ["bob", "eve"] })).status, 400);
  assert.equal((await ask({ ...headers, "x-stampmill-poster": "bob, eve" })).status, 400);
  assert.equal((await ask({ ...headers, "x-stampmill-poster": "bob" })).status, 204);
});

test("/auth takes the board from a header, where it is told to", async () => {
  const ask = proxy({ resourceHeader: "X-Board" });
  const digest = digestOf("body");
  const headers = {
    "x-stampmill-poster": "carol",
    "x-message-digest": digest,
    "x-hashcash": await stampsFor("carol", digest),
  };
  assert.equal((await ask(headers)).status, 400);
  assert.equal((await ask({ ...headers, "x-board": "other" })).status, 402);
  assert.equal((await ask({ ...headers, "x-board": "forum" })).status, 204);
});

test("/auth without a digest binds stamps to method and URI", async () => {
  const ask = proxy({ resource: "forum" });
  const digest = digestOf("GET /search?q=a,b");
  const headers = {
    "x-stampmill-poster": "dave",
    "x-hashcash": await stampsFor("dave", digest),
    "x-forwarded-method": "GET",
    "x-forwarded-uri": "/search?q=a,b",
  };
  assert.equal((await ask({ ...headers, "x-forwarded-uri": undefined })).status, 400);
  assert.equal((await ask({ ...headers, "x-forwarded-method": undefined })).status, 400);
  assert.equal((await ask({ ...headers, "x-forwarded-uri": "/search?q=c" })).status, 402);
  assert.equal((await ask({ ...headers, "x-forwarded-method": "POST" })).status, 402);
  assert.equal((await ask(headers)).status, 204);
});
