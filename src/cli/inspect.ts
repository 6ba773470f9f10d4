import { Command } from "commander";
import { leadingZeroBits, stampDigest } from "../engine/algorithms.ts";
import { DEFAULT_EXPIRES, DEFAULT_GRACE } from "../stamp/rules.ts";
import { parseStamp, type Stamp } from "../stamp/stamp.ts";
import { parseDuration, readLifetime } from "../text/duration.ts";
import { formatInstant } from "../text/instant.ts";
import {
  costFacts,
  costTable,
  type Prices,
  type Purchase,
  withPrices,
} from "./figures/cost-table.ts";
import { savedHostRate } from "./figures/host-rate.ts";
import { EXIT } from "./terminal/exit.ts";
import { once } from "./terminal/options.ts";
import { toJsonLine, writeProduct } from "./terminal/output.ts";

interface Options extends Prices {
  expires: string;
  grace: string;
  json?: true;
}

const DETAILS = `
Nothing is judged but the shape: an expired stamp, or one whose work is missing,
is shown too. A two-digit year is the one nearest to now.

Last comes what such a stamp costs, one and a million of them: see stampmill
cost --help. This host's time is known if stampmill calibrate was run on it.

JSON: stamp version bits date resource ext rand counter algorithm digest
actualBits work hashes expires costs. "bits" is what the stamp claims (null in
version 0), "work" what it is worth in bits (null if its digest has fewer than
it claims), "hashes" the tries such a stamp takes on average, "costs" a list of
device tenure rate seconds joules dollars totalSeconds totalJoules totalDollars
(empty without work), totals for a million.

Exit codes: 0 shown; 1 not a stamp; 2 wrong usage; 3 writing failed.

Examples:
  stampmill inspect 1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H
  stampmill inspect --json --expires 1h 0:040315:test@example.com:69781c87bae95c03`;

/** `stampmill inspect`. */
export function inspectCommand(): Command {
  const command = new Command("inspect")
    .description("Take one stamp apart: its fields, digest, work and dates.")
    .argument("<stamp>", "the stamp")
    .option(
      "--expires <duration>",
      "how long after its date the stamp is good, or never",
      once("--expires", (text) => text),
      DEFAULT_EXPIRES,
    )
    .option(
      "--grace <duration>",
      "how far clocks may differ",
      once("--grace", (text) => text),
      DEFAULT_GRACE,
    );
  return withPrices(command)
    .option("--json", "print one line of JSON")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(text: string, options: Options): Promise<void> {
  const { expires, grace, json, ...prices } = options;
  const lifetime = readLifetime(expires, "--expires") + parseDuration(grace, "--grace");
  const stamp = parseStamp(text);
  const facts = factsOf(stamp, lifetime);
  const purchase = purchaseOf(facts, await savedHostRate(facts.algorithm));
  // What claims a thousand bits and has none of them is not worth reckoning with.
  const costs = facts.work === null ? [] : costFacts(purchase, prices);
  await writeProduct(
    json
      ? toJsonLine({ ...facts, costs })
      : toText(stamp, facts, options) + costInWords(facts, purchase, prices),
  );
  process.exitCode = EXIT.done;
}

/** What can be said of a stamp, in the order of the JSON. */
function factsOf(stamp: Stamp, lifetime: number) {
  const v1 = stamp.version === 1 ? stamp : null;
  const digest = stampDigest(stamp.text, stamp.algorithm);
  const actualBits = leadingZeroBits(digest);
  const bits = v1 === null ? null : v1.bits;
  const claim = bits ?? actualBits;
  return {
    stamp: stamp.text,
    version: stamp.version,
    bits,
    date: formatInstant(stamp.time),
    resource: stamp.resource,
    ext: v1 === null ? null : v1.ext,
    rand: stamp.rand,
    counter: v1 === null ? null : v1.counter,
    algorithm: stamp.algorithm,
    digest,
    actualBits,
    work: actualBits >= claim ? claim : null,
    hashes: 2 ** claim,
    expires: formatInstant(stamp.time + lifetime),
  };
}

type Facts = ReturnType<typeof factsOf>;

function toText(stamp: Stamp, facts: Facts, { expires, grace }: Options): string {
  const { bits, actualBits } = facts;
  const rows: [name: string, value: string | number | null][] = [
    ["stamp", facts.stamp],
    ["version", facts.version],
    ["bits", `${bits === null ? "" : `${bits} claimed, `}${actualBits} in the digest`],
    ["date", `${stamp.date} (${facts.date})`],
    ["resource", facts.resource],
    ["ext", facts.ext],
    ["rand", facts.rand],
    ["counter", facts.counter],
    ["algorithm", facts.algorithm],
    ["digest", facts.digest],
    ["work", workInWords(facts)],
    ["expires", expiryInWords(facts.expires, expires, grace)],
  ];
  return rows
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name.padEnd(10)} ${value === "" ? "(empty)" : value}\n`)
    .join("");
}

function expiryInWords(date: string, expires: string, grace: string): string {
  return expires === "never"
    ? expires
    : `${date} (${expires} after its date, and ${grace} of grace)`;
}

/** A million of such stamps. */
function purchaseOf({ hashes, algorithm }: Facts, hostRate: number | null): Purchase {
  return { hashes, algorithm, count: 1_000_000, hostRate };
}

function costInWords({ work }: Facts, purchase: Purchase, prices: Prices): string {
  if (work === null) return "";
  const unknown =
    purchase.hostRate === null ? "\nThis host's rate is not known: run stampmill calibrate.\n" : "";
  return `\n${costTable(purchase, prices)}${unknown}`;
}

function workInWords({ bits, actualBits, work, hashes }: Facts): string {
  if (work === null) return `none: the digest has ${actualBits} of the ${bits} bits claimed`;
  const count = Number.isSafeInteger(hashes) ? String(hashes) : hashes.toExponential(2);
  return `2^${work} = ${count} hashes on average`;
}
