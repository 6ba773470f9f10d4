// Every kernel beside what people use today, in one run on one machine.
//
//   npm run bench:peers -- [--rounds 5] [--install]
//
// Each contestant is pinned to one processor; they take turns, round after round. Prints a table
// and writes bench/results/peers-CLASS.json. --install gets the peers from Debian (as root) and
// npm; without it a peer that is missing is left out, and that is said.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Algorithm } from "../src/engine/algorithms.ts";
import { engineKernels } from "../src/engine/engine.ts";
import { describeMachine, versionOf } from "./machine.ts";
import { type Rate, RateProgram } from "./rate-program.ts";
import { median, spread, WIDE_SPREAD } from "./statistics.ts";

const PROCESSOR = "0";
const BOTH_PROCESSORS = "0,1";
const SECONDS = 2;
const PACKAGES = "hashcash hashcat pocl-opencl-icd ocl-icd-libopencl1 openssl clang-19".split(" ");
const OTHER_COMPILER = "clang++-19";
const HASHCAT_MODES: Record<Algorithm, string> = { sha1: "100", sha256: "1400" };

interface Contestant {
  name: string;
  algorithm: Algorithm;
  version: string;
  /** Hashes a second in one round. */
  run(): number;
  /** Of our own: in each round, the best moment as a share of what the processor can do. */
  shares?: number[];
}

