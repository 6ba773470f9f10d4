import { Command } from "commander";
import { cheapest } from "../../difficulty/attackers.ts";
import { ALGORITHM, type Algorithm } from "../../engine/algorithms.ts";
import { createGate } from "../../gate/gate.ts";
import type { Explanation } from "../../gate/types.ts";
import { hashesFor } from "../../price/payment.ts";
import { STEPS } from "../../price/price.ts";
import { openStore } from "../../store/open.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import { costsOf, type Prices, withMoney } from "../figures/cost-table.ts";
import { savedHostRate } from "../figures/host-rate.ts";
import { formatCount, formatMoney, formatSeconds } from "../figures/quantity.ts";
import { textTable } from "../figures/table.ts";
import { EXIT } from "../terminal/exit.ts";
import { decimal, mintAlgorithm, once } from "../terminal/options.ts";
import { toJsonLine, writeProduct } from "../terminal/output.ts";
import { askGate, type ToldPrice } from "./remote.ts";
import { type TermOptions, termsInWords, termsOf, withTerms } from "./terms-options.ts";

interface Options extends TermOptions, Prices {
  poster: string;
  resource: string;
  store?: string;
  to?: string;
  algorithm: Algorithm;
  weight?: number;
  credit?: number;
  json?: true;
}

const DETAILS = `
With --store the terms must be those of the gate that uses the store, which does
not know them. Nothing is changed: a poster that was never seen stays so. With
--to a running gate is asked, which knows its terms and says less: what it does
not say is null.

JSON: poster resource standing bits hashes base cap debt free bitCheaperAt
cheapAt next hostSeconds dollars explanation. "standing" is newcomer, known or
seen; "debt" how far the poster is ahead of the free pace, and "free" how much
of it costs nothing, in seconds; "next" what the posts after this one would
cost, in bits, made at once. Instants are null where there is nothing to wait
for.

Exit codes: 0 shown; 2 wrong usage; 3 the store or writing failed.

Examples:
  stampmill price explain --store gate.db --resource forum --poster alice
  stampmill price explain --to http://localhost:8402 --resource forum --poster alice
  stampmill price explain --store redis://localhost --resource forum --poster alice \\
    --interval 5m --newcomer 10 --json`;

/** `stampmill price explain`. */
export function explainCommand(): Command {
  const command = new Command("explain")
    .description("Say why a post costs what it costs now, and when it will be cheap again.")
    .requiredOption("--poster <poster>", "who is to post", text("--poster"))
    .requiredOption("--resource <resource>", "where: the board", text("--resource"))
    .option("--store <store>", "the gate's store: FILE or redis://HOST", text("--store"))
    .option("--to <url>", "a running gate's address, instead of --store", text("--to"))
    .option("--weight <weight>", "what the post counts for (default: 1)", decimal("--weight"))
    .option("--credit <intervals>", "the poster is known, with this credit", decimal("--credit"));
  return withMoney(withTerms(command).addOption(mintAlgorithm()))
    .option("--json", "print one line of JSON")
    .addHelpText("after", DETAILS)
    .action(run);
}

const text = (flag: string) => once(flag, (given) => given);

async function run(options: Options): Promise<void> {
  const { poster, resource, json, ...prices } = options;
  // Reckoned once before anybody is asked, so that wrong options are told at once.
  costsOf({ hashes: 1, algorithm: options.algorithm, count: 1, hostRate: 1 }, prices);
  const told = await tell(options);
  const { algorithm } = told;
  const hashes = Number(hashesFor(Math.round(STEPS * told.price)));
  const rate = await savedHostRate(algorithm);
  const hostSeconds = rate === null ? null : hashes / rate;
  const { dollars } = cheapest(costsOf({ hashes, algorithm, count: 1 }, prices));
  const facts = factsOf({ poster, resource, hashes, hostSeconds, dollars }, told);
  await writeProduct(json ? toJsonLine(facts) : toText(facts, told));
  process.exitCode = EXIT.done;
}

/** What is known of a price; a running gate tells less than its store. */
interface Told extends ToldPrice, Partial<Omit<Explanation, keyof ToldPrice>> {
  readonly terms?: readonly string[];
}

async function tell(options: Options): Promise<Told> {
  const { store: url, to, poster, resource, weight, credit, algorithm } = options;
  if ((url === undefined) === (to === undefined)) {
    throw new StampmillError("bad-input", "give --store or --to, one of both");
  }
  if (to !== undefined) {
    const known = credit !== undefined || Object.keys(termsOf(options)).length > 0;
    if (known) throw badInput("--to", "the gate knows its terms: they do not go with --to");
    return askGate(to, { resource, poster, weight });
  }
  const store = await openStore(url ?? "", { create: false, readOnly: true });
  try {
    const gate = createGate({ store, terms: termsOf(options), algorithm });
    const told = await gate.explain({ resource, poster, weight, credit });
    return { ...told, algorithm, terms: termsInWords(gate.terms) };
  } finally {
    await store.close();
  }
}

interface About {
  poster: string;
  resource: string;
  hashes: number;
  hostSeconds: number | null;
  dollars: number | null;
}

/** What can be said of a price, in the order of the JSON. */
function factsOf({ poster, resource, hashes, hostSeconds, dollars }: About, told: Told) {
  return {
    poster,
    resource,
    standing: told.standing ?? null,
    bits: told.price,
    hashes,
    base: told.base ?? null,
    cap: told.cap ?? null,
    debt: told.debt / 1000,
    free: told.free === undefined ? null : told.free / 1000,
    bitCheaperAt: told.bitCheaperAt ?? null,
    cheapAt: told.cheapAt,
    next: told.next ?? null,
    hostSeconds,
    dollars,
    explanation: told.explanation,
  };
}

function toText(facts: ReturnType<typeof factsOf>, { algorithm, terms = [] }: Told): string {
  const { bits, hashes, debt, free, hostSeconds, dollars, next } = facts;
  const costless = free === null ? "" : `, of which ${formatSeconds(free)} cost nothing`;
  const price = `${bits.toFixed(2)} bits: ${formatCount(hashes)} hashes`;
  const rows: [name: string, value: string | null | undefined][] = [
    ["price", `${price} of ${ALGORITHM[algorithm].title}`],
    ["why", facts.explanation],
    ["standing", facts.standing],
    ["ahead by", `${formatSeconds(debt)}${costless}`],
    ["a bit less", facts.bitCheaperAt],
    ["base again", facts.cheapAt],
    ["the next", next && `${next.map((one) => one.toFixed(1)).join(" ")}, if posted at once`],
    ["time here", hostSeconds === null ? null : formatSeconds(hostSeconds)],
    ["money", dollars === null ? null : `${formatMoney(dollars)} at least, for an attacker`],
    ...terms.map((line, i): [string, string] => [i === 0 ? "terms" : "", line]),
  ];
  const shown = rows.flatMap(([name, value]) => (value ? [[name, value]] : []));
  return textTable({ head: [], rows: shown, align: "ll" });
}
