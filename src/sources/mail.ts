import { StampmillError } from "../text/errors.ts";
import { LineSplitter } from "../text/lines.ts";
import { MAX_HEADER_LINE, type StampLine, StampLineReader } from "./stamp-lines.ts";

/** Longest header section that is read, in bytes; mail servers stop at a tenth of it or less. */
export const MAX_MAIL_HEADER = 1 << 20;

/** Most stamps that one mail may carry. */
export const MAX_MAIL_STAMPS = 1000;

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
  const lines = new LineSplitter(MAX_HEADER_LINE);
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

/** The lines of a mail up to the first empty one. */
class HeaderReader {
  ended = false;
  readonly #stamps = new StampLineReader();
  #found = 0;

  /** Takes one line and yields the stamp that it shows to be complete, if any. */
  *take(line: string): Generator<string> {
    if (this.ended) return;
    if (line === "") this.ended = true;
    const complete: StampLine | null = this.#stamps.take(line);
    if (complete === null) return;
    if (++this.#found > MAX_MAIL_STAMPS) {
      const message = `the mail carries more than ${MAX_MAIL_STAMPS} stamps`;
      throw new StampmillError("bad-input", message, { parameter: "mail" });
    }
    yield complete.stamp;
  }
}
