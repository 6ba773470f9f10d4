import assert from "node:assert/strict";
import { test } from "node:test";
import type { Outcome } from "../cli.ts";
import { PRELUDE, runScript } from "./engine-process.ts";

// What happens to a search when whoever began it goes away, each time in a process of its own.

const AFTER_A_START = "const search = startSearch(ENDLESS); while (search.tried() === 0);";

const ENDS: [how: string, script: string, outcome: Partial<Outcome>][] = [
  ["by process.exit", "process.exit(7);", { code: 7 }],
  ["by process.exit later", "setTimeout(() => process.exit(7), 20);", { code: 7 }],
  ["by an exception", `throw new RangeError("on purpose");`, { code: 1 }],
  ["by a promise that nobody caught", `Promise.reject(new Error("on purpose"));`, { code: 1 }],
  ["by SIGTERM", `process.kill(process.pid, "SIGTERM");`, { code: null, signal: "SIGTERM" }],
  [
    "from a handler of SIGTERM",
    `process.once("SIGTERM", () => process.exit(143)); process.kill(process.pid, "SIGTERM");`,
    { code: 143 },
  ],
  [
    "when the search is cancelled",
    `search.cancel(); search.done.then(({ status }) => console.log(status));`,
    { code: 0, stdout: "cancelled\n" },
  ],
];

for (const [how, script, expected] of ENDS) {
  test(`a process ends ${how} in the middle of a search`, async () => {
    const outcome = await runScript(AFTER_A_START + script);
    const wanted = { signal: null, stdout: "", ...expected };
    const { stderr, ...rest } = outcome;
    assert.deepEqual(rest, wanted, stderr);
    if (wanted.code !== 1) assert.equal(stderr, "");
  });
}

test("a search keeps the process, and an ended one does not", async () => {
  const { code, stdout } = await runScript(`
    const search = startSearch({ ...ENDLESS, limit: 2n ** 46n });
    search.done.then(({ status }) => console.log(status, search.take().length));`);
  assert.deepEqual([code, stdout], [0, "found 1\n"]);
});

/** A script that starts worker threads, each with these lines as its own script. */
const withWorkers = (count: number, workerScript: string, script: string) => `
const { Worker } = await import("node:worker_threads");
const source = ${JSON.stringify(`(async () => {
  const { parentPort } = require("node:worker_threads");
  ${PRELUDE}
  ${workerScript}
})()`)};
const workers = Array.from({ length: ${count} }, () => new Worker(source, { eval: true, execArgv: [] }));
const exits = workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve)));
for (const worker of workers) worker.on("error", () => {});
// Not by events.once, which an error ends, too: that may come by before a message that was sent first.
const messages = await Promise.all(
  workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
${script}
`;

test("a worker thread is terminated in the middle of a search, and the process goes on", async () => {
  const { code, stdout, stderr } = await runScript(
    withWorkers(
      4,
      `${AFTER_A_START} startSearch({ ...ENDLESS, limit: 2n ** 64n - 1n, wanted: 0 });
       parentPort.postMessage("begun"); setInterval(() => search.tried(), 1);`,
      `const codes = await Promise.all(workers.map((worker) => worker.terminate()));
       const search = startSearch({ ...ENDLESS, limit: 2n ** 50n });
       console.log(codes.join(), (await search.done).status);`,
    ),
  );
  assert.deepEqual([code, stdout, stderr], [0, "1,1,1,1 found\n", ""]);
});

test("a worker thread that ends by itself, or fails, takes its searches along", async () => {
  for (const [end, expected] of [
    ["process.exit(5)", "5"],
    [`throw new Error("on purpose")`, "1"],
  ]) {
    const { code, stdout, stderr } = await runScript(
      withWorkers(
        2,
        `${AFTER_A_START} parentPort.postMessage("begun"); setTimeout(() => { ${end} }, 5);`,
        "console.log((await Promise.all(exits)).join());",
      ),
    );
    assert.deepEqual([code, stdout], [0, `${expected},${expected}\n`], stderr);
  }
});

test("worker threads run searches of their own, beside each other and the main thread", async () => {
  const search = `const found = [];
    for (let i = 0; i < 50; i++) {
      const search = startSearch({ ...ENDLESS, limit: 2n ** 52n, start: BigInt(i) << 40n });
      await search.done;
      found.push(...search.take());
    }`;
  const { code, stdout, stderr } = await runScript(
    withWorkers(
      3,
      `${search} parentPort.postMessage(found);`,
      `${search} console.log(found.length, messages.every((found) => found.length === 50));`,
    ),
  );
  assert.deepEqual([code, stdout, stderr], [0, "50 true\n", ""]);
});

const SANITIZED = (process.env.ASAN_OPTIONS ?? process.env.TSAN_OPTIONS) !== undefined;

test("what a search held is given back at its end", {
  skip: SANITIZED && "sanitized",
}, async () => {
  const { code, stdout, stderr } = await runScript(
    `const tiny = { ...ENDLESS, limit: 2n ** 60n };
     const large = { ...tiny, message: new Uint8Array(2 ** 19) };
     async function round(job, times) {
       for (let i = 0; i < times; i++) await startSearch(job).done;
     }
     async function settle() {
       for (let i = 0; i < 3; i++) { gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
       return process.memoryUsage().rss / 2 ** 20;
     }
     await round(tiny, 1000); await round(large, 10);
     const before = await settle();
     await round(tiny, 1000); await round(large, 50);
     console.log(await settle() - before);`,
    ["--expose-gc"],
  );
  assert.deepEqual([code, stderr], [0, ""]);
  // A leak of the large messages alone would be 25 MiB.
  assert.ok(Number(stdout) < 12, `grew by ${stdout.trim()} MiB`);
});