const scratch = mkdtempSync(join(tmpdir(), "stampmill-peers-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));

function pinned(program: string, args: readonly string[], options = {}): string {
  return execFileSync("taskset", ["-c", PROCESSOR, program, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    ...options,
  });
}

function installPeers(): void {
  const apt = ["install", "-y", "-qq", "--no-install-recommends", ...PACKAGES];
  execFileSync("apt-get", ["update", "-qq"], { stdio: ["ignore", 2, 2] });
  execFileSync("apt-get", apt, { stdio: ["ignore", 2, 2] });
}

/** Our kernels, and the first of them on two threads. */
function ours(program: RateProgram, names: readonly string[]): Contestant[] {
  const contestants: Contestant[] = [];
  const add = (kernel: string, algorithm: Algorithm, search: Rate["search"], threads = 1) => {
    const shares: number[] = [];
    const processors = threads === 1 ? PROCESSOR : BOTH_PROCESSORS;
    const run = () => {
      const options = { threads, processors, seconds: SECONDS };
      const rate = program.measure(kernel, algorithm, search, options);
      shares.push(rate.ofRoofline);
      return rate.sustained;
    };
    const many = threads === 1 ? "" : `, ${threads} threads`;
    const name = `stampmill ${kernel}, ${search}${many}`;
    contestants.push({ name, algorithm, version: program.compiler, run, shares });
  };
  for (const algorithm of ["sha1", "sha256"] as const) {
    for (const kernel of names) {
      add(kernel, algorithm, "shared");
      add(kernel, algorithm, "general");
    }
    const [best] = names;
    if (best !== undefined) add(best, algorithm, "shared", 2);
  }
  return contestants;
}

/** The best kernel as the other compiler makes it, where there is one. */
function withClang([best]: readonly string[]): Contestant[] {
  if (best === undefined || !existsSync(`/usr/bin/${OTHER_COMPILER}`)) return [];
  return ours(new RateProgram(OTHER_COMPILER), [best]).map((contestant) => ({
    ...contestant,
    name: `${contestant.name}, ${OTHER_COMPILER}`,
  }));
}

function hashcash(): Contestant {
  const run = () => Number(pinned("hashcash", ["-s", "-q"]));
  return { name: "hashcash(1) -s", algorithm: "sha1", version: "1.22", run };
}

function hashcat(algorithm: Algorithm): Contestant {
  const mode = HASHCAT_MODES[algorithm];
  const args = ["-b", "-m", mode, "-O", "--force", "-D", "1", "--machine-readable"];
  const run = () => {
    const output = pinned("hashcat", args, { env: { ...process.env, HOME: scratch } });
    const row = output.split("\n").find((line) => line.startsWith(`1:${mode}:`));
    return Number(row?.split(":")[5]);
  };
  const version = versionOf("hashcat", ["--version"]);
  return { name: `hashcat -b -m ${mode} -O (pocl)`, algorithm, version, run };
}

function openssl(algorithm: Algorithm): Contestant {
  const args = ["speed", "-mr", "-bytes", "64", "-seconds", "1", "-evp", algorithm];
  const run = () => Number(/^\+F:.*:([\d.]+)$/m.exec(pinned("openssl", args))?.[1]) / 64;
  const version = versionOf("openssl", ["version"]);
  return { name: "openssl speed, 64 bytes", algorithm, version, run };
}

/** Runs JavaScript that prints a rate, in a process of its own. */
function script(name: string, algorithm: Algorithm, version: string, source: string): Contestant {
  const args = ["--input-type=module", "-e", source];
  return { name, algorithm, version, run: () => Number(pinned(process.execPath, args)) };
}

function nodeLoop(name: string, algorithm: Algorithm, call: string): Contestant {
  const source = `
    import crypto from "node:crypto";
    const start = performance.now();
    let n = 0;
    while (performance.now() - start < 1000) for (let i = 0; i < 1000; i++, n++) ${call};
    console.log((1000 * n) / (performance.now() - start));`;
  return script(name, algorithm, process.version, source);
}

function nostrTools(): Contestant {
  execFileSync("npm", ["install", "--silent", "--no-save", "--prefix", scratch, "nostr-tools"], {
    stdio: ["ignore", 2, 2],
  });
  const folder = join(scratch, "node_modules", "nostr-tools");
  const version = JSON.parse(
    execFileSync(
      process.execPath,
      ["-p", `JSON.stringify(require("${folder}/package.json").version)`],
      {
        encoding: "utf8",
      },
    ),
  );
  // The miner counts its tries in the nonce tag.
  const source = `
    import { minePow } from "${folder}/lib/esm/nip13.js";
    const event = { kind: 1, created_at: 0, content: "", tags: [], pubkey: "0".repeat(64) };
    const start = performance.now();
    let n = 0;
    for (let i = 0; i < 4; i++) {
      const mined = minePow({ ...event, tags: [], content: String(Math.random()) }, 14);
      n += Number(mined.tags.find(([name]) => name === "nonce")[1]);
    }
    console.log((1000 * n) / (performance.now() - start));`;
  return script("nostr-tools minePow", "sha256", version, source);
}

function peers(): Contestant[] {
  const makers: Record<string, () => Contestant[]> = {
    hashcash: () => [hashcash()],
    hashcat: () => [hashcat("sha1"), hashcat("sha256")],
    openssl: () => [openssl("sha1"), openssl("sha256")],
  };
  const found: Contestant[] = [];
  for (const [program, make] of Object.entries(makers)) {
    if (existsSync(`/usr/bin/${program}`)) found.push(...make());
    else console.error(`left out: ${program} is not installed (--install gets it)`);
  }
  for (const algorithm of ["sha1", "sha256"] as const) {
    const data = '"1:20:261122:alice@example.org::0123456789abcdef:" + n';
    found.push(
      nodeLoop(
        "crypto.createHash",
        algorithm,
        `crypto.createHash("${algorithm}").update(${data}).digest()`,
      ),
      nodeLoop("crypto.hash", algorithm, `crypto.hash("${algorithm}", ${data}, "hex")`),
    );
  }
  found.push(nostrTools());
  return found;
}

function row(contestant: Contestant, rates: readonly number[], columns: number[]) {
  const { name, algorithm, version, shares } = contestant;
  const rate = median(rates);
  const roofline = shares && median(shares);
  const ratios = columns.map((base) => (rate / base).toFixed(2));
  const wide = spread(rates) > WIDE_SPREAD ? " (wide)" : "";
  const cells = [algorithm, name, (rate / 1e6).toFixed(rate < 1e7 ? 2 : 1)];
  cells.push(`${(100 * spread(rates)).toFixed(0)} %${wide}`);
  cells.push(roofline === undefined ? "" : `${(100 * roofline).toFixed(0)} %`, ...ratios);
  const json = { name, algorithm, version, rate, spread: spread(rates), rates, roofline };
  return { cells, json };
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, install: { type: "boolean" } },
});
const rounds = Number(values.rounds);
if (values.install) installPeers();
const machine = describeMachine();
const names = engineKernels();
const contestants = [...ours(new RateProgram("g++"), names), ...withClang(names), ...peers()];
const rates = new Map(contestants.map((contestant) => [contestant, [] as number[]]));
for (let round = 1; round <= rounds; round++) {
  for (const contestant of contestants) {
    console.error(`round ${round}/${rounds}: ${contestant.algorithm} ${contestant.name}`);
    rates.get(contestant)?.push(contestant.run());
  }
}

console.log(`${machine.cpu} (${machine.class}), ${machine.processors} processors, ${machine.node}`);
console.log(`${versionOf("g++", ["--version"])}; ${rounds} rounds, medians\n`);
console.log("| algorithm | program | MH/s | spread | of roofline | x hashcat | x hashcash(1) |");
console.log("| --- | --- | ---: | ---: | ---: | ---: | ---: |");
const rows = contestants.map((contestant) => {
  const medianOf = (part: string, algorithm: Algorithm) => {
    const peer = contestants.find((c) => c.name.startsWith(part) && c.algorithm === algorithm);
    return median(peer === undefined ? [] : (rates.get(peer) ?? []));
  };
  const own = rates.get(contestant) ?? [];
  const bases = [medianOf("hashcat", contestant.algorithm), medianOf("hashcash", "sha1")];
  const { cells, json } = row(contestant, own, bases);
  console.log(`| ${cells.join(" | ")} |`);
  return json;
});
const file = join(import.meta.dirname, "results", `peers-${machine.class}.json`);
const compiler = versionOf("g++", ["--version"]);
writeFileSync(file, `${JSON.stringify({ machine, compiler, rounds, rows }, null, 1)}\n`);
console.error(`written: ${file}`);
