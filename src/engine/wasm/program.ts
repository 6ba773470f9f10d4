/**
 * A WebAssembly file of wasm/ at work. It searches on the thread that calls it, a slice at a time,
 * so that between two slices the caller can see messages and stop. Nothing of Node is in here: a
 * browser's worker runs the same. native/README.md describes what the file exports.
 */

import type { CompleteJob } from "../job.ts";

/** What a search is about. The job keeps all rules; its algorithm is the file's. */
export type WasmJob = Pick<
  CompleteJob,
  "message" | "positions" | "alphabet" | "limit" | "start" | "count" | "wanted"
>;

/** Outer values `first`, `first + 1`, ... `end - 1`: what workers share out among themselves. */
export interface OuterRange {
  readonly first: bigint;
  readonly end: bigint;
}

/** A compiled file. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

/** What is used of the runtime's WebAssembly: Node's types have no values for it. */
interface Runtime {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
}

/** The runtime's WebAssembly; undefined where it is switched off. */
export const webAssembly = (globalThis as unknown as { WebAssembly?: Runtime }).WebAssembly;

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  self_test(): number;
  room(bytes: number): number;
  prepare(
    digits: number,
    messageBytes: number,
    alphabetSize: number,
    limit: bigint,
    start: bigint,
    count: bigint,
    wanted: bigint,
  ): void;
  first_outer(): bigint;
  end_outer(): bigint;
  group(): number;
  inner_count(): number;
  search(first: bigint, end: bigint, limit: bigint): bigint;
  roofline(seed: number, times: number): number;
  roofline_candidates(): number;
  tried(): bigint;
  hits(): number;
  take(): number;
}

/**
 * Most hashes of a slice. Where the clock is coarse, as in browsers that hide what it says, it
 * would not show that slices have grown too long.
 */
const MOST_TRIES = 2 ** 19;

/** Fewest tries of a roofline. */
const LEAST_TRIES = 16;

/** One instance of a file: it holds one search at a time. */
export class WasmProgram {
  readonly #exports: Exports;
  /** How many outer values the next slice takes; a whole number of groups. */
  #atOnce = 0;
  #group = 0;
  #most = 0;

  constructor(module: WasmModule) {
    if (webAssembly === undefined) throw new Error("there is no WebAssembly here");
    this.#exports = new webAssembly.Instance(module).exports as Exports;
  }

  /** Whether it finds the known answers; it is not used before. Ends the search it holds. */
  passesSelfTest(): boolean {
    this.#exports.room(0);
    return this.#exports.self_test() !== 0;
  }

  /** Begins with a job, and forgets the one before. Says which outer values there are to try. */
  prepare(job: WasmJob): OuterRange {
    const { message, positions, alphabet, limit, start, count, wanted } = job;
    const program = this.#exports;
    const digitBytes = 4 * positions.length;
    const bytes = digitBytes + message.length + alphabet.length;
    const address = program.room(bytes);
    const digits = new DataView(program.memory.buffer, address, digitBytes);
    positions.forEach((position, i) => {
      digits.setUint32(4 * i, position, true);
    });
    const room = new Uint8Array(program.memory.buffer, address, bytes);
    room.set(message, digitBytes);
    room.set(alphabet, digitBytes + message.length);
    program.prepare(positions.length, message.length, alphabet.length, limit, start, count, wanted);
    this.#group = program.group();
    const groupTries = this.#group * program.inner_count();
    this.#most = this.#group * Math.max(1, Math.floor(MOST_TRIES / groupTries));
    this.#atOnce = this.#group;
    return { first: program.first_outer(), end: program.end_outer() };
  }

  /** How many outer values a slice of this length takes, by the slices before. */
  get atOnce(): bigint {
    return BigInt(this.#atOnce);
  }

  /**
   * Tries outer values of a range for about some milliseconds. Returns the first one that is left:
   * `end` if there is none. It comes back earlier when it has found as many hits as are wanted, and
   * when some thousand wait to be taken.
   *
   * @param limit may be lower than that of the slice before
   */
  run({ first, end }: OuterRange, limit: bigint, milliseconds: number): bigint {
    const stop = end - first > this.atOnce ? first + this.atOnce : end;
    const begun = performance.now();
    const next = this.#exports.search(first, stop, limit);
    const taken = performance.now() - begun;
    if (next - first === this.atOnce) this.#adapt(milliseconds / taken);
    return next;
  }

  #adapt(factor: number): void {
    const wanted = this.#atOnce * Math.min(2, Math.max(0.5, factor));
    const groups = Math.max(1, Math.round(wanted / this.#group));
    this.#atOnce = Math.min(this.#most, groups * this.#group);
  }

  /** Candidates a second that the operations of the search would allow, measured for so many seconds. */
  roofline(seconds: number): number {
    const candidates = this.#exports.roofline_candidates();
    const end = performance.now() + 1000 * seconds;
    let times = 1;
    let seed = 1;
    let best = 0;
    let tries = 0;
    do {
      const begun = performance.now();
      seed = this.#exports.roofline(seed, times);
      const taken = performance.now() - begun;
      // A clock that is coarse says nothing of a short time.
      if (taken < 0.1) {
        times *= 2;
        continue;
      }
      tries += 1;
      best = Math.max(best, (1000 * candidates * times) / taken);
      if (taken < 1) times *= 2;
      // Not fewer, for another program may have taken the processor away from each of a few.
    } while (performance.now() < end || tries < LEAST_TRIES);
    return best;
  }

  /** Hashes computed for this job, those of groups that reach beyond its range included. */
  tried(): bigint {
    return this.#exports.tried();
  }

  /** Counters of the hits not yet taken. */
  take(): bigint[] {
    const count = this.#exports.take();
    const hits = new DataView(this.#exports.memory.buffer, this.#exports.hits(), 8 * count);
    return Array.from({ length: count }, (_, i) => hits.getBigUint64(8 * i, true));
  }
}
