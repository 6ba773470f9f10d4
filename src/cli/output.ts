import { StampmillError } from "../errors.ts";
import { EnvironmentError } from "./exit.ts";

let listening = false;

/** A failed write also emits "error", which would end the process before it can be reported. */
function listen(): void {
  if (listening) return;
  listening = true;
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
}

/**
 * Writes the product, and nothing else, to standard output; resolves once it is handed over.
 * Await it before the next write, so that a slow reader holds the command back.
 *
 * @throws EnvironmentError if it could not be written, for instance to a full disk
 */
export function writeProduct(text: string): Promise<void> {
  listen();
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (cause) => {
      if (cause) reject(new EnvironmentError("cannot write to standard output", cause));
      else resolve();
    });
  });
}

/** Writes what is not the product to standard error, as it is. */
export function writeAside(text: string): void {
  listen();
  process.stderr.write(text);
}

/** Writes `stampmill: error: …` and, where it helps, `stampmill: hint: …`. */
export function writeError(message: string, hint?: string): void {
  writeAside(`stampmill: error: ${toOneLine(message)}\n`);
  if (hint !== undefined) writeHint(hint);
}

/** Writes `stampmill: hint: …`. */
export function writeHint(hint: string): void {
  writeAside(`stampmill: hint: ${toOneLine(hint)}\n`);
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

/** What a line of JSON may hold: no nesting but lists, and no BigInt, which JSON does not know. */
type Flat<T> = { readonly [K in keyof T]: JsonValue | readonly JsonValue[] };

/** One line of JSON, in ASCII so that nothing in it can act on a terminal. */
export function toJsonLine<T extends Flat<T>>(value: T): string {
  return `${toAscii(JSON.stringify(value))}\n`;
}

/** Text from outside as it may be shown: as it is if it is printable ASCII, else as JSON does. */
export function toPrintable(text: string): string {
  return /^[!-~]+$/.test(text) ? text : toAscii(JSON.stringify(text));
}

function toAscii(json: string): string {
  return json.replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Messages quote what they were given: it must neither end the line nor act on a terminal. */
function toOneLine(message: string): string {
  return message.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, "?");
}
