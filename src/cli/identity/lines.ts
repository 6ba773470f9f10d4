import { type IdentityReading, MAX_IDENTITY_LENGTH } from "../../identity/format.ts";
import { readLines } from "../../lines.ts";
import { readInput } from "../input.ts";
import { toPrintable, writeError } from "../output.ts";

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

/** Says what is wrong with a line. */
export function complain(place: string, reading: IdentityReading & { status: "bad" }): void {
  writeError(`${place} is not in order: ${reading.reason}, ${reading.detail}`);
}
