import type { Algorithm } from "./algorithms.ts";
import type { CompleteJob } from "./job.ts";

// What an engine gives. The addon is one (native.ts); engines.ts lists them all.

/** Something that searches at speed. */
export interface Engine {
  /** Its compiler's name and version, such as `g++ 12.2.0`. */
  readonly compiler: string;
  /** Its kernels, best first. Runs the self-tests that have not run yet. */
  kernels(): KernelState[];
  /**
   * The name of the kernel that a search would use.
   *
   * @param name the kernel that is wanted; empty for the fastest
   * @throws KernelRefusal
   */
  chooseKernel(name: string, algorithm: Algorithm): string;
  /**
   * Starts a search and returns at once. The job keeps all rules already.
   *
   * @throws KernelRefusal; any other error if no thread can be started
   */
  search(job: CompleteJob): EngineSearch;
  /**
   * Candidates a second that one core could try at best with a kernel's instructions.
   *
   * @throws KernelRefusal
   */
  roofline(name: string, algorithm: Algorithm, seconds: number): number;
}

/** A kernel of an engine. */
export interface KernelState {
  readonly name: string;
  /** This processor and operating system can run it. */
  readonly supported: boolean;
  /** It found the known answers of its self-test. */
  readonly passed: boolean;
}

/** A search of an engine. Its counters are exact. */
export interface EngineSearch {
  /** Settles when the whole search has stopped; rejects only if the engine broke down. */
  readonly done: Promise<EngineEnd>;
  /** Hashes computed so far. */
  tried(): bigint;
  cancel(): void;
  /** Lowers the limit; a higher one than before changes nothing. */
  lower(limit: bigint): void;
  /** Counters found and not yet taken. While 65,536 wait the search waits. */
  take(): bigint[];
}

export interface EngineEnd {
  readonly ending: "found" | "exhausted" | "cancelled";
  readonly tried: bigint;
  readonly seconds: number;
  /** Threads that took part. */
  readonly threads: number;
  readonly kernel: string;
}

/**
 * Why an engine does not take a kernel. `unknown`: it has none of that name, or none for that
 * algorithm. `unsupported`: this processor cannot run it. `failed`: it failed its self-test.
 */
export type RefusalReason = "unknown" | "unsupported" | "failed";

/** An engine's answer to a kernel that it does not take. */
export class KernelRefusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super(`the kernel is refused: ${reason}`);
    this.reason = reason;
  }
}
