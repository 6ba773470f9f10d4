import { type Identity, MAX_IDENTITY_LENGTH, readIdentity } from "../../identity/format.ts";
import { StampmillError } from "../../text/errors.ts";
import { readLines } from "../../text/lines.ts";
import { readInput } from "../terminal/input.ts";
import { toPrintable, writeError } from "../terminal/output.ts";

/** A line of a file of sketches. */
export interface IdentityLine {
  readonly text: string;
  /** Where it stands, in one word that is safe to print: `FILE:LINE`. */
  readonly place: string;
}

/**
 * The lines of these files, "-" being standard input; empty ones are passed over.
 *
 * @throws EnvironmentError if one cannot be read
 */
export async function* identityLines(files: readonly string[]): AsyncGenerator<IdentityLine> {
  for (const file of files) {
    let number = 0;
    for await (const lines of readLines(readInput(file), MAX_IDENTITY_LENGTH)) {
      for (const text of lines) {
        number++;
        if (text !== "") yield { text, place: `${toPrintable(file)}:${number}` };
      }
    }
  }
}

/** Reads sketches from files, and names what is not in order instead of stopping at it. */
export class IdentityReader {
  /** Whether all that was read so far was in order. */
  good = true;

  /** @throws as {@link identityLines}; StampmillError `malformed` if there is no line at all */
  async *read(files: readonly string[]): AsyncGenerator<Identity> {
    let lines = 0;
    for await (const { text, place } of identityLines(files)) {
      lines++;
      const reading = readIdentity(text);
      if (reading.status === "good") {
        yield reading.identity;
        continue;
      }
      this.good = false;
      writeError(`${place} is not in order: ${reading.reason}, ${reading.detail}`);
    }
    if (lines > 0) return;
    throw new StampmillError("malformed", "there is no sketch in what was given");
  }
}
