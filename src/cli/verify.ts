import { Command } from "commander";
import { parseDuration } from "../duration.ts";
import { StampmillError } from "../errors.ts";
import { parseInstant } from "../instant.ts";
import { type SetVerdict, verifyWork } from "../judge-set.ts";
import { readLines } from "../lines.ts";
import { readMailStamps } from "../mail.ts";
import { regexMatcher } from "../match.ts";
import { DEFAULT_EXPIRES, DEFAULT_GRACE, type VerifyOptions } from "../rules.ts";
import { createSpender, type Spender } from "../spend.ts";
import { ALGORITHMS, type Algorithm, leadingZeroBits } from "../stamp/digest.ts";
import { percentEncode } from "../stamp/resource.ts";
import { isProblem, MAX_STAMP_LENGTH, readStamp } from "../stamp/stamp.ts";
import { openStore } from "../store/open.ts";
import { MAX_SET } from "../store/store.ts";
import { createVerifier, type RejectedVerdict, type Verdict } from "../verify.ts";
import { checkWork } from "../work.ts";
import { EXIT } from "./exit.ts";
import { readStandardInput } from "./input.ts";
import { decimal, gather, once, oneOf, wholeNumber } from "./options.ts";
import { toJsonLine, toPrintable, writeError, writeHint, writeProduct } from "./output.ts";

interface Options {
  bits: number;
  resource?: string[];
  anyResource?: true;
  encode?: true;
  match: "exact" | "wildcard" | "regex";
  expires?: number;
  grace?: number;
  now?: number;
  algorithm?: Algorithm;
  allowV0?: true;
  mail?: true;
  any?: true;
  work?: number;
  store?: string;
  /** False for --no-spend. */
  spend: boolean;
  json?: true;
}

const DETAILS = `
Stamps come from the command line, or one a line from standard input ("-", or a
pipe when no stamp is given); empty lines are skipped. Every stamp gets a line
with its verdict: "valid", or the one reason why not, then the stamp. Text that
is not printable ASCII is shown as a JSON string, and cut to 200 characters and
"\\u2026" if it is too long to be a stamp (${MAX_STAMP_LENGTH} characters).

Reasons, in the order in which they are looked for: malformed,
unsupported-version, unsupported-algorithm, wrong-resource, insufficient-bits
(it claims too little), future, expired, missing-work (its digest has fewer bits
than it claims), spent (only with --store), insufficient-work (only with --work).

With --work the stamps for one resource are added up: distinct valid ones, each
at least --bits, at most ${MAX_SET} in all. If they reach it they are accepted, and with
--store spent in one step, all of them or none. Other stamps are no obstacle.

With --store every stamp that is valid is spent: recorded before its verdict is
printed, so that it is valid once, however many processes ask. A store that
fails accepts nothing. FILE (or sqlite:FILE) is made if it is not there; Redis is
redis://HOST:PORT/DATABASE, or rediss:// for TLS. Stamps that have expired are
forgotten, and whatever is dated no later than those stays refused: see stampmill
spent --help.

JSON: stamp valid reason resource bits work digest date expires. "bits" is what
the stamp claims (null in version 0), "work" what it is worth in bits, "expires"
the instant from which on it is refused; null is what was not looked at.

DURATION is a whole number and s, m, h, d or w. TIME is UTC: 2024-02-29,
2024-02-29T12:34:56Z, 240229123456 or @1709210096.

Exit codes: 0 every stamp is valid (with --any, at least one); 1 rejected, or no
stamp; 2 wrong usage or input; 3 the store, reading or writing failed.

Examples:
  stampmill verify -b 20 -r foo@bar.example --now 2024-03-01 \\
    1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H
  stampmill mint -b 20 me@example.org | stampmill verify -b 20 -r me@example.org
  stampmill verify -b 20 -r me@example.org --store spent.db - < stamps.txt
  stampmill verify -b 20 -r '*@example.org' --match wildcard --mail < mail.eml`;

