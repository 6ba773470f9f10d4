import { formatStampDate } from "../../text/date.ts";
import { storeTime } from "../entry.ts";
import type { SpentStore, StoreMarks } from "../store.ts";
import type { SpentLine } from "./sdb.ts";

/** First line of an exported store. */
export const DUMP_HEADER = "stampmill-spent 1";

/**
 * A store as text: a header; a line of date and digest for each stamp; up to which second since 1970
 * it has purged, and for how many seconds it keeps stamps; how many stamps there were. A store that
 * imports it refuses all that this one refuses. It holds no stamps, only digests, so hashcash(1)
 * cannot use it.
 */
export async function* exportSpent(store: SpentStore): AsyncGenerator<string> {
  yield `${DUMP_HEADER}\n`;
  let count = 0;
  for await (const page of store.list()) {
    let lines = "";
    for (const { time, digest } of page) {
      const date = formatStampDate(new Date(time), 12);
      lines += `${date} ${Buffer.from(digest).toString("hex")}\n`;
    }
    count += page.length;
    yield lines;
  }
  // After the list: what was purged meanwhile may be missing in it.
  const { horizon, keep } = await store.stats();
  const upTo = horizon === null ? "never" : horizon / 1000;
  yield `purged ${upTo}\nkeep ${keep / 1000}\nend ${count}\n`;
}

/** Reads the lines of an exported store after its header. */
export class DumpReader {
  marks: StoreMarks = { horizon: null, keep: 0 };
  #count = 0;
  #ended = false;

  take(line: string): SpentLine {
    const [, date = "", hex = ""] = /^(\d{12}) ([0-9a-f]{32})$/.exec(line) ?? [];
    const time = storeTime(date);
    if (Number.isNaN(time) || this.#ended) return this.#takeMark(line);
    this.#count++;
    const entries = [{ time, digest: Buffer.from(hex, "hex") }];
    return { entries, problem: null, refused: false };
  }

  /** What is wrong with the whole; null if nothing is. */
  end(): string | null {
    return this.#ended ? null : "the file stops before its end: it was cut off";
  }

  #takeMark(line: string): SpentLine {
    const [name, value = "", ...more] = line.split(" ");
    const problem = more.length > 0 ? "damaged" : this.#readMark(name, value);
    return { entries: [], problem, refused: false };
  }

  #readMark(name: string | undefined, value: string): string | null {
    if (name === "purged" && value === "never") return null;
    if (name === "purged" && /^\d{1,10}$/.test(value)) {
      this.marks = { ...this.marks, horizon: 1000 * Number(value) };
      return null;
    }
    if (name === "keep" && /^\d{1,10}$/.test(value)) {
      this.marks = { ...this.marks, keep: 1000 * Number(value) };
      return null;
    }
    if (name === "end" && /^\d{1,15}$/.test(value) && !this.#ended) {
      this.#ended = true;
      const missing = Number(value) - this.#count;
      return missing === 0 ? null : `${value} stamps were written, ${this.#count} could be read`;
    }
    return "damaged";
  }
}
