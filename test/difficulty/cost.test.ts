import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type CostOptions, cheapest, costOf } from "../../src/difficulty/attackers.ts";
import {
  BOT,
  DEVICES,
  ELECTRICITY,
  type Figure,
  THOUSAND_BOTS,
} from "../../src/difficulty/devices.ts";
import { ALGORITHMS, type Algorithm } from "../../src/engine/algorithms.ts";
import { StampmillError } from "../../src/text/errors.ts";

const MILLION_OF_20_BITS = 1e6 * 2 ** 20;

function costIn(options: CostOptions, id: string, tenure: string) {
  const found = costOf(options).find((cost) => cost.id === id && cost.tenure === tenure);
  assert.ok(found, `${id} ${tenure} is not in the table`);
  return found;
}

function about(actual: number | null, expected: number): void {
  assert.ok(
    actual !== null && Math.abs(actual / expected - 1) < 1e-3,
    `${actual}, not ${expected}`,
  );
}

test("time, energy and money, reckoned by hand", () => {
  const work = { hashes: MILLION_OF_20_BITS, algorithm: "sha256" as Algorithm };
  const rented = costIn(work, "rtx-4090", "rented");
  about(rented.seconds, 47.716); // 1.048576e12 / 21975.5e6
  about(rented.joules, 21_472); // 450 W
  about(rented.dollars, 0.0045065); // 0.34 an hour
  const owned = costIn(work, "rtx-4090", "owned");
  // 21472 J are 0.0059645 kWh, at 18 cents; and 47.7 of the 94,672,800 seconds of three years of $1599
  about(owned.dollars, 0.0059645 * 0.18 + (1599 * 47.716) / 94_672_800);
  about(costIn({ ...work, algorithm: "sha1" }, "rtx-5090", "rented").seconds, 15.029);
  const botnet = costIn({ ...work, bots: 10 }, "botnet", "stolen");
  about(botnet.seconds, MILLION_OF_20_BITS / 520e6);
  assert.deepEqual([botnet.joules, botnet.dollars], [null, null]);
});

test("prices and this host are what is given", () => {
  const work = { hashes: 3.6e12, algorithm: "sha1" as Algorithm };
  const host = { rate: 1e9, watts: 100 };
  const here = costIn({ ...work, host, electricity: 0.5 }, "host", "here");
  about(here.seconds, 3600);
  about(here.joules, 360_000);
  about(here.dollars, 0.05); // a tenth of a kWh
  assert.equal(costIn({ ...work, host: { rate: 1e9 } }, "host", "here").dollars, null);
  assert.ok(!costOf(work).some(({ id }) => id === "host"));
  about(costIn({ ...work, rental: 2 }, "rtx-5090", "rented").dollars, (51.599 / 3600) * 2);
  const long = costIn({ ...work, years: 100 }, "rtx-4090", "owned").dollars ?? 0;
  assert.ok(long < (costIn({ ...work, years: 1 }, "rtx-4090", "owned").dollars ?? 0));
});

test("what the docs say follows, follows", () => {
  for (const algorithm of ALGORITHMS) {
    const costs = costOf({ hashes: MILLION_OF_20_BITS, algorithm });
    assert.ok(
      (cheapest(costs).dollars ?? 1) < 0.01,
      "a million 20-bit stamps cost less than a cent",
    );
    for (const { id, tenure, dollars } of costs) {
      if (id.startsWith("rtx")) assert.ok(dollars !== null && dollars < 0.01, `${id} ${tenure}`);
    }
    const thousand = costIn({ hashes: 1, algorithm }, "botnet", "stolen").rate;
    const card = DEVICES.find(({ id }) => id === "rtx-4090")?.rates[algorithm].value ?? 0;
    assert.ok(thousand / card > 2 && thousand / card < 3);
  }
});

test("what cannot be reckoned with is refused by name", () => {
  const good: CostOptions = { hashes: 1, algorithm: "sha1" };
  const bad: [string, Partial<Record<keyof CostOptions, unknown>>][] = [
    ["hashes", { hashes: -1 }],
    ["hashes", { hashes: Number.NaN }],
    ["hashes", { hashes: Number.POSITIVE_INFINITY }],
    ["hashes", { hashes: "1" }],
    ["algorithm", { algorithm: "md5" }],
    ["electricity", { electricity: 0 }],
    ["electricity", { electricity: Number.NaN }],
    ["electricity", { electricity: [1] }],
    ["rental", { rental: 0 }],
    ["rental", { rental: -0.34 }],
    ["years", { years: 0 }],
    ["bots", { bots: 0 }],
    ["host.rate", { host: { rate: 0 } }],
    ["watts", { host: { rate: 1, watts: Number.NaN } }],
  ];
  for (const [parameter, wrong] of bad) {
    assert.throws(
      () => costOf({ ...good, ...wrong } as CostOptions),
      (error) => error instanceof StampmillError && error.parameter === parameter,
      JSON.stringify(wrong),
    );
  }
});

/** The table of docs/cost.md: one row for each figure. */
function figures(): string {
  const rows: string[][] = [];
  const add = (what: string, { value, date, source }: Figure, unit: string) =>
    rows.push([what, `${value.toLocaleString("en")} ${unit}`, date, source]);
  const rates = (name: string, of: Readonly<Record<Algorithm, Figure>>) => {
    for (const algorithm of ALGORITHMS) {
      const { value, ...rest } = of[algorithm];
      add(`${name}, ${algorithm}`, { ...rest, value: value / 1e6 }, "MH/s");
    }
  };
  for (const { name, rates: of, watts, price, rental } of DEVICES) {
    rates(name, of);
    add(`${name}, power`, watts, "W");
    add(`${name}, to buy`, price, "dollars");
    if (rental) add(`${name}, to rent`, rental, "dollars an hour");
  }
  rates("a bot", BOT);
  add("a thousand bots, at least", THOUSAND_BOTS.least, "dollars");
  add("a thousand bots, at most", THOUSAND_BOTS.most, "dollars");
  add("electricity", ELECTRICITY, "dollars a kWh");
  // Sources stand as they are, so that their addresses are links.
  const lines = rows.map((row) => `| ${row.join(" | ")} |\n`);
  return `| what | figure | date | source |\n| --- | ---: | --- | --- |\n${lines.join("")}`;
}

test("docs/cost.md has the figures that are reckoned with, each with source and date", () => {
  const text = readFileSync(new URL("../../docs/cost.md", import.meta.url), "utf8");
  const [, table] = /<!-- figures -->\n([\s\S]*?)<!-- \/figures -->/.exec(text) ?? [];
  assert.equal(table, figures());
  for (const line of figures().trimEnd().split("\n").slice(2)) {
    assert.match(line, /^\| [^|]+ \| [\d.,]+ [^|]+ \| 20\d\d(-\d\d)? \| [^|]{10,} \|$/);
  }
});
