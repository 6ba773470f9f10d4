// Whether the engine chooses the fastest kernel, and the same one every time.
//
//   npm run bench:choice
//
// For each algorithm and layout of a stamp: which kernel 12 processes of their own name, on this machine as
// it is and beside two busy programs for each processor; and what every kernel does in the same searches, all
// in turns. Ends with code 1 if another kernel was faster by more than 5 %, or if the processes disagreed
// though one of their kernels is that much slower.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { ALGORITHMS, type Algorithm } from "../src/engine/algorithms.ts";
import { engineKernels } from "../src/engine/engine.ts";
import { describeMachine } from "./machine.ts";
import { median } from "./statistics.ts";

const PROCESSES = 12;
const ROUNDS = 3;
const NOISE = 1.05;
const LAYOUTS = ["fast", "compact", "hashcash"];
const names = engineKernels();

interface Minted {
  kernel: string;
  tries: number;
  seconds: number;
}

function mint(algorithm: Algorithm, layout: string, ...more: string[]): Minted[] {
  const common = ["mint", "-b", "22", "-a", algorithm, "--layout", layout, "--json"];
  const args = ["dist/cli.cjs", ...common, ...more, "alice@example.org"];
  const output = execFileSync(process.execPath, args, { encoding: "utf8" });
  return output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Minted);
}

/** How often each kernel was chosen, most often first. */
function chosen(algorithm: Algorithm, layout: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < PROCESSES; i++) {
    const kernel = mint(algorithm, layout)[0]?.kernel ?? "none";
    counts.set(kernel, (counts.get(kernel) ?? 0) + 1);
  }
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

function beside<T>(programs: number, work: () => T): T {
  const busy: ChildProcess[] = Array.from({ length: programs }, () =>
    spawn(process.execPath, ["-e", "for(;;);"]),
  );
  try {
    return work();
  } finally {
    for (const child of busy) child.kill("SIGKILL");
  }
}

/** Hashes a second with each kernel, the median of rounds in which they take turns. */
function rates(algorithm: Algorithm, layout: string): Map<string, number> {
  const all = new Map(names.map((name): [string, number[]] => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, values] of all) {
      const minted = mint(algorithm, layout, "-n", "8", "--kernel", name);
      const sum = (of: (one: Minted) => number) => minted.reduce((s, one) => s + of(one), 0);
      values.push(sum(({ tries }) => tries) / sum(({ seconds }) => seconds));
    }
  }
  return new Map([...all].map(([name, values]) => [name, median(values)]));
}

const words = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(", ");

const { cpu, processors, node } = describeMachine();
console.log(`${cpu}, ${processors} processors, ${node}; ${PROCESSES} processes each`);
console.log("| algorithm | layout | chosen | chosen beside load | fastest, times the chosen one |");
console.log("| --- | --- | --- | --- | ---: |");
for (const algorithm of ALGORITHMS) {
  for (const layout of LAYOUTS) {
    const calm = chosen(algorithm, layout);
    const busy = beside(2 * processors, () => chosen(algorithm, layout));
    const measured = rates(algorithm, layout);
    const [fastest = "", best = 0] = [...measured].sort(([, a], [, b]) => b - a)[0] ?? [];
    const worst = Math.min(...[...calm.keys(), ...busy.keys()].map((k) => measured.get(k) ?? 0));
    const ratio = best / worst;
    const verdict = `${fastest}, ${ratio.toFixed(2)}`;
    console.log(`| ${algorithm} | ${layout} | ${words(calm)} | ${words(busy)} | ${verdict} |`);
    if (ratio > NOISE) process.exitCode = 1;
  }
}
