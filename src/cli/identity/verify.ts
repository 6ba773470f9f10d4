import { Command } from "commander";
import { ALGORITHMS, type Algorithm } from "../../engine/algorithms.ts";
import { bitsInWords, confidenceInWords } from "../../identity/sketch/words.ts";
import { type IdentityVerdict, verifyIdentity } from "../../identity/verdict.ts";
import { DEFAULT_GRACE } from "../../stamp/rules.ts";
import { parseDuration } from "../../text/duration.ts";
import { parseInstant } from "../../text/instant.ts";
import { EXIT } from "../terminal/exit.ts";
import { gather, once, oneOf } from "../terminal/options.ts";
import { toJsonLine, toPrintable, toPrintableLine, writeProduct } from "../terminal/output.ts";
import { FACTS_HELP, factsOf, NO_FACTS } from "./facts.ts";
import { identityLines } from "./lines.ts";
import { withConfidence, workOption } from "./options.ts";

interface Options {
  atLeast: number;
  confidence: number;
  id?: string;
  algorithm?: Algorithm;
  beacon?: string[];
  beaconAfter?: number;
  grace?: number;
  now?: number;
  json?: true;
}

const DETAILS = `
Every hash is computed again, by node:crypto: this needs no engine. Work counts by
what is certain, not by the estimate: a sketch must have about 1.5 times the work
asked for to pass at 99.9 % with k = 64.

--beacon-after looks at the date that a beacon begins with (2026-11-24:...), and
believes it: whoever made the beacon up could have worked before that day. Give
--beacon with what you know to be unpredictable, as often as there are such, to be
sure. Whoever did the work need not be who shows it: see identity prove.

Reasons: malformed, count, nonce, repeated, order and largest (the line itself),
algorithm, id, beacon, beacon-undated, beacon-too-old, beacon-in-future, work.

JSON: valid reason detail ${FACTS_HELP}.
The facts are null where the line is not in order.

Exit codes: 0 valid; 1 rejected; 2 wrong usage; 3 reading or writing failed.

Examples:
  stampmill identity verify alice.sketch --at-least 2^38 --id alice@example.org
  stampmill identity verify - --at-least 36 --beacon-after 2026-01-01 --json`;

/** `stampmill identity verify`. */
export function verifyCommand(): Command {
  const command = new Command("verify")
    .description("Judge whether enough work is behind an identity.")
    .argument("<file>", `a file with one sketch; "-" is standard input`)
    .requiredOption("--at-least <work>", "least work: 2^40, or 40", workOption("--at-least"));
  return withConfidence(command)
    .option(
      "--id <id>",
      "whose it must be (default: anybody's)",
      once("--id", (text) => text),
    )
    .option(
      "-a, --algorithm <algorithm>",
      `accept only ${ALGORITHMS.join(" or ")} (default: both)`,
      oneOf("--algorithm", ALGORITHMS),
    )
    .option("--beacon <text>", "accept only this beacon; may be given several times", gather)
    .option(
      "--beacon-after <time>",
      "the beacon must begin with a date, and not an earlier one",
      once("--beacon-after", (text) => parseInstant(text, "--beacon-after")),
    )
    .option(
      "--grace <duration>",
      `how far a beacon may be in the future (default: ${DEFAULT_GRACE})`,
      once("--grace", (text) => parseDuration(text, "--grace")),
    )
    .option(
      "--now <time>",
      "judge as of this time (default: the clock)",
      once("--now", (text) => parseInstant(text, "--now")),
    )
    .option("--json", "print one line of JSON")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const { beacon, json, ...rules } = options;
  const verdict = verifyIdentity(await onlyLine(file), { ...rules, beacons: beacon });
  await writeProduct(json ? toJson(verdict, options) : toText(verdict, options));
  process.exitCode = verdict.valid ? EXIT.done : EXIT.rejected;
}

/** The one line of a file; of several so much that it is seen. */
async function onlyLine(file: string): Promise<string> {
  let only: string | undefined;
  for await (const { text } of identityLines([file])) {
    if (only !== undefined) return `${only}\n${text}`;
    only = text;
  }
  return only ?? "";
}

function toText(verdict: IdentityVerdict, { confidence }: Options): string {
  if (!verdict.valid) {
    const whose = verdict.identity === undefined ? "" : ` ${toPrintable(verdict.identity.id)}`;
    return `${verdict.reason}${whose} (${toPrintableLine(verdict.detail)})\n`;
  }
  const certain = `2^${bitsInWords(verdict.certain)} hashes by ${confidenceInWords(confidence)}`;
  return `valid ${toPrintable(verdict.identity.id)} (${certain})\n`;
}

function toJson(verdict: IdentityVerdict, { confidence }: Options): string {
  const { valid, identity } = verdict;
  const why = valid ? { reason: null, detail: null } : verdict;
  const facts = identity === undefined ? NO_FACTS : factsOf(identity, confidence);
  return toJsonLine({ valid, reason: why.reason, detail: why.detail, ...facts });
}
