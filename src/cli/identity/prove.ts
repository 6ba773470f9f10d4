import { Command } from "commander";
import { type Identity, readIdentity } from "../../identity/format.ts";
import { MAX_KEY_FILE } from "../../identity/id.ts";
import { createChallenge } from "../../identity/ownership/challenge.ts";
import {
  checkProof,
  DEFAULT_PROOF_AGE,
  type ProofVerdict,
} from "../../identity/ownership/check.ts";
import { MAX_PROOF_LENGTH } from "../../identity/ownership/proof.ts";
import { proveIdentity, signerForKey } from "../../identity/ownership/prove.ts";
import { parseDuration } from "../../text/duration.ts";
import { badInput } from "../../text/errors.ts";
import { formatInstant, parseInstant } from "../../text/instant.ts";
import { readLines } from "../../text/lines.ts";
import { EXIT } from "../terminal/exit.ts";
import { readInput, readSmallFile } from "../terminal/input.ts";
import { once } from "../terminal/options.ts";
import { toJsonLine, toPrintable, toPrintableLine, writeProduct } from "../terminal/output.ts";
import { identityLines } from "./lines.ts";

interface ProveOptions {
  key: string;
  challenge: string;
  for?: string;
}

interface CheckOptions {
  challenge: string;
  maxAge?: number;
  now?: number;
  json?: true;
}

const CHALLENGE_DETAILS = `
Give each challenge out once, and forget it when it has been answered: whoever sees a
proof could show it again for the same challenge. Any 16 to 256 printable characters
without spaces will do; those made here are the time, 128 random bits, and the name
after --for. check-proof knows how old they are, and prove --for whom they are from:
without a name somebody else could hand your challenge on to the owner, and show
you the answer as his own.

Exit codes: 0 done; 2 wrong usage; 3 writing failed.

Example:
  stampmill identity challenge --for forum.example.org`;

const PROVE_DETAILS = `
KEY is an OpenSSH key, for which ssh-keygen signs (and asks for the passphrase, on
the terminal or through SSH_ASKPASS), the .pub file of a key that ssh-agent has, or a
private Ed25519 key in PEM. It must be the key that FILE is about. Who owns an e-mail
address, a name or a Nostr npub cannot be proven here.

Sign nothing for strangers: --for says who may ask. The challenge must name them.

The proof is a line of JSON: docs/identity-format.md. It is about FILE as it is now;
work that is added later needs a new one.

Exit codes: 0 proven; 2 wrong usage, or not the key; 3 ssh-keygen, reading or writing
failed.

Examples:
  stampmill identity prove --key ~/.ssh/id_ed25519 --challenge "$c" me.sketch > proof
  stampmill identity prove --key ~/.ssh/id_ed25519.pub --challenge "$c" me.sketch`;

const CHECK_DETAILS = `
FILE is the sketch as its owner showed it, and is judged anew; how much work is
behind it is for identity verify to say. The age counts from the time that was signed
and, where identity challenge made it, from that of the challenge. The clock of
whoever signed may be up to a minute ahead.

Reasons: malformed, id, sketch, challenge, too-old, future, unprovable, signature; and
identity, where FILE is not in order.

JSON: valid reason detail id method time. A file of these lines tells identity score
--proofs when each key was last seen alive.

Exit codes: 0 proven; 1 rejected; 2 wrong usage; 3 ssh-keygen, reading or writing
failed.

Examples:
  challenge=$(stampmill identity challenge)
  stampmill identity check-proof proof me.sketch --challenge "$challenge"`;

/** `stampmill identity challenge`. */
export function challengeCommand(): Command {
  return new Command("challenge")
    .description("Make up a challenge, for the owner of an identity to sign.")
    .option(
      "--for <name>",
      "who asks: your name, host or board",
      once("--for", (text) => text),
    )
    .addHelpText("after", CHALLENGE_DETAILS)
    .action(async ({ for: audience }: { for?: string }) => {
      await writeProduct(`${createChallenge({ audience })}\n`);
      process.exitCode = EXIT.done;
    });
}

