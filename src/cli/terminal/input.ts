import { closeSync, createReadStream, fstatSync, openSync, readSync, statSync } from "node:fs";
import { badInput, StampmillError } from "../../text/errors.ts";
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

/**
 * The text of a small regular file, byte for byte (latin1), cut to one byte more than `longest`.
 *
 * @param name what errors call it, if not by its path
 * @throws StampmillError `bad-input` if it is a folder, a pipe or the like, which is not opened;
 * EnvironmentError if it cannot be read
 */
export function readSmallFile(path: string, longest: number, name = path): string {
  try {
    // Opening a pipe would wait for somebody to write into it.
    if (!statSync(path).isFile()) throw badInput("file", `${name} is not a regular file`);
    const descriptor = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(longest + 1);
      let length = 0;
      let count = 0;
      do {
        count = readSync(descriptor, bytes, length, bytes.length - length, null);
        length += count;
      } while (count > 0);
      return bytes.toString("latin1", 0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (cause instanceof StampmillError) throw cause;
    throw new EnvironmentError(`cannot read ${name}`, cause as NodeJS.ErrnoException);
  }
}

function openStandardInput(): AsyncIterable<Uint8Array> {
  const fd = 0;
  if (!fstatSync(fd).isFile()) return process.stdin;
  return createReadStream("", { fd, autoClose: false, highWaterMark: FILE_CHUNK });
}
