import { createReadStream, fstatSync } from "node:fs";
import { EnvironmentError } from "./exit.ts";

/**
 * Bytes of a file to read at a time: about as many stamps as a transaction of the store takes. A
 * pipe never holds more than 64 KiB.
 */
const FILE_CHUNK = 1 << 19;

/**
 * Standard input in pieces.
 *
 * @throws EnvironmentError if it cannot be read, for instance because it is a folder
 */
export async function* readStandardInput(): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of openStandardInput()) yield chunk;
  } catch (cause) {
    throw new EnvironmentError("cannot read standard input", cause as NodeJS.ErrnoException);
  }
}

/**
 * A named file in pieces, or standard input for "-".
 *
 * @throws EnvironmentError if it cannot be read
 */
export async function* readInput(file: string): AsyncGenerator<Uint8Array> {
  if (file === "-") return yield* readStandardInput();
  try {
    yield* createReadStream(file);
  } catch (cause) {
    throw new EnvironmentError(`cannot read ${file}`, cause as NodeJS.ErrnoException);
  }
}

function openStandardInput(): AsyncIterable<Uint8Array> {
  const fd = 0;
  if (!fstatSync(fd).isFile()) return process.stdin;
  return createReadStream("", { fd, autoClose: false, highWaterMark: FILE_CHUNK });
}