/** `stampmill verify`. */
export function verifyCommand(): Command {
  return new Command("verify")
    .description("Judge stamps: exit 0 only if every one is valid.")
    .argument("[stamp...]", `the stamps; "-" reads them from standard input`)
    .requiredOption("-b, --bits <bits>", "least bits a stamp must claim", wholeNumber("--bits"))
    .option("-r, --resource <resource>", "what it must pay for; may be given again", gather)
    .option("--any-resource", "accept stamps for any resource")
    .option("--encode", "percent-encode every -r, as mint --encode does")
    .option(
      "--match <how>",
      "how -r is compared: exact, wildcard (* stops at @, and in domains at dots) or regex (RE2)",
      oneOf("--match", ["exact", "wildcard", "regex"]),
      "exact",
    )
    .option(
      "--expires <duration>",
      `how long after its date a stamp is good (default: ${DEFAULT_EXPIRES})`,
      once("--expires", (text) => parseDuration(text, "--expires")),
    )
    .option(
      "--grace <duration>",
      `how far clocks may differ (default: ${DEFAULT_GRACE})`,
      once("--grace", (text) => parseDuration(text, "--grace")),
    )
    .option(
      "--now <time>",
      "judge as of this time (default: the clock)",
      once("--now", (text) => parseInstant(text, "--now")),
    )
    .option(
      "-a, --algorithm <algorithm>",
      `accept only ${ALGORITHMS.join(" or ")}`,
      oneOf("--algorithm", ALGORITHMS),
    )
    .option("--allow-v0", "accept stamps of version 0, too, at the bits they have")
    .option("--mail", "read a mail and judge its X-Hashcash and Hashcash headers")
    .option(
      "--store <store>",
      "where spent stamps are recorded: FILE or redis://HOST",
      once("--store", (text) => text),
    )
    .option("--no-spend", "only look whether stamps were spent, and record nothing")
    .option(
      "--work <bits>",
      "accept if the stamps for one resource are worth 2^bits hashes together",
      decimal("--work"),
    )
    .option("--any", "exit 0 if at least one stamp is valid")
    .option("--json", "print a line of JSON for each stamp")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(stamps: string[], options: Options): Promise<void> {
  const requirements = await requirementsFor(options);
  if (options.work !== undefined) return judgeSets(stamps, options, options.work, requirements);
  if (options.store === undefined) {
    if (options.spend) return judgeAll(stamps, options, withoutStore(requirements));
    throw missingStore();
  }
  // The options first: a mistake in them should not leave a new store behind.
  createVerifier(requirements);
  const store = await openStore(options.store);
  try {
    const spender = createSpender({ ...requirements, store, spend: options.spend });
    await judgeAll(stamps, options, spender);
  } finally {
    await store.close();
  }
}

/** Adds up the work of all stamps given: none is judged for good until the last has come. */
async function judgeSets(
  stamps: readonly string[],
  options: Options,
  work: number,
  requirements: VerifyOptions,
): Promise<void> {
  createVerifier(requirements);
  checkWork(work);
  if (options.any) throw new StampmillError("bad-input", "--any does not go with --work");
  if (options.store === undefined && !options.spend) throw missingStore();
  const all: string[] = [];
  for await (const batch of stampBatches(stamps, options)) {
    all.push(...batch);
    // Refused by verifyWork, before there are more of them than memory.
    if (all.length > MAX_SET) break;
  }
  const store = options.store === undefined ? undefined : await openStore(options.store);
  try {
    const settings = { ...requirements, work, store, spend: options.spend };
    const { accepted, sets, verdicts } = await verifyWork(all, settings);
    const format = (verdict: Verdict, i: number) =>
      options.json ? toJsonLine(verdict) : toTextLine(verdict, all[i] ?? "", options);
    await writeProduct(verdicts.map(format).join(""));
    if (all.length === 0) writeError("there is no stamp to verify");
    for (const set of sets) {
      if (!set.accepted) writeHint(`${describeSet(set)}, which is less than --work ${work}`);
    }
    process.exitCode = accepted ? EXIT.done : EXIT.rejected;
  } finally {
    await store?.close();
  }
}

function describeSet({ resource, stamps, work }: SetVerdict): string {
  const count = stamps.length === 1 ? "1 stamp" : `${stamps.length} stamps`;
  const worth = stamps.length === 0 ? "nothing" : `2^${work.toFixed(2)} hashes`;
  return `${count} for ${resource} ${stamps.length === 1 ? "is" : "are"} worth ${worth}`;
}

function missingStore(): StampmillError {
  return new StampmillError("bad-input", "--no-spend needs a --store to look into");
}

function withoutStore(requirements: VerifyOptions): Spender {
  const verifier = createVerifier(requirements);
  return async (stamps) => stamps.map(verifier);
}

async function judgeAll(stamps: string[], options: Options, judge: Spender): Promise<void> {
  let count = 0;
  let valid = 0;
  for await (const batch of stampBatches(stamps, options)) {
    let lines = "";
    for (const [i, verdict] of (await judge(batch)).entries()) {
      count++;
      if (verdict.valid) valid++;
      lines += options.json ? toJsonLine(verdict) : toTextLine(verdict, batch[i] ?? "", options);
    }
    if (lines !== "") await writeProduct(lines);
  }
  if (count === 0) {
    writeError(options.mail ? "the mail carries no stamp" : "there is no stamp to verify");
  }
  const accepted = valid > 0 && (options.any || valid === count);
  process.exitCode = accepted ? EXIT.done : EXIT.rejected;
  if (valid === 0 && options.match === "exact" && options.resource?.some((r) => r.includes("*"))) {
    writeHint("a * in --resource stands for itself; --match wildcard makes it match any name");
  }
}

async function requirementsFor(options: Options): Promise<VerifyOptions> {
  const { bits, expires, grace, now, algorithm, allowV0 } = options;
  const common = { bits, expires, grace, now, algorithm, allowV0 };
  const { resource, anyResource, match, encode } = options;
  if (resource !== undefined && anyResource) {
    throw new StampmillError("bad-input", "give --resource or --any-resource, not both");
  }
  if (anyResource) return { ...common, anyResource };
  if (resource === undefined) {
    throw new StampmillError("bad-input", "--resource is missing: what must the stamp pay for?", {
      parameter: "--resource",
      hint: "--any-resource accepts stamps for whatever they say",
    });
  }
  if (match === "regex") {
    if (encode) throw new StampmillError("bad-input", "--encode does not go with --match regex");
    return { ...common, resources: await Promise.all(resource.map(regexMatcher)) };
  }
  const resources = encode ? resource.map(percentEncode) : resource;
  return { ...common, resources, match };
}

/** The stamps to judge, in batches, so that a file of millions is one write a chunk. */
function stampBatches(
  stamps: readonly string[],
  { mail }: Options,
): AsyncIterable<string[]> | Iterable<readonly string[]> {
  const dash = stamps.includes("-");
  if (stamps.length > (dash ? 1 : 0) && (mail || dash)) {
    const source = mail ? "--mail" : `"-"`;
    throw new StampmillError("bad-input", `${source} reads standard input: name no stamps as well`);
  }
  if (mail) return mailBatches();
  if (dash || (stamps.length === 0 && !process.stdin.isTTY)) return lineBatches();
  if (stamps.length > 0) return [stamps];
  throw new StampmillError("bad-input", "there is no stamp to verify", {
    hint: `name stamps, or say "-" to type them one a line`,
  });
}

async function* lineBatches(): AsyncGenerator<string[]> {
  for await (const lines of readLines(readStandardInput(), MAX_STAMP_LENGTH)) {
    yield lines.filter((line) => line !== "");
  }
}

async function* mailBatches(): AsyncGenerator<string[]> {
  for await (const stamp of readMailStamps(readStandardInput())) yield [stamp];
}

function toTextLine(verdict: Verdict, text: string, options: Options): string {
  const stamp = toPrintable(verdict.stamp);
  if (verdict.valid) return `valid ${stamp}\n`;
  return `${verdict.reason} ${stamp} (${explain(verdict, text, options)})\n`;
}

/** In words, what the reason means for this stamp. */
function explain(verdict: RejectedVerdict, text: string, options: Options): string {
  const { bits, algorithm, now } = options;
  switch (verdict.reason) {
    case "malformed":
    case "unsupported-version":
    case "unsupported-algorithm": {
      const problem = readStamp(text, now ?? Date.now());
      if (isProblem(problem)) return problem.message;
      if (verdict.reason === "unsupported-version") return "version 0 needs --allow-v0";
      return `it is ${problem.algorithm}, not ${algorithm}`;
    }
    case "wrong-resource":
      return `it pays for ${verdict.resource}`;
    case "insufficient-bits":
      return verdict.bits === null
        ? `its digest has ${verdict.work} of ${bits} bits`
        : `it claims ${verdict.bits} of ${bits} bits`;
    case "future":
      return `it is dated ${verdict.date}`;
    case "expired":
      return `it expired ${verdict.expires}`;
    case "missing-work":
      return `it claims ${verdict.bits} bits, its digest has ${leadingZeroBits(verdict.digest ?? "")}`;
    case "spent":
      return "it was spent before, or is dated before all that the store remembers";
    case "insufficient-work":
      return `the stamps for ${verdict.resource} are worth too little together`;
  }
}
