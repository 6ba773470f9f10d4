import { Command } from "commander";
import { ALGORITHMS, type Algorithm, UNNAMED_ALGORITHM } from "../../engine/algorithms.ts";
import { chooseKernel } from "../../engine/engine.ts";
import { MAX_THREADS } from "../../engine/job.ts";
import { availableThreads } from "../../engine/threads.ts";
import { describeMachine } from "../../hardware/machine.ts";
import { MAX_PROOF_SECONDS } from "../../hardware/proof.ts";
import type { SavedResult } from "../../hardware/read-result.ts";
import type { BenchResult } from "../../hardware/result.ts";
import { DEFAULT_BENCH_SECONDS, MAX_BENCH_SECONDS, runBench } from "../../hardware/run.ts";
import { toAscii } from "../../text/ascii-json.ts";
import { parseDuration } from "../../text/duration.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import { standardStyle } from "../figures/plot.ts";
import { formatSeconds } from "../figures/quantity.ts";
import { EXIT } from "../terminal/exit.ts";
import { once, oneOf, wholeNumber } from "../terminal/options.ts";
import { writeAside, writeHint, writeProduct } from "../terminal/output.ts";
import { stepBar } from "./bar.ts";
import { checkMachines, compareReport } from "./compare.ts";
import { checkWritable, lastSaved, readResultFile, savedFile, writeWhole } from "./files.ts";
import { check, prove } from "./proving.ts";
import { htmlReport, markdownReport, textReport } from "./report.ts";

interface Options {
  for?: number;
  algorithm?: Algorithm;
  threads?: number;
  json?: true;
  markdown?: true;
  html?: string;
  save?: string | true;
  compare?: string[] | true;
  anyMachine?: true;
  failIfSlower?: number;
  prove?: true;
  beacon?: string;
  check?: string;
}

const SECOND = 1000;
const DEFAULT_PROOF_FOR = 10;

const DETAILS = `
Every kernel first has to find exactly what node:crypto finds, then is timed by the
engine's own counter in the real search, in three rounds of turns. The share of the
roofline is that of what one core could do at best with the same instructions.

--compare sets a new measurement beside OLD.json (without a name, the last one
saved), or NEW.json beside OLD.json, and calls a figure slower or faster only where
that exceeds the noise. Results of different machines are refused.

--prove hashes over a message that holds the machine's description and the beacon,
a text that nobody could know before, and keeps the 64 smallest hashes. --check
tells from them how many hashes there were, and that nothing was changed since.

JSON: one object, see docs/bench.md; with --compare, a line for each figure: what
before after ratio uncertainty change; with --check: valid reason algorithm k
hashes atLeast and what the work is bound to.

Exit codes: 0 done; 1 slower than --fail-if-slower allows, or --check finds no
proof; 2 wrong usage, or a result that is damaged or of another machine; 3 the
engine is missing, or reading or writing failed.

Examples:
  stampmill bench
  stampmill bench --html bench.html --save before.json
  stampmill bench --compare before.json --fail-if-slower 10%
  stampmill bench --prove --beacon "$(git ls-remote origin HEAD)" proof.json
  stampmill bench --check proof.json`;

/** `stampmill bench`. */
export function benchCommand(): Command {
  const text = (flag: string) => once(flag, (given) => given);
  return new Command("bench")
    .description("Measure this machine: kernels, threads, stamps. Compare, or prove it.")
    .argument("[file]", "where --prove writes to (default: standard output)")
    .option(
      "--for <duration>",
      `about how long, 1s to 1h (default: ${DEFAULT_BENCH_SECONDS}s, with --prove ${DEFAULT_PROOF_FOR}s)`,
      once("--for", (given) => parseDuration(given, "--for")),
    )
    .option(
      "-a, --algorithm <algorithm>",
      `${ALGORITHMS.join(" or ")} (default: both, with --prove ${UNNAMED_ALGORITHM})`,
      oneOf("--algorithm", ALGORITHMS),
    )
    .option(
      "-j, --threads <threads>",
      `most threads, 1 to ${MAX_THREADS} (default: what this process may use)`,
      wholeNumber("--threads"),
    )
    .option("--json", "print JSON")
    .option("--markdown", "print Markdown")
    .option(
      "--html <file>",
      "also write a page with plots, that needs nothing else",
      text("--html"),
    )
    .option(
      "--save [file]",
      "also write the JSON to a file, or to the cache folder",
      text("--save"),
    )
    .option("--compare [files...]", "print ratios to OLD.json, of a new result or of NEW.json")
    .option("--any-machine", "compare results of different machines")
    .option(
      "--fail-if-slower <percent>",
      "with --compare, exit 1 if a figure has lost more, such as 10%",
      once("--fail-if-slower", parsePercent),
    )
    .option("--prove", "make a proof of how many hashes this machine does")
    .option(
      "--beacon <text>",
      "with --prove, what binds it in time; with --check, what it must be",
      text("--beacon"),
    )
    .option("--check <file>", 'tell what a proof proves; "-" reads standard input', text("--check"))
    .addHelpText("after", DETAILS)
    .action(run);
}

function parsePercent(text: string): number {
  const [, digits] = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text) ?? [];
  const percent = Number(digits ?? Number.NaN);
  if (percent <= 100) return percent / 100;
  throw badInput(
    "--fail-if-slower",
    `--fail-if-slower must be a percentage such as 10%, up to 100%, not ${JSON.stringify(text)}`,
  );
}

