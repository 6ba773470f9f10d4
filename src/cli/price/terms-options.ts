import { type Command, Option } from "commander";
import { STEPS } from "../../price/price.ts";
import { type CheckedTerms, DEFAULT_TERMS, type PriceTerms } from "../../price/terms.ts";
import { formatCount, formatSeconds } from "../figures/quantity.ts";
import { decimal, once } from "../terminal/options.ts";

/** The terms of a price as options leave them; the library checks them and has the defaults. */
export type TermOptions = Pick<
  PriceTerms,
  "base" | "cap" | "interval" | "burst" | "tau" | "newcomer"
>;

const TERMS: readonly [name: keyof TermOptions, value: string, description: string][] = [
  ["base", "bits", "price of a post at the free pace"],
  ["cap", "bits", "highest price"],
  ["interval", "duration", "the pace without surcharge: a post in this time"],
  ["burst", "duration", "how far ahead of that pace one may run"],
  ["tau", "duration", "debt beyond the burst that doubles the price"],
  ["newcomer", "intervals", "debt that a new poster begins with"],
];

/** The terms of a price, the same for whatever prices posts. */
export function withTerms(command: Command): Command {
  for (const [name, value, description] of TERMS) {
    const read: (text: string) => string | number =
      value === "duration" ? once(`--${name}`, (text) => text) : decimal(`--${name}`);
    // Shown, not set: whoever gives no option gets the library's default.
    const shown = `${description} (default: ${DEFAULT_TERMS[name]})`;
    command.addOption(new Option(`--${name} <${value}>`, shown).argParser<string | number>(read));
  }
  return command;
}

/** Only what belongs to the terms: the library refuses anything else. */
export function termsOf(options: TermOptions): TermOptions {
  const given = TERMS.map(([name]) => [name, options[name]] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** Terms for people, in two lines. */
export function termsInWords(terms: CheckedTerms): [string, string] {
  const { base, cap, interval, burst, tau, newcomer } = terms;
  const [pace, ahead, doubling, start] = [interval, burst, tau, newcomer].map((period) =>
    formatSeconds(period / 1000),
  );
  const bits = `${formatCount(base / STEPS)} to ${formatCount(cap / STEPS)} bits`;
  const begin = newcomer === 0 ? "" : `; a new poster begins ${start} ahead`;
  return [
    `${bits}; no surcharge up to ${ahead} ahead of a post every ${pace}`,
    `each ${doubling} more doubles the price${begin}`,
  ];
}
