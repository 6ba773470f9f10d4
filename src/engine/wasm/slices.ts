import type { WasmJob, WasmProgram } from "./program.ts";
import type { SharedWords } from "./shared.ts";

/** A thread looks at the shared words between two slices, so this is also how long a cancel may take. */
const SLICE_MILLISECONDS = 2;

/** A thread's part in a search. */
export interface Part {
  readonly job: WasmJob;
  readonly program: WasmProgram;
  readonly words: SharedWords;
  readonly index: number;
  /** Takes hits that are wanted, at least one. */
  handOver(hits: bigint[]): void;
}

/**
 * Tries what is left of a search, slice by slice, until it has ended, or until this thread has tried as
 * many hashes.
 *
 * @returns whether the search has ended
 */
export function searchSlices({ job, program, words, index, handOver }: Part, most?: bigint) {
  const { first, end } = program.prepare(job);
  while (!words.stopped) {
    if (most !== undefined && program.tried() >= most) return false;
    const size = program.atOnce;
    const claimed = words.claim(size, end - first);
    if (claimed === undefined) return true;
    const begin = first + claimed;
    const stop = end - begin > size ? begin + size : end;
    for (let next = begin; next < stop && !words.stopped; ) {
      next = program.run({ first: next, end: stop }, words.limit, SLICE_MILLISECONDS);
      words.setTried(index, program.tried());
      const found = program.take();
      const hits = found.slice(0, words.reserve(found.length, job.wanted));
      if (hits.length > 0) handOver(hits);
    }
  }
  return true;
}
