import { Command } from "commander";
import { type BitcoinVerdict, HEADER_DIGITS, verifyBitcoin } from "../../systems/bitcoin/header.ts";
import { BITCOIN_NETWORKS, type BitcoinNetwork } from "../../systems/bitcoin/target.ts";
import { actionGroup } from "../terminal/action-group.ts";
import { oneOf } from "../terminal/options.ts";
import { toJsonLine } from "../terminal/output.ts";
import { EXIT_CODES } from "./options.ts";
import { judgeEach } from "./streams.ts";

const GENESIS =
  "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd" +
  "7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c";

const DETAILS = `
The header of a block is 80 bytes. Its double SHA-256, read from its end, must not be above
the target that its nBits stand for.

${EXIT_CODES}

Examples:
  stampmill bitcoin verify ${GENESIS.slice(0, 8)}...${GENESIS.slice(-8)}
  stampmill bitcoin verify --json < headers.txt`;

const VERIFY_DETAILS = `
Headers come from the command line, each by itself; or one a line from standard input ("-", or
a pipe when none is given), as a chain: each must name the one before. Each gets a line:
"valid", or the one reason why not, and its hash.

Reasons, in the order in which they are looked for: malformed, bad-target (its nBits are
negative, zero, or more than 256 bits), above-limit (its target is easier than the network
allows), missing-work (its hash is above its target), wrong-parent (it does not name the
header before it, or that one could not be read).

Not judged: whether nBits are what the blocks before ask for, times, and what is in a block.

JSON: valid reason problem hash version previous merkleRoot time nBits nonce target
difficulty work.

${EXIT_CODES}`;

/** `stampmill bitcoin`. */
export function bitcoinCommand(): Command {
  return actionGroup("bitcoin", [verifyAction()], {
    description: "Proof of work of Bitcoin's block headers.",
    usage: "[options]",
    details: DETAILS,
  });
}

interface VerifyFlags {
  network: BitcoinNetwork;
  json?: true;
}

function verifyAction(): Command {
  return new Command("verify")
    .description("Judge headers: exit 0 only if every one is valid.")
    .argument("[header...]", "80 bytes in hexadecimal")
    .option(
      "--network <network>",
      `whose easiest target is allowed: ${BITCOIN_NETWORKS.join(", ")}`,
      oneOf("--network", BITCOIN_NETWORKS),
      "main",
    )
    .option("--json", "print a line of JSON for each header")
    .addHelpText("after", VERIFY_DETAILS)
    .action(async (given: string[], { network, json }: VerifyFlags) => {
      const chain = given.length === 0 || given.includes("-");
      let parent: string | null | undefined;
      const source = { given, longest: HEADER_DIGITS, what: "header" };
      await judgeEach(source, json === true, (text) => {
        const verdict = follow(
          verifyBitcoin(text, { network, parent: parent ?? undefined }),
          parent,
        );
        if (chain) parent = verdict.hash;
        const { reason, hash } = verdict;
        const shown = hash ?? text;
        return { reason, why: explain(verdict, network), shown, json: toJsonLine(verdict) };
      });
    });
}

/** Nothing follows a header that could not be read. */
function follow(verdict: BitcoinVerdict, parent: string | null | undefined): BitcoinVerdict {
  return parent === null && verdict.valid
    ? { ...verdict, valid: false, reason: "wrong-parent" }
    : verdict;
}

function explain(verdict: BitcoinVerdict, network: string): string | undefined {
  switch (verdict.reason) {
    case "malformed":
      return "it is not 80 bytes in hexadecimal";
    case "bad-target":
      return `its nBits ${verdict.nBits} are no target: ${verdict.problem}`;
    case "above-limit":
      return `its target is easier than the network ${network} allows`;
    case "missing-work":
      return "its hash is above its target";
    case "wrong-parent":
      return `it follows ${verdict.previous}, which is not the header before it`;
    case null:
      return undefined;
  }
}
