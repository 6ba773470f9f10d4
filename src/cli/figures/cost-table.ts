import type { Command } from "commander";
import {
  type Cost,
  cheapest,
  costOf,
  DEFAULT_BOTS,
  DEFAULT_YEARS,
} from "../../difficulty/attackers.ts";
import { BOT, ELECTRICITY, THOUSAND_BOTS } from "../../difficulty/devices.ts";
import { ALGORITHM, type Algorithm } from "../../engine/algorithms.ts";
import { decimal, wholeNumber } from "../terminal/options.ts";
import { formatCount, formatEnergy, formatMoney, formatSeconds } from "./quantity.ts";
import { textTable } from "./table.ts";

/** What the prices' options leave: of those not given, the library has defaults. */
export interface Prices {
  electricity?: number;
  rental?: number;
  years?: number;
  bots?: number;
  watts?: number;
}

/** The options about money, the same wherever it is reckoned. */
export function withMoney(command: Command): Command {
  return command
    .option(
      "--electricity <dollars>",
      `US dollars for a kilowatt-hour (default: ${ELECTRICITY.value})`,
      decimal("--electricity"),
    )
    .option(
      "--rental <dollars>",
      "US dollars for an hour of a rented GPU (default: each model's own)",
      decimal("--rental"),
    )
    .option(
      "--years <years>",
      `years of use that pay for a purchase (default: ${DEFAULT_YEARS})`,
      decimal("--years"),
    );
}

/** The same where each device has a row of its own. */
export function withPrices(command: Command): Command {
  return withMoney(command)
    .option(
      "--bots <count>",
      `machines of the botnet (default: ${DEFAULT_BOTS})`,
      wholeNumber("--bots"),
    )
    .option("--watts <watts>", "what this host draws while it mints", decimal("--watts"));
}

/** What is to be paid for: stamps of one kind, and how many. */
export interface Purchase {
  /** Hashes behind one, on average. */
  readonly hashes: number;
  readonly algorithm: Algorithm;
  readonly count: number;
  /** Hashes a second of this host; null if not known, undefined if it is to be left out. */
  readonly hostRate?: number | null | undefined;
}

/** What one of them costs on each device, this host first if its rate is known. */
export function costsOf({ hashes, algorithm, hostRate }: Purchase, prices: Prices): Cost[] {
  const host = hostRate == null ? undefined : { rate: hostRate, watts: prices.watts };
  const { electricity, rental, years, bots } = prices;
  return costOf({ hashes, algorithm, host, electricity, rental, years, bots });
}

/** A number of stamps as a person says it. */
export function countInWords(count: number): string {
  return count === 1e6 ? "a million" : count < 1e6 ? String(count) : formatCount(count);
}

/** The table for a terminal of 80 columns: one stamp, and many. */
export function costTable(purchase: Purchase, prices: Prices): string {
  const { count } = purchase;
  const costs = costsOf(purchase, prices);
  const rows = costs.map((cost) => [nameOf(cost), ...cells(cost, 1), ...cells(cost, count)]);
  if (purchase.hostRate === null) rows.unshift(["this host", ...Array(6).fill("?")]);
  const head = ["", "one stamp", "energy", "money", countInWords(count), "energy", "money"];
  return textTable({ head, rows, align: "lrrrrrr" });
}

function nameOf({ name, tenure }: Cost): string {
  return tenure === "here" ? name : `${name}, ${tenure}`;
}

function cells({ seconds, joules, dollars }: Cost, count: number): string[] {
  return [
    formatSeconds(seconds * count),
    joules === null ? "?" : formatEnergy(joules * count),
    dollars === null ? "?" : formatMoney(dollars * count),
  ];
}

/** The same for programs: one flat object a device. */
export function costFacts(purchase: Purchase, prices: Prices) {
  const { count } = purchase;
  const facts = costsOf(purchase, prices).map(({ id, tenure, rate, ...one }) => ({
    device: id,
    tenure: tenure as string,
    rate: rate as number | null,
    seconds: one.seconds as number | null,
    joules: one.joules,
    dollars: one.dollars,
    totalSeconds: (one.seconds * count) as number | null,
    totalJoules: one.joules === null ? null : one.joules * count,
    totalDollars: one.dollars === null ? null : one.dollars * count,
  }));
  if (purchase.hostRate !== null) return facts;
  const nothing = { rate: null, seconds: null, joules: null, dollars: null };
  const totals = { totalSeconds: null, totalJoules: null, totalDollars: null };
  return [{ device: "host", tenure: "here", ...nothing, ...totals }, ...facts];
}

/** What follows from the figures, in plain words. */
export function costLessons(purchase: Purchase, prices: Prices): string {
  const { algorithm, count, hashes } = purchase;
  const best = cheapest(costsOf(purchase, prices));
  const easy = cheapest(costsOf({ ...purchase, hashes: 2 ** 20 }, prices));
  const bots = prices.bots ?? DEFAULT_BOTS;
  const rate = (bots * BOT[algorithm].value) / hashes;
  const { least, most } = THOUSAND_BOTS;
  return [
    `Cheapest for ${countInWords(count)}: ${formatMoney((best.dollars ?? 0) * count)} (${nameOf(best)}).`,
    `A million of 20 bits cost ${inCents(1e6 * (easy.dollars ?? 0))}.`,
    "Bitcoin miners do not help: they do double SHA-256 of 80-byte block headers,",
    `and a stamp is a single ${ALGORITHM[algorithm].title} of a text.`,
    `A botnet pays in time, its victims the electricity: ${countInWords(bots)} PCs, a core each, make`,
    `${rate >= 1 ? `${formatCount(rate)} a second` : `one in ${formatSeconds(1 / rate)}`}; ` +
      `a thousand infected PCs were sold for $${least.value} to $${most.value} (${least.date.slice(0, 4)}).`,
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function inCents(dollars: number): string {
  return dollars < 0.01 ? `less than a cent (${formatMoney(dollars)})` : formatMoney(dollars);
}
