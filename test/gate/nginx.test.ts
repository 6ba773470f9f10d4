import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Quote } from "../../src/gate/types.ts";
import { cliEntry, cliEnvironment, outcomeOf } from "../cli.ts";
import { freePort } from "../store/redis-server.ts";
import { CHEAP, digestOf, pay } from "./gate-fixture.ts";
import { folder, newStore, priceOf, startGate, withGate } from "./gate-server.ts";

// What docs/serve.md shows is run as it stands there.

const docs = readFileSync(new URL("../../docs/serve.md", import.meta.url), "utf8");

/** The block of docs/serve.md behind a comment of this name. */
function shown(name: string): string {
  const [, block] =
    new RegExp(`<!-- ${name} -->\n\n\`\`\`\\w+\n([\\s\\S]+?)\`\`\``).exec(docs) ?? [];
  assert.ok(block, name);
  return block;
}

const missing = (program: string, ...args: string[]) =>
  spawnSync(program, args).error && !process.env.CI ? `${program} is not installed` : false;

test("curl and mint alone", { skip: missing("curl", "--version") }, async () => {
  await withGate({}, async ({ url }) => {
    writeFileSync(join(folder, "hello.txt"), "Hello from curl\n");
    const stampmill = `stampmill() { '${process.execPath}' '${cliEntry}' "$@"; }\n`;
    const script = stampmill + shown("curl").replace(/^gate=.*$/m, `gate=${url}`);
    const before = await priceOf(url, "alice", "next");
    for (let i = 0; i < 2; i++) {
      const child = spawn("sh", ["-ec", script], { cwd: folder, env: cliEnvironment() });
      const { code, stdout, stderr } = await outcomeOf(child);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^\{"accepted":true,/);
    }
    assert.ok((await priceOf(url, "alice", "next")).price > before.price + 1);
  });
});

/** nginx as in the docs, with a gate and an application behind it. */
async function startNginx(gateUrl: string) {
  const seen: IncomingHttpHeaders[] = [];
  const app = createServer(({ headers }, response) => {
    seen.push(headers);
    response.end("from the application\n");
  }).listen(0, "127.0.0.1");
  await once(app, "listening");
  const { port: appPort } = app.address() as AddressInfo;
  const port = await freePort();
  const place = join(folder, "nginx");
  mkdirSync(place, { recursive: true });
  const sha = (word: string) => `{SHA}${hash("sha1", word, "base64")}`;
  writeFileSync(join(place, "users"), `alice:${sha("a")}\nbob:${sha("b")}\n`, { mode: 0o644 });
  const server = shown("nginx")
    .replace("127.0.0.1:8080", `127.0.0.1:${port}`)
    .replace("http://127.0.0.1:8081", `http://127.0.0.1:${appPort}`)
    .replace("http://127.0.0.1:8402", gateUrl)
    .replace("user_file users", `user_file ${join(place, "users")}`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${join(place, kind)};`)
    .join("\n");
  const user = process.getuid?.() === 0 ? "user root;\n" : "";
  const conf = `${user}pid ${join(place, "nginx.pid")};\nerror_log stderr;\nworker_processes 1;
events {}\nhttp {\naccess_log off;\n${temporary}\n${server}}\n`;
  writeFileSync(join(place, "nginx.conf"), conf);
  const child = spawn(
    "nginx",
    ["-c", join(place, "nginx.conf"), "-p", place, "-g", "daemon off; master_process off;"],
    { stdio: ["ignore", "inherit", "pipe"] },
  );
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    if (await fetch(url).then(Boolean, () => false)) break;
    if (child.exitCode !== null || tries > 200) throw new Error(`nginx did not start: ${errors}`);
    await sleep(50);
  }
  const stop = async () => {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
    app.closeAllConnections();
    app.close();
  };
  return { url, seen, stop };
}

const noNginx = missing("nginx", "-v");
const running: { stop(): Promise<unknown> }[] = [];
after(() => Promise.all(running.map((one) => one.stop())));

test("nginx: auth_request, as in the docs", { skip: noNginx }, async () => {
  const config = JSON.parse(shown("nginx gate"));
  const gate = await startGate({ ...config, store: newStore(), price: CHEAP });
  running.push(gate);
  const { url, seen, stop } = await startNginx(gate.url);
  running.push({ stop });
  const digest = digestOf("a message");
  const send = (user: string, stamps: readonly string[], more: Record<string, string> = {}) => {
    const word = user === "mallory" ? "alice:wrong" : `${user}:${user[0]}`;
    const headers = new Headers({
      authorization: `Basic ${Buffer.from(word).toString("base64")}`,
      "x-message-digest": digest,
      ...more,
    });
    for (const stamp of stamps) headers.append("x-hashcash", stamp);
    return fetch(`${url}/forum/post`, { method: "POST", headers, body: "a message" });
  };

  const bare = await send("alice", []);
  assert.equal(bare.status, 402);
  const header = (name: string) => bare.headers.get(`x-stampmill-${name}`) ?? "";
  assert.deepEqual(["reason", "price", "bits", "count", "algorithm"].map(header), [
    "no-stamps",
    "8",
    "5",
    "8",
    "sha1",
  ]);
  assert.deepEqual(await bare.json(), { reason: "no-stamps", price: "8" });
  assert.equal(seen.length, 0);

  // All that is needed to pay is in the headers.
  const { date } = await priceOf(gate.url, "alice", "a message");
  const quote = { resource: header("resource"), bits: 5, count: 8, algorithm: "sha1", date };
  const stamps = await pay(quote as Quote, digest);

  // Somebody else's, somebody who only says so, and nobody.
  assert.equal((await send("bob", stamps)).status, 402);
  assert.equal((await send("bob", stamps, { "x-stampmill-poster": "alice" })).status, 402);
  assert.equal((await send("mallory", stamps)).status, 401);
  assert.equal((await fetch(`${url}/forum/post`)).status, 401);
  assert.equal((await fetch(`${url}/gate`)).status, 404);
  assert.equal(seen.length, 0);

  const good = await send("alice", stamps, { "x-stampmill-poster": "bob" });
  assert.deepEqual([good.status, await good.text()], [200, "from the application\n"]);
  assert.equal(seen[0]?.["x-message-digest"], digest);
  const again = await send("alice", stamps);
  assert.deepEqual([again.status, again.headers.get("x-stampmill-reason")], [402, "spent"]);
  const wrong = await send("alice", [], { "x-message-digest": "none" });
  assert.deepEqual([wrong.status, wrong.headers.get("x-stampmill-reason")], [402, "bad-request"]);
  assert.equal(seen.length, 1);

  // Only what alice posted has raised a price, and hers alone.
  assert.ok((await priceOf(gate.url, "alice", "x")).price > 8);
  assert.equal((await priceOf(gate.url, "bob", "x")).price, 8);

  await gate.stop("SIGKILL");
  const away = await send("alice", []);
  assert.deepEqual([away.status, away.headers.get("retry-after")], [503, "2"]);
  assert.equal(seen.length, 1);
});
