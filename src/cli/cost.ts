import { Command } from "commander";
import { ALGORITHM, type Algorithm } from "../engine/algorithms.ts";
import { checkWork } from "../stamp/work.ts";
import { badInput, StampmillError } from "../text/errors.ts";
import {
  costFacts,
  costLessons,
  costTable,
  type Prices,
  type Purchase,
  withPrices,
} from "./figures/cost-table.ts";
import { hostRateNow } from "./figures/host-rate.ts";
import { formatCount } from "./figures/quantity.ts";
import { EXIT } from "./terminal/exit.ts";
import { decimal, mintAlgorithm, wholeNumber } from "./terminal/options.ts";
import { toJsonLine, writeProduct } from "./terminal/output.ts";

interface Options extends Prices {
  bits?: number;
  work?: number;
  algorithm: Algorithm;
  count: number;
  host: boolean;
  json?: true;
}

const DEFAULT_COUNT = 1_000_000;
const MAX_COUNT = 1e12;

const DETAILS = `
Time is the mean: luck makes a single stamp take from nothing to several times
as long. A device that is owned costs its electricity and its share of the
purchase, as if it hashed day and night for --years; a rented one costs the
rent. What this host draws is not known unless --watts says so.

Every figure has its source and date in docs/cost.md.

JSON, a line for each device: algorithm hashes count device tenure rate seconds
joules dollars totalSeconds totalJoules totalDollars. "hashes" are those behind
one stamp, totals are for "count" of them; null is what is not known. Devices
are host and botnet and those of docs/cost.md, tenures here, owned, rented and
stolen.

Exit codes: 0 shown; 2 wrong usage; 3 writing failed.

Examples:
  stampmill cost --bits 24
  stampmill cost --bits 20 --algorithm sha256 --count 50000 --watts 65
  stampmill cost --work 24.3 --electricity 0.08 --rental 0.2 --json`;

/** `stampmill cost`. */
export function costCommand(): Command {
  const command = new Command("cost")
    .description("What stamps cost an attacker: time, energy and money, by device.")
    .option("-b, --bits <bits>", "bits of a stamp", wholeNumber("--bits"))
    .option(
      "--work <bits>",
      "instead of --bits: a set worth 2^bits hashes, fractions allowed",
      decimal("--work"),
    )
    .addOption(mintAlgorithm())
    .option("-n, --count <count>", "how many, beside one", wholeNumber("--count"), DEFAULT_COUNT);
  return withPrices(command)
    .option("--no-host", "leave this host's rate out, rather than measure it")
    .option("--json", "print a line of JSON for each device")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { algorithm, count, json, host, ...prices } = options;
  const work = workOf(options);
  if (count < 1 || count > MAX_COUNT) {
    throw badInput("--count", `--count must be from 1 to ${MAX_COUNT}`);
  }
  const purchase: Purchase = { hashes: 2 ** work, algorithm, count };
  // Reckoned once before anything is measured, so that wrong options are told at once.
  costFacts({ ...purchase, hostRate: 1 }, prices);
  const known = { ...purchase, hostRate: host ? await hostRateNow(algorithm) : undefined };
  if (json) {
    const { hashes } = purchase;
    const lines = costFacts(known, prices).map((fact) =>
      toJsonLine({ algorithm, hashes, count, ...fact }),
    );
    await writeProduct(lines.join(""));
  } else {
    const hashes = `2^${work} = ${formatCount(2 ** work)} ${work === 0 ? "hash" : "hashes"}`;
    const what = `${hashes} of ${ALGORITHM[algorithm].title}, on average\n\n`;
    await writeProduct(`${what}${costTable(known, prices)}\n${costLessons(known, prices)}`);
  }
  process.exitCode = EXIT.done;
}

function workOf({ bits, work, algorithm }: Options): number {
  if (bits !== undefined && work !== undefined) {
    throw new StampmillError("bad-input", "give --bits or --work, not both");
  }
  if (work !== undefined) return checkWork(work);
  if (bits === undefined) throw new StampmillError("bad-input", "give --bits or --work");
  if (bits <= ALGORITHM[algorithm].digestBits) return bits;
  throw badInput(
    "--bits",
    `--bits must be from 0 to ${ALGORITHM[algorithm].digestBits} for ${algorithm}`,
  );
}
