import { badInput, StampmillError } from "../../text/errors.ts";
import { readLines } from "../../text/lines.ts";
import { EXIT } from "../terminal/exit.ts";
import { readStandardInput } from "../terminal/input.ts";
import { toPrintable, writeError, writeProduct } from "../terminal/output.ts";

// What the commands of all systems share: a line in, a line out.

/** Most characters of a rejected text that are shown. */
const SHOWN = 200;

/** What is read: named texts, or lines of standard input. */
interface Source {
  readonly given: readonly string[];
  /** Longest line; what is cut is one character longer. */
  readonly longest: number;
  /** What is read, in a word: `proof`. */
  readonly what: string;
  /** What the lines are read from; standard input by default. */
  readonly input?: AsyncIterable<Uint8Array>;
}

/** What became of one text. */
export interface Judged {
  /** The named reason why it is not valid. */
  readonly reason: string | null;
  /** In words, what the reason means here. */
  readonly why?: string | undefined;
  /** How the text is named in its verdict; by default the text itself. */
  readonly shown?: string | undefined;
  /** The line of JSON. */
  readonly json: string;
}

/** Texts in batches: a chunk of standard input at a time. */
async function* batches({
  given,
  longest,
  what,
  input = readStandardInput(),
}: Source): AsyncGenerator<readonly string[]> {
  if (given.length > 0 && !given.includes("-")) return yield given;
  if (given.length > 1) {
    throw badInput(what, `"-" reads standard input: name no ${what} as well`);
  }
  if (given.length === 0 && process.stdin.isTTY) {
    throw new StampmillError("bad-input", `there is no ${what}`, {
      hint: `name one, or say "-" to type them one a line`,
    });
  }
  for await (const lines of readLines(input, longest)) yield lines;
}

/** Judges every text and prints a line for each. The exit code is 0 only if all are valid. */
export async function judgeEach(
  source: Source,
  json: boolean,
  judge: (text: string) => Judged | Promise<Judged>,
): Promise<void> {
  let count = 0;
  let valid = 0;
  for await (const texts of batches(source)) {
    let rows = "";
    for (const text of texts) {
      if (text === "") continue;
      count++;
      const judged = await judge(text);
      if (judged.reason === null) valid++;
      rows += json ? judged.json : `${toRow(text, judged)}\n`;
    }
    await writeProduct(rows);
  }
  if (count === 0) writeError(`there is no ${source.what}`);
  process.exitCode = count > 0 && valid === count ? EXIT.done : EXIT.rejected;
}

function toRow(text: string, { reason, why, shown = text }: Judged): string {
  const cut = shown.length > SHOWN ? `${shown.slice(0, SHOWN)}\u2026` : shown;
  const row = `${reason ?? "valid"} ${toPrintable(cut)}`;
  return why === undefined || reason === null ? row : `${row} (${why})`;
}

/**
 * Makes something of every text and prints it. A line of standard input that is not what it should be
 * is reported and passed over; the exit code is 2 then.
 */
export async function mintEach(
  source: Source,
  mint: (text: string) => Promise<string>,
): Promise<void> {
  let number = 0;
  let good = true;
  const named = source.given.length > 0 && !source.given.includes("-");
  for await (const texts of batches(source)) {
    for (const text of texts) {
      number++;
      if (text === "" && !named) continue;
      try {
        await writeProduct(await mint(text));
      } catch (error) {
        const aboutLine = error instanceof StampmillError && error.parameter === source.what;
        if (!aboutLine || named) throw error;
        writeError(`line ${number}: ${error.message}`, error.hint);
        good = false;
      }
    }
  }
  process.exitCode = good ? EXIT.done : EXIT.usage;
}
