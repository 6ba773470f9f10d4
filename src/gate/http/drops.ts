import type { Socket } from "node:net";
import type { Log } from "./log.ts";
import type { ServiceMetrics } from "./service-metrics.ts";

/** Why a request that took too long was dropped. */
export const TOO_SLOW = "too-slow";

/** Milliseconds that go into one line. */
const EVERY = 1000;

/** Addresses of which the most frequent is sought; beyond that new ones are not looked at. */
const MOST_ADDRESSES = 1000;

/**
 * Connections that are dropped: counted one by one, logged in one line a second however many there
 * are, with how many for each reason, and the address that most of them came from.
 */
export class Drops {
  readonly #log: Log;
  readonly #metrics: ServiceMetrics;
  readonly #dropped = new WeakSet<Socket>();
  #reasons = new Map<string, number>();
  #addresses = new Map<string, number>();
  #detail: string | undefined;
  #ours = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Log, metrics: ServiceMetrics) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /** A connection is closed because it takes what belongs to others, which is worth a warning. */
  closed(socket: Socket, reason: string): void {
    this.#ours = true;
    this.#dropped.add(socket);
    this.#count(socket, reason);
  }

  /** A client was too slow, broke off, or sent what is no HTTP; `detail` is Node's word for it. */
  failed(socket: Socket, reason: string, detail: string | undefined): void {
    if (reason === TOO_SLOW) this.#dropped.add(socket);
    this.#detail = detail ?? this.#detail;
    this.#count(socket, reason);
  }

  /** Whether what was under way on a connection is told of here, and nowhere else. */
  has(socket: Socket): boolean {
    return this.#dropped.has(socket);
  }

  /** Logs what there is. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    const [remote, ofRemote] = mostFrequent(this.#addresses);
    const connections = [...this.#reasons.values()].reduce((sum, n) => sum + n, 0);
    const fields = { connections, ...Object.fromEntries(this.#reasons), remote, ofRemote };
    this.#log(this.#ours ? "warn" : "info", "dropped", { ...fields, detail: this.#detail });
    this.#reasons = new Map();
    this.#addresses = new Map();
    this.#detail = undefined;
    this.#ours = false;
    this.#timer = undefined;
  }

  #count({ remoteAddress: address }: Socket, reason: string): void {
    this.#metrics.dropped(reason);
    count(this.#reasons, reason);
    const known = address !== undefined && this.#addresses.has(address);
    if (address !== undefined && (known || this.#addresses.size < MOST_ADDRESSES)) {
      count(this.#addresses, address);
    }
    this.#timer ??= setTimeout(() => this.flush(), EVERY).unref();
  }
}

function count(sums: Map<string, number>, key: string): void {
  sums.set(key, (sums.get(key) ?? 0) + 1);
}

function mostFrequent(sums: ReadonlyMap<string, number>): [string?, number?] {
  let most: [string?, number?] = [];
  for (const entry of sums) if (entry[1] > (most[1] ?? 0)) most = entry;
  return most;
}
