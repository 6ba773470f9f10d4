import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { type HttpBindings, serve } from "@hono/node-server";
import fastify from "fastify";
import { Hono } from "hono";
import { fastifyGate, fastifyGuard } from "../../src/gate/http/fastify.ts";
import { createGateHandler } from "../../src/gate/http/handler.ts";
import { honoGate, honoGuard } from "../../src/gate/http/hono.ts";
import { nodeGuard, nodeListener } from "../../src/gate/http/node.ts";
import type { Quote, RejectedPost } from "../../src/gate/types.ts";
import { digestOf, openGate, pay } from "./gate-fixture.ts";

const { gate, close } = await openGate();
after(close);

const handler = createGateHandler(gate, { prefix: "/gate" });
const MESSAGE = '{"text": "Hello, world! \u{1f600}"}';

interface Running {
  url: string;
  close(): Promise<unknown> | unknown;
}

/** A server of node:http, and one of each framework: a gate below /gate, and a guarded /messages. */
const SERVERS: Record<string, () => Promise<Running>> = {
  "node:http": async () => {
    const gateListener = nodeListener(handler);
    const guarded = nodeGuard(
      gate,
      { resource: "forum", poster: ({ headers }) => headers["x-user"]?.toString() ?? null },
      (_, response, body) => response.end(`stored ${body.length}`),
    );
    const listener: RequestListener = (request, response) =>
      (request.url?.startsWith("/gate/") ? gateListener : guarded)(request, response);
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
  },
  Fastify: async () => {
    const app = fastify();
    await app.register(fastifyGate(handler), { prefix: "/gate" });
    app.addContentTypeParser("application/json", { parseAs: "string" }, (_, body, done) =>
      done(null, body),
    );
    const preHandler = fastifyGuard(gate, {
      resource: () => "forum",
      poster: ({ raw }) => raw.headers["x-user"]?.toString() ?? null,
      message: ({ body }) => String(body),
    });
    app.post(
      "/messages",
      { preHandler },
      async ({ body }) => `stored ${Buffer.byteLength(String(body))}`,
    );
    return { url: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },
  Hono: async () => {
    const app = new Hono<{ Bindings: HttpBindings }>();
    app.all("/gate/*", honoGate(handler));
    app.post(
      "/messages",
      honoGuard(gate, {
        resource: async () => "forum",
        poster: async ({ req }) => req.raw.headers.get("x-user"),
      }),
      async (context) => context.text(`stored ${(await context.req.arrayBuffer()).byteLength}`),
    );
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
  },
};

const JSON_TYPE = { "content-type": "application/json" };

for (const [name, start] of Object.entries(SERVERS)) {
  test(`${name}: the endpoints of a gate`, async () => {
    const { url, close } = await start();
    try {
      const poster = `gate-${name}`;
      const query = new URLSearchParams({ resource: "forum", poster, digest: digestOf(MESSAGE) });
      const priced = await fetch(`${url}/gate/price?${query}`);
      assert.equal(priced.headers.get("cache-control"), "no-store");
      const stamps = await pay((await priced.json()) as Quote, digestOf(MESSAGE));
      const body = JSON.stringify({ stamps, resource: "forum", poster, message: MESSAGE });
      const post = () => fetch(`${url}/gate/posts`, { method: "POST", headers: JSON_TYPE, body });
      assert.equal((await post()).status, 201);
      const again = await post();
      assert.equal(again.status, 402);
      assert.equal(((await again.json()) as RejectedPost).reason, "spent");
      const head = await fetch(`${url}/gate/price?${query}`, { method: "HEAD" });
      assert.deepEqual([head.status, await head.text()], [200, ""]);
      const wrong = await fetch(`${url}/gate/posts`, { method: "DELETE" });
      assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "POST"]);
      const text = await fetch(`${url}/gate/posts`, { method: "POST", body: "text" });
      assert.equal(text.status, 415);
      const large = " ".repeat(1 << 21);
      const tooLarge = await fetch(`${url}/gate/posts`, {
        method: "POST",
        headers: JSON_TYPE,
        body: large,
      }).catch(() => null);
      assert.ok(tooLarge === null || tooLarge.status === 413, `${tooLarge?.status}`);
    } finally {
      await close();
    }
  });

  test(`${name}: a request of the application's that must be paid for`, async () => {
    const { url, close } = await start();
    try {
      const poster = `guard-${name}`;
      const digest = digestOf(MESSAGE);
      const send = (stamps: readonly string[], user: Record<string, string>) => {
        const headers = new Headers({ ...JSON_TYPE, ...user });
        for (const stamp of stamps) headers.append("x-hashcash", stamp);
        return fetch(`${url}/messages`, { method: "POST", headers, body: MESSAGE });
      };
      const bare = await send([], { "x-user": poster });
      assert.equal(bare.status, 402);
      assert.equal(bare.headers.get("x-stampmill-reason"), "no-stamps");
      const { quote } = (await bare.json()) as RejectedPost;
      const stamps = await pay(quote, digest);
      assert.equal((await send(stamps, {})).status, 403);
      assert.equal((await send(stamps, { "x-user": "somebody else" })).status, 402);
      const good = await send(stamps, { "x-user": poster });
      assert.deepEqual(
        [good.status, await good.text(), good.headers.get("x-stampmill-paid")],
        [200, `stored ${Buffer.byteLength(MESSAGE)}`, "8"],
      );
      assert.equal((await send(stamps, { "x-user": poster })).status, 402);
    } finally {
      await close();
    }
  });
}

test("node:http: a fault is a 500, and is told of", async () => {
  const errors: unknown[] = [];
  const fault = new Error("a fault");
  const failing = nodeListener(() => Promise.reject(fault), { onError: (e) => errors.push(e) });
  const server = createServer(failing).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assert.equal(response.status, 500);
  assert.ok(!(await response.text()).includes("a fault"));
  assert.deepEqual(errors, [fault]);
  server.close();
});
