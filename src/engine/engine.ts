/**
 * The native engine, typed. This is the only file that loads the addon: everything that needs
 * hashing at speed comes through here, and everything else works without a compiler.
 */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { badInput, StampmillError } from "../text/errors.ts";
import { packageRoot } from "../text/package.ts";
import { ALGORITHMS, type Algorithm, checkAlgorithm } from "./algorithms.ts";
import { type CompleteJob, checkLimit, completeJob, kernelName, type SearchJob } from "./job.ts";
import { isCutOff, notBuilt, notLoaded } from "./trouble.ts";

/** How a search ended. */
export interface SearchEnd {
  /** `found`: as many hits as wanted. `exhausted`: every counter was tried. */
  readonly status: "found" | "exhausted" | "cancelled";
  /** Hashes computed. */
  readonly tries: number;
  readonly seconds: number;
  /** Threads that took part. */
  readonly threads: number;
  readonly kernel: string;
}

/** A search under way. */
export interface RunningSearch {
  /** Settles when all threads have stopped; never rejects. */
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

/** One kernel of the engine. */
export interface KernelInfo {
  readonly name: string;
  /** This processor and operating system can run it. */
  readonly supported: boolean;
  /** It found the known answers of its self-test. */
  readonly passed: boolean;
  /** The algorithms it would be chosen for, if none is named. */
  readonly usedFor: Algorithm[];
}

interface NativeSearch {
  readonly done: Promise<{
    ending: SearchEnd["status"];
    tried: bigint;
    seconds: number;
    threads: number;
    kernel: string;
  }>;
  tried(): bigint;
  cancel(): void;
  lower(limit: bigint): void;
  take(): bigint[];
}

interface Addon {
  /** Its compiler's name and version. */
  compiler: string;
  Search: new (job: CompleteJob) => NativeSearch;
  kernels(): Omit<KernelInfo, "usedFor">[];
  chooseKernel(name: string, algorithm: Algorithm): string;
  roofline(kernel: string, algorithm: Algorithm, seconds: number): number;
}

let addon: Addon | undefined;

function loadAddon(): Addon {
  if (addon !== undefined) return addon;
  const root = packageRoot();
  const file = join(root, "build/Release/stampmill.node");
  if (!existsSync(file)) throw notBuilt(root);
  try {
    if (isCutOff(file)) throw new Error(`${file} ends too soon`);
    addon = createRequire(import.meta.url)(file) as Addon;
    return addon;
  } catch (cause) {
    throw notLoaded(root, file, cause);
  }
}

/**
 * Starts a search on threads of its own and returns at once.
 *
 * @throws StampmillError `bad-input` for a job that breaks a rule of {@link SearchJob}; `engine`
 * if the engine is missing, cannot start a thread, or the kernel cannot be used
 */
export function startSearch(job: SearchJob): RunningSearch {
  const native = loadAddon();
  const complete = completeJob(job);
  const search = rethrowing(complete.kernel, () => new native.Search(complete));
  const { signal } = job;
  const cancel = () => search.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const done = search.done.then(({ ending, tried, ...rest }) => {
    signal?.removeEventListener("abort", cancel);
    return { status: ending, tries: Number(tried), ...rest };
  });
  return {
    done,
    cancel,
    tried: () => Number(search.tried()),
    lower: (limit) => search.lower(checkLimit(limit)),
    take: () => search.take(),
  };
}

/**
 * Every kernel of the engine, best first. Runs the self-tests that have not run yet.
 *
 * @throws StampmillError `engine` if the engine is missing
 */
export function kernels(): KernelInfo[] {
  const native = loadAddon();
  const used = new Map(ALGORITHMS.map((name) => [name, native.chooseKernel("", name)]));
  return native.kernels().map((kernel) => ({
    ...kernel,
    usedFor: ALGORITHMS.filter((algorithm) => used.get(algorithm) === kernel.name),
  }));
}

/**
 * The name of the kernel that a search would use.
 *
 * @param name as in {@link SearchJob}
 * @throws StampmillError `bad-input` if there is none of that name or the processor cannot run it;
 * `engine` if it failed its self-test, or the engine is missing
 */
export function chooseKernel(algorithm: Algorithm, name?: string): string {
  const native = loadAddon();
  checkAlgorithm(algorithm);
  const wanted = kernelName(name);
  return rethrowing(wanted, () => native.chooseKernel(wanted, algorithm));
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
  const native = loadAddon();
  checkAlgorithm(algorithm);
  if (typeof seconds !== "number" || !(seconds > 0 && seconds <= 10)) {
    throw badInput("seconds", "seconds must be more than 0 and at most 10");
  }
  const wanted = kernelName(name);
  return rethrowing(wanted, () => native.roofline(wanted, algorithm, seconds));
}

/**
 * The compiler that built the engine, and its version: `g++ 12.2.0`.
 *
 * @throws StampmillError `engine` if the engine is missing
 */
export function engineCompiler(): string {
  // An engine built by an older version does not say.
  return loadAddon().compiler ?? "unknown";
}

/** Runs a call of the addon that may refuse a kernel, and says what was wrong with it. */
function rethrowing<T>(kernel: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const all = loadAddon().kernels();
    const names = all.filter(({ passed }) => passed).map(({ name }) => name);
    const hint = `kernels that work here: ${names.join(", ")}`;
    switch (reason) {
      case "unknown":
        throw badInput("kernel", `there is no kernel ${JSON.stringify(kernel)}`, hint);
      case "unsupported":
        throw badInput("kernel", `this processor cannot run the kernel ${kernel}`, hint);
      case "failed":
        throw new StampmillError("engine", `the kernel ${kernel} failed its self-test`, { hint });
      default:
        throw new StampmillError("engine", `the search cannot start: ${reason}`, { cause });
    }
  }
}
