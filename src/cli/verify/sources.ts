import { readMailStamps } from "../../sources/mail.ts";
import { scanStamps } from "../../sources/scan.ts";
import { MAX_STAMP_LENGTH } from "../../stamp/stamp.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import { readLines } from "../../text/lines.ts";
import { readInput, readStandardInput } from "../terminal/input.ts";
import type { Batch } from "./finding.ts";
import type { Options } from "./options.ts";

/** The stamps to judge, in batches, so that a file of millions is one write a chunk. */
export function stampBatches(
  given: readonly string[],
  { mail, scan }: Options,
): AsyncIterable<Batch> | Iterable<Batch> {
  if (mail && scan) throw new StampmillError("bad-input", "give --mail or --scan, not both");
  if (scan) return scanBatches(given.length === 0 ? ["-"] : given);
  const dash = given.includes("-");
  if (given.length > (dash ? 1 : 0) && (mail || dash)) {
    const source = mail ? "--mail" : `"-"`;
    throw new StampmillError("bad-input", `${source} reads standard input: name no stamps as well`);
  }
  if (mail) return mailBatches();
  if (dash || (given.length === 0 && !process.stdin.isTTY)) return lineBatches();
  if (given.length > 0) return [{ stamps: given }];
  throw new StampmillError("bad-input", "there is no stamp to verify", {
    hint: `name stamps, or say "-" to type them one a line`,
  });
}

async function* lineBatches(): AsyncGenerator<Batch> {
  for await (const lines of readLines(readStandardInput(), MAX_STAMP_LENGTH)) {
    yield { stamps: lines.filter((line) => line !== "") };
  }
}

async function* mailBatches(): AsyncGenerator<Batch> {
  for await (const stamp of readMailStamps(readStandardInput())) yield { stamps: [stamp] };
}

/** Not a generator itself, so that a mistake is told before the first file is read. */
function scanBatches(files: readonly string[]): AsyncIterable<Batch> {
  if (files.filter((file) => file === "-").length > 1) {
    throw badInput("file", `"-" is standard input, and can be read but once`);
  }
  return scanFiles(files);
}

async function* scanFiles(files: readonly string[]): AsyncGenerator<Batch> {
  for (const file of files) {
    for await (const found of scanStamps(readInput(file))) {
      const stamps = found.map(({ stamp }) => stamp);
      yield { stamps, places: found.map(({ line }) => ({ file, line })) };
    }
  }
}
