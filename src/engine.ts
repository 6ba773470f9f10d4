/**
 * The native engine, typed. This is the only file that loads the addon: everything that needs
 * hashing at speed comes through here, and everything else works without a compiler.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { StampmillError } from "./errors.ts";
import { ALGORITHMS, type Algorithm, isAlgorithm } from "./stamp/digest.ts";
import { defaultThreads } from "./threads.ts";

/** A search, for {@link startSearch}. */
export interface SearchJob {
  algorithm: Algorithm;
  /** The message, up to 1 MiB, with any byte where a counter digit goes. */
  message: Uint8Array;
  /** Offsets of the counter digits in the message, increasing; the first is the most significant. */
  positions: readonly number[];
  /** The digits in order of their value: 2 to 256 different characters of U+0000 to U+00FF. */
  alphabet: string;
  /** A digest is a hit if its first 64 bits, big-endian, are at most this. See {@link limitOf}. */
  limit: bigint;
  /** The first counter to try; 0 by default. */
  start?: bigint | undefined;
  /** How many counters to try; by default all that the digits can write, which must be at most 2^63. */
  count?: bigint | undefined;
  /** Stop after this many hits; 0 collects them until the range ends or the search is cancelled. */
  wanted?: number | undefined;
  /** Threads, 1 to 1024; by default all that the process may use. Small searches start fewer. */
  threads?: number | undefined;
  /** Name of the kernel; by default STAMPMILL_KERNEL, or else the fastest one. */
  kernel?: string | undefined;
  /** Cancels the search. */
  signal?: AbortSignal | undefined;
}

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
  Search: new (job: object) => NativeSearch;
  kernels(): Omit<KernelInfo, "usedFor">[];
  chooseKernel(name: string, algorithm: Algorithm): string;
  roofline(kernel: string, algorithm: Algorithm, seconds: number): number;
}

const MAX_MESSAGE_BYTES = 2 ** 20;
const MAX_COUNTERS = 2n ** 63n;
const MAX_UINT64 = 2n ** 64n - 1n;
/** Most threads a search may have. */
export const MAX_THREADS = 1024;

let addon: Addon | undefined;

function loadAddon(): Addon {
  if (addon !== undefined) return addon;
  const file = fileURLToPath(new URL("../build/Release/stampmill.node", import.meta.url));
  if (!existsSync(file)) {
    const script = fileURLToPath(new URL("../scripts/build-engine.mjs", import.meta.url));
    throw new StampmillError("engine", "the native engine is not built, so nothing can be minted", {
      hint:
        "install cmake and a C++20 compiler (on Debian: apt-get install cmake g++), " +
        `then run: node ${script}`,
    });
  }
  try {
    addon = createRequire(import.meta.url)(file) as Addon;
    return addon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StampmillError("engine", `the native engine cannot be loaded: ${reason}`, {
      hint: "it may have been built for another machine: run npm rebuild stampmill",
      cause,
    });
  }
}

/**
 * The limit that digests with at least this many leading zero bits are under: 2^(64 - bits) - 1.
 *
 * @param bits a whole number from 0 to 64
 */
export function limitOf(bits: number): bigint {
  return (1n << BigInt(64 - bits)) - 1n;
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
    lower: (limit) => search.lower(inRange("limit", limit, 0n, MAX_UINT64)),
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
  const used = { sha1: native.chooseKernel("", "sha1"), sha256: native.chooseKernel("", "sha256") };
  return native.kernels().map((kernel) => ({
    ...kernel,
    usedFor: (["sha1", "sha256"] as const).filter((algorithm) => used[algorithm] === kernel.name),
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

/** Checks a job once, here, for C++ to trust. */
function completeJob(job: SearchJob) {
  const { algorithm, message, positions, alphabet, limit, signal } = job;
  checkAlgorithm(algorithm);
  if (!(message instanceof Uint8Array) || message.length > MAX_MESSAGE_BYTES) {
    throw badInput("message", `message must be a Uint8Array of at most ${MAX_MESSAGE_BYTES} bytes`);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badInput("signal", "signal must be an AbortSignal");
  }
  checkPositions(positions, message.length);
  const digits = Buffer.from(typeof alphabet === "string" ? alphabet : "", "latin1");
  const different = new Set(digits).size === digits.length;
  if (digits.toString("latin1") !== alphabet || !different || digits.length < 2) {
    throw badInput("alphabet", "alphabet must be 2 to 256 different characters of one byte each");
  }
  const space = BigInt(alphabet.length) ** BigInt(positions.length);
  if (space > MAX_COUNTERS) {
    throw badInput("positions", "the counter digits may write at most 2^63 counters");
  }
  const start = inRange("start", job.start ?? 0n, 0n, space - 1n);
  return {
    algorithm,
    message,
    positions: Uint32Array.from(positions),
    alphabet: digits,
    limit: inRange("limit", limit, 0n, MAX_UINT64),
    start,
    count: inRange("count", job.count ?? space - start, 1n, space - start),
    wanted: BigInt(wholeNumber("wanted", job.wanted ?? 1, 0, Number.MAX_SAFE_INTEGER)),
    threads: wholeNumber("threads", job.threads ?? defaultThreads(), 1, MAX_THREADS),
    kernel: kernelName(job.kernel),
  };
}

function checkPositions(positions: readonly number[], length: number): void {
  if (!Array.isArray(positions) || positions.length === 0 || positions.length > 63) {
    throw badInput("positions", "there must be 1 to 63 counter digits");
  }
  let last = -1;
  for (const position of positions) {
    if (!Number.isInteger(position) || position <= last || position >= length) {
      throw badInput("positions", "positions must be increasing offsets inside the message");
    }
    last = position;
  }
}

function checkAlgorithm(algorithm: Algorithm): void {
  if (isAlgorithm(algorithm)) return;
  throw badInput("algorithm", `algorithm must be one of ${ALGORITHMS.join(", ")}`);
}

/** What C++ takes for a kernel's name: empty for the fastest, as is an empty variable. */
function kernelName(name: string | undefined): string {
  if (name === "" || (name !== undefined && typeof name !== "string")) {
    throw badInput("kernel", "kernel must be the name of a kernel");
  }
  return name ?? process.env.STAMPMILL_KERNEL ?? "";
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

function wholeNumber(parameter: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw badInput(parameter, `${parameter} must be a whole number from ${least} to ${most}`);
}

function inRange(parameter: string, value: bigint, least: bigint, most: bigint): bigint {
  if (typeof value === "bigint" && value >= least && value <= most) return value;
  throw badInput(parameter, `${parameter} must be a BigInt from ${least} to ${most}`);
}

function badInput(parameter: string, message: string, hint?: string): StampmillError {
  return new StampmillError("bad-input", message, hint ? { parameter, hint } : { parameter });
}
