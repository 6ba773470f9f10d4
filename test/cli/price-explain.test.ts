import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createGateHandler } from "../../src/gate/http/handler.ts";
import { nodeListener } from "../../src/gate/http/node.ts";
import { runCli } from "../cli.ts";
import { CHEAP, digestOf, openGate, pay } from "../gate/gate-fixture.ts";

const WHO = ["--resource", "forum", "--poster", "alice"];
const TERMS = Object.entries(CHEAP).flatMap(([name, value]) => [
  `--${name}`,
  value === 0 ? "0s" : String(value),
]);

async function withServer(listener: RequestListener, use: (url: string) => Promise<void>) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function explain(...args: string[]) {
  const { code, stdout, stderr } = await runCli(["price", "explain", ...WHO, "--json", ...args]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test("a store and the gate that runs over it say the same of a price", async () => {
  const { gate, url: store, close } = await openGate();
  try {
    const digest = digestOf("hello");
    for (let i = 0; i < 3; i++) {
      const request = { resource: "forum", poster: "alice", digest };
      const stamps = await pay(await gate.quote(request), digest);
      assert.equal((await gate.post({ ...request, stamps })).reason, null);
    }
    const told = await explain("--store", store, ...TERMS);
    assert.equal(told.standing, "seen");
    // Three posts, a minute each, of which a few seconds may have gone by.
    assert.ok(told.debt > 60 && told.debt <= 180, `${told.debt}`);
    // Quoted as of two seconds before, and rounded up to 1/256 bit.
    const most = Math.ceil(256 * (11 + 2 / 60)) / 256;
    assert.ok(told.bits > 9 && told.bits <= most && told.hashes >= 2 ** told.bits);
    assert.ok(told.next.every((bits: number) => bits >= told.bits - 1 && bits <= 12));
    assert.ok(Date.parse(told.cheapAt) > Date.now());
    await withServer(nodeListener(createGateHandler(gate, { prefix: "/gate" })), async (url) => {
      const asked = await explain("--to", `${url}/gate/`);
      assert.ok(Math.abs(asked.bits - told.bits) < 1, `${asked.bits}, ${told.bits}`);
      assert.ok(asked.debt <= told.debt && asked.debt > told.debt - 60);
      assert.deepEqual([asked.standing, asked.next, asked.base], [null, null, null]);
      assert.match(asked.explanation, /ahead of a post every 1 min/);
      const text = await runCli(["price", "explain", ...WHO, "--to", `${url}/gate`]);
      assert.match(text.stdout, /^price +1?\d\.\d\d bits: /);
      assert.doesNotMatch(text.stdout, /null|undefined|NaN/);
      const unknown = await runCli(["price", "explain", ...WHO, "--to", url]);
      assert.equal(unknown.code, 3);
      assert.match(unknown.stderr, /answers with status 404/);
    });
  } finally {
    await close();
  }
});

test("nothing that a server makes up is shown", async () => {
  const good = {
    price: 8,
    bits: 5,
    count: 8,
    algorithm: "sha1",
    salt: "abc",
    resource: "forum/abc/{digest}",
    date: "261124223914",
    debt: 0,
    cheapAt: null,
    explanation: "fine",
  };
  const bad: object[] = [
    { price: Number.MAX_VALUE },
    { price: "8" },
    { algorithm: "md5" },
    { resource: "elsewhere/abc/{digest}" },
    { debt: -1 },
    { debt: "soon" },
    { debt: undefined },
    { cheapAt: "\u001b[2J" },
    { cheapAt: 5 },
    { cheapAt: undefined },
  ];
  let answer: object = good;
  const listener: RequestListener = (_, response) => response.end(JSON.stringify(answer));
  await withServer(listener, async (url) => {
    assert.equal((await explain("--to", url)).bits, 8);
    for (const wrong of bad) {
      answer = { ...good, ...wrong };
      const { code, stdout, stderr } = await runCli(["price", "explain", ...WHO, "--to", url]);
      assert.deepEqual([code, stdout], [3, ""], JSON.stringify(wrong));
      assert.match(stderr, /^stampmill: error: the answer of http:\S+ makes no sense/);
    }
    answer = { ...good, explanation: "\u001b[31mred\nline" };
    const { stdout } = await runCli(["price", "explain", ...WHO, "--to", url]);
    assert.match(stdout, /^why +\?\[31mred\?line$/m);
  });
});
