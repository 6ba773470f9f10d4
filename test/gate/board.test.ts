import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type SendReport, sendPost } from "../../src/gate/post/post.ts";
import { isChromiumMissing, openPage, startChromium } from "../cli/chromium.ts";

// The example as its README starts it, but over the sources of the library rather than dist/.

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = join(root, "examples", "board");
// One folder below the root, where the engine is found from.
const bundle = join(root, `build-test-board-${process.pid}`);
const folder = mkdtempSync(join(tmpdir(), "stampmill-board-"));
const started: ChildProcess[] = [];

after(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(bundle, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function bundleExample(): Promise<void> {
  mkdirSync(bundle);
  cpSync(join(example, "page"), join(bundle, "page"), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: [join(example, "server.mjs"), join(example, "messages.mjs")],
    outdir: bundle,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    alias: {
      "stampmill/gate": join(root, "src", "gate", "index.ts"),
      stampmill: join(root, "src", "index.ts"),
    },
    external: ["@node-rs/xxhash", "@opentelemetry/api", "libsql"],
    banner: { js: "const require = process.getBuiltinModule;" },
  });
}

/** A price that is at the cap after a few posts, and at the base again within seconds. */
const TERMS = ["--base", "4", "--cap", "9", "--interval", "1s", "--burst", "0s", "--tau", "1s"];

interface Board {
  readonly url: string;
  stop(): Promise<number | null>;
}

async function startBoard(name: string, ...options: string[]): Promise<Board> {
  const child = spawn(
    process.execPath,
    [join(bundle, "server.mjs"), "--port", "0", "--store", `${name}.db`].concat(
      ["--messages", `${name}-messages.db`],
      TERMS,
      options,
    ),
    { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
  );
  started.push(child);
  child.stdout?.setEncoding("utf8");
  const [line] = await once(child.stdout as NonNullable<typeof child.stdout>, "data");
  return {
    url: String(line).trim(),
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}

const say = (board: Board, message: string, poster = "alice"): Promise<SendReport> =>
  sendPost({ to: `${board.url}/gate`, resource: "board", poster, message, threads: 1 });

interface Message {
  readonly id: number;
  readonly poster: string;
  readonly text: string;
  readonly bits: number;
}

async function messagesOf(board: Board, after = 0): Promise<Message[]> {
  return (await fetch(`${board.url}/messages?after=${after}`)).json() as Promise<Message[]>;
}

test("a board's posts are paid for, listed, and there after a restart", async () => {
  await bundleExample();
  const board = await startBoard("posts");
  const first = await say(board, "hello\n");
  assert.equal(first.accepted, true, JSON.stringify(first));
  const second = await say(board, "again");
  const third = await say(board, "and again", "bob");
  assert.deepEqual([second.accepted, third.accepted], [true, true]);
  const listed = await messagesOf(board);
  assert.deepEqual(
    listed.map(({ poster, text }) => [poster, text]),
    [
      ["bob", "and again"],
      ["alice", "again"],
      ["alice", "hello\n"],
    ],
  );
  assert.ok(listed.every(({ bits }) => bits >= 4));
  assert.deepEqual(await messagesOf(board, listed[0]?.id), []);
  assert.equal(await board.stop(), 0);
  const again = await startBoard("posts");
  assert.deepEqual(await messagesOf(again), listed);
  assert.equal(await again.stop(), 0);
});

test("what is not paid for, too long, or not for this board is refused", async () => {
  const board = await startBoard("refused");
  const post = (body: unknown) =>
    fetch(`${board.url}/gate/posts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const good = { stamps: [] as string[], resource: "board", poster: "eve", message: "free" };
  const statuses: [number, unknown][] = [
    [402, good],
    [402, { ...good, stamps: ["1:20:240229:board::a:b"] }],
    [404, { ...good, resource: "elsewhere" }],
    [413, { ...good, message: "x".repeat(40_000) }],
    [400, { ...good, message: undefined, digest: "0".repeat(64) }],
    [400, { ...good, poster: "" }],
  ];
  for (const [status, body] of statuses) {
    const response = await post(body);
    assert.equal(response.status, status, JSON.stringify(body).slice(0, 80));
  }
  for (const path of ["/nothing", "/../server.mjs", "/page/board.js", "/messages?after=x"]) {
    const { status } = await fetch(`${board.url}${path}`);
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
  }
  assert.deepEqual(await messagesOf(board), []);
  assert.equal(await board.stop(), 0);
});

test("the oldest messages go, and a list has an end", async () => {
  const { openMessages } = await import(join(bundle, "messages.mjs"));
  const messages = openMessages(join(folder, "many.db"));
  for (let i = 1; i <= 1010; i++) messages.add({ time: i, poster: "p", text: `${i}`, bits: 1 });
  const list: Message[] = messages.after(0);
  assert.deepEqual([list.length, list[0]?.text], [100, "1010"]);
  const kept: Message[] = messages.after(10);
  assert.equal(kept.length, 100);
  assert.equal(messages.count(), 1000);
  messages.close();
});

/** Waits for what the page shows; its policy allows no scripts that a test would put into it. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (await isSo()) return;
    await sleep(100);
  }
  assert.fail(`not within 30 s: ${what}`);
}

const HOSTILE = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

test("the page shows the price rise and fall, and messages as text", async (t) => {
  if (isChromiumMissing(t)) return;
  const board = await startBoard("page");
  const browser = await startChromium();
  const isOwn = (url: string) => url.startsWith(`${board.url}/`);
  try {
    for (const scheme of ["light", "dark"] as const) {
      const { page, complaints } = await openPage(browser, `${board.url}/`, scheme, isOwn);
      const bits = async () => Number.parseFloat(await page.locator("#bits").innerText());
      const items = page.locator("#messages li");
      const points = async () => {
        const path = (await page.locator("#line").getAttribute("d")) ?? "";
        return [...path.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
      };
      await until("the base price is shown", async () => (await bits()) === 4);
      // The course of five minutes is there at once, from one side of the chart to the other.
      const first = await points();
      assert.ok(first.length >= 299, `${first.length} points`);
      assert.ok((first[0]?.[0] ?? 720) < 65, `${first[0]}`);
      const heights = new Set(first.map(([, y]) => y)).size;
      // In the dark it is a page that was opened after all the posts.
      if (scheme === "light") assert.equal(heights, 1);
      else assert.ok(heights > 1, `${heights} prices`);
      if (scheme === "light") {
        for (let i = 1; i <= 5; i++) assert.ok((await say(board, `${i} ${HOSTILE}`)).accepted);
        await until("the price has risen", async () => (await bits()) > 5);
        assert.match(
          await page.locator("#why").innerText(),
          /ahead of a post every 1 s.*again at/s,
        );
        await until("the price has fallen", async () => (await bits()) === 4);
        assert.ok(new Set((await points()).map(([, y]) => y)).size > 2);
      }
      await until("the messages are there", async () => (await items.count()) === 5);
      assert.equal(await items.locator(".text").first().innerText(), `5 ${HOSTILE}`);
      assert.equal(await page.title(), "Board");
      assert.equal(await items.locator("img, script").count(), 0);
      assert.match(await page.locator("#command").innerText(), /--poster 'alice'$/);
      const { STAMPMILL_SCREENSHOTS: shots } = process.env;
      if (shots) await page.screenshot({ path: join(shots, `board-${scheme}.png`) });
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  } finally {
    await browser.close();
  }
  assert.equal(await board.stop(), 0);
});
