import type { Socket } from "node:net";
import { type AddressList, originOf } from "./addresses.ts";
import type { Parking } from "./parking.ts";

export interface ConnectionLimits {
  /** Connections that are held. */
  readonly maxConnections: number;
  /** Of these, those from one address, and from one /64 of IPv6, that wait for their client. */
  readonly maxPerAddress: number;
  readonly maxPerNetwork: number;
}

/** Why a connection was closed. */
export type TooMany = "too-many-connections" | "too-many-of-address" | "too-many-of-network";

/** Connections in the order in which they began to wait. */
type Queue = Set<Connection>;

interface Connection {
  readonly socket: Socket;
  /** Whose connections it is counted with, in the order in which the limits are looked at. */
  readonly groups: readonly Group[];
  /** Requests whose answers have not gone out. */
  open: number;
  /** Of these, those that are whole and not answered: while there is one, it waits for us. */
  ours: number;
  /** Whether the headers of one are there, and its body is not. */
  reading: boolean;
}

interface Group {
  readonly name: string;
  readonly limit: number;
  readonly reason: TooMany;
  readonly waiting: Queue;
  /** All of its connections, so that it goes with the last. */
  members: number;
}

/**
 * The connections of a server, and which of them go when there are too many.
 *
 * A connection waits for its client until all of a request is there, and again from the moment of the
 * answer, whether that is taken or not. Only while it waits may it be closed, and whichever has waited
 * longest goes first: whoever sends a request at once is served however many do not, and bytes now and
 * then, a request that came before or an answer that is not taken keep nobody's place.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #exempt: AddressList;
  readonly #parking: Parking;
  readonly #onClose: (socket: Socket, reason: TooMany) => void;
  readonly #connections = new Map<Socket, Connection>();
  readonly #waiting: Queue = new Set();
  readonly #groups = new Map<string, Group>();
  #abandoned = 0;

  /**
   * @param exempt addresses whose connections are not counted by address: proxies
   * @param parking where those go that are to be closed
   */
  constructor(
    limits: ConnectionLimits,
    exempt: AddressList,
    parking: Parking,
    onClose: (socket: Socket, reason: TooMany) => void,
  ) {
    this.#limits = limits;
    this.#exempt = exempt;
    this.#parking = parking;
    this.#onClose = onClose;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Those that wait for their client. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Half requests of those that are given up and not closed yet: nobody is going to answer these. */
  get abandoned(): number {
    return this.#abandoned;
  }

  /** Takes a new one, for which another may have to go, or itself if none can. */
  add(socket: Socket): void {
    const groups = this.#groupsOf(socket.remoteAddress);
    const connection: Connection = { socket, groups, open: 0, ours: 0, reading: false };
    for (const group of groups) group.members++;
    this.#connections.set(socket, connection);
    socket.once("close", () => this.#forget(connection));
    this.#wait(connection);
    if (this.size > this.#limits.maxConnections) {
      this.#closeOldest(this.#waiting, "too-many-connections");
    }
  }

  /** The headers of a request are there. Says how many requests of this connection have no answer yet. */
  begin(socket: Socket): number {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return 0;
    connection.reading = true;
    return ++connection.open;
  }

  /** All of a request is there. */
  complete(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    connection.reading = false;
    if (connection.ours++ > 0) return;
    this.#leave(connection);
  }

  /** A request that was complete is answered. */
  answer(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection !== undefined && --connection.ours === 0) this.#wait(connection);
  }

  /** The answer of a request has gone out, or never will. */
  end(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection !== undefined) connection.open--;
  }

  /** Closes those without a request under way. */
  closeIdle(): void {
    this.#parking.clear();
    for (const { socket, open } of this.#connections.values()) if (open === 0) socket.destroy();
  }

  #wait(connection: Connection): void {
    this.#waiting.add(connection);
    for (const { waiting, limit, reason } of connection.groups) {
      waiting.add(connection);
      if (waiting.size > limit) this.#closeOldest(waiting, reason);
    }
  }

  #leave(connection: Connection): void {
    this.#waiting.delete(connection);
    for (const { waiting } of connection.groups) waiting.delete(connection);
  }

  #closeOldest(queue: Queue, reason: TooMany): void {
    const [oldest] = queue;
    if (oldest === undefined) return;
    this.#forget(oldest);
    this.#onClose(oldest.socket, reason);
    // What has been answered is closed with courtesy: the answer may be on its way, and whoever asks
    // again on the same connection must know at once that it is closed.
    if (isAnswered(oldest.socket)) oldest.socket.destroy();
    else this.#park(oldest);
  }

  #park({ socket, reading }: Connection): void {
    if (reading) {
      this.#abandoned++;
      socket.once("close", () => this.#abandoned--);
    }
    this.#parking.add(socket);
  }

  #forget(connection: Connection): void {
    if (!this.#connections.delete(connection.socket)) return;
    this.#leave(connection);
    for (const group of connection.groups) {
      if (--group.members === 0) this.#groups.delete(group.name);
    }
  }

  #groupsOf(remoteAddress: string | undefined): Group[] {
    const origin = originOf(remoteAddress);
    if (origin === null || this.#exempt(origin.address)) return [];
    const { maxPerAddress, maxPerNetwork } = this.#limits;
    const groups = [this.#group(origin.address, maxPerAddress, "too-many-of-address")];
    if (origin.network !== null) {
      groups.push(this.#group(origin.network, maxPerNetwork, "too-many-of-network"));
    }
    return groups;
  }

  #group(name: string, limit: number, reason: TooMany): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = { name, limit, reason, waiting: new Set<Connection>(), members: 0 };
    this.#groups.set(name, group);
    return group;
  }
}

/** Whether something was sent, and the system has taken all of it. */
function isAnswered({ bytesWritten, writableLength }: Socket): boolean {
  return bytesWritten > 0 && writableLength === 0;
}
