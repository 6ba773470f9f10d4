import { Command } from "commander";
import { ALGORITHMS } from "../../engine/algorithms.ts";
import { DEFAULT_EXPIRES, DEFAULT_GRACE } from "../../stamp/rules.ts";
import { MAX_STAMP_LENGTH } from "../../stamp/stamp.ts";
import { MAX_SET } from "../../stamp/work.ts";
import { parseDuration, readLifetime } from "../../text/duration.ts";
import { badInput } from "../../text/errors.ts";
import { parseInstant } from "../../text/instant.ts";
import { decimal, gather, once, oneOf, wholeNumber } from "../terminal/options.ts";
import { judgeAll, judgeSets } from "./judge.ts";
import { checkStore, FORMATS, type Options, requirementsFor } from "./options.ts";
import { withSpender } from "./spender.ts";

const DETAILS = `
Stamps come from the command line, or one a line from standard input ("-", or a
pipe when no stamp is given); empty lines are skipped. Every stamp gets a line
with its verdict: "valid", or the one reason why not, then the stamp. Text that
is not printable ASCII is shown as a JSON string, and cut to 200 characters and
"\\u2026" if it is too long to be a stamp (${MAX_STAMP_LENGTH} characters).

--scan finds stamps in any text, such as a mail, the body of a pull request or a
commit message: lines that begin with "Hashcash:" or "X-Hashcash:" in any case,
and the lines after them that begin with a blank. Arguments are FILEs then; "-",
or none, is standard input. Verdicts say where the stamp stood.

--git judges commits instead: RANGE is whatever git rev-list takes, such as
origin/main..HEAD; a single revision means that commit. Each commit needs a stamp
in its message for SLUG/PATCH-ID: the repository's name and git patch-id --stable
of its change, which a rebase leaves alone. A commit that changes nothing needs one
for SLUG/message-DIGEST. A merge needs none, unless it has changes that are in none
of its parents: then it is its patch against the first one. A stamp counts for one
commit only. stampmill git stamp makes them.

With --exempt or --exempt-at a commit on the list that has no good stamp is "exempt"
and accepted. An entry is a line: "ssh PUBLIC-KEY" or "gpg FINGERPRINT" for all that
this key has signed, "commit ID" for that one, "email ADDRESS" for an author's. The
last is a guess, reported as unproven-author: anyone can write that name. FILE must
lie outside the repository's files, REVISION before the range: a change must not be
able to exempt itself.

Reasons, in the order in which they are looked for: malformed,
unsupported-version, unsupported-algorithm, wrong-resource, insufficient-bits
(it claims too little), future, expired, missing-work (its digest has fewer bits
than it claims), spent (only with --store), insufficient-work (only with --work).
With --git also no-stamp: there is none.

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

With --scan also: file line; with --git: commit needs, and with a list of exemptions
signature, and by entry line warning of a commit that is exempt.

Other formats: github (workflow commands: an error for each stamp rejected), junit
(XML, a test case for each stamp), sarif (2.1.0, a result for each one rejected).
In all three, no stamp at all is an error too. A report that was cut short by a
failure is not complete XML or JSON.

DURATION is a number and ms, s, m, h, d or w. TIME is UTC: 2024-02-29,
2024-02-29T12:34:56Z, 240229123456 or @1709210096.

Exit codes: 0 every stamp is valid (with --any, at least one); 1 rejected, or no
stamp; 2 wrong usage or input; 3 the store, reading or writing failed.

Examples:
  stampmill verify -b 20 -r foo@bar.example --now 2024-03-01 \\
    1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H
  stampmill mint -b 20 me@example.org | stampmill verify -b 20 -r me@example.org
  stampmill verify -b 20 -r me@example.org --store spent.db - < stamps.txt
  stampmill verify -b 20 -r '*@example.org' --match wildcard --mail < mail.eml
  stampmill verify -b 20 -r example/forum --scan --format github body.txt
  stampmill verify -b 20 --git origin/main..HEAD`;

/** `stampmill verify`. */
export function verifyCommand(): Command {
  return new Command("verify")
    .description("Judge stamps: exit 0 only if every one is valid.")
    .argument("[stamp...]", `the stamps; "-" reads them from standard input; with --scan FILEs`)
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
      `how long after its date a stamp is good, or never (default: ${DEFAULT_EXPIRES})`,
      once("--expires", (text) => readLifetime(text, "--expires")),
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
    .option("--scan", "find Hashcash: lines in any text, in FILEs or on standard input")
    .option(
      "--git <range>",
      "judge commits: each must carry a Hashcash: trailer for its change",
      once("--git", (text) => text),
    )
    .option(
      "--slug <owner/name>",
      "with --git: the repository's name (default: from the remote origin)",
      once("--slug", (text) => text),
    )
    .option(
      "--exempt <file>",
      "with --git: a list of commits and signers who need no stamp",
      once("--exempt", (text) => text),
    )
    .option(
      "--exempt-at <revision:path>",
      "the same list as it is committed there, such as origin/main:.exempt",
      once("--exempt-at", (text) => text),
    )
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
    .option(
      "--format <format>",
      `what is printed: ${FORMATS.join(", ")} (default: text)`,
      oneOf("--format", FORMATS),
    )
    .option("--json", "print a line of JSON for each stamp: --format json")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(given: string[], options: Options): Promise<void> {
  if (options.git !== undefined) {
    const { judgeCommits } = await import("./git.ts");
    return judgeCommits(given, options.git, options);
  }
  const forGit = { slug: options.slug, exempt: options.exempt, "exempt-at": options.exemptAt };
  for (const [name, value] of Object.entries(forGit)) {
    if (value !== undefined) throw badInput(`--${name}`, `--${name} goes with --git only`);
  }
  const requirements = await requirementsFor(options);
  if (options.work !== undefined) return judgeSets(given, options, options.work, requirements);
  checkStore(options);
  return withSpender(requirements, options, (judge) => judgeAll(given, options, judge));
}
