import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { AddressList } from "./addresses.ts";
import { announcesMore, readBody, tooLarge } from "./body.ts";
import { type ConnectionLimits, Connections } from "./connections.ts";
import { Drops, TOO_SLOW } from "./drops.ts";
import type { Log } from "./log.ts";
import { HttpProblem, type HttpResponse, type Outcome } from "./message.ts";
import { sendResponse, toProblemResponse, toRequest } from "./node.ts";
import { Parking, placesBeside } from "./parking.ts";
import { type Endpoint, type GateHandler, routed } from "./routes.ts";
import { type HealthCheck, healthEndpoint, metricsEndpoint } from "./service-endpoints.ts";
import { ServiceMetrics } from "./service-metrics.ts";

/** What one server takes at most. Times in milliseconds. */
export interface ServerLimits extends ConnectionLimits {
  /** Bytes of a body, and of a request's line and headers. */
  readonly maxBody: number;
  readonly maxHeader: number;
  /** Requests that wait for their answer. */
  readonly maxPending: number;
  /** Until all headers have come, and until all of the request has. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** How long a connection stays open without a request. */
  readonly keepAlive: number;
  /** How long a connection that is to go is kept from opening the next one, if there is room. */
  readonly parkTime: number;
  /** How long what is under way may take once the server is to stop. */
  readonly stopTimeout: number;
}

export interface ServerOptions {
  readonly endpoints: readonly Endpoint[];
  readonly check: HealthCheck;
  readonly metrics: boolean;
  readonly limits: ServerLimits;
  /** Addresses whose connections are not counted by address. */
  readonly proxies: AddressList;
  readonly log: Log;
}

/** How often Node looks for requests that take too long, in milliseconds. */
const LOOK_EVERY = 500;

/** Headers of a request that are read; what a proxy adds comes last and is missing then: refused. */
const MAX_HEADERS = 200;

/**
 * Requests of one connection whose answers have not been taken. Node reads a few thousand at once from
 * whoever sends them at once, and keeps kilobytes for each.
 */
const MOST_AT_ONCE = 256;

/** Connections that the system keeps until they are taken; it may have a lower limit of its own. */
const BACKLOG = 4096;

/** Characters of a path that are logged. */
const MAX_PATH = 200;

/** The HTTP server behind `stampmill serve`. */
export class GateServer {
  readonly #server: Server;
  readonly #handle: GateHandler;
  readonly #metrics: ServiceMetrics;
  readonly #limits: ServerLimits;
  readonly #log: Log;
  readonly #drops: Drops;
  readonly #connections: Connections;
  readonly #prefix = randomBytes(6).toString("hex");
  #requests = 0;
  #pending = 0;
  #stopping = false;
  #turn: Promise<void> | null = null;
  /** Called whenever no request waits for its answer any more. */
  #idle = () => {};

