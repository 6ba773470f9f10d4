import { createHash } from "node:crypto";
import { Command } from "commander";
import {
  DEFAULT_ANSWER_TIMEOUT,
  DEFAULT_MAX_BITS,
  type SendReport,
  sendPost,
} from "../gate/post/post.ts";
import { parseDuration } from "../text/duration.ts";
import { badInput } from "../text/errors.ts";
import { EXIT } from "./terminal/exit.ts";
import { readInput } from "./terminal/input.ts";
import { decimal, niceSearch, once, wholeNumber } from "./terminal/options.ts";
import { toJsonLine, toPrintable, toPrintableLine, writeProduct } from "./terminal/output.ts";
import { mintWithProgress } from "./terminal/progress.ts";

interface Options {
  to: string;
  resource: string;
  poster: string;
  maxBits?: number;
  weight?: number;
  digestOnly?: true;
  timeout?: number;
  threads?: number;
  nice?: true;
  kernel?: string;
  json?: true;
}

/** Most bytes of a message that is sent along. */
const MAX_MESSAGE = 8 << 20;

const DETAILS = `
Asks the gate at URL what the post costs (GET URL/price), mints the stamps, and
posts them with the message (POST URL/posts). If the price has risen meanwhile,
what is missing is minted, up to five times. The file must be UTF-8 and at most
8 MiB; the server may take less. With --digest-only any file will do: nothing
but its SHA-256 is sent, and the message goes its own way.

--max-bits bounds what a server can ask for: a post that costs more is not
minted for, and never more than twice 2^max-bits hashes are computed, whatever
the server says. What is minted is bound to --resource and to the message, so
that it is good for nothing else.

If the server cannot answer (status 503), it is asked again up to four times,
after 0.5 to 8 s; once stamps are minted also if it does not answer at all. If
it is not known whether the post was accepted, the command says so and ends
with exit code 3. Redirections are not followed.

JSON: accepted reason explanation price resource poster digest stamps tries
seconds rounds. "price" is in bits, null if not known; "tries" the hashes
computed in "seconds"; "rounds" how often it was posted.

Exit codes: 0 accepted; 1 refused, or too expensive; 2 wrong usage or input;
3 the server, the engine, reading or writing failed.

Examples:
  stampmill post --to http://localhost:8402 --resource forum --poster alice hello.txt
  date | stampmill post --to https://example.org/gate --resource forum --poster alice -
  stampmill post --to http://localhost:8402 --resource files --poster alice \\
    --digest-only --max-bits 30 --json photo.jpg`;

/** `stampmill post`. */
export function postCommand(): Command {
  return new Command("post")
    .description("Ask a gate for its price, mint the stamps, and post a message.")
    .argument("[file]", 'the message; "-", or none, is standard input', "-")
    .requiredOption(
      "--to <url>",
      "the gate's address",
      once("--to", (text) => text),
    )
    .requiredOption(
      "--resource <resource>",
      "where to post, such as the name of a board",
      once("--resource", (text) => text),
    )
    .requiredOption(
      "--poster <poster>",
      "who posts, as the gate knows you",
      once("--poster", (text) => text),
    )
    .option(
      "--max-bits <bits>",
      `highest price to pay, in bits (default: ${DEFAULT_MAX_BITS})`,
      decimal("--max-bits"),
    )
    .option("--weight <weight>", "what the post counts for (default: 1)", decimal("--weight"))
    .option("--digest-only", "send only the SHA-256 of the message")
    .option(
      "--timeout <duration>",
      `how long the server may take for an answer (default: ${DEFAULT_ANSWER_TIMEOUT / 1000}s)`,
      once("--timeout", (text) => parseDuration(text, "--timeout")),
    )
    .option("-j, --threads <threads>", "threads to mint with", wholeNumber("--threads"))
    .addOption(niceSearch())
    .option(
      "--kernel <name>",
      "kernel to mint with, see stampmill kernels",
      once("--kernel", (text) => text),
    )
    .option("--json", "print one line of JSON")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const { json, digestOnly, ...rest } = options;
  const message = digestOnly ? { digest: await digestFile(file) } : await readMessage(file);
  const report = await sendPost({ ...rest, message, mint: mintWithProgress });
  await writeProduct(json ? toJsonLine(report) : toText(report));
  process.exitCode = report.accepted ? EXIT.done : EXIT.rejected;
}

async function digestFile(file: string): Promise<string> {
  const sum = createHash("sha256");
  for await (const chunk of readInput(file)) sum.update(chunk);
  return sum.digest("hex");
}

async function readMessage(file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of readInput(file)) {
    size += chunk.length;
    if (size > MAX_MESSAGE) throw unsendable("is larger than 8 MiB");
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw unsendable("is not UTF-8");
  }
}

function unsendable(why: string) {
  return badInput("file", `the message ${why}`, "send its digest alone, with --digest-only");
}

function toText({ accepted, reason, explanation, price, stamps, rounds }: SendReport): string {
  const bits = price === null ? "" : ` at ${price} bits`;
  if (accepted) {
    const times = rounds === 1 ? "" : `, in ${rounds} rounds`;
    return `accepted${bits} for ${stamps} stamp${stamps === 1 ? "" : "s"}${times}\n`;
  }
  const why = explanation === null ? "" : ` (${toPrintableLine(explanation)})`;
  return `${toPrintable(reason ?? "")}${bits}${why}\n`;
}
