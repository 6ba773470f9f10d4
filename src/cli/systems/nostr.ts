import { Command } from "commander";
import { MAX_NOSTR_EVENT, readJson } from "../../systems/nostr/event.ts";
import { mintNostr } from "../../systems/nostr/mint.ts";
import { answerPolicy } from "../../systems/nostr/policy.ts";
import { loadNostrSignatureCheck } from "../../systems/nostr/signature.ts";
import { type NostrVerdict, verifyNostr } from "../../systems/nostr/verify.ts";
import { toAscii } from "../../text/ascii-json.ts";
import { badInput } from "../../text/errors.ts";
import { readLines } from "../../text/lines.ts";
import { actionGroup } from "../terminal/action-group.ts";
import { EXIT } from "../terminal/exit.ts";
import { readInput, readStandardInput } from "../terminal/input.ts";
import { wholeNumber } from "../terminal/options.ts";
import { toJsonLine, writeProduct } from "../terminal/output.ts";
import { withProgress } from "../terminal/progress.ts";
import { EXIT_CODES, type SearchFlags, searchFlags, withSearchFlags } from "./options.ts";
import { judgeEach, mintEach } from "./streams.ts";

const DETAILS = `
NIP-13: the id of an event begins with zero bits, and its tag ["nonce", NUMBER, TARGET]
says how many were aimed for. Luck above the target counts for nothing.

${EXIT_CODES}

Examples:
  stampmill nostr mint -b 21 < event.json
  stampmill nostr verify -b 21 --signature < events.jsonl
  writePolicy.plugin = "/usr/local/bin/pow.sh", and in that file:
  exec stampmill nostr policy -b 21`;

const MINT_DETAILS = `
An event is a line of JSON with pubkey, kind, tags, content, and created_at or the clock's
time. It comes back with its nonce tag and its id. An id, a signature and nonce tags that it
had are dropped: sign it afterwards. A line that is no event is reported and passed over.

JSON: event bits tries seconds rate kernel threads.

${EXIT_CODES}`;

const VERIFY_DETAILS = `
Each event, a line of JSON, gets a line: "valid", or the one reason why not, and its id.

Reasons, in the order in which they are looked for: malformed, no-nonce (it commits to no
target), two-nonces, insufficient-bits (it commits to too little), missing-work (its id has
fewer bits than that), wrong-id (the id is not the hash of the event), bad-signature (with
--signature).

JSON: valid reason problem id bits zeros.

${EXIT_CODES}`;

const POLICY_DETAILS = `
A plugin for the relay strfry: requests on standard input, a line of JSON for each event, an
answer for each on standard output, accept or reject. What is not understood is rejected.

Exit codes: 0 when the input ends; 2 wrong usage; 3 reading or writing failed.`;

/** `stampmill nostr`. */
export function nostrCommand(): Command {
  return actionGroup("nostr", [mintAction(), verifyAction(), policyAction()], {
    description: "Proof of work for Nostr events: NIP-13.",
    usage: "[options]",
    details: DETAILS,
  });
}

/** Lines of one file, or of standard input. */
function linesOf(file: string | undefined, what: string) {
  const input = file === undefined || file === "-" ? readStandardInput() : readInput(file);
  return { given: ["-"], longest: MAX_NOSTR_EVENT, what, input };
}

interface MintFlags extends SearchFlags {
  bits: number;
  updateTime?: true;
  compact?: true;
  json?: true;
}

function mintAction(): Command {
  const command = new Command("mint")
    .description("Give events a nonce and an id.")
    .argument("[file]", "events, one a line (default: standard input)")
    .requiredOption("-b, --bits <bits>", "the target, 0 to 64", wholeNumber("--bits"))
    .option("--update-time", "set created_at to the clock's time")
    .option("--compact", "the shortest nonce that does, which may take longer to find")
    .option("--json", "print more than the event")
    .addHelpText("after", MINT_DETAILS);
  return withSearchFlags(command).action((file: string | undefined, flags: MintFlags) => {
    const { bits, updateTime, compact, json } = flags;
    return mintEach(linesOf(file, "event"), async (line) => {
      const read = readJson(Buffer.from(line, "latin1"));
      if ("problem" in read) throw badInput("event", `this is no event: ${read.problem}`);
      const options = { event: read.value, bits, updateTime, compact, ...searchFlags(flags) };
      const minted = await withProgress(bits, "", (onSearch) =>
        mintNostr({ ...options, onSearch }),
      );
      return `${toAscii(JSON.stringify(json ? minted : minted.event))}\n`;
    });
  });
}

interface VerifyFlags {
  bits: number;
  signature?: true;
  json?: true;
}

function verifyAction(): Command {
  return new Command("verify")
    .description("Judge events: exit 0 only if every one is valid.")
    .argument("[file]", "events, one a line (default: standard input)")
    .requiredOption("-b, --bits <bits>", "least bits to commit to", wholeNumber("--bits"))
    .option("--signature", "check the signature too")
    .option("--json", "print a line of JSON for each event")
    .addHelpText("after", VERIFY_DETAILS)
    .action(async (file: string | undefined, flags: VerifyFlags) => {
      const { bits, json } = flags;
      const signature = flags.signature ? await loadNostrSignatureCheck() : undefined;
      verifyNostr("", { bits });
      await judgeEach(linesOf(file, "event"), json === true, (line) => {
        const verdict = verifyNostr(Buffer.from(line, "latin1"), { bits, signature });
        const shown = verdict.id ?? line;
        const why = explain(verdict, bits);
        return { reason: verdict.reason, why, shown, json: toJsonLine(verdict) };
      });
    });
}

function explain({ reason, problem, bits }: NostrVerdict, least: number): string | undefined {
  switch (reason) {
    case "malformed":
      return problem ?? undefined;
    case "no-nonce":
      return "no nonce tag commits to a target";
    case "two-nonces":
      return "there is more than one nonce tag";
    case "insufficient-bits":
      return `it commits to ${bits} of ${least} bits`;
    case "missing-work":
      return `its id has fewer than the ${bits} bits that it commits to`;
    case "wrong-id":
      return "the id is not the hash of the event";
    case "bad-signature":
      return "it is not signed by its pubkey";
    case null:
      return undefined;
  }
}

function policyAction(): Command {
  return new Command("policy")
    .description("Answer the relay strfry, line by line: a write-policy plugin.")
    .requiredOption("-b, --bits <bits>", "least bits to commit to", wholeNumber("--bits"))
    .addHelpText("after", POLICY_DETAILS)
    .action(async ({ bits }: { bits: number }) => {
      verifyNostr("", { bits });
      for await (const lines of readLines(readStandardInput(), MAX_NOSTR_EVENT)) {
        let answers = "";
        for (const line of lines) {
          if (line !== "") answers += toJsonLine(answerPolicy(Buffer.from(line, "latin1"), bits));
        }
        await writeProduct(answers);
      }
      process.exitCode = EXIT.done;
    });
}
