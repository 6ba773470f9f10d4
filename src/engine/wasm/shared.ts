import type { Algorithm } from "../algorithms.ts";
import type { WasmJob, WasmModule } from "./program.ts";

// What the threads of a search with WebAssembly share: a few words of memory, and nothing else. Counters
// are whole numbers of 64 bits, never doubles.

/** While so many hits wait to be taken, the threads wait too. */
export const MAX_WAITING_HITS = 65_536;

/** How a thread is doing: {@link SharedWords.state}. */
export const THREAD = { starting: 0, searching: 1, dismissed: 2 } as const;

// Words of 64 bits, each on a cache line of its own where it changes often.
const NEXT = 0;
const LIMIT = 8;
const FOUND = 16;
const BEGUN = 17;
const ENDED = 18;
const TRIED = 24;
const WORD = 8;

// Words of 32 bits.
const STOP = 0;
const WAITING = 1;
const TURN = 2;
const STATE = 3;

/** What a thread is given at its start. */
export interface ThreadData {
  readonly job: WasmJob & { readonly algorithm: Algorithm; readonly nice: boolean };
  readonly module: WasmModule;
  readonly memory: SharedMemory;
  readonly index: number;
}

export interface SharedMemory {
  readonly longs: SharedArrayBuffer;
  readonly ints: SharedArrayBuffer;
}

/** Room for a search of so many threads. */
export function sharedMemory(threads: number): SharedMemory {
  return {
    longs: new SharedArrayBuffer(WORD * (TRIED + WORD * threads)),
    ints: new SharedArrayBuffer(4 * (STATE + threads)),
  };
}

/** The words by their names. Every one of them may change at any time. */
export class SharedWords {
  readonly #longs: BigUint64Array;
  readonly #ints: Int32Array;

  constructor({ longs, ints }: SharedMemory) {
    this.#longs = new BigUint64Array(longs);
    this.#ints = new Int32Array(ints);
  }

  /** Takes up to so many outer values of all; returns the first, or undefined if none is left. */
  claim(size: bigint, all: bigint): bigint | undefined {
    for (;;) {
      const next = Atomics.load(this.#longs, NEXT);
      if (next >= all) return undefined;
      const end = all - next > size ? next + size : all;
      if (Atomics.compareExchange(this.#longs, NEXT, next, end) === next) return next;
    }
  }

  get limit(): bigint {
    return Atomics.load(this.#longs, LIMIT);
  }

  /** Sets the limit at the start. */
  set limit(limit: bigint) {
    Atomics.store(this.#longs, LIMIT, limit);
  }

  lower(limit: bigint): void {
    let present = this.limit;
    while (limit < present) {
      const seen = Atomics.compareExchange(this.#longs, LIMIT, present, limit);
      if (seen === present) return;
      present = seen;
    }
  }

  /** How many of so many hits are still wanted; they are counted as found, and the last one stops all. */
  reserve(hits: number, wanted: bigint): number {
    if (wanted === 0n) return hits;
    for (;;) {
      const found = Atomics.load(this.#longs, FOUND);
      const left = wanted - found;
      const taken = BigInt(hits) < left ? BigInt(hits) : left;
      if (Atomics.compareExchange(this.#longs, FOUND, found, found + taken) !== found) continue;
      if (taken === left) this.stop();
      return Number(taken);
    }
  }

  get found(): bigint {
    return Atomics.load(this.#longs, FOUND);
  }

  /** A thread begins or ends: nanoseconds on the clock that all threads of a process share. */
  setBegun(now: bigint): void {
    Atomics.compareExchange(this.#longs, BEGUN, 0n, now);
  }

  setEnded(now: bigint): void {
    Atomics.store(this.#longs, ENDED, now);
  }

  /** From the first thread's begin to the last one's end; 0 if none has ended. */
  get seconds(): number {
    const ended = Atomics.load(this.#longs, ENDED);
    return ended === 0n ? 0 : Number(ended - Atomics.load(this.#longs, BEGUN)) / 1e9;
  }

  setTried(thread: number, tried: bigint): void {
    Atomics.store(this.#longs, TRIED + WORD * thread, tried);
  }

  /** Hashes of so many threads together. */
  tried(threads: number): bigint {
    let sum = 0n;
    for (let i = 0; i < threads; i++) sum += Atomics.load(this.#longs, TRIED + WORD * i);
    return sum;
  }

  get stopped(): boolean {
    return Atomics.load(this.#ints, STOP) !== 0;
  }

  stop(): void {
    Atomics.store(this.#ints, STOP, 1);
    this.#wake();
  }

  /** So many hits more wait, or fewer if negative. */
  wait(hits: number): void {
    Atomics.add(this.#ints, WAITING, hits);
    if (hits < 0) this.#wake();
  }

  /** Stands still while too many hits wait to be taken. */
  waitForRoom(): void {
    for (;;) {
      const turn = Atomics.load(this.#ints, TURN);
      if (this.stopped || Atomics.load(this.#ints, WAITING) < MAX_WAITING_HITS) return;
      Atomics.wait(this.#ints, TURN, turn);
    }
  }

  /** Goes from `starting` to another state; false if the thread was in another one already. */
  leaveStart(thread: number, state: number): boolean {
    const at = STATE + thread;
    return Atomics.compareExchange(this.#ints, at, THREAD.starting, state) === THREAD.starting;
  }

  /** A change of this word wakes whoever waits, and lets nobody go to sleep who has not seen it. */
  #wake(): void {
    Atomics.add(this.#ints, TURN, 1);
    Atomics.notify(this.#ints, TURN);
  }
}
