import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A bare connection, for what no HTTP client would send. */
export class Connection {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #text = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1").on("data", (text: string) => {
      this.#text += text;
      socket.emit("more");
    });
    // A server that resets the connection has said what it had to say.
    socket.on("error", () => {});
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve()));
  }

  /** @param from the local address, any of the loopback range */
  static async open(port: number, from = "127.0.0.1"): Promise<Connection> {
    const socket = connect({ port, host: "127.0.0.1", localAddress: from });
    await once(socket, "connect");
    return new Connection(socket);
  }

  send(text: string | Uint8Array): void {
    this.#socket.write(typeof text === "string" ? Buffer.from(text, "latin1") : text);
  }

  /** All that came until the server closed the connection. */
  async read(): Promise<string> {
    await this.#closed;
    return this.#text;
  }

  /** All that came until it holds this so many times. */
  async readUntil(pattern: RegExp, times = 1): Promise<string> {
    const count = () => this.#text.match(new RegExp(pattern, "g"))?.length ?? 0;
    while (count() < times && !this.#socket.closed) {
      await Promise.race([once(this.#socket, "more"), this.#closed]);
    }
    return this.#text;
  }

  /** Takes nothing that comes from now on. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  get closed(): boolean {
    return this.#socket.closed;
  }

  /** Says that nothing more is to come. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** What a server answers to bytes before it closes the connection. */
export async function answerTo(port: number, text: string | Uint8Array): Promise<string> {
  const connection = await Connection.open(port);
  connection.send(text);
  return connection.read();
}
