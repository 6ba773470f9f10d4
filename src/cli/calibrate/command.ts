import { Command, Option } from "commander";
import { type Calibration, calibrate } from "../../difficulty/calibrate.ts";
import { chooseSet } from "../../difficulty/choice.ts";
import { CLIENT_NAMES, CLIENTS, type ClientName } from "../../difficulty/clients.ts";
import type { Pace } from "../../difficulty/pace.ts";
import { hostPace } from "../../difficulty/profile.ts";
import { writeProfile } from "../../difficulty/profile-file.ts";
import { ALGORITHMS, type Algorithm } from "../../engine/algorithms.ts";
import { CONDITIONS, doubtAbout } from "../../hardware/measure.ts";
import { MOST_CHOSEN_BITS } from "../../stamp/work.ts";
import { parseSeconds } from "../../text/duration.ts";
import { badInput } from "../../text/errors.ts";
import { naming, targetOf, threadsInWords } from "../mint/time.ts";
import { EXIT } from "../terminal/exit.ts";
import { once, oneOf, wholeNumber } from "../terminal/options.ts";
import { toJsonLine, writeNote, writeProduct, writeWarning } from "../terminal/output.ts";
import { answerFacts, answerText, rateFacts, rateTable, timeFacts, timeTable } from "./tables.ts";

interface Options {
  time?: number;
  p99?: number;
  maxBits?: number;
  device?: ClientName;
  algorithm?: Algorithm;
  kernel?: string;
  threads?: number;
  save: boolean;
  json?: true;
}

const DETAILS = `
Measures for a few seconds, every algorithm with one thread, two, four and so on up
to all, and keeps the result for mint --time in the user's cache folder: for
this processor, kernel, number of threads and version of stampmill. A warning says
whether the machine was busy, hot or unsteady: then calibrate again when it is not.

The times are those of minting alone. Half of all stamps take less than the median;
of a hundred, five take longer than "95 %", and one longer than "99 %". Eight stamps
of three bits less cost the same on average, with far less luck.

--time answers the other way round: how many stamps of how many bits to ask for.
It takes what was kept, or measures for a second, and keeps nothing. --device takes
a device's rate from a table instead of this host's; docs/difficulty.md has its
sources:
${CLIENT_NAMES.map((name) => `  ${name.padEnd(8)} ${CLIENTS[name].name}`).join("\n")}

JSON: lines of kind "rate" (device algorithm kernel threads rate best spread
processorShare drift overhead condition), "time" (device algorithm threads bits
count mean median p95 p99) and, with --time, "answer" (device algorithm threads rate
bits count work mean median p95 p99). Rates are hashes a second, times seconds.

Exit codes: 0 shown, kept or not; 2 wrong usage; 3 the engine is missing, or
writing failed.

Examples:
  stampmill calibrate
  stampmill calibrate --time 2s --p99 5s
  stampmill calibrate --device phone --time 3s --algorithm sha256`;

