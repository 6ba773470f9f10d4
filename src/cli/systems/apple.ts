import { Command } from "commander";
import {
  type AppleVerdict,
  MAX_APPLE_CHALLENGE,
  MAX_APPLE_PROOF,
  mintApple,
  verifyApple,
} from "../../systems/apple/hashcash.ts";
import { parseInstant } from "../../text/instant.ts";
import { actionGroup } from "../terminal/action-group.ts";
import { once, wholeNumber } from "../terminal/options.ts";
import { toJsonLine } from "../terminal/output.ts";
import { withProgress } from "../terminal/progress.ts";
import { EXIT_CODES, type SearchFlags, searchFlags, withSearchFlags } from "./options.ts";
import { judgeEach, mintEach } from "./streams.ts";

const DETAILS = `
Apple's sign-in sends the headers X-Apple-HC-Bits and X-Apple-HC-Challenge, and wants
X-Apple-HC back. It is 1:BITS:DATE:CHALLENGE::COUNTER, judged by SHA-1.

${EXIT_CODES}

Examples:
  stampmill apple mint -b 11 4d74fb15eb23f465f1f6fcbf534e5877
  stampmill apple verify -b 11 1:11:20230223170600:4d74fb15eb23f465f1f6fcbf534e5877::6373`;

const MINT_DETAILS = `
"-", or a pipe when no challenge is given, reads challenges one a line; a line that is
none is reported and passed over.

JSON: proof bits challenge digest tries seconds rate kernel threads.

${EXIT_CODES}`;

const VERIFY_DETAILS = `
Proofs come from the command line, or one a line from standard input ("-", or a pipe when
none is given). Each gets a line: "valid", or the one reason why not.

Reasons, in the order in which they are looked for: malformed, wrong-challenge,
insufficient-bits (it claims too little), missing-work (its digest has fewer bits than it
claims). The date must be a real one; it is not compared with the clock, for nothing in
it says which time zone it is of.

JSON: proof valid reason bits challenge date digest.

${EXIT_CODES}`;

/** `stampmill apple`. */
export function appleCommand(): Command {
  return actionGroup("apple", [mintAction(), verifyAction()], {
    description: "Proofs for Apple's sign-in: the header X-Apple-HC.",
    usage: "[options]",
    details: DETAILS,
  });
}

interface MintFlags extends SearchFlags {
  bits: number;
  date?: number;
  json?: true;
}

function mintAction(): Command {
  const command = new Command("mint")
    .description("Answer a challenge.")
    .argument("[challenge...]", "what the server sent as X-Apple-HC-Challenge")
    .requiredOption("-b, --bits <bits>", "what it sent as X-Apple-HC-Bits", wholeNumber("--bits"))
    .option(
      "--date <time>",
      "the proof's date (default: the clock)",
      once("--date", (text) => parseInstant(text, "--date")),
    )
    .option("--json", "print a line of JSON for each proof")
    .addHelpText("after", MINT_DETAILS);
  return withSearchFlags(command).action(async (given: string[], flags: MintFlags) => {
    const { bits, json, date } = flags;
    const source = { given, longest: MAX_APPLE_CHALLENGE, what: "challenge" };
    await mintEach(source, async (challenge) => {
      const options = {
        ...{ challenge, bits, ...searchFlags(flags) },
        date: date === undefined ? undefined : new Date(date),
      };
      const minted = await withProgress(bits, "", (onSearch) =>
        mintApple({ ...options, onSearch }),
      );
      return json ? toJsonLine(minted) : `${minted.proof}\n`;
    });
  });
}

interface VerifyFlags {
  bits: number;
  challenge?: string;
  json?: true;
}

function verifyAction(): Command {
  return new Command("verify")
    .description("Judge proofs: exit 0 only if every one is valid.")
    .argument("[proof...]", "values of X-Apple-HC")
    .requiredOption("-b, --bits <bits>", "least bits a proof must claim", wholeNumber("--bits"))
    .option(
      "-c, --challenge <challenge>",
      "the challenge that it must be for (default: any)",
      once("--challenge", (text) => text),
    )
    .option("--json", "print a line of JSON for each proof")
    .addHelpText("after", VERIFY_DETAILS)
    .action(async (given: string[], { bits, challenge, json }: VerifyFlags) => {
      verifyApple("", { bits, challenge });
      await judgeEach({ given, longest: MAX_APPLE_PROOF, what: "proof" }, json === true, (text) => {
        const verdict = verifyApple(text, { bits, challenge });
        return { reason: verdict.reason, why: explain(verdict, bits), json: toJsonLine(verdict) };
      });
    });
}

function explain(verdict: AppleVerdict, least: number): string | undefined {
  switch (verdict.reason) {
    case "malformed":
      return "it is not 1:BITS:DATE:CHALLENGE::COUNTER";
    case "wrong-challenge":
      return "it is for another challenge";
    case "insufficient-bits":
      return `it claims ${verdict.bits} of ${least} bits`;
    case "missing-work":
      return `its digest has fewer than ${verdict.bits} bits`;
    case null:
      return undefined;
  }
}
