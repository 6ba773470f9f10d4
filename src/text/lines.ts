/**
 * Cuts a stream of bytes into lines without ever holding more than one line and one chunk.
 *
 * Lines end in LF or CRLF; a last line may lack it. Bytes become the characters U+0000 to U+00FF
 * one to one (latin1), so that no two inputs become the same text. A line of more than `longest`
 * characters is cut to one character more than that: enough for whoever reads it to see that it
 * is too long.
 */
export class LineSplitter {
  readonly #longest: number;
  #rest = "";

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Takes the next bytes and returns the lines that they complete. */
  push(chunk: Uint8Array): string[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines = (this.#rest + bytes.toString("latin1")).split("\n");
    // Room for the character that shows the excess, and for a CR.
    this.#rest = (lines.pop() ?? "").slice(0, this.#longest + 2);
    return lines.map((line) => this.#finish(line));
  }

  /** The last line, if it had no line end. */
  end(): string[] {
    const last = this.#rest;
    this.#rest = "";
    return last === "" ? [] : [this.#finish(last)];
  }

  #finish(line: string): string {
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    return text.length > this.#longest ? text.slice(0, this.#longest + 1) : text;
  }
}

/** Lines of a stream, as many at a time as one chunk completes. See `LineSplitter`. */
export async function* readLines(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  longest: number,
): AsyncGenerator<string[]> {
  const splitter = new LineSplitter(longest);
  for await (const chunk of input) yield splitter.push(chunk);
  yield splitter.end();
}