/** `stampmill identity prove`. */
export function proveCommand(): Command {
  return new Command("prove")
    .description("Prove that an identity is yours, to whoever gave the challenge.")
    .argument("<file>", "the sketch")
    .requiredOption(
      "--key <file>",
      "your key",
      once("--key", (text) => text),
    )
    .requiredOption(
      "--challenge <text>",
      "what you were asked to sign",
      once("--challenge", (text) => text),
    )
    .option(
      "--for <name>",
      "sign only if the challenge is from this one",
      once("--for", (text) => text),
    )
    .addHelpText("after", PROVE_DETAILS)
    .action(prove);
}

/** `stampmill identity check-proof`. */
export function checkProofCommand(): Command {
  return new Command("check-proof")
    .description("Judge whether a proof answers a challenge, and is by the identity's key.")
    .argument("<proof>", `the proof; "-" is standard input`)
    .argument("<file>", "the sketch")
    .requiredOption(
      "--challenge <text>",
      "what you gave out",
      once("--challenge", (text) => text),
    )
    .option(
      "--max-age <duration>",
      `how old proof and challenge may be (default: ${DEFAULT_PROOF_AGE})`,
      once("--max-age", (text) => parseDuration(text, "--max-age")),
    )
    .option(
      "--now <time>",
      "judge as of this time (default: the clock)",
      once("--now", (text) => parseInstant(text, "--now")),
    )
    .option("--json", "print one line of JSON")
    .addHelpText("after", CHECK_DETAILS)
    .action(check);
}

async function prove(file: string, { key, challenge, for: audience }: ProveOptions): Promise<void> {
  const read = await readOne(file);
  if (typeof read === "string") throw badInput("file", `${file} is not in order: ${read}`);
  const signer = signerForKey(key, readSmallFile(key, MAX_KEY_FILE));
  await writeProduct(`${await proveIdentity(read, signer, { challenge, audience })}\n`);
  process.exitCode = EXIT.done;
}

async function check(proof: string, file: string, options: CheckOptions): Promise<void> {
  const { challenge, maxAge, now, json } = options;
  if (proof === "-" && file === "-")
    throw badInput("file", "only one of two can be standard input");
  const read = await readOne(file);
  const line = await readProofLine(proof);
  const verdict =
    typeof read === "string"
      ? ({ valid: false, reason: "identity", detail: read } as const)
      : await checkProof(line, read, { challenge, maxAge, now });
  await writeProduct(json ? toJson(verdict) : toText(verdict));
  process.exitCode = verdict.valid ? EXIT.done : EXIT.rejected;
}

/** The one sketch in a file, or what is wrong with it. */
async function readOne(file: string): Promise<Identity | string> {
  let one: Identity | undefined;
  for await (const { text } of identityLines([file])) {
    if (one !== undefined) return "it has more than one sketch";
    const reading = readIdentity(text);
    if (reading.status === "bad") return `${reading.reason}, ${reading.detail}`;
    one = reading.identity;
  }
  return one ?? "there is no sketch in it";
}

/** The one line of a file, or nothing, which is no proof, where there are more. */
async function readProofLine(file: string): Promise<string> {
  const found: string[] = [];
  for await (const lines of readLines(readInput(file), MAX_PROOF_LENGTH)) {
    found.push(...lines.filter((line) => line !== ""));
    if (found.length > 1) return "";
  }
  return found[0] ?? "";
}

type Verdict = ProofVerdict | { valid: false; reason: "identity"; detail: string };

function toText(verdict: Verdict): string {
  if (!verdict.valid) return `${verdict.reason} (${toPrintableLine(verdict.detail)})\n`;
  const { id, time } = verdict;
  return `valid ${toPrintable(id)} (signed ${formatInstant(time)})\n`;
}

function toJson(verdict: Verdict): string {
  if (verdict.valid) {
    const { id, method, time } = verdict;
    const none = { reason: null, detail: null };
    return toJsonLine({ valid: true, ...none, id, method, time: formatInstant(time) });
  }
  const { reason, detail } = verdict;
  return toJsonLine({ valid: false, reason, detail, id: null, method: null, time: null });
}
