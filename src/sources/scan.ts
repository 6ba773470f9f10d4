import { LineSplitter } from "../text/lines.ts";
import { MAX_HEADER_LINE, type StampLine, StampLineReader } from "./stamp-lines.ts";

/**
 * The stamps in any text, a mail, the body of a pull request or a commit message: whatever stands
 * behind `Hashcash:` or `X-Hashcash:` at the beginning of a line, in any case, folded like a mail
 * header or not. As many at a time as one chunk of the text completes; no more than one chunk and
 * one stamp is ever held.
 */
export async function* scanStamps(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<StampLine[]> {
  const lines = new LineSplitter(MAX_HEADER_LINE);
  const reader = new StampLineReader();
  for await (const chunk of input) yield takeAll(lines.push(chunk), reader);
  const last = takeAll(lines.end(), reader);
  const open = reader.end();
  yield open === null ? last : [...last, open];
}

function takeAll(lines: readonly string[], reader: StampLineReader): StampLine[] {
  const found: StampLine[] = [];
  for (const line of lines) {
    const complete = reader.take(line);
    if (complete !== null) found.push(complete);
  }
  return found;
}