async function run(file: string | undefined, options: Options): Promise<void> {
  if (options.check !== undefined) return checkFile(file, options);
  if (options.prove) return proveInto(file, options);
  if (file !== undefined) throw new StampmillError("bad-input", "FILE goes with --prove only");
  if (options.beacon !== undefined) {
    throw badInput("--beacon", "--beacon goes with --prove and --check only");
  }
  if (options.json && options.markdown) {
    throw new StampmillError("bad-input", "give --json or --markdown, not both");
  }
  if (options.compare === undefined) {
    refuse(options, ["anyMachine", "failIfSlower"], "without --compare");
    return measure(options);
  }
  return compare(options.compare === true ? [] : options.compare, options);
}

const FLAGS: Record<keyof Options, string> = {
  for: "--for",
  algorithm: "--algorithm",
  threads: "--threads",
  json: "--json",
  markdown: "--markdown",
  html: "--html",
  save: "--save",
  compare: "--compare",
  anyMachine: "--any-machine",
  failIfSlower: "--fail-if-slower",
  prove: "--prove",
  beacon: "--beacon",
  check: "--check",
};

/** An option that would be passed over was meant to do something. */
function refuse(options: Options, names: readonly (keyof Options)[], where: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) throw badInput(FLAGS[given], `${FLAGS[given]} means nothing ${where}`);
}

const REPORTS = ["markdown", "html", "save", "compare", "anyMachine", "failIfSlower"] as const;
const MEASURING = ["for", "algorithm", "threads"] as const;

async function checkFile(file: string | undefined, options: Options): Promise<void> {
  refuse(options, ["prove", ...MEASURING, ...REPORTS], "with --check");
  if (file !== undefined) throw new StampmillError("bad-input", "--check takes one file");
  await check(options.check ?? "-", options.beacon, options.json ?? false);
}

async function proveInto(file: string | undefined, options: Options): Promise<void> {
  refuse(options, REPORTS, "with --prove");
  const { algorithm = UNNAMED_ALGORITHM, beacon, json = false } = options;
  if (beacon === undefined) {
    const hint = "a text nobody could know before, such as the hash of a chain's newest block";
    throw badInput("--beacon", "--prove needs --beacon", hint);
  }
  if (file === undefined && json)
    throw badInput("--json", "a proof is JSON: --json goes with FILE");
  await prove(
    {
      beacon,
      algorithm,
      seconds: secondsFor(options, DEFAULT_PROOF_FOR, MAX_PROOF_SECONDS),
      threads: options.threads ?? availableThreads(),
      kernel: chooseKernel(algorithm),
    },
    file,
    json,
  );
}

function secondsFor({ for: duration }: Options, otherwise: number, most: number): number {
  if (duration === undefined) return otherwise;
  const seconds = duration / SECOND;
  if (seconds >= 1 && seconds <= most) return seconds;
  throw badInput("--for", `--for must be from 1s to ${formatSeconds(most)}`);
}

/** Measures and reports. */
async function measure(options: Options): Promise<void> {
  const result = await measureAndKeep(options);
  const text = options.json
    ? toJson(result)
    : options.markdown
      ? markdownReport(result)
      : textReport(result, standardStyle());
  await writeProduct(text);
  process.exitCode = EXIT.done;
}

function toJson(result: BenchResult): string {
  return `${toAscii(JSON.stringify(result))}\n`;
}

/** Measures, and writes the files that are asked for. */
async function measureAndKeep(options: Options): Promise<BenchResult> {
  const { html, save, threads, algorithm } = options;
  const seconds = secondsFor(options, DEFAULT_BENCH_SECONDS, MAX_BENCH_SECONDS);
  for (const [flag, file] of [
    ["--html", html],
    ["--save", save],
  ] as const) {
    if (file === "-") throw badInput(flag, `${flag} takes the name of a file, not -`);
    if (typeof file === "string") checkWritable(file);
  }
  if (save === true) checkWritable(savedFile("trial"));
  const bar = await stepBar();
  const result = await runBench({
    seconds,
    threads,
    algorithms: algorithm === undefined ? undefined : [algorithm],
    onStep: bar.show,
  }).finally(bar.end);
  if (html !== undefined) writeWhole(html, htmlReport(result));
  if (save !== undefined) {
    const file = save === true ? savedFile(result.date) : save;
    writeWhole(file, toJson(result));
    if (save === true) writeAside(`stampmill: saved in ${file}\n`);
  }
  return result;
}

/** What is not measured anew is not gone: only what was asked for is compared. */
function narrowed(result: SavedResult, { algorithm, threads = MAX_THREADS }: Options): SavedResult {
  const wanted = (one: { algorithm: Algorithm }) =>
    algorithm === undefined || one.algorithm === algorithm;
  const rates = result.rates.filter((rate) => wanted(rate) && rate.threads <= threads);
  return { ...result, rates, calls: result.calls.filter(wanted) };
}

/** Compares two results, or a new one with the one that is named, or with the last that was saved. */
async function compare(files: readonly string[], options: Options): Promise<void> {
  if (files.length > 2) throw badInput("--compare", "--compare takes one file or two");
  const { anyMachine = false, json, markdown, failIfSlower } = options;
  const [old = lastSaved(), newer] = files;
  let before = await readResultFile(old);
  let after: SavedResult;
  if (newer === undefined) {
    before = narrowed(before, options);
    checkMachines(before.machine, describeMachine(), anyMachine);
    after = await measureAndKeep(options);
  } else {
    refuse(options, [...MEASURING, "html", "save"], "where two results are compared");
    after = await readResultFile(newer);
    checkMachines(before.machine, after.machine, anyMachine);
  }
  const format = json ? "json" : markdown ? "markdown" : "text";
  const { text, failed, blind } = compareReport(before, after, format, failIfSlower);
  await writeProduct(text);
  if (blind !== undefined) writeHint(blind);
  process.exitCode = failed ? EXIT.rejected : EXIT.done;
}
