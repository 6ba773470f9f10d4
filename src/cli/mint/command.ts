import { Command } from "commander";
import type { Algorithm } from "../../engine/algorithms.ts";
import { foldHeader } from "../../sources/mail-header.ts";
import { STAMP_LAYOUTS, type StampLayout } from "../../stamp/layout.ts";
import { DEFAULT_BITS, type MintedStamp } from "../../stamp/mint.ts";
import { MAX_RESOURCE_LENGTH, percentEncode } from "../../stamp/resource.ts";
import { bitsForWork, DEFAULT_SET_SIZE, MAX_SET, MOST_CHOSEN_BITS } from "../../stamp/work.ts";
import type { DateWidth } from "../../text/date.ts";
import { parseDuration, parseSeconds } from "../../text/duration.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import { parseInstant } from "../../text/instant.ts";
import { readLines } from "../../text/lines.ts";
import { EXIT } from "../terminal/exit.ts";
import { readStandardInput } from "../terminal/input.ts";
import {
  decimal,
  mintAlgorithm,
  niceSearch,
  once,
  oneOf,
  searchKernel,
  searchThreads,
  wholeNumber,
} from "../terminal/options.ts";
import { toJsonLine, writeError, writeProduct } from "../terminal/output.ts";
import { mintWithProgress } from "../terminal/progress.ts";

interface Options {
  bits?: number;
  work?: number;
  time?: number;
  p99?: number;
  maxBits?: number;
  algorithm: Algorithm;
  count?: number;
  ext?: string;
  date?: number;
  dateWidth: "6" | "10" | "12";
  threads?: number;
  nice?: true;
  kernel?: string;
  timeout?: number;
  encode?: true;
  header?: true;
  layout?: StampLayout;
  compact?: true;
  json?: true;
}

const DETAILS = `
A resource is printable ASCII without colon and space; --encode writes whatever
else it holds as %XX of its UTF-8, and % as %25. "-" reads resources from
standard input, one a line, and prints each stamp as it is found; empty lines
are skipped, and a line that is no resource is reported and passed over.

--work takes fractions of a bit: 24.3 means 2^24.3 hashes. Several small stamps
cost as much on average as one, with far less luck in the time they take.

--time mints as many equal stamps as take this machine that long on average, and no
more than it must; what it chose is said on standard error. With --p99 there are
enough of them for 99 of 100 such sets to be minted within that bound. It is told
from what stampmill calibrate has kept, or else measured first, which takes a second.
Starting the program comes on top. No stamp has more than --max-bits bits, and no
set more than ${MAX_SET} stamps. TIME is a number with or without a fraction and ms,
s, m, h or d.

Layouts: "fast" fills one block of the hash function and 55 bytes of the next, or
more blocks for a long resource: laid out so, a stamp is found with less work.
"compact" is about half as long and takes up to twice the time. "hashcash" is as
long as hashcash(1) 1.22 makes it (52 characters for a resource of 9), for readers
that count them, and takes as long as a compact one.

JSON: stamp resource bits algorithm digest tries seconds rate kernel threads.

Exit codes: 0 minted; 1 not found in time; 2 wrong usage or input; 3 the engine
is missing, or writing failed.

Examples:
  stampmill mint -b 22 alice@example.org
  stampmill mint -b 20 --header bob@example.org >> mail.headers
  stampmill mint --encode -a sha256 "https://example.org/a post"
  stampmill mint -b 16 -n 8 --json forum.example.org
  stampmill mint --work 23.5 -n 12 forum.example.org
  stampmill mint --time 2s --p99 4s forum.example.org
  stampmill mint -b 18 - < addresses.txt`;

const NOT_WITH_TIME = {
  bits: "--time chooses the bits; --max-bits limits them",
  work: "--time chooses the work",
  count: "--time chooses how many stamps; --p99 asks for less luck, and so for more of them",
  layout: "how long other layouts take depends on the resource",
  compact: "how long a compact stamp takes depends on its resource",
};

