import { batchesOf } from "./store.ts";

interface Waiting<T, R> {
  readonly item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Gathers what is asked for while the event loop turns once, and has it done together: to wait for a
 * disk or a server takes as long for one as for a thousand.
 */
export class Turn<T, R> {
  readonly #work: (items: readonly T[]) => readonly R[] | Promise<readonly R[]>;
  readonly #most: number;
  readonly #sizeOf: (item: T) => number;
  #waiting: Waiting<T, R>[] = [];

  /**
   * @param work answers for each item, in their order; what it throws is for all of them
   * @param most the size of the items that are done together
   */
  constructor(
    work: (items: readonly T[]) => readonly R[] | Promise<readonly R[]>,
    most = Number.POSITIVE_INFINITY,
    sizeOf: (item: T) => number = () => 1,
  ) {
    this.#work = work;
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      this.#waiting.push({ item, resolve, reject });
    });
  }

  /** Does now what waits. */
  async flush(): Promise<void> {
    const calls = this.#waiting;
    this.#waiting = [];
    const batches = batchesOf(calls, this.#most, ({ item }) => this.#sizeOf(item));
    await Promise.all([...batches].map((batch) => this.#do(batch)));
  }

  async #do(calls: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.#work(calls.map(({ item }) => item));
      for (const [i, { resolve }] of calls.entries()) resolve(results[i] as R);
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}
