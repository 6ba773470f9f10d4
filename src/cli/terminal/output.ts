import { writeSync } from "node:fs";
import { toAscii } from "../../text/ascii-json.ts";
import { StampmillError } from "../../text/errors.ts";
import { EnvironmentError } from "./exit.ts";

const STDOUT = 1;
const STDERR = 2;

/** Where writing has gone over to Node's streams. */
const streamed = new Set<number>();

/**
 * Writes the product, and nothing else, to standard output; resolves once it is handed over.
 * Await it before the next write, so that a slow reader holds the command back. Empty text is
 * nothing to write.
 *
 * @throws EnvironmentError if it could not be written, for instance to a full disk
 */
export async function writeProduct(text: string): Promise<void> {
  try {
    await write(STDOUT, text);
  } catch (cause) {
    throw new EnvironmentError("cannot write to standard output", cause as NodeJS.ErrnoException);
  }
}

/** Writes what is not the product to standard error, as it is. */
export function writeAside(text: string): void {
  // There is nowhere left to report that this failed.
  write(STDERR, text).catch(() => {});
}

/**
 * Writes right to the file descriptor: process.stdout and stderr would be created for it, which
 * costs a start 3 ms. A pipe that somebody made non-blocking and that is full takes no more; the
 * stream knows how to wait, and keeps the order from then on.
 */
async function write(descriptor: typeof STDOUT | typeof STDERR, text: string): Promise<void> {
  let rest: Uint8Array = Buffer.from(text);
  try {
    while (rest.length > 0 && !streamed.has(descriptor)) {
      rest = rest.subarray(writeSync(descriptor, rest));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    streamed.add(descriptor);
  }
  if (rest.length > 0) await writeToStream(descriptor, rest);
}

function writeToStream(descriptor: number, bytes: Uint8Array): Promise<void> {
  const stream = descriptor === STDOUT ? process.stdout : process.stderr;
  // A failed write also emits "error", which would end the process before it can be reported.
  if (stream.listenerCount("error") === 0) stream.on("error", () => {});
  return new Promise((resolve, reject) => {
    stream.write(bytes, (cause) => (cause ? reject(cause) : resolve()));
  });
}

/** Writes `stampmill: error: …` and, where it helps, `stampmill: hint: …`. */
export function writeError(message: string, hint?: string): void {
  writeAside(errorText(message, hint));
}

/** What `writeError` writes. */
export function errorText(message: string, hint?: string): string {
  return `stampmill: error: ${toOneLine(message)}\n${hint === undefined ? "" : hintText(hint)}`;
}

/** Writes `stampmill: hint: …`. */
export function writeHint(hint: string): void {
  writeAside(hintText(hint));
}

function hintText(hint: string): string {
  return `stampmill: hint: ${toOneLine(hint)}\n`;
}

/** Writes `stampmill: warning: …`: something is in doubt, but the product is there. */
export function writeWarning(message: string): void {
  writeAside(`stampmill: warning: ${toOneLine(message)}\n`);
}

/** Writes `stampmill: note: …`: what the command decided by itself. */
export function writeNote(message: string): void {
  writeAside(`stampmill: note: ${toOneLine(message)}\n`);
}

/** Reports an error that ends the command. Only what must be a fault of ours comes with a stack. */
export function reportError(error: unknown): void {
  if (error instanceof EnvironmentError) {
    if (!error.quiet) writeError(error.message);
  } else if (error instanceof StampmillError) {
    writeError(error.message, error.hint);
  } else {
    writeError("stampmill itself failed");
    writeAside(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

type JsonValue = string | number | boolean | null;

/** A row of a table within a line of JSON. */
type JsonRow = { readonly [name: string]: JsonValue };

/** What a line of JSON may hold: lists and tables at most, and no BigInt, which JSON does not know. */
type Flat<T> = {
  readonly [K in keyof T]: JsonValue | readonly JsonValue[] | readonly JsonRow[];
};

/** One line of JSON, in ASCII so that nothing in it can act on a terminal. */
export function toJsonLine<T extends Flat<T>>(value: T): string {
  return `${toAscii(JSON.stringify(value))}\n`;
}

/** Text from outside as it may be shown: as it is if it is printable ASCII, else as JSON does. */
export function toPrintable(text: string): string {
  return /^[!-~]+$/.test(text) ? text : toAscii(JSON.stringify(text));
}

/** One line of text from outside, its spaces left alone: what is not ASCII is written as JSON does. */
export function toPrintableLine(text: string): string {
  return toAscii(toOneLine(text));
}

/** Text from outside that can neither end its line nor act on a terminal. */
export function toOneLine(message: string): string {
  return message.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, "?");
}
