// A program for test/gate/gate-processes.test.ts: posts to a gate over a store, and prints each accepted
// post once it is: its price in 1/256 bit, and a stamp of it.
//
//   node --import tsx test/gate/gate-process.ts STORE NOW POSTS LANES POSTER...
//
// POSTS posts for each poster in turn, LANES at once; with `-` as many as there is time for until
// standard input ends. After an error of the store it prints `error` with the error's code, and tries
// again.
import { setTimeout as sleep } from "node:timers/promises";
import { createGate } from "../../src/gate/gate.ts";
import type { Gate } from "../../src/gate/types.ts";
import { openStore } from "../../src/store/open.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { REQUEST, STEADY, stampsFor } from "./gate-posts.ts";

const [url = "", now = "", posts = "", lanes = "", ...posters] = process.argv.slice(2);

/** Posts until it is let in: others post for the same poster, so the price may rise meanwhile. */
async function postOnce(gate: Gate, poster: string): Promise<void> {
  for (;;) {
    try {
      const request = { ...REQUEST, poster };
      const stamps = stampsFor(await gate.quote(request));
      const verdict = await gate.post({ ...request, stamps });
      if (verdict.accepted) {
        process.stdout.write(`accepted ${poster} ${256 * verdict.price} ${stamps[0]}\n`);
        return;
      }
      if (verdict.reason !== "underpaid") throw new Error(`refused: ${verdict.reason}`);
    } catch (error) {
      if (!(error instanceof StampmillError)) throw error;
      process.stdout.write(`error ${error.code}\n`);
      await sleep(20);
    }
  }
}

function* postersInTurn(): Generator<string> {
  const untilTold = posts === "-";
  let told = false;
  if (untilTold) process.stdin.on("end", () => (told = true)).resume();
  for (let turn = 0; untilTold ? !told : turn < Number(posts); turn++) yield* posters;
}

async function main(): Promise<void> {
  const store = await openStore(url);
  const gate = createGate({ store, terms: STEADY, now: () => Number(now) });
  const work = postersInTurn();
  const lane = async () => {
    for (const poster of work) await postOnce(gate, poster);
  };
  await Promise.all(Array.from({ length: Number(lanes) }, lane));
  await store.close();
}

await main();
