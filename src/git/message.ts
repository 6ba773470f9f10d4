import { createHash } from "node:crypto";
import { beginsStamp, isFolded, StampLineReader } from "../sources/stamp-lines.ts";

/** Most stamps of one commit that are looked at. */
export const MAX_COMMIT_STAMPS = 100;

/** Longest line of a message, in bytes. */
export const MAX_MESSAGE_LINE = 1 << 20;

/**
 * Whether git may cut a message off at this line, whatever mark comments are set to begin with. However
 * many CRs it ends in: some of what reads lines here takes one off, some takes none.
 */
export function isScissors(line: string): boolean {
  return /^[^\w\s]+ -+ >8 -+\r*$/.test(line);
}

/**
 * Reads a commit's message line by line: its stamps, and a digest of all the rest but blanks at the
 * end of a line and empty lines. In a message that is still being edited, comments and what comes
 * after git's scissors do not count either, since git will remove them.
 */
export class MessageReader {
  readonly stamps: string[] = [];
  readonly #lines = new StampLineReader();
  readonly #hash = createHash("sha256");
  readonly #edited: boolean;
  #inStamp = false;
  #cut = false;
  #tooLong = false;

  constructor(edited: boolean) {
    this.#edited = edited;
  }

  take(line: string): void {
    if (this.#cut) return;
    if (this.#edited && isScissors(line)) {
      this.#cut = true;
      return;
    }
    this.#keep(this.#lines.take(line)?.stamp);
    this.#inStamp = beginsStamp(line) || (this.#inStamp && isFolded(line));
    if (this.#inStamp || (this.#edited && line.startsWith("#"))) return;
    if (line.length > MAX_MESSAGE_LINE) this.#tooLong = true;
    const content = line.trimEnd();
    if (content !== "") this.#hash.update(`${content}\n`, "latin1");
  }

  /** In hexadecimal; null if a line was too long. Nothing may be taken after it. */
  end(): string | null {
    this.#keep(this.#lines.end()?.stamp);
    return this.#tooLong ? null : this.#hash.digest("hex");
  }

  #keep(stamp: string | undefined): void {
    if (stamp !== undefined && this.stamps.length < MAX_COMMIT_STAMPS) this.stamps.push(stamp);
  }
}

/** Reads a message that is being edited; the digest is as `MessageReader.end` has it. */
export function readEdited(message: string): { stamps: readonly string[]; digest: string | null } {
  const reader = new MessageReader(true);
  for (const line of message.split("\n")) reader.take(line.replace(/\r$/, ""));
  return { digest: reader.end(), stamps: reader.stamps };
}

/**
 * The digests that a message which is being edited may come to: git takes comments out, or leaves them
 * in up to its scissors or all the way, as its option `--cleanup` says, of which a hook is not told.
 */
export function possibleDigests(message: string): (string | null)[] {
  const lines = message.split("\n").map((line) => line.replace(/\r$/, ""));
  const scissors = lines.findIndex(isScissors);
  const digestOf = (kept: readonly string[]) => {
    const reader = new MessageReader(false);
    for (const line of kept) reader.take(line);
    return reader.end();
  };
  const upTo = scissors < 0 ? lines.length : scissors;
  return [readEdited(message).digest, digestOf(lines.slice(0, upTo)), digestOf(lines)];
}

/** Whether a line is blank, or a comment if it begins with one of the marks. */
export function isNoContent(line: string, marks: readonly string[]): boolean {
  return line.trim() === "" || marks.some((mark) => line.startsWith(mark));
}

/**
 * A message with another trailer, at its end: in the last paragraph if that consists of trailers, else
 * in one of its own. Blank lines at the end stay there.
 *
 * In a message that is still being edited, what comes after git's scissors stays below. Whether lines
 * there are comments only git knows, for it takes them out, or keeps them as text, by an option that no
 * hook is told of. So the trailer comes after them, unless they stand behind trailers that it belongs to.
 *
 * @param drop which of the stamps that are there now go
 * @param edited whether git has yet to clean the message up; else nothing in it is a comment
 */
export function addTrailer(
  message: string,
  stamp: string | null,
  drop: (stamp: string) => boolean,
  edited: boolean,
): string {
  const lines = message.split("\n");
  const scissors = edited ? lines.findIndex(isScissors) : -1;
  const end = endOfText(lines, scissors < 0 ? lines.length : scissors);
  const body = withoutStamps(lines.slice(0, end), drop);
  body.length = endOfText(body, body.length);
  if (stamp !== null) insertTrailer(body, `Hashcash: ${stamp}`, edited);
  const tail = lines.slice(end);
  return [...body, ...(tail.length > 0 ? tail : [""])].join("\n");
}

function insertTrailer(body: string[], trailer: string, edited: boolean): void {
  let end = body.length;
  while (edited && end > 0 && isNoContent(body[end - 1] ?? "", ["#"])) end--;
  if (endsInTrailers(body.slice(0, end))) {
    body.splice(end, 0, trailer);
  } else {
    body.push("", trailer);
  }
}

/** How many of the first `end` lines are left without the blank ones at their end. */
function endOfText(lines: readonly string[], end: number): number {
  let length = end;
  while (length > 0 && lines[length - 1]?.trim() === "") length--;
  return length;
}

function withoutStamps(lines: readonly string[], drop: (stamp: string) => boolean): string[] {
  const kept: string[] = [];
  for (let at = 0; at < lines.length; ) {
    let next = at + 1;
    if (beginsStamp(lines[at] ?? "")) {
      while (next < lines.length && isFolded(lines[next] ?? "")) next++;
      const reader = new StampLineReader();
      for (const line of lines.slice(at, next)) reader.take(line.replace(/\r$/, ""));
      if (!drop(reader.end()?.stamp ?? "")) kept.push(...lines.slice(at, next));
    } else {
      kept.push(lines[at] ?? "");
    }
    at = next;
  }
  return kept;
}

/** Whether the last paragraph, which is not the first, is trailers only. */
function endsInTrailers(body: readonly string[]): boolean {
  const blank = body.findLastIndex((line) => line.trim() === "");
  const last = body.slice(blank + 1);
  return blank > 0 && last.every((line, i) => /^[\w-]+: /.test(line) || (i > 0 && isFolded(line)));
}
