import { Command } from "commander";
import { cheapest, costOf } from "../../difficulty/attackers.ts";
import type { Algorithm } from "../../engine/algorithms.ts";
import type { Identity } from "../../identity/format.ts";
import { checkConfidence } from "../../identity/sketch/estimate.ts";
import { confidenceInWords } from "../../identity/sketch/words.ts";
import { formatInstant } from "../../text/instant.ts";
import { hostRateNow } from "../figures/host-rate.ts";
import { plot } from "../figures/plot.ts";
import { formatCount, formatMoney, formatPercent, formatSeconds } from "../figures/quantity.ts";
import { textTable } from "../figures/table.ts";
import { EXIT } from "../terminal/exit.ts";
import { toJsonLine, toPrintableLine, writeProduct } from "../terminal/output.ts";
import { FACTS_HELP, factsOf, hashesInWords } from "./facts.ts";
import { growthChart } from "./growth-chart.ts";
import { IdentityReader } from "./lines.ts";
import { withConfidence } from "./options.ts";

interface Options {
  confidence: number;
  host: boolean;
  json?: true;
}

const DETAILS = `
Every hash is computed again before anything is said of it. The estimate is right on
average; with k = 64 it is off by 13 % one time in three. What is certain is less.

This host's hours are by its calibration (stampmill calibrate), or else measured for
a moment. The attacker's money is what the work costs on the device on which it is
cheapest: see stampmill cost.

Growth: each hash that was kept is a moment picked at random from all the work, so
that the times at which they were found draw its curve. They are by the clocks of
those who worked, and nobody can check them.

JSON, a line for each sketch: ${FACTS_HELP}
hostRate hostSeconds attacker attackerSeconds attackerDollars found. "earliest" is
the date the beacon begins with, "attacker" the device; of both hosts and attackers
it is the lower bound that is reckoned. "found" are times in seconds since 1970.

Exit codes: 0 shown; 1 a line is not in order; 2 wrong usage; 3 reading or writing
failed.

Examples:
  stampmill identity show alice.sketch
  stampmill identity show --json --no-host *.sketch`;

/** `stampmill identity show`. */
export function showCommand(): Command {
  const command = new Command("show")
    .description("The work behind an identity, what it costs, and how it grew.")
    .argument("<file...>", `files of sketches, one a line; "-" is standard input`);
  return withConfidence(command)
    .option("--no-host", "leave this host's hours out, rather than measure")
    .option("--json", "print a line of JSON for each sketch")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(files: readonly string[], { confidence, host, json }: Options): Promise<void> {
  checkConfidence(confidence);
  const rates = new Map<Algorithm, number | null>();
  let shown = 0;
  const reader = new IdentityReader();
  for await (const identity of reader.read(files)) {
    const { algorithm } = identity.sketch.subject;
    if (!rates.has(algorithm)) rates.set(algorithm, host ? await hostRateNow(algorithm) : null);
    const facts = withCosts(identity, confidence, rates.get(algorithm) ?? null);
    const separator = shown++ > 0 ? "\n" : "";
    await writeProduct(json ? toJsonLine(facts) : separator + toText(identity, facts));
  }
  process.exitCode = reader.good ? EXIT.done : EXIT.rejected;
}

function withCosts(identity: Identity, confidence: number, hostRate: number | null) {
  const facts = factsOf(identity, confidence);
  const { algorithm, lowerBound } = facts;
  const attacker = cheapest(costOf({ hashes: lowerBound, algorithm }));
  return {
    ...facts,
    hostRate,
    hostSeconds: hostRate === null ? null : lowerBound / hostRate,
    attacker: attacker.id,
    attackerSeconds: attacker.seconds,
    attackerDollars: attacker.dollars,
    found: identity.sketch.hashes.map(({ time }) => time).sort((a, b) => a - b),
  };
}

type Facts = ReturnType<typeof withCosts>;

function toText(identity: Identity, facts: Facts): string {
  const { id, beacon, earliest, algorithm, k, hashes, hostRate, hostSeconds, found } = facts;
  const off = hashes === k ? `, give or take ${formatPercent(1 / Math.sqrt(k - 2))}` : ", exactly";
  const attacker = `${formatMoney(facts.attackerDollars ?? 0)}, ${formatSeconds(facts.attackerSeconds)} of one ${facts.attacker}`;
  const rows: [string, string][] = [
    ["identity", toPrintableLine(id)],
    ["algorithm", algorithm],
    ["beacon", beacon === "" ? "(none: the work may be of any age)" : toPrintableLine(beacon)],
    ["earliest", earliest === null ? "not known" : `${earliest}, if the beacon is what it says`],
    ["kept", `${hashes} of ${k} hashes, found ${period(found)}`],
    ["work", hashesInWords(facts.estimate) + off],
    ["certain", `${hashesInWords(facts.lowerBound)}, by ${confidenceInWords(facts.confidence)}`],
  ];
  if (hostRate !== null && hostSeconds !== null) {
    rows.push([
      "this host",
      `at least ${formatSeconds(hostSeconds)}, at ${formatCount(hostRate)}H/s`,
    ]);
  }
  rows.push(["attacker", `at least ${attacker}`]);
  const table = textTable({ head: [], rows, align: "ll" });
  const chart = growthChart(identity);
  return chart === undefined ? table : `${table}\n${plot(chart)}`;
}

/** From when to when, of times in order. */
function period(found: readonly number[]): string {
  const [first, last] = [found.at(0) ?? 0, found.at(-1) ?? 0].map((t) => formatInstant(1000 * t));
  return first === last ? `at ${first}` : `${first} to ${last}`;
}
