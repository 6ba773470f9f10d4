import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import type { Algorithm } from "../../engine/algorithms.ts";
import { aboutPortrait, PORTRAIT_NAMES, type PortraitName } from "../../price/portraits.ts";
import { pricedPosts, type SimulatedPost, simulate } from "../../price/simulate.ts";
import type { Stream } from "../../price/stream.ts";
import { readTerms } from "../../price/terms.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import { type Prices, withMoney } from "../figures/cost-table.ts";
import { savedHostRate } from "../figures/host-rate.ts";
import { EnvironmentError, EXIT } from "../terminal/exit.ts";
import { decimal, mintAlgorithm, once, oneOf, wholeNumber } from "../terminal/options.ts";
import { toJsonLine, writeProduct } from "../terminal/output.ts";
import { pageOf, type Report, summaryLine, textOf } from "./report.ts";
import { readRate, type StreamChoice, streamsOf } from "./streams.ts";
import { type TermOptions, termsOf, withTerms } from "./terms-options.ts";

interface Options extends StreamChoice, TermOptions, Prices {
  algorithm: Algorithm;
  credit?: number;
  power?: number;
  each?: true;
  json?: true;
  html?: string;
}

const DETAILS = `
Without --rate, --trace or --portrait all portraits are shown beside each other,
an hour of each:
${PORTRAIT_NAMES.map((name) => `  ${name.padEnd(10)} ${aboutPortrait(name)}`).join("\n")}

A trace has a post a line, TIME [POSTER [WEIGHT]], or a JSON object {"time":
"poster": "weight":}. TIME is a number of seconds from any beginning, or a date
and time such as 2024-02-29T12:34:56Z. Empty lines and those that begin with #
are passed over; the order does not matter. At most a million posts.

Posts come when they are meant to, whatever it takes to pay for them. --power
says how many hashes a second the posters of a stream can pay together: a post
then comes once it is paid for, and what is not through by the end is left out.

The plot is the price that the stream's busiest poster would have to pay, all
along. The time on this host is known if stampmill calibrate was run on it;
money is the least that stampmill cost knows of.

JSON, a line for each stream: stream wanted posts posters seconds hashes
meanBits firstBits highestBits hostSeconds dollars base cap interval burst tau
newcomer course, "course" a list of seconds and bits; times are in seconds. With
--each a line for each post instead: stream time poster weight debt bits hashes,
"time" and "debt" in seconds.

Exit codes: 0 shown; 2 wrong usage or input; 3 reading or writing failed.

Examples:
  stampmill price simulate
  stampmill price simulate --rate 100/m --for 2h --power 250M
  stampmill price simulate --portrait bot --portrait names --newcomer 10
  stampmill price simulate --trace posts.txt --interval 5m --html posts.html
  stampmill price simulate --rate 20/h --poisson --seed 7 --json`;

/** `stampmill price simulate`. */
export function simulateCommand(): Command {
  const command = new Command("simulate")
    .description("Show what a stream of posts would pay.")
    .option("--rate <posts/unit>", "posts at this pace, such as 100/m", once("--rate", readRate))
    .option("--poisson", "at random moments rather than at even distances")
    .option("--seed <number>", "with --poisson: other moments (default: 1)", wholeNumber("--seed"))
    .option("--posters <count>", "names that take turns (default: 1)", wholeNumber("--posters"))
    .option("--weight <weight>", "what each post counts for (default: 1)", decimal("--weight"))
    .option(
      "--for <duration>",
      "how long it goes on (default: 1h)",
      once("--for", (text) => text),
    )
    .option(
      "--trace <file>",
      `posts from FILE, "-" for standard input`,
      once("--trace", (text) => text),
    )
    .option("--portrait <name>", `${PORTRAIT_NAMES.join(", ")}; may be given again`, portraits)
    .option("--known", "the posters have posted before: no newcomers")
    .option("--credit <intervals>", "the posters are known, with this credit", decimal("--credit"))
    .option("--power <hashes/s>", "what the posters can pay together, such as 250M", readPower);
  return withMoney(withTerms(command).addOption(mintAlgorithm()))
    .option("--each", "print a line of JSON for each post")
    .option("--json", "print a line of JSON for each stream")
    .option(
      "--html <file>",
      "also write a page with the plots to FILE",
      once("--html", (text) => text),
    )
    .addHelpText("after", DETAILS)
    .action(run);
}

function portraits(text: string, gathered: readonly PortraitName[] = []): PortraitName[] {
  // A reader of its own for each: the option may be given again.
  const name = oneOf<PortraitName>("--portrait", PORTRAIT_NAMES)(text);
  return gathered.includes(name) ? [...gathered] : [...gathered, name];
}

const readPower = once("--power", (text) => {
  const [, digits = "", prefix = ""] = /^(\d{1,15}(?:\.\d{1,9})?)([kMGT]?)$/.exec(text) ?? [];
  const power = Number(digits) * 1000 ** ["", "k", "M", "G", "T"].indexOf(prefix);
  if (digits !== "" && power >= 1) return power;
  throw badInput(
    "--power",
    `--power must be hashes a second, such as 250M (k, M, G or T), not ${JSON.stringify(text)}`,
  );
});

async function run(options: Options): Promise<void> {
  const { each, json, html, algorithm, power } = options;
  if (each && (json || html !== undefined)) {
    throw new StampmillError("bad-input", "give --each, or --json and --html, not both");
  }
  const terms = readTerms(termsOf(options));
  const streams = await streamsOf(options);
  if (each) {
    for (const stream of streams) await writeEach(stream, pricedPosts(stream, terms, options));
    process.exitCode = EXIT.done;
    return;
  }
  const report: Report = {
    terms,
    algorithm,
    power,
    prices: options,
    hostRate: await savedHostRate(algorithm),
    runs: streams.map((stream) => simulate(stream, terms, options)),
  };
  if (html !== undefined) await writePage(html, pageOf(report));
  await writeProduct(
    json ? report.runs.map((one) => toJsonLine(summaryLine(one, report))).join("") : textOf(report),
  );
  process.exitCode = EXIT.done;
}

const POSTS_AT_A_TIME = 1000;

async function writeEach({ name }: Stream, posts: Iterable<SimulatedPost>): Promise<void> {
  let lines: string[] = [];
  for (const { time, poster, weight, debt, price, hashes } of posts) {
    const post = { stream: name, time: time / 1000, poster, weight, debt: debt / 1000 };
    lines.push(toJsonLine({ ...post, bits: price, hashes }));
    if (lines.length === POSTS_AT_A_TIME) {
      await writeProduct(lines.join(""));
      lines = [];
    }
  }
  await writeProduct(lines.join(""));
}

async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (cause) {
    throw new EnvironmentError(`cannot write ${file}`, cause as NodeJS.ErrnoException);
  }
}
