/** How many are remembered at most. */
const MOST = 4096;

/** What was worked out for names of late. When there is no more room, it begins anew. */
export class Recent<T> {
  readonly #values = new Map<string, T>();

  get(name: string, make: () => T): T {
    let value = this.#values.get(name);
    if (value === undefined) {
      if (this.#values.size >= MOST) this.#values.clear();
      value = make();
      this.#values.set(name, value);
    }
    return value;
  }

  clear(): void {
    this.#values.clear();
  }
}