/** `stampmill mint`. */
export function mintCommand(): Command {
  return new Command("mint")
    .description("Make stamps: one line each on standard output.")
    .argument("<resource...>", `what the stamps pay for; "-" reads resources from standard input`)
    .option(
      "-b, --bits <bits>",
      `leading zero bits, 0 to 64: 2^bits hashes on average (default: ${DEFAULT_BITS})`,
      wholeNumber("--bits"),
    )
    .option(
      "--work <bits>",
      "instead of --bits: a set of equal stamps worth 2^bits hashes together",
      decimal("--work"),
    )
    .option(
      "--time <time>",
      "instead of --bits: what this machine mints in such a time on average, such as 2s",
      once("--time", (text) => parseSeconds(text, "--time")),
    )
    .option(
      "--p99 <time>",
      "with --time: in 99 of 100 cases it takes no longer than this",
      once("--p99", (text) => parseSeconds(text, "--p99")),
    )
    .option(
      "--max-bits <bits>",
      `with --time: most bits of a stamp (default: ${MOST_CHOSEN_BITS})`,
      wholeNumber("--max-bits"),
    )
    .addOption(mintAlgorithm())
    .option(
      "-n, --count <count>",
      `stamps for each resource (default: 1, with --work ${DEFAULT_SET_SIZE})`,
      wholeNumber("--count"),
    )
    .option(
      "-x, --ext <ext>",
      "extension field, such as name=value;flag",
      once("--ext", (text) => text),
    )
    .option(
      "--date <time>",
      "the stamp's date (default: the clock)",
      once("--date", (text) => parseInstant(text, "--date")),
    )
    .option(
      "--date-width <digits>",
      "6 (day), 10 (minute) or 12 (second) digits of the date",
      oneOf("--date-width", ["6", "10", "12"]),
      "6",
    )
    .addOption(searchThreads())
    .addOption(niceSearch())
    .addOption(searchKernel())
    .option(
      "--timeout <duration>",
      "give up on a stamp after this long, such as 30s",
      once("--timeout", (text) => parseDuration(text, "--timeout")),
    )
    .option("--encode", "percent-encode what a resource may not hold")
    .option("--header", "print mail headers: X-Hashcash, folded")
    .option(
      "--layout <layout>",
      `${STAMP_LAYOUTS.join(", ")}: how the stamp is padded, see below (default: ${STAMP_LAYOUTS[0]})`,
      oneOf("--layout", STAMP_LAYOUTS),
    )
    .option("--compact", "the shortest stamp that does: the same as --layout compact")
    .option("--json", "print a line of JSON for each stamp")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(resources: readonly string[], given: Options): Promise<void> {
  if (given.json && given.header) {
    throw new StampmillError("bad-input", "give --json or --header, not both");
  }
  if (given.layout !== undefined && given.compact) {
    throw badInput("--layout", "give --layout or --compact, not both");
  }
  const options = { ...given, ...(await taskOf(given)) };
  let refused = false;
  for (const resource of resources) {
    if (resource === "-") {
      if (!(await mintForLines(options))) refused = true;
    } else {
      await mintFor(resource, options);
    }
  }
  process.exitCode = refused ? EXIT.usage : EXIT.done;
}

/** What the options come to. Only --time needs what measures and reckons: the others start sooner. */
async function taskOf(given: Options): Promise<{ bits: number; count: number }> {
  const { time, p99, maxBits, algorithm, kernel, threads } = given;
  if (time === undefined) {
    if (p99 === undefined && maxBits === undefined) return bitsAndCount(given);
    const flag = p99 === undefined ? "--max-bits" : "--p99";
    throw badInput(flag, `${flag} needs --time`);
  }
  for (const option of ["bits", "work", "count", "layout", "compact"] as const) {
    if (given[option] !== undefined) {
      throw badInput("--time", `give --time or --${option}, not both`, NOT_WITH_TIME[option]);
    }
  }
  const { chooseForTime } = await import("./time.ts");
  return chooseForTime({ time, p99, maxBits }, { algorithm, kernel, threads });
}

/** What --bits, --work and --count come to. */
function bitsAndCount({ bits, work, count }: Options): { bits: number; count: number } {
  if (count !== undefined && count < 1) {
    throw new StampmillError("bad-input", "--count must be at least 1", { parameter: "--count" });
  }
  if (work === undefined) return { bits: bits ?? DEFAULT_BITS, count: count ?? 1 };
  if (bits !== undefined) {
    throw new StampmillError("bad-input", "give --bits or --work, not both");
  }
  const size = count ?? DEFAULT_SET_SIZE;
  return { bits: bitsForWork(work, size), count: size };
}

type Task = Options & { bits: number; count: number };

/** Mints for each line of standard input; false if there was one that is no resource. */
async function mintForLines(options: Task): Promise<boolean> {
  let number = 0;
  let good = true;
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for await (const lines of readLines(readStandardInput(), MAX_RESOURCE_LENGTH)) {
    for (const line of lines) {
      number++;
      if (line === "") continue;
      try {
        await mintFor(decode(utf8, line), options);
      } catch (error) {
        const aboutLine = error instanceof StampmillError && error.parameter === "resource";
        if (!aboutLine) throw error;
        writeError(`line ${number}: ${error.message}`, error.hint);
        good = false;
      }
    }
  }
  return good;
}

function decode(utf8: InstanceType<typeof TextDecoder>, line: string): string {
  try {
    return utf8.decode(Buffer.from(line, "latin1"));
  } catch (cause) {
    throw new StampmillError("bad-input", "resource is not UTF-8", {
      parameter: "resource",
      cause,
    });
  }
}

async function mintFor(given: string, options: Task): Promise<void> {
  const { count, date, dateWidth, encode, json, header, ...rest } = options;
  const resource = encode ? percentEncode(given) : given;
  for (let i = 1; i <= count; i++) {
    const label = count === 1 ? "" : `${i}/${count} `;
    const task = {
      ...rest,
      resource,
      date: date === undefined ? undefined : new Date(date),
      dateWidth: Number(dateWidth) as DateWidth,
    };
    const minted = await mintWithProgress(task, label);
    await writeProduct(format(minted, options));
  }
}

function format(minted: MintedStamp, { json, header }: Options): string {
  if (json) return toJsonLine(minted);
  return `${header ? foldHeader("X-Hashcash", minted.stamp) : minted.stamp}\n`;
}
