import { callAfter, checkDuration } from "../text/duration.ts";
import { StampmillError } from "../text/errors.ts";
import { type RunningSearch, type SearchEnd, startSearch } from "./engine.ts";
import type { SearchJob } from "./job.ts";

/** Milliseconds since the process began; `performance` would be loaded for it, which takes 2 ms. */
const now = () => 1000 * process.uptime();

/** How a hit is searched for; every field may be left out. */
export interface SearchOptions {
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
export interface SearchCost {
  /** Hashes computed. */
  readonly tries: number;
  readonly seconds: number;
  /** Hashes a second. */
  readonly rate: number;
  readonly kernel: string;
  /** Threads that searched. */
  readonly threads: number;
}

/** The hit of one round; or why there is none, and what was spent until then. */
export type FirstHit<Round> =
  | { readonly round: Round; readonly counter: bigint; readonly cost: SearchCost }
  | {
      readonly round: null;
      readonly ending: "time" | "aborted" | "exhausted";
      readonly tries: number;
      /** By the clock, in milliseconds. */
      readonly elapsed: number;
    };

/**
 * Searches round after round until one has a hit, the time is up, the signal fires or no round is left.
 *
 * @param jobOf what is searched in a round; who searches, and how long, are in the options
 * @throws StampmillError `bad-input` naming the option; `engine`
 */
export async function firstHit<Round>(
  rounds: Iterable<Round>,
  jobOf: (round: Round) => Omit<SearchJob, keyof SearchOptions>,
  options: SearchOptions,
): Promise<FirstHit<Round>> {
  const { threads, nice, kernel, signal, timeout } = options;
  const started = now();
  const deadline =
    started + (timeout === undefined ? Infinity : Math.ceil(checkDuration(timeout, "timeout")));
  let tries = 0;
  let seconds = 0;
  const without = (ending: "time" | "aborted" | "exhausted") =>
    ({ round: null, ending, tries, elapsed: now() - started }) as const;
  if (signal?.aborted) return without("aborted");
  for (const round of rounds) {
    const search = startSearch({ ...jobOf(round), threads, nice, kernel, signal });
    const before = tries;
    announce(search, options, () => before + search.tried());
    const end = await withDeadline(search, deadline);
    tries += end.tries;
    seconds += end.seconds;
    const [counter] = search.take();
    if (counter !== undefined) {
      const rate = seconds > 0 ? tries / seconds : 0;
      const cost = { tries, seconds, rate, kernel: end.kernel, threads: end.threads };
      return { round, counter, cost };
    }
    if (now() >= deadline) return without("time");
    if (signal?.aborted) return without("aborted");
  }
  return without("exhausted");
}

/** Tells the caller of a search; one whose function throws wants no search to go on behind it. */
function announce(search: RunningSearch, { onSearch }: SearchOptions, tried: () => number): void {
  try {
    onSearch?.({ tried });
  } catch (error) {
    search.cancel();
    throw error;
  }
}

async function withDeadline(search: RunningSearch, deadline: number): Promise<SearchEnd> {
  if (deadline === Infinity) return search.done;
  const takeBack = callAfter(Math.max(0, deadline - now()), search.cancel);
  try {
    return await search.done;
  } finally {
    takeBack();
  }
}

/**
 * The error about a kernel whose find does not bear a second look.
 *
 * @param what what was looked for, in a word
 */
export function wrongKernel(kernel: string, what: string, found: string): StampmillError {
  return new StampmillError(
    "engine",
    `the kernel ${kernel} found a ${what} that is none: ${found}`,
    {
      hint: "choose another kernel with STAMPMILL_KERNEL, and report this",
    },
  );
}
