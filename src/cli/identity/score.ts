import { Command } from "commander";
import { ALGORITHMS, type Algorithm } from "../../engine/algorithms.ts";
import type { Identity } from "../../identity/format.ts";
import {
  DEFAULT_WEIGHTS,
  MAX_POLICY_BYTES,
  type Policy,
  parsePolicy,
  readPolicy,
} from "../../identity/reputation/policy.ts";
import { MAX_SCORED_HASHES, scoreIdentities } from "../../identity/reputation/score.ts";
import { badInput } from "../../text/errors.ts";
import { parseInstant } from "../../text/instant.ts";
import { hostRateNow } from "../figures/host-rate.ts";
import { EXIT } from "../terminal/exit.ts";
import { readSmallFile } from "../terminal/input.ts";
import { once } from "../terminal/options.ts";
import { writeProduct } from "../terminal/output.ts";
import { IdentityReader } from "./lines.ts";
import { readProofLog } from "./proof-log.ts";
import { scoreLine, scoreText } from "./score-text.ts";

interface Options {
  policy?: string;
  proofs?: string;
  now?: number;
  host: boolean;
  json?: true;
}

const DETAILS = `
score = (work / 2^unit)^power, and no more than the cap. Above a power of 1 splitting
the same work among names loses: n names keep n^(1 - power) of it.

POLICY is one object of JSON; every field may be left out (docs/identity.md):
  power 1.3, unit 32 (bits of work for one token), cap (none),
  bound "lower" with confidence 0.999, or "estimate",
  weights ${JSON.stringify(DEFAULT_WEIGHTS)}; an algorithm left out counts nothing,
  halfLife "730d": work fades from the date of its beacon; beacons {"...": date} are
    those known, dates "claimed" believes others too, undated is for all the rest,
  idleHalfLife "180d": keys fade since their last proof of ownership in --proofs,
  credit {"perToken": 1, "most": 50}: intervals at the gate.

No hash counts twice: sketches of one identity, beacon, algorithm and k are merged,
and those that differ in any of these add up. Anybody can show a sketch: see identity
prove for whose it is.

JSON, a line for each identity: id score capped counted credit; lists with a place
for each beacon, algorithm and k: algorithms beacons since hashes worth reasons
sketches; splitNames splitKeeps breakEvenNames namesAtCap; doubleFactor, and lists by
algorithm: doubleAlgorithms doubleHashes doubleHostSeconds doubleDollars. Null is what
is not known, or cannot be.

Exit codes: 0 scored; 1 a line is not in order, and counts nothing; 2 wrong usage, or
the policy cannot stand; 3 reading or writing failed.

Examples:
  stampmill identity score --policy policy.json *.sketch
  stampmill identity score --policy policy.json --proofs proofs.jsonl --json *.sketch`;

/** `stampmill identity score`. */
export function scoreCommand(): Command {
  return new Command("score")
    .description("What reputation a community gives for the work behind identities.")
    .argument("<file...>", `files of sketches, one a line; "-" is standard input`)
    .option(
      "--policy <file>",
      "how work becomes reputation (default: all defaults)",
      once("--policy", (text) => text),
    )
    .option(
      "--proofs <file>",
      "what identity check-proof --json has said, a line each",
      once("--proofs", (text) => text),
    )
    .option(
      "--now <time>",
      "score as of this time (default: the clock)",
      once("--now", (text) => parseInstant(text, "--now")),
    )
    .option("--no-host", "leave this host's time out, rather than measure")
    .option("--json", "print a line of JSON for each identity")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(files: readonly string[], options: Options): Promise<void> {
  const { now = Date.now(), json } = options;
  if (options.proofs === "-" && files.includes("-")) {
    throw badInput("--proofs", "only one of two can be standard input");
  }
  const policy = options.policy === undefined ? readPolicy() : policyFrom(options.policy);
  const reader = new IdentityReader();
  const identities = await readAll(reader, files);
  const ids = new Set(identities.map(({ id }) => id));
  const lastProofs =
    options.proofs === undefined ? undefined : await readProofLog(options.proofs, ids);
  const rates = await hostRates(options.host, policy);
  let written = 0;
  for (const score of scoreIdentities(identities, policy, { now, lastProofs })) {
    const separator = written++ > 0 && !json ? "\n" : "";
    const text = json ? scoreLine(score, policy, rates) : scoreText(score, policy, rates);
    await writeProduct(separator + text);
  }
  process.exitCode = reader.good ? EXIT.done : EXIT.rejected;
}

function policyFrom(file: string): Policy {
  const bytes = Buffer.from(readSmallFile(file, MAX_POLICY_BYTES), "latin1");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw badInput("policy", "the policy is not UTF-8");
  }
  return parsePolicy(text);
}

/** All identities in the files; how many there may be is limited by their hashes. */
async function readAll(reader: IdentityReader, files: readonly string[]): Promise<Identity[]> {
  const identities: Identity[] = [];
  let hashes = 0;
  for await (const identity of reader.read(files)) {
    identities.push(identity);
    hashes += identity.sketch.hashes.length;
    if (hashes > MAX_SCORED_HASHES) {
      throw badInput("file", `more than ${MAX_SCORED_HASHES} hashes: score fewer sketches at once`);
    }
  }
  return identities;
}

/** The rate of this host for each algorithm that counts, unless it is to be left out. */
async function hostRates(host: boolean, { weights }: Policy): Promise<Map<Algorithm, number>> {
  const rates = new Map<Algorithm, number>();
  if (!host) return rates;
  for (const algorithm of ALGORITHMS) {
    const rate = weights[algorithm] > 0 ? await hostRateNow(algorithm) : null;
    if (rate === null) continue;
    rates.set(algorithm, rate);
  }
  return rates;
}
