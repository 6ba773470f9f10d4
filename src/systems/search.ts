import type { Algorithm } from "../engine/algorithms.ts";
import { type RunningSearch, startSearch } from "../engine/engine.ts";
import { limitOf } from "../engine/job.ts";
import { callAfter, checkDuration } from "../text/duration.ts";
import { badInput, StampmillError } from "../text/errors.ts";

// What all systems share: a decimal counter somewhere in a text, and a digest with leading zeros.

/** Most leading zero bits that can be searched for. */
export const MAX_PROOF_BITS = 64;

const DECIMAL = "0123456789";

/** How a proof is searched for; every field may be left out. */
export interface ProofSearchOptions {
  /** Threads, 1 to 1024; by default all that the process may use. */
  threads?: number | undefined;
  /** Search only while nothing else wants the processor; false by default. */
  nice?: boolean | undefined;
  /** Kernel of the engine; by default STAMPMILL_KERNEL, or else the fastest one. */
  kernel?: string | undefined;
  /** Give up after this many milliseconds. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the search as it begins, for watching its count of tries. */
  onSearch?: ((search: Pick<RunningSearch, "tried">) => void) | undefined;
}

/** What a search took. */
export interface ProofSearch {
  /** Hashes computed. */
  readonly tries: number;
  readonly seconds: number;
  /** Hashes a second. */
  readonly rate: number;
  readonly kernel: string;
  /** Threads that searched. */
  readonly threads: number;
}

/** A text with a gap for a decimal number. */
interface Gap {
  readonly algorithm: Algorithm;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly bits: number;
}

/** How the number in a gap may look, from one round of the search to the next. */
export interface NumberShape {
  /** Digits that stay as they are. */
  readonly fixed: string;
  /** How many digits after those are searched, 1 to 18. */
  readonly digits: number;
  /** The smallest number that those digits may write. */
  readonly start: bigint;
}

/** Whole numbers as they are counted, shortest first: 0 to 9, then 10 to 99, and so on. */
export function* countingShapes(): Generator<NumberShape> {
  yield { fixed: "", digits: 1, start: 0n };
  for (let digits = 2; digits <= 18; digits++) {
    yield { fixed: "", digits, start: 10n ** BigInt(digits - 1) };
  }
}

/** Passes on bits that can be searched for. */
export function checkProofBits(bits: number): number {
  if (Number.isInteger(bits) && bits >= 0 && bits <= MAX_PROOF_BITS) return bits;
  throw badInput("bits", `bits must be a whole number from 0 to ${MAX_PROOF_BITS}`);
}

/**
 * Searches for the decimal number that gives the digest of the whole text enough leading zero bits.
 * Nobody has looked at the digest again: that is for the caller.
 *
 * @throws StampmillError `not-found` when the time is up or no number is left; `aborted` when the
 * signal fires; `bad-input` naming the option; `engine`
 */
export async function searchNumber(
  gap: Gap,
  shapes: Iterable<NumberShape>,
  options: ProofSearchOptions,
): Promise<{ number: string; search: ProofSearch }> {
  const { timeout, signal } = options;
  const started = performance.now();
  const end = timeout === undefined ? Infinity : started + checkDuration(timeout, "timeout");
  let tries = 0;
  let seconds = 0;
  for (const shape of shapes) {
    if (signal?.aborted) break;
    const search = startSearch(jobFor(gap, shape, options));
    const before = tries;
    tellOf(search, options, () => before + search.tried());
    const left = Math.max(0, end - performance.now());
    const takeBack = end === Infinity ? () => {} : callAfter(left, search.cancel);
    const ended = await search.done;
    takeBack();
    tries += ended.tries;
    seconds += ended.seconds;
    const [counter] = search.take();
    if (counter !== undefined) {
      const number = shape.fixed + counter.toString().padStart(shape.digits, "0");
      const rate = seconds > 0 ? tries / seconds : 0;
      const { kernel, threads } = ended;
      return { number, search: { tries, seconds, rate, kernel, threads } };
    }
    if (performance.now() >= end) break;
  }
  if (signal?.aborted) {
    throw new StampmillError("aborted", "the search was aborted", { cause: signal.reason });
  }
  const spent = `${((performance.now() - started) / 1000).toFixed(1)} s and ${tries} tries`;
  throw new StampmillError("not-found", `no proof of ${gap.bits} bits was found in ${spent}`);
}

function jobFor(gap: Gap, shape: NumberShape, options: ProofSearchOptions) {
  const blank = Buffer.from(shape.fixed + "0".repeat(shape.digits), "latin1");
  const first = gap.before.length + shape.fixed.length;
  const { threads, nice, kernel, signal } = options;
  return {
    algorithm: gap.algorithm,
    message: Buffer.concat([gap.before, blank, gap.after]),
    positions: Array.from({ length: shape.digits }, (_, i) => first + i),
    alphabet: DECIMAL,
    limit: limitOf(gap.bits),
    start: shape.start,
    ...{ threads, nice, kernel, signal },
  };
}

/** A caller whose function throws wants no search to go on behind it. */
function tellOf(
  search: RunningSearch,
  { onSearch }: ProofSearchOptions,
  tried: () => number,
): void {
  try {
    onSearch?.({ tried });
  } catch (error) {
    search.cancel();
    throw error;
  }
}

/** The error about a kernel whose answer does not bear a second look. */
export function wrongKernel(kernel: string, proof: string): StampmillError {
  return new StampmillError("engine", `the kernel ${kernel} found a proof that is none: ${proof}`, {
    hint: "choose another kernel with STAMPMILL_KERNEL, and report this",
  });
}
