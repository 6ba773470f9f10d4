import { Command } from "commander";
import { cheapest } from "../../difficulty/attackers.ts";
import { createGate } from "../../gate/gate.ts";
import type { Explanation } from "../../gate/types.ts";
import { hashesFor } from "../../price/payment.ts";
import { STEPS } from "../../price/price.ts";
import type { Algorithm } from "../../stamp/digest.ts";
import { openStore } from "../../store/open.ts";
import { ALGORITHM_NAMES, costsOf, type Prices, withMoney } from "../cost-table.ts";
import { EXIT } from "../exit.ts";
import { savedHostRate } from "../host-rate.ts";
import { decimal, mintAlgorithm, once } from "../options.ts";
import { toJsonLine, writeProduct } from "../output.ts";
import { formatCount, formatMoney, formatSeconds } from "../quantity.ts";
import { textTable } from "../table.ts";
import { type TermOptions, termsInWords, termsOf, withTerms } from "./terms-options.ts";

interface Options extends TermOptions, Prices {
  poster: string;
  resource: string;
  store: string;
  algorithm: Algorithm;
  weight?: number;
  credit?: number;
  json?: true;
}

const DETAILS = `
The terms must be those of the gate that uses the store, which does not know them.
Nothing is changed: a poster that was never seen stays so.

JSON: poster resource standing bits hashes base cap debt free bitCheaperAt cheapAt
next hostSeconds dollars explanation. "standing" is newcomer, known or seen; "debt"
how far the poster is ahead of the free pace, and "free" how much of it costs
nothing, in seconds; "next" what the posts after this one would cost, in bits, made
at once. Instants are null where there is nothing to wait for.

Exit codes: 0 shown; 2 wrong usage; 3 the store or writing failed.

Examples:
  stampmill price explain --store gate.db --resource forum --poster alice
  stampmill price explain --store redis://localhost --resource forum --poster alice \\
    --interval 5m --newcomer 10 --json`;

/** `stampmill price explain`. */
export function explainCommand(): Command {
  const command = new Command("explain")
    .description("Say why a post costs what it costs now, and when it will be cheap again.")
    .requiredOption("--poster <poster>", "who is to post", text("--poster"))
    .requiredOption("--resource <resource>", "where: the board", text("--resource"))
    .requiredOption("--store <store>", "the gate's store: FILE or redis://HOST", text("--store"))
    .option("--weight <weight>", "what the post counts for (default: 1)", decimal("--weight"))
    .option("--credit <intervals>", "the poster is known, with this credit", decimal("--credit"));
  return withMoney(withTerms(command).addOption(mintAlgorithm()))
    .option("--json", "print one line of JSON")
    .addHelpText("after", DETAILS)
    .action(run);
}

const text = (flag: string) => once(flag, (given) => given);

async function run(options: Options): Promise<void> {
  const { poster, resource, algorithm, weight, credit, json, ...prices } = options;
  // Reckoned once before the store is asked, so that wrong options are told at once.
  costsOf({ hashes: 1, algorithm, count: 1, hostRate: 1 }, prices);
  const store = await openStore(options.store, { create: false });
  try {
    const gate = createGate({ store, terms: termsOf(options), algorithm });
    const told = await gate.explain({ resource, poster, weight, credit });
    const hashes = Number(hashesFor(STEPS * told.price));
    const rate = await savedHostRate(algorithm);
    const seconds = rate === null ? null : hashes / rate;
    const { dollars } = cheapest(costsOf({ hashes, algorithm, count: 1 }, prices));
    const facts = factsOf({ poster, resource, hashes, hostSeconds: seconds, dollars }, told);
    const terms = termsInWords(gate.terms);
    await writeProduct(json ? toJsonLine(facts) : toText(facts, ALGORITHM_NAMES[algorithm], terms));
  } finally {
    await store.close();
  }
  process.exitCode = EXIT.done;
}

interface About {
  poster: string;
  resource: string;
  hashes: number;
  hostSeconds: number | null;
  dollars: number | null;
}

/** What can be said of a price, in the order of the JSON. */
function factsOf({ poster, resource, hashes, hostSeconds, dollars }: About, told: Explanation) {
  return {
    poster,
    resource,
    standing: told.standing,
    bits: told.price,
    hashes,
    base: told.base,
    cap: told.cap,
    debt: told.debt / 1000,
    free: told.free / 1000,
    bitCheaperAt: told.bitCheaperAt,
    cheapAt: told.cheapAt,
    next: told.next,
    hostSeconds,
    dollars,
    explanation: told.explanation,
  };
}

function toText(facts: ReturnType<typeof factsOf>, algorithm: string, terms: string): string {
  const { bits, hashes, debt, free, hostSeconds, dollars, next } = facts;
  const ahead = `${formatSeconds(debt)}, of which ${formatSeconds(free)} cost nothing`;
  const rows: [name: string, value: string | null][] = [
    ["price", `${bits.toFixed(2)} bits: ${formatCount(hashes)} hashes of ${algorithm}`],
    ["why", facts.explanation],
    ["standing", facts.standing],
    ["ahead by", ahead],
    ["a bit less", facts.bitCheaperAt],
    ["base again", facts.cheapAt],
    ["the next", `${next.map((price) => price.toFixed(1)).join(" ")}, if posted at once`],
    ["time here", hostSeconds === null ? null : formatSeconds(hostSeconds)],
    ["money", dollars === null ? null : `${formatMoney(dollars)} at least, for an attacker`],
    ["terms", terms],
  ];
  const shown = rows.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
  return textTable({ head: [], rows: shown, align: "ll" });
}
