/**
 * Gathers what is asked for while the event loop turns once, and has it done together: to wait for a
 * disk or a server takes as long for one as for a thousand.
 */
export class Turn<T, R> {
  readonly #work: (items: readonly T[]) => readonly R[] | Promise<readonly R[]>;
  #waiting: { item: T; resolve(result: R): void; reject(error: unknown): void }[] = [];

  /** @param work answers for each item, in their order; what it throws is for all of them */
  constructor(work: (items: readonly T[]) => readonly R[] | Promise<readonly R[]>) {
    this.#work = work;
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
    if (calls.length === 0) return;
    try {
      const results = await this.#work(calls.map(({ item }) => item));
      for (const [i, { resolve }] of calls.entries()) resolve(results[i] as R);
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}
