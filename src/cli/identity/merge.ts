import { Command } from "commander";
import { formatIdentity, identityOf, readIdentity } from "../../identity/format.ts";
import { mergeSketches, type Sketch } from "../../identity/sketch/sketch.ts";
import { badInput } from "../../text/errors.ts";
import { EXIT } from "../terminal/exit.ts";
import { once } from "../terminal/options.ts";
import { writeProduct } from "../terminal/output.ts";
import { identityLines } from "./lines.ts";
import { SketchFile } from "./sketch-file.ts";

const DETAILS = `
The smallest hashes of all are kept, so that the outcome is the sketch of all the
work in them. In what order, or how often, they are merged makes no difference.
Sketches of another id, beacon, algorithm or k are refused, and so is a file with
anything in it that is not in order.

-o writes to a file that may be one of those merged: it is replaced as a whole, and
what it held is merged, too. Without it the line goes to standard output.

Exit codes: 0 merged; 2 wrong usage, or a file that is not in order; 3 reading or
writing failed.

Examples:
  stampmill identity merge alice.1 alice.2 alice.3 > alice.sketch
  stampmill identity merge -o alice.sketch results/*.sketch
  cat results/*.sketch | stampmill identity merge -`;

/** `stampmill identity merge`. */
export function mergeCommand(): Command {
  return new Command("merge")
    .description("Put sketches of one identity together.")
    .argument("<file...>", `files of sketches, one a line; "-" is standard input`)
    .option(
      "-o, --output <file>",
      "write to this file",
      once("--output", (text) => text),
    )
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(files: readonly string[], { output }: { output?: string }): Promise<void> {
  const merged = await mergeFiles(files);
  if (output === undefined) {
    await writeProduct(`${formatIdentity(identityOf(merged))}\n`);
  } else {
    const file = await SketchFile.open(output);
    try {
      file.load();
      file.save(merged);
    } finally {
      file.close();
    }
  }
  process.exitCode = EXIT.done;
}

/** One at a time, so that any number of them takes the memory of two. */
async function mergeFiles(files: readonly string[]): Promise<Sketch> {
  let merged: Sketch | undefined;
  for await (const { text, place } of identityLines(files)) {
    const reading = readIdentity(text);
    if (reading.status === "bad") {
      throw badInput("file", `${place} is not in order: ${reading.reason}, ${reading.detail}`);
    }
    const { sketch } = reading.identity;
    merged = merged === undefined ? sketch : mergeAt(place, merged, sketch);
  }
  if (merged === undefined) throw badInput("file", "there is no sketch in what was given");
  return merged;
}

function mergeAt(place: string, merged: Sketch, sketch: Sketch): Sketch {
  try {
    return mergeSketches([merged, sketch]);
  } catch (error) {
    throw badInput("file", `${place} cannot be merged: ${(error as Error).message}`);
  }
}
