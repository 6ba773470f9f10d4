import { badInput } from "../../text/errors.ts";
import type { SketchSubject } from "./subject.ts";

/** One of the kept hashes. */
export interface SketchHash {
  /** What makes its message different from all others: see `messageOf`. */
  readonly nonce: string;
  /** In lower-case hexadecimal. */
  readonly digest: string;
  /** Seconds since 1970 when it was found, by the clock of whoever found it: claimed, not proven. */
  readonly time: number;
}

/**
 * A k-minimum-values sketch: of all hashes ever computed over a subject, the `size` smallest. Where
 * there have been N hashes, the k-th smallest is near k/N of the way from the smallest to the
 * greatest that there can be, so it tells N, and nobody gets k small ones without the work.
 */
export interface Sketch {
  readonly subject: SketchSubject;
  /** Different from each other, smallest digest first. Fewer than `size`: these are all there were. */
  readonly hashes: readonly SketchHash[];
}

export function emptySketch(subject: SketchSubject): Sketch {
  return { subject, hashes: [] };
}

/** Whether it has as many hashes as it keeps. */
export function isFull({ subject, hashes }: Sketch): boolean {
  return hashes.length === subject.size;
}

/** Gathers hashes and keeps the smallest. */
export class SketchBuilder {
  readonly #subject: SketchSubject;
  readonly #hashes: SketchHash[];

  constructor({ subject, hashes }: Sketch) {
    this.#subject = subject;
    this.#hashes = [...hashes];
  }

  /** Takes a hash in; false if it is not among the smallest, or there already. */
  add(hash: SketchHash): boolean {
    const at = this.#placeOf(hash.digest);
    if (at === this.#subject.size) return false;
    const present = this.#hashes[at];
    if (present?.digest === hash.digest) {
      // Of two times for the same hash the earlier, so that the order of merging does not count.
      if (present.time > hash.time) this.#hashes[at] = hash;
      return false;
    }
    this.#hashes.splice(at, 0, hash);
    if (this.#hashes.length > this.#subject.size) this.#hashes.pop();
    return true;
  }

  get sketch(): Sketch {
    return { subject: this.#subject, hashes: [...this.#hashes] };
  }

  /** Where a digest is or would go. All are of one length, so their text sorts as their numbers do. */
  #placeOf(digest: string): number {
    let low = 0;
    let high = this.#hashes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#hashes[middle]?.digest ?? "") < digest) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * The sketch of the work in all of these: the smallest hashes of their union. In whatever order
 * and however often sketches are merged, the outcome is the same.
 *
 * @throws StampmillError `bad-input` if there is none, or they are not of one subject
 */
export function mergeSketches(sketches: readonly Sketch[]): Sketch {
  const [first, ...others] = sketches;
  if (first === undefined) throw badInput("sketches", "there is nothing to merge");
  const builder = new SketchBuilder(first);
  for (const { subject, hashes } of others) {
    if (subject.head !== first.subject.head) {
      throw badInput(
        "sketches",
        `these are not of one ${first.subject.domain}: ${difference(first.subject, subject)} differ`,
      );
    }
    for (const hash of hashes) builder.add(hash);
  }
  return builder.sketch;
}

/** Names the first thing in which two subjects differ. */
export function difference(a: SketchSubject, b: SketchSubject): string {
  if (a.algorithm !== b.algorithm) return `the algorithms (${a.algorithm}, ${b.algorithm})`;
  if (a.size !== b.size) return `k (${a.size}, ${b.size})`;
  const other = new Map(b.fields);
  const found = a.fields.find(([name, value]) => other.get(name) !== value);
  return found === undefined ? "the fields" : `${found[0]} (${found[1]}, ${other.get(found[0])})`;
}
