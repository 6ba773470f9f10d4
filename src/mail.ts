import { StampmillError } from "./errors.ts";
import { LineSplitter } from "./lines.ts";
import { MAX_STAMP_LENGTH } from "./stamp/stamp.ts";

/** Longest header section that is read, in bytes; mail servers stop at a tenth of it or less. */
export const MAX_MAIL_HEADER = 1 << 20;

/** Most stamps that one mail may carry. */
export const MAX_MAIL_STAMPS = 1000;

/** Longest header line, in bytes, of which folding and the name are not part of the stamp. */
const MAX_LINE = 2 * MAX_STAMP_LENGTH;

/**
 * The stamps in a mail's `X-Hashcash:` and `Hashcash:` headers, in order, as text to be judged.
 *
 * Only the header section is searched; the body is read to its end, since a mail system takes a
 * filter that stops reading for a failed one, and thrown away. Folded headers are joined without
 * the white space around the folds. A header too long to be a stamp comes out as text that is too
 * long, and so malformed; an empty one as empty text.
 *
 * @throws StampmillError `bad-input` for a header section of more than 1 MiB, or more than 1000
 *   stamps
 */
export async function* readMailStamps(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string> {
  const lines = new LineSplitter(MAX_LINE);
  const header = new HeaderReader();
  let size = 0;
  for await (const chunk of input) {
    if (header.ended) continue;
    size += chunk.length;
    for (const line of lines.push(chunk)) yield* header.take(line);
    if (!header.ended && size > MAX_MAIL_HEADER) {
      throw new StampmillError("bad-input", "the mail's header section is longer than 1 MiB", {
        parameter: "mail",
      });
    }
  }
  for (const line of lines.end()) yield* header.take(line);
  // A mail that stops within its header section is taken for one without a body.
  yield* header.take("");
}

class HeaderReader {
  ended = false;
  /** The stamp being unfolded. */
  #open: string | null = null;
  #found = 0;

  /** Takes one line and yields the stamp that it shows to be complete, if any. */
  *take(line: string): Generator<string> {
    if (this.ended) return;
    const first = line[0];
    if (first === " " || first === "\t") {
      if (this.#open !== null) this.#open = append(this.#open, line);
      return;
    }
    if (this.#open !== null) yield this.#open;
    this.#open = null;
    if (line === "") this.ended = true;
    const name = /^(?:x-)?hashcash:/i.exec(line)?.[0];
    if (name === undefined) return;
    if (++this.#found > MAX_MAIL_STAMPS) {
      const message = `the mail carries more than ${MAX_MAIL_STAMPS} stamps`;
      throw new StampmillError("bad-input", message, { parameter: "mail" });
    }
    this.#open = append("", line.slice(name.length), line.length);
  }
}

/** Adds a line's part of a stamp, unless it is too long already. */
function append(stamp: string, part: string, lineLength = part.length): string {
  if (stamp.length > MAX_STAMP_LENGTH) return stamp;
  // A line that was cut keeps its length, so that the stamp has more than it may.
  if (lineLength > MAX_LINE) return stamp + part;
  return stamp + trimBlanks(part);
}

/** Without a regular expression: `/[ \t]+$/` takes quadratic time on spaces within the text. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