/** `stampmill calibrate`. */
export function calibrateCommand(): Command {
  return new Command("calibrate")
    .description("Measure this host: how long do how many bits take?")
    .option(
      "--time <time>",
      "say which stamps take so long on average, such as 200ms or 2s",
      once("--time", (text) => parseSeconds(text, "--time")),
    )
    .option(
      "--p99 <time>",
      "with --time: in 99 of 100 cases they take no longer than this",
      once("--p99", (text) => parseSeconds(text, "--p99")),
    )
    .option(
      "--max-bits <bits>",
      `with --time: most bits of a stamp (default: ${MOST_CHOSEN_BITS})`,
      wholeNumber("--max-bits"),
    )
    .addOption(
      new Option("--device <device>", `${CLIENT_NAMES.join(", ")}: not this host`).argParser(
        oneOf("--device", CLIENT_NAMES),
      ),
    )
    .addOption(
      new Option("-a, --algorithm <algorithm>", "show only this one (default: all)").argParser(
        oneOf("--algorithm", ALGORITHMS),
      ),
    )
    .option(
      "-j, --threads <threads>",
      "with --time: threads (default: what this process may use)",
      wholeNumber("--threads"),
    )
    .option(
      "--kernel <name>",
      "kernel to measure, see stampmill kernels (default: the fastest)",
      once("--kernel", (text) => text),
    )
    .option("--no-save", "keep nothing")
    .option("--json", "print lines of JSON")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(options: Options): Promise<void> {
  checkOptions(options);
  const algorithms = options.algorithm === undefined ? ALGORITHMS : [options.algorithm];
  const { time } = options;
  if (time !== undefined) await answer({ ...options, time }, algorithms);
  else if (options.device !== undefined) await showDevice(options.device, algorithms, options);
  else await showHost(options, algorithms);
  process.exitCode = EXIT.done;
}

function checkOptions({ time, p99, maxBits, threads, kernel, device }: Options): void {
  const timed = { "--p99": p99, "--max-bits": maxBits, "--threads": threads };
  for (const [flag, value] of Object.entries(timed)) {
    if (value !== undefined && time === undefined) throw badInput(flag, `${flag} needs --time`);
  }
  const hosts = { "--threads": threads, "--kernel": kernel };
  for (const [flag, value] of Object.entries(hosts)) {
    if (value !== undefined && device !== undefined) {
      throw badInput(flag, `${flag} is for this host, --device for another: give one of them`);
    }
  }
}

/** Measures this host, keeps what was found, and shows it. */
async function showHost(options: Options, algorithms: readonly Algorithm[]): Promise<void> {
  const { kernel, save, json } = options;
  if (process.stderr.isTTY) writeNote("measuring for a few seconds");
  const calibration = await calibrate({ kernel });
  const doubt = doubtAboutAll(calibration);
  if (doubt !== undefined) writeWarning(doubt);
  if (save) {
    const kept = writeProfile(calibration.profile);
    if ("problem" in kept) writeWarning(kept.problem);
    else writeNote(`kept for mint --time in ${kept.file}`);
  }
  await writeProduct(json ? jsonOf(calibration, algorithms) : textOf(calibration, algorithms));
}

/** The worst that is to be said of the measurements. */
function doubtAboutAll({ measured }: Calibration): string | undefined {
  const worst = CONDITIONS.slice(1)
    .flatMap((condition) => measured.filter((one) => one.condition === condition))
    .at(0);
  const doubt = worst && doubtAbout(worst);
  if (worst === undefined || doubt === undefined) return undefined;
  return `${doubt} (${worst.algorithm} with ${threadsInWords(worst.threads)}); calibrate again when it is calm`;
}

function jsonOf(calibration: Calibration, algorithms: readonly Algorithm[]): string {
  const rates = rateFacts(calibration).filter((fact) => algorithms.includes(fact.algorithm));
  const times = algorithms.flatMap((algorithm) => {
    const entry = withAllThreads(calibration, algorithm);
    return timeFacts("host", algorithm, entry.threads, entry);
  });
  return [...rates.map(toJsonLine), ...times.map(toJsonLine)].join("");
}

function textOf(calibration: Calibration, algorithms: readonly Algorithm[]): string {
  const { profile } = calibration;
  const { cpu, threads, version } = profile.key;
  const head = `${cpu}, up to ${threadsInWords(threads)}, stampmill ${version}`;
  const times = algorithms.map((algorithm) => {
    const entry = withAllThreads(calibration, algorithm);
    return timeTable(algorithm, entry.threads, entry);
  });
  return [`${head}\n`, rateTable(calibration, algorithms), ...times].join("\n");
}

/** What mint uses if nothing else is said. */
function withAllThreads({ profile }: Calibration, algorithm: Algorithm) {
  const entry = profile.entries.findLast((entry) => entry.algorithm === algorithm);
  if (entry === undefined) throw new Error(`${algorithm} was not measured`);
  return entry;
}

async function showDevice(
  device: ClientName,
  algorithms: readonly Algorithm[],
  { json }: Options,
): Promise<void> {
  const parts = algorithms.map((algorithm) => {
    const { pace } = paceOfDevice(device, algorithm);
    if (json) return timeFacts(device, algorithm, null, pace).map(toJsonLine).join("");
    return timeTable(algorithm, null, pace);
  });
  await writeProduct(json ? parts.join("") : [`${aboutDevice(device)}\n`, ...parts].join("\n"));
}

function aboutDevice(device: ClientName): string {
  return `${CLIENTS[device].name}: rough figures, see docs/difficulty.md`;
}

/** A device that is known by its rate alone. */
function paceOfDevice(device: ClientName, algorithm: Algorithm): { pace: Pace; threads: null } {
  const rate = CLIENTS[device].rates[algorithm].value;
  return { pace: { rate, shortRate: rate, overhead: 0, shortOverhead: 0 }, threads: null };
}

/** Which stamps take as long as --time says. */
async function answer(
  options: Options & { time: number },
  algorithms: readonly Algorithm[],
): Promise<void> {
  const { device, kernel, threads, json } = options;
  const target = targetOf(options);
  const warned = new Set<string>();
  const warn = (message: string) => {
    if (!warned.has(message)) writeWarning(message);
    warned.add(message);
  };
  const parts = device === undefined || json ? [] : [`${aboutDevice(device)}\n`];
  for (const algorithm of algorithms) {
    const host =
      device === undefined
        ? await hostPace(algorithm, { kernel, threads, warn })
        : paceOfDevice(device, algorithm);
    const choice = naming(() => chooseSet(target, host.pace));
    const facts = answerFacts(device ?? "host", algorithm, host, choice);
    parts.push(json ? toJsonLine(facts) : answerText(facts));
  }
  await writeProduct(parts.join(""));
}
