// A stamp in a script: the whole command, from its start to its end, beside hashcash(1).
//
//   npm run bench:commands -- [--json] [--runs 100]
//
// Each pair of commands takes turns, run by run. Times of minting are means: a stamp's time is luck,
// whose spread is as large as its mean, so a mean of n runs is good to 1/sqrt(n). The start alone is
// the median of the differences to the run of `node -e 0` just before.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { mean, median } from "./statistics.ts";

const { values } = parseArgs({
  options: { json: { type: "boolean" }, runs: { type: "string", default: "100" } },
});
const RUNS = Number(values.runs);
const MANY_BITS_RUNS = Math.ceil(RUNS / 3);
const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
const stampmill = (bits: number) => [process.execPath, cli, "mint", "-b", String(bits), "x"];
const hashcash = (bits: number) => ["hashcash", `-mqb${bits}`, "x"];

// A file of certificates that Node has to read at every start is no part of any command.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;

/** Milliseconds of one run. */
function time([program = "", ...args]: readonly string[]): number {
  const start = performance.now();
  const { status } = spawnSync(program, args, { env, stdio: "ignore" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed`);
  return performance.now() - start;
}

function inTurns(runs: number, a: readonly string[], b: readonly string[]): [number[], number[]] {
  for (const command of [a, b]) time(command);
  const times: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    times[0].push(time(a));
    times[1].push(time(b));
  }
  return times;
}

function startUp() {
  const [node, mint] = inTurns(RUNS, [process.execPath, "-e", "0"], stampmill(0));
  const differences = mint.map((milliseconds, i) => milliseconds - (node[i] ?? 0));
  return { node: median(node), mint: median(mint), difference: median(differences) };
}

function besideHashcash(bits: number, runs: number) {
  const [theirs, ours] = inTurns(runs, hashcash(bits), stampmill(bits));
  return { bits, runs, hashcash: mean(theirs), mint: mean(ours), ratio: mean(theirs) / mean(ours) };
}

const machine = describeMachine();
const start = startUp();
const minted = [besideHashcash(20, RUNS), besideHashcash(26, MANY_BITS_RUNS)];
if (values.json) {
  console.log(JSON.stringify({ machine, start, minted }, null, 1));
} else {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  console.log(
    `${machine.cpu} (${machine.class}), ${machine.processors} processors, ${machine.node}`,
  );
  console.log(
    `mint -b 0: median ${ms(start.mint)}, node -e 0: ${ms(start.node)}; difference ${ms(start.difference)}`,
  );
  for (const { bits, runs, hashcash, mint, ratio } of minted) {
    const means = `mint -b ${bits}: mean ${ms(mint)}, hashcash -mqb${bits}: ${ms(hashcash)}`;
    console.log(`${means}; ${ratio.toFixed(1)} times as fast (${runs} runs each)`);
  }
}
