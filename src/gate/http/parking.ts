import { readFileSync } from "node:fs";
import type { Socket } from "node:net";

/** Parked connections for each one that is held: they take next to nothing but a number of the system's. */
const FOR_EACH = 4;

/** Files that a process needs besides its connections: store, log, libraries. */
const OTHER_FILES = 200;

/** How many connections can be parked beside those that are held, so that files are left. */
export function placesBeside(maxConnections: number, openFiles = mostOpenFiles()): number {
  return Math.max(0, Math.min(FOR_EACH * maxConnections, openFiles - maxConnections - OTHER_FILES));
}

/** How many files this process may open, as Linux says; elsewhere as many as it likes. */
function mostOpenFiles(): number {
  try {
    const [, most] =
      /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return most === undefined ? Infinity : Number(most);
  } catch {
    return Infinity;
  }
}

/**
 * Connections that are to be closed, but not at once. Whoever floods a server opens a new connection as
 * soon as an old one is closed, and thousands who do so keep it busy with nothing else, and everybody
 * else waiting behind them. Nothing is read from a parked connection.
 */
export class Parking {
  readonly #places: number;
  readonly #milliseconds: number;
  readonly #parked = new Map<Socket, NodeJS.Timeout>();

  constructor(places: number, milliseconds: number) {
    this.#places = milliseconds > 0 ? places : 0;
    this.#milliseconds = milliseconds;
  }

  get size(): number {
    return this.#parked.size;
  }

  /** Takes a connection; if there is no place, the one that has been here longest is closed. */
  add(socket: Socket): void {
    if (this.#places === 0) return void socket.resetAndDestroy();
    if (this.#parked.size >= this.#places) {
      const [longest] = this.#parked.keys();
      if (longest !== undefined) this.#release(longest);
    }
    const timer = setTimeout(() => this.#release(socket), this.#milliseconds).unref();
    this.#parked.set(socket, timer);
    socket.pause();
    socket.once("close", () => this.#forget(socket));
  }

  /** Closes all of them. */
  clear(): void {
    for (const socket of this.#parked.keys()) this.#release(socket);
  }

  /** Not closed with courtesy: the kernel would go on with connections whose clients say nothing. */
  #release(socket: Socket): void {
    this.#forget(socket);
    socket.resetAndDestroy();
  }

  #forget(socket: Socket): void {
    clearTimeout(this.#parked.get(socket));
    this.#parked.delete(socket);
  }
}
