import { badInput } from "../../text/errors.ts";
import { quoted } from "./quoted.ts";

/**
 * An extended regular expression of POSIX (XBD, section 9.4) in RE2's syntax. What the two would read
 * differently, or POSIX leaves open, is refused: of a pattern that lets stamps through nobody should
 * have to guess what it means.
 *
 * @throws StampmillError `bad-input`
 */
export function fromPosix(pattern: string): string {
  const reader = new PatternReader(pattern);
  let translated = "";
  while (!reader.ended) translated += reader.next();
  return translated;
}

const CLASSES =
  /^\[:(?:alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit):\]/;

class PatternReader {
  readonly #pattern: string;
  #at = 0;
  /** Whether a repetition stood right before. */
  #repeated = false;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get ended(): boolean {
    return this.#at >= this.#pattern.length;
  }

  /** The next piece, translated. */
  next(): string {
    const repetition = /^(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})/.exec(this.#rest)?.[0];
    if (repetition !== undefined) {
      if (this.#repeated) throw this.#refuse("a repetition of a repetition");
      this.#repeated = true;
      return this.#take(repetition.length);
    }
    this.#repeated = false;
    const [character = ""] = this.#rest;
    if (character === "{") throw this.#refuse("a brace that is no repetition");
    if (character === "\\") return this.#escape();
    if (character === "[") return this.#bracket();
    if (this.#rest.startsWith("(?")) throw this.#refuse('"(?"');
    if (!/^[!-~]/.test(character)) throw this.#refuse("what no resource can hold");
    return this.#take(1);
  }

  get #rest(): string {
    return this.#pattern.slice(this.#at);
  }

  #take(count: number): string {
    const taken = this.#pattern.slice(this.#at, this.#at + count);
    this.#at += count;
    return taken;
  }

  /** Behind a backslash: punctuation for itself, and the classes that GNU and RE2 share. */
  #escape(): string {
    const escaped = this.#take(2);
    if (/^\\(?:[wWsSbB]|[^\w\s<>`'])$/.test(escaped) && /^[!-~]+$/.test(escaped)) return escaped;
    throw this.#refuse(quoted(escaped));
  }

  /** A list in brackets, in which POSIX knows no backslash. */
  #bracket(): string {
    let list = this.#take(this.#rest.startsWith("[^") ? 2 : 1);
    const start = this.#at;
    for (;;) {
      const rest = this.#rest;
      const [character = ""] = rest;
      if (character === "") throw this.#refuse("a bracket that is not closed");
      if (character === "]" && this.#at > start) return list + this.#take(1);
      const named = CLASSES.exec(rest)?.[0];
      if (named !== undefined) list += this.#take(named.length);
      else if (/^\[[:.=]/.test(rest)) throw this.#refuse("a class that is not known");
      else if (!/^[!-~]/.test(character)) throw this.#refuse("what no resource can hold");
      else list += (/[\\[\]^]/.test(character) ? "\\" : "") + this.#take(1);
    }
  }

  #refuse(what: string) {
    return badInput("-r", `the pattern ${quoted(this.#pattern)} holds ${what}`);
  }
}
