import { badInput, StampmillError } from "../text/errors.ts";
import { ALGORITHMS, type Algorithm, checkAlgorithm } from "./algorithms.ts";
import { type EngineEnd, KernelRefusal, type KernelState } from "./contract.ts";
import { everyEngine, withEngine } from "./engines.ts";
import { checkLimit, completeJob, kernelName, type SearchJob } from "./job.ts";

// Searches at speed, over whichever engine there is. Everything else works without any.

/** How a search ended. */
export interface SearchEnd {
  /** `found`: as many hits as wanted. `exhausted`: every counter was tried. */
  readonly status: EngineEnd["ending"];
  /** Hashes computed. */
  readonly tries: number;
  readonly seconds: number;
  /** Threads that took part. */
  readonly threads: number;
  readonly kernel: string;
}

/** A search under way. */
export interface RunningSearch {
  /**
   * Settles when all threads have stopped. Rejects with a StampmillError `engine` if a thread broke
   * down, which the addon's never do.
   */
  readonly done: Promise<SearchEnd>;
  /** Hashes computed so far. */
  tried(): number;
  /** Stops all threads, within 5 ms on an idle machine. */
  cancel(): void;
  /** Lowers the limit while the search runs; a higher one than before changes nothing. */
  lower(limit: bigint): void;
  /**
   * Counters found and not yet taken. While 65,536 wait here the search waits too, so a collecting
   * search has to be asked from time to time.
   */
  take(): bigint[];
}

/** One kernel of an engine. */
export interface KernelInfo extends KernelState {
  /** The algorithms it would be chosen for, if none is named. */
  readonly usedFor: Algorithm[];
}

/**
 * Starts a search on threads of its own and returns at once.
 *
 * @throws StampmillError `bad-input` for a job that breaks a rule of {@link SearchJob}; `engine`
 * if the engine is missing, cannot start a thread, or the kernel cannot be used
 */
export function startSearch(job: SearchJob): RunningSearch {
  const complete = completeJob(job);
  const search = withEngine(complete.kernel, (engine) => engine.search(complete));
  const { signal } = job;
  const cancel = () => search.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const done = search.done
    .then(({ ending, tried, ...rest }) => ({ status: ending, tries: Number(tried), ...rest }))
    .catch((cause: Error) => {
      throw new StampmillError("engine", `the search broke down: ${cause.message}`, { cause });
    })
    .finally(() => signal?.removeEventListener("abort", cancel));
  return {
    done,
    cancel,
    tried: () => Number(search.tried()),
    lower: (limit) => search.lower(checkLimit(limit)),
    take: () => search.take(),
  };
}

/**
 * Every kernel of every engine, best first. Runs the self-tests that have not run yet.
 *
 * @throws StampmillError `engine` if there is no engine
 */
export function kernels(): KernelInfo[] {
  const all = everyEngine().flatMap((engine) => engine.kernels());
  const used = new Map(ALGORITHMS.map((name) => [name, chosen("", name)]));
  return all.map((kernel) => ({
    ...kernel,
    usedFor: ALGORITHMS.filter((algorithm) => used.get(algorithm) === kernel.name),
  }));
}

/**
 * The name of the kernel that a search would use.
 *
 * @param name as in {@link SearchJob}
 * @throws StampmillError `bad-input` if there is none of that name or the processor cannot run it;
 * `engine` if it failed its self-test, or there is no engine
 */
export function chooseKernel(algorithm: Algorithm, name?: string): string {
  return chosen(kernelName(name), checkAlgorithm(algorithm));
}

function chosen(kernel: string, algorithm: Algorithm): string {
  return withEngine(kernel, (engine) => engine.chooseKernel(kernel, algorithm));
}

/**
 * Candidates a second that one core could try at best with a kernel's instructions: it runs the
 * additions, rotations and logic that a candidate of the shared-schedule search needs, in the same
 * mix, on values that need not wait for each other (for SHA instructions, their round
 * instructions). native/README.md derives the counts. Blocks the caller while it measures.
 *
 * @param seconds how long to measure, up to 10
 * @throws StampmillError as {@link chooseKernel}
 */
export function measureRoofline(algorithm: Algorithm, name?: string, seconds = 0.05): number {
  checkAlgorithm(algorithm);
  if (typeof seconds !== "number" || !(seconds > 0 && seconds <= 10)) {
    throw badInput("seconds", "seconds must be more than 0 and at most 10");
  }
  const kernel = kernelName(name);
  return withEngine(kernel, (engine) => engine.roofline(kernel, algorithm, seconds));
}

/**
 * The kernels that work of the engine that searches, best first.
 *
 * @param kernel a kernel of that engine; by default as in {@link SearchJob}
 * @throws StampmillError as {@link chooseKernel}
 */
export function engineKernels(kernel?: string): string[] {
  const name = kernelName(kernel);
  return withEngine(name, (engine) => {
    const names = engine.kernels().flatMap(({ name, passed }) => (passed ? [name] : []));
    if (name !== "" && !names.includes(name)) engine.chooseKernel(name, "sha1");
    return names;
  });
}

/**
 * The compiler that built the engine, and its version: `g++ 12.2.0`.
 *
 * @param kernel a kernel of that engine; by default as in {@link SearchJob}
 * @throws StampmillError as {@link chooseKernel}
 */
export function engineCompiler(kernel?: string): string {
  const name = kernelName(kernel);
  return withEngine(name, (engine) => {
    const has = name === "" || engine.kernels().some((kernel) => kernel.name === name);
    if (!has) throw new KernelRefusal("unknown");
    return engine.compiler;
  });
}