  constructor({ endpoints, check, metrics, limits, proxies, log }: ServerOptions) {
    this.#limits = limits;
    this.#log = log;
    const parking = new Parking(placesBeside(limits.maxConnections), limits.parkTime);
    this.#metrics = new ServiceMetrics({
      connections: () => this.#connections.size,
      waiting: () => this.#connections.waiting,
      parked: () => parking.size,
      pending: () => this.#pending,
    });
    this.#drops = new Drops(log, this.#metrics);
    this.#connections = new Connections(limits, proxies, parking, (socket, reason) =>
      this.#drops.closed(socket, reason),
    );
    const own = [healthEndpoint(() => (this.#stopping ? Promise.resolve("stopping") : check()))];
    if (metrics) own.push(metricsEndpoint(() => this.#metrics.write()));
    this.#handle = routed([...endpoints, ...own]);
    this.#server = this.#createServer();
  }

  /** Takes connections, and says where: `http://127.0.0.1:8402`. */
  async listen(host: string, port: number): Promise<string> {
    this.#server.listen({ port, host, backlog: BACKLOG });
    await once(this.#server, "listening");
    const { address, family, port: actual } = this.#server.address() as AddressInfo;
    return `http://${family === "IPv6" ? `[${address}]` : address}:${actual}`;
  }

  /** Takes no more requests, and resolves when those under way are answered, or after their time. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const closed = once(this.#server, "close");
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#pending === 0) resolve();
    });
    this.#server.close();
    // Node closes none that has not sent a request yet.
    this.#connections.closeIdle();
    const late = setTimeout(() => this.#server.closeAllConnections(), this.#limits.stopTimeout);
    await closed;
    clearTimeout(late);
    // Posts whose clients are gone; the store has time limits of its own.
    await idle;
    this.#drops.flush();
  }

  #createServer(): Server {
    const { maxHeader, headersTimeout, requestTimeout, keepAlive } = this.#limits;
    const server = createServer({
      maxHeaderSize: maxHeader,
      headersTimeout,
      requestTimeout,
      keepAliveTimeout: keepAlive,
      connectionsCheckingInterval: LOOK_EVERY,
    });
    server.maxHeadersCount = MAX_HEADERS;
    // Also for clients that do not take their answers.
    server.timeout = requestTimeout + keepAlive;
    server.on("connection", (socket) => this.#connections.add(socket));
    server.on("request", (request, response) => this.#onRequest(request, response, false));
    server.on("checkContinue", (request, response) => this.#onRequest(request, response, true));
    server.on("clientError", (error, socket) => this.#onClientError(error, socket as Socket));
    return server;
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, mustContinue: boolean): void {
    const { socket } = request;
    // What else is in the bytes that were read.
    if (this.#drops.has(socket)) return;
    if (this.#connections.begin(socket) > MOST_AT_ONCE) {
      this.#drops.closed(socket, "too-many-at-once");
      socket.destroy();
      return;
    }
    const start = performance.now();
    const id = this.#idOf(request);
    this.#pending++;
    // A client may be gone before its post is judged, and it counts all the same.
    let outcome: Outcome | null = null;
    let sent: boolean | null = null;
    const report = () => {
      if (outcome === null || sent === null) return;
      this.#connections.end(socket);
      const status = sent ? response.statusCode : CLIENT_GONE;
      this.#report(request, id, status, outcome, performance.now() - start);
    };
    response.once("close", () => {
      sent = response.writableFinished;
      report();
    });
    this.#respond(request, response, id, mustContinue).then((answered) => {
      outcome = answered;
      if (--this.#pending === 0) this.#idle();
      report();
    });
  }

  async #respond(
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
    mustContinue: boolean,
  ): Promise<Outcome> {
    let answer: HttpResponse;
    let whole = false;
    try {
      const body = await this.#read(request, response, mustContinue);
      whole = true;
      this.#connections.complete(request.socket);
      answer = await this.#handle(toRequest(request, body));
    } catch (error) {
      answer = this.#toAnswer(error, id);
    }
    await this.#endOfTurn();
    try {
      sendResponse(response, answer, this.#ownHeaders(id));
      return answer.outcome;
    } catch (error) {
      response.destroy(error as Error);
      return { endpoint: "none", reason: "internal" };
    } finally {
      if (whole) this.#connections.answer(request.socket);
    }
  }

  /**
   * Answers wait until all has been read that there is to read, and go out together: whoever sends many
   * requests is woken once for many answers, which costs both sides less.
   */
  #endOfTurn(): Promise<void> {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = null;
        resolve();
      });
    });
    return this.#turn;
  }

  #ownHeaders(id: string): Record<string, string> {
    return this.#stopping ? { "x-request-id": id, connection: "close" } : { "x-request-id": id };
  }

  /** The body of a request, if it may have one and there is time for it. */
  async #read(
    request: IncomingMessage,
    response: ServerResponse,
    mustContinue: boolean,
  ): Promise<Uint8Array> {
    const { maxBody, maxPending } = this.#limits;
    if (this.#pending - this.#connections.abandoned > maxPending) throw overloaded();
    if (announcesMore(request, maxBody)) throw tooLarge(maxBody);
    if (mustContinue) response.writeContinue();
    return readBody(request, maxBody);
  }

  #toAnswer(error: unknown, id: string): HttpResponse {
    if (!(error instanceof HttpProblem)) {
      const text = error instanceof Error ? error.stack : String(error);
      this.#log("error", "fault", { id, error: text });
    }
    return toProblemResponse(error);
  }

  /** The proxy's name for the request, if it can stand in a log. */
  #idOf({ headers }: IncomingMessage): string {
    const given = headers["x-request-id"];
    if (typeof given === "string" && /^[\w.-]{1,64}$/.test(given)) return given;
    return `${this.#prefix}-${this.#requests++}`;
  }

  #report(
    { method, url = "", socket }: IncomingMessage,
    id: string,
    status: number,
    outcome: Outcome,
    milliseconds: number,
  ): void {
    this.#metrics.answered(outcome, status, milliseconds / 1000);
    if (status === CLIENT_GONE && this.#drops.has(socket)) return;
    const { reason, paid, stamps, detail } = outcome;
    const [path = ""] = url.slice(0, MAX_PATH).split("?", 1);
    const ms = Math.round(1000 * milliseconds) / 1000;
    const remote = socket.remoteAddress;
    const fields = { id, remote, method, path, status, reason, paid, stamps, ms, detail };
    this.#log(status >= 500 ? "error" : "info", "request", fields);
  }

  /** What was no HTTP, or too much of it, or too slow. */
  #onClientError(error: Error & { code?: string }, socket: Socket): void {
    // One that is parked is told of already.
    if (this.#drops.has(socket)) return void socket.destroy();
    const [status, reason] = CLIENT_ERRORS[error.code ?? ""] ?? ["400 Bad Request", "bad-http"];
    this.#drops.failed(socket, reason, error.code);
    if (socket.writable) {
      socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    }
    socket.destroySoon();
  }
}

/** What nginx logs for a client that did not wait for its answer. */
const CLIENT_GONE = 499;

const CLIENT_ERRORS: Readonly<Record<string, [status: string, reason: string]>> = {
  HPE_HEADER_OVERFLOW: ["431 Request Header Fields Too Large", "large-headers"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ["413 Payload Too Large", "large-chunks"],
  ERR_HTTP_REQUEST_TIMEOUT: ["408 Request Timeout", TOO_SLOW],
  ECONNRESET: ["400 Bad Request", "broken-off"],
  EPIPE: ["400 Bad Request", "broken-off"],
};

function overloaded(): HttpProblem {
  const headers = { "retry-after": "1", connection: "close" };
  return new HttpProblem(503, "overloaded", "too many requests wait for their answer", headers);
}
