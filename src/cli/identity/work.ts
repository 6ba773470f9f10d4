import { Command } from "commander";
import { ALGORITHMS } from "../../engine/algorithms.ts";
import { DEFAULT_ALGORITHM, identityOf } from "../../identity/format.ts";
import { DEFAULT_CONFIDENCE, estimateWork } from "../../identity/sketch/estimate.ts";
import { type Growth, growSketch } from "../../identity/sketch/grow.ts";
import type { Sketch } from "../../identity/sketch/sketch.ts";
import {
  DEFAULT_SKETCH_SIZE,
  MAX_SKETCH_SIZE,
  MIN_SKETCH_SIZE,
} from "../../identity/sketch/subject.ts";
import { confidenceInWords } from "../../identity/sketch/words.ts";
import { parseDuration } from "../../text/duration.ts";
import { formatCount, formatSeconds } from "../figures/quantity.ts";
import { textTable } from "../figures/table.ts";
import { EXIT } from "../terminal/exit.ts";
import {
  niceSearch,
  once,
  oneOf,
  searchKernel,
  searchThreads,
  wholeNumber,
} from "../terminal/options.ts";
import { toJsonLine, toPrintableLine, writeProduct } from "../terminal/output.ts";
import { watchStops, withoutStops } from "../terminal/stops.ts";
import { FACTS_HELP, factsOf, hashesInWords } from "./facts.ts";
import { workOption } from "./options.ts";
import { SketchFile } from "./sketch-file.ts";
import { showStatus } from "./status.ts";
import { stopOnSignals } from "./stop.ts";
import { givenTerms, sketchToGrow, type TermOptions } from "./terms.ts";

interface Options extends TermOptions {
  for?: number;
  until?: number;
  threads?: number;
  nice?: true;
  kernel?: string;
  json?: true;
}

const DETAILS = `
Goes on with FILE if it is there; then nothing of what it is for need be said again,
and nothing else may be said. Without --for and --until it goes on until it is
interrupted. What is found is on the disk within a tenth of a second, FILE being
replaced as a whole, so that even kill -9 costs no more than that. On several
machines give each a file of its own, and merge them.

An id is a Nostr npub, an e-mail address, an OpenSSH public key (without its
comment), or any line of printable text in UTF-8. An OpenSSH .pub file or an Ed25519
key in PEM is read with --id-file. The id is what others compare: see
docs/identity-format.md for the one way in which each is written.

A beacon is something that nobody could know before a certain time, such as a
block's hash, so that no work can be older: begin it with that date, as in
2026-11-24:00000000000000000001c3...

--until looks at the estimate. To pass identity verify, whose bound is certain by
99.9 %, it takes about 1.5 times as much with k = 64, and 1.1 times with k = 1024.

JSON: file ending tries seconds rate kernel threads ${FACTS_HELP}.
"ending" is time, target or aborted.

Exit codes: 0 done; 2 wrong usage, or FILE is of another identity; 3 the engine,
reading or writing failed; 130 and 143 interrupted, and saved.

Examples:
  stampmill identity work --id alice@example.org --for 10m alice.sketch
  stampmill identity work --id-file ~/.ssh/id_ed25519.pub --until 2^40 key.sketch
  stampmill identity work --for 8h alice.sketch`;

/** `stampmill identity work`. */
export function workCommand(): Command {
  const sizes = `${MIN_SKETCH_SIZE} to ${MAX_SKETCH_SIZE}`;
  return new Command("work")
    .description("Put work behind an identity, for as long as you like.")
    .argument("<file>", "where the sketch is kept; made if it is not there")
    .option(
      "--id <id>",
      "whose work it is",
      once("--id", (text) => text),
    )
    .option(
      "--id-file <file>",
      "instead of --id: a public key",
      once("--id-file", (text) => text),
    )
    .option(
      "--beacon <text>",
      "what was not known before the work began (default: none)",
      once("--beacon", (text) => text),
    )
    .option(
      "--for <duration>",
      "stop after this long, such as 10m",
      once("--for", (text) => parseDuration(text, "--for")),
    )
    .option("--until <work>", "stop when the estimate is at least this", workOption("--until"))
    .option(
      "-k <count>",
      `hashes kept, ${sizes} (default: ${DEFAULT_SKETCH_SIZE})`,
      wholeNumber("-k"),
    )
    .option(
      "-a, --algorithm <algorithm>",
      `${ALGORITHMS.join(" or ")} (default: ${DEFAULT_ALGORITHM})`,
      oneOf("--algorithm", ALGORITHMS),
    )
    .addOption(searchThreads())
    .addOption(niceSearch())
    .addOption(searchKernel())
    .option("--json", "print one line of JSON at the end")
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(path: string, options: Options): Promise<void> {
  const { for: duration, until, threads, nice, kernel, json, ...terms } = options;
  const given = givenTerms(terms);
  const file = await SketchFile.open(path);
  const stop = stopOnSignals();
  const stops = watchStops();
  let end = () => {};
  try {
    const sketch = sketchToGrow(path, file.load(), given);
    const status = { sketch, tried: () => 0, duration, until };
    const grown = await growSketch({
      sketch,
      duration,
      until: until === undefined ? undefined : 2 ** until,
      signal: stop.signal,
      threads,
      nice,
      kernel,
      onImproved: (better) => {
        file.save(better);
        status.sketch = better;
      },
      onSearch: ({ tried }) => {
        status.tried = tried;
        end = showStatus(status, stops);
      },
    });
    end();
    const growth = withoutStops(grown, stops);
    await writeProduct(json ? toJson(path, growth) : toText(sketch, growth));
    process.exitCode = growth.ending === "aborted" ? stop.exitCode() : EXIT.done;
  } finally {
    end();
    stops.end();
    file.close();
  }
}

function toJson(file: string, { sketch, ending, ...counts }: Growth): string {
  const { tries, seconds, rate, kernel, threads } = counts;
  const facts = factsOf(identityOf(sketch), DEFAULT_CONFIDENCE);
  return toJsonLine({ file, ending, tries, seconds, rate, kernel, threads, ...facts });
}

function toText(before: Sketch, { sketch, tries, seconds, rate }: Growth): string {
  const { id, estimate, lowerBound, confidence } = factsOf(identityOf(sketch), DEFAULT_CONFIDENCE);
  const grown = before.hashes.length === 0 ? "" : `, ${hashesInWords(estimateWork(before))} before`;
  const done = `${formatCount(tries)} hashes in ${formatSeconds(seconds)} at ${formatCount(rate)}H/s`;
  const rows: [string, string][] = [
    ["identity", toPrintableLine(id)],
    ["work", hashesInWords(estimate) + grown],
    ["certain", `${hashesInWords(lowerBound)}, by ${confidenceInWords(confidence)}`],
    ["this time", done],
  ];
  return textTable({ head: [], rows, align: "ll" });
}
