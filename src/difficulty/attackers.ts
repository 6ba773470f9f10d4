import { type Algorithm, checkAlgorithm } from "../engine/algorithms.ts";
import { badInput } from "../text/errors.ts";
import { BOT, DEVICES, type Device, ELECTRICITY } from "./devices.ts";

/** Years of uninterrupted use over which a purchase is paid for, if nothing else is said. */
export const DEFAULT_YEARS = 3;

/** Machines of the botnet that is reckoned with, if nothing else is said. */
export const DEFAULT_BOTS = 1000;

/** Most hashes whose cost can be asked for: more than any count of stamps of 256 bits. */
const MAX_HASHES = 1e100;

const HOUR = 3600;
const YEAR = 365.25 * 24 * HOUR;
const KILOWATT_HOUR = 3.6e6; // joules

export interface CostOptions {
  /** Hashes to be computed, on average; need not be whole. */
  hashes: number;
  algorithm: Algorithm;
  /** This host, if its rate is known: hashes a second, and watts if these are known too. */
  host?: { rate: number; watts?: number | undefined } | undefined;
  /** US dollars for a kilowatt-hour. */
  electricity?: number | undefined;
  /** US dollars for an hour of a rented GPU; by default each model's own. */
  rental?: number | undefined;
  /** Years over which a purchase is paid for. */
  years?: number | undefined;
  /** Machines of the botnet. */
  bots?: number | undefined;
}

/** How an attacker comes by a device. */
export type Tenure = "here" | "owned" | "rented" | "stolen";

/** What work takes on one device. */
export interface Cost {
  /** `host`, `botnet`, or the id of a device in {@link DEVICES}. */
  readonly id: string;
  readonly name: string;
  readonly tenure: Tenure;
  /** Hashes a second. */
  readonly rate: number;
  readonly seconds: number;
  /** Null where what it draws is not known. */
  readonly joules: number | null;
  /**
   * US dollars: electricity, and where it is owned its share of the purchase; for a rented device
   * the rent alone. Null where it is not known, or not the attacker's to pay.
   */
  readonly dollars: number | null;
}

/**
 * Time, energy and money that work takes: on this host if its rate is given, on every device of
 * the table, owned and where there is a price rented, and on a botnet.
 *
 * @throws StampmillError `bad-input` naming the option that cannot stand
 */
export function costOf(options: CostOptions): Cost[] {
  const { hashes, algorithm, host } = options;
  const electricity = options.electricity ?? ELECTRICITY.value;
  const years = options.years ?? DEFAULT_YEARS;
  const bots = options.bots ?? DEFAULT_BOTS;
  checkAlgorithm(algorithm);
  checkAmount("hashes", hashes, 0, MAX_HASHES);
  checkAmount("electricity", electricity, 0.0001, 1000);
  if (options.rental !== undefined) checkAmount("rental", options.rental, 0.0001, 1e6);
  checkAmount("years", years, 0.01, 100);
  checkAmount("bots", bots, 1, 1e9);
  const costs: Cost[] = [];
  if (host !== undefined) costs.push(onHost(host, hashes, electricity));
  for (const device of DEVICES) {
    const rate = device.rates[algorithm].value;
    const rental =
      device.rental === undefined ? undefined : (options.rental ?? device.rental.value);
    costs.push(onOwned(device, hashes / rate, rate, electricity, years));
    if (rental !== undefined) costs.push(onRented(device, hashes / rate, rate, rental));
  }
  costs.push(onBotnet(bots, bots * BOT[algorithm].value, hashes));
  return costs;
}

function onHost(host: NonNullable<CostOptions["host"]>, hashes: number, electricity: number): Cost {
  checkAmount("host.rate", host.rate, 1e-3, 1e20);
  if (host.watts !== undefined) checkAmount("watts", host.watts, 0.001, 1e9);
  const seconds = hashes / host.rate;
  const joules = host.watts === undefined ? null : seconds * host.watts;
  const dollars = joules === null ? null : (joules / KILOWATT_HOUR) * electricity;
  return {
    id: "host",
    name: "this host",
    tenure: "here",
    rate: host.rate,
    seconds,
    joules,
    dollars,
  };
}

function onOwned(
  { id, name, watts, price }: Device,
  seconds: number,
  rate: number,
  electricity: number,
  years: number,
): Cost {
  const joules = seconds * watts.value;
  const purchase = (price.value * seconds) / (years * YEAR);
  const dollars = purchase + (joules / KILOWATT_HOUR) * electricity;
  return { id, name, tenure: "owned", rate, seconds, joules, dollars };
}

function onRented(
  { id, name, watts }: Device,
  seconds: number,
  rate: number,
  rental: number,
): Cost {
  const joules = seconds * watts.value;
  return {
    id,
    name,
    tenure: "rented",
    rate,
    seconds,
    joules,
    dollars: (seconds / HOUR) * rental,
  };
}

/** A botnet pays in time: a core of each machine. What it draws is on its victims' bills, and nobody knows how much. */
function onBotnet(bots: number, rate: number, hashes: number): Cost {
  return {
    id: "botnet",
    name: `${bots} PCs`,
    tenure: "stolen",
    rate,
    seconds: hashes / rate,
    joules: null,
    dollars: null,
  };
}

/** The least money that work costs on any device whose price is known, in US dollars. */
export function cheapest(costs: readonly Cost[]): Cost {
  let best: Cost | undefined;
  for (const cost of costs) {
    if (cost.dollars === null || cost.tenure === "here") continue;
    if (best === undefined || cost.dollars < (best.dollars ?? Infinity)) best = cost;
  }
  if (best === undefined) throw badInput("costs", "costs must be those of costOf()");
  return best;
}

function checkAmount(parameter: string, value: number, least: number, most: number): void {
  // Written so that NaN and anything that is not a number fails too.
  if (typeof value === "number" && value >= least && value <= most) return;
  const price = parameter === "electricity" || parameter === "rental";
  const hint = price && value === 0 ? "the botnet is what somebody else pays for" : undefined;
  throw badInput(parameter, `${parameter} must be a number from ${least} to ${most}`, hint);
}
