import { MAX_STAMP_LENGTH } from "../stamp/stamp.ts";

/** Longest header line, in bytes, of which folding and the name are not part of the stamp. */
export const MAX_HEADER_LINE = 2 * MAX_STAMP_LENGTH;

/** The text of a `Hashcash:` header, and the line it began in, counted from 1. */
export interface StampLine {
  readonly stamp: string;
  readonly line: number;
}

/**
 * Finds `X-Hashcash:` and `Hashcash:` headers, in any case, where lines begin. Lines that begin with
 * a blank go on with the header before them and are joined without the white space around the fold.
 * A header too long to be a stamp comes out as text that is too long, and so malformed; an empty one
 * as empty text. Lines come from a `LineSplitter` of `MAX_HEADER_LINE`.
 */
export class StampLineReader {
  #stamp: string | null = null;
  #begun = 0;
  #line = 0;

  /** Takes one line; returns the header that it shows to be complete, if any. */
  take(line: string): StampLine | null {
    this.#line++;
    if (isFolded(line)) {
      if (this.#stamp !== null) this.#stamp = append(this.#stamp, line);
      return null;
    }
    const complete = this.end();
    const name = nameOf(line);
    if (name !== null) {
      this.#stamp = append("", line.slice(name.length), line.length);
      this.#begun = this.#line;
    }
    return complete;
  }

  /** The header that the end of the text shows to be complete, if any. */
  end(): StampLine | null {
    if (this.#stamp === null) return null;
    const complete = { stamp: this.#stamp, line: this.#begun };
    this.#stamp = null;
    return complete;
  }
}

/** Whether a header of stamps begins with this line. */
export function beginsStamp(line: string): boolean {
  return nameOf(line) !== null;
}

/** Whether this line goes on with the header before it. */
export function isFolded(line: string): boolean {
  return isBlank(line[0]);
}

/** The header's name with its colon, if this line begins one. */
function nameOf(line: string): string | null {
  return /^(?:x-)?hashcash:/i.exec(line)?.[0] ?? null;
}

/** Adds a line's part of a stamp, unless it is too long already. */
function append(stamp: string, part: string, lineLength = part.length): string {
  if (stamp.length > MAX_STAMP_LENGTH) return stamp;
  // A line that was cut keeps its length, so that the stamp has more than it may.
  if (lineLength > MAX_HEADER_LINE) return stamp + part;
  return stamp + trimBlanks(part);
}

/**
 * Text without the spaces and tabs around it. Without a regular expression: `/[ \t]+$/` takes quadratic
 * time on spaces within the text.
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
