import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startSearch } from "../../src/engine/engine.ts";
import { niceThreads, noThreads, untilNice } from "./nice-threads.ts";

// Searches that stay out of the way of everything else.
function endless(nice?: boolean) {
  return startSearch({
    algorithm: "sha1",
    message: new Uint8Array(64),
    positions: [40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54],
    alphabet: "0123456789abcdef",
    limit: 0n,
    threads: 3,
    nice,
  });
}

test("a nice search's threads are, and nobody else's", { skip: noThreads }, async (t) => {
  const plain = endless();
  t.after(() => plain.cancel());
  while (plain.tried() === 0) await sleep(1);
  assert.equal(niceThreads(process.pid), 0);
  plain.cancel();
  await plain.done;
  const nice = endless(true);
  t.after(() => nice.cancel());
  await untilNice(process.pid, 3);
  nice.cancel();
  assert.equal((await nice.done).status, "cancelled");
  await untilNice(process.pid, 0);
});
