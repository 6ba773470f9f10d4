import { badInput } from "../text/errors.ts";
import { type Algorithm, checkAlgorithm } from "./algorithms.ts";
import { defaultThreads } from "./threads.ts";

const MAX_MESSAGE_BYTES = 2 ** 20;
const MAX_COUNTERS = 2n ** 63n;
const MAX_UINT64 = 2n ** 64n - 1n;
/** Most threads a search may have. */
export const MAX_THREADS = 1024;

/** A search, for `startSearch`. */
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
  /** Search only while nothing else wants the processor; false by default. */
  nice?: boolean | undefined;
  /** Name of the kernel; by default STAMPMILL_KERNEL, or else the fastest one. */
  kernel?: string | undefined;
  /** Cancels the search. */
  signal?: AbortSignal | undefined;
}

/**
 * The limit that digests with at least this many leading zero bits are under: 2^(64 - bits) - 1.
 *
 * @param bits a whole number from 0 to 64
 */
export function limitOf(bits: number): bigint {
  return (1n << BigInt(64 - bits)) - 1n;
}

/** A job as C++ takes it: every rule kept, every default in its place. */
export interface CompleteJob {
  readonly algorithm: Algorithm;
  readonly message: Uint8Array;
  readonly positions: Uint32Array;
  /** A byte for each digit. */
  readonly alphabet: Uint8Array;
  readonly limit: bigint;
  readonly start: bigint;
  readonly count: bigint;
  readonly wanted: bigint;
  readonly threads: number;
  readonly nice: boolean;
  readonly kernel: string;
}

/**
 * Checks a job once, here, for C++ to trust, and fills in its defaults.
 *
 * @throws StampmillError `bad-input`, its `parameter` the part that breaks a rule
 */
export function completeJob(job: SearchJob): CompleteJob {
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
    limit: checkLimit(limit),
    start,
    count: inRange("count", job.count ?? space - start, 1n, space - start),
    wanted: BigInt(wholeNumber("wanted", job.wanted ?? 1, 0, Number.MAX_SAFE_INTEGER)),
    threads: wholeNumber("threads", job.threads ?? defaultThreads(), 1, MAX_THREADS),
    nice: checkNice(job.nice),
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

function checkNice(nice: boolean | undefined): boolean {
  if (nice === undefined || typeof nice === "boolean") return nice ?? false;
  throw badInput("nice", "nice must be true or false");
}

/** What C++ takes for a kernel's name: empty for the fastest, as is an empty variable. */
export function kernelName(name: string | undefined): string {
  if (name === "" || (name !== undefined && typeof name !== "string")) {
    throw badInput("kernel", "kernel must be the name of a kernel");
  }
  return name ?? process.env.STAMPMILL_KERNEL ?? "";
}

export function checkLimit(limit: bigint): bigint {
  return inRange("limit", limit, 0n, MAX_UINT64);
}

function wholeNumber(parameter: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw badInput(parameter, `${parameter} must be a whole number from ${least} to ${most}`);
}

function inRange(parameter: string, value: bigint, least: bigint, most: bigint): bigint {
  if (typeof value === "bigint" && value >= least && value <= most) return value;
  throw badInput(parameter, `${parameter} must be a BigInt from ${least} to ${most}`);
}
