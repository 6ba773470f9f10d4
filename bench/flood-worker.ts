// One of the two other processes of bench/flood.ts: the flood, or the clients that mean well.
//
//   node --import tsx bench/flood-worker.ts JSON
import { get } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What attackers do with a connection. */
export const KINDS = {
  /** Never finishes the first line. */
  line: "GET /price?resource=for",
  /** Says nothing. */
  silent: "",
  /** Has one request answered, and then says nothing. */
  idle: "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
  /** Never finishes a body. */
  body: "POST /posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{",
} as const;

export type Kind = keyof typeof KINDS;

export interface FloodTask {
  readonly role: "flood";
  readonly port: number;
  readonly kind: Kind;
  readonly connections: number;
  /** Local addresses that they come from. */
  readonly addresses: readonly string[];
  /** Milliseconds after which a connection that is still there is given up for a new one. */
  readonly renew: number;
}

export interface ClientsTask {
  readonly role: "clients";
  readonly port: number;
  readonly clients: number;
  readonly addresses: readonly string[];
  readonly milliseconds: number;
}

export interface FloodReport {
  opened: number;
  failed: number;
}

export interface ClientsReport {
  /** Milliseconds until an answer had come whole. */
  times: number[];
  /** Errors, by their code. */
  failures: Record<string, number>;
}

const task = JSON.parse(process.argv[2] ?? "") as FloodTask | ClientsTask;

/** Milliseconds between a failure and the next try: a port that is refused must not busy this process only. */
const AFTER_FAILURE = 20;

/** Milliseconds over which a flood begins. */
const RISE = 1000;

async function flood({ port, kind, connections, addresses, renew }: FloodTask): Promise<void> {
  const report: FloodReport = { opened: 0, failed: 0 };
  const open = (i: number) => {
    const localAddress = addresses[i % addresses.length];
    const socket = connect({ port, host: "127.0.0.1", ...(localAddress ? { localAddress } : {}) });
    let opened = false;
    socket.once("connect", () => {
      opened = true;
      report.opened++;
      socket.write(KINDS[kind]);
      socket.resume();
    });
    const timer = setTimeout(() => socket.destroy(), renew);
    socket.on("error", () => {});
    socket.once("close", () => {
      clearTimeout(timer);
      if (opened) return open(i);
      report.failed++;
      setTimeout(open, AFTER_FAILURE, i);
    });
  };
  process.on("message", () => process.send?.(report, () => process.exit()));
  for (let i = 0; i < connections; i++) setTimeout(open, (RISE * i) / connections, i);
  await sleep(RISE);
  process.send?.("ready");
}

/** Asks once, and resolves to whether there was an answer and how long it took. */
function ask(port: number, poster: string, localAddress: string) {
  const start = performance.now();
  return new Promise<number | string>((resolve) => {
    const path = `/price?resource=forum&poster=${poster}`;
    const request = get(
      { host: "127.0.0.1", port, path, agent: false, localAddress },
      (response) => {
        response.on("error", () => resolve("broken off"));
        response.resume().once("end", () => {
          const { statusCode } = response;
          resolve(statusCode === 200 ? performance.now() - start : `status ${statusCode}`);
        });
      },
    );
    request.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    request.setTimeout(10_000, () => request.destroy(new Error("no answer in 10 s")));
  });
}

async function askMany({ port, clients, addresses, milliseconds }: ClientsTask) {
  const report: ClientsReport = { times: [], failures: {} };
  const until = performance.now() + milliseconds;
  const client = async (i: number) => {
    while (performance.now() < until) {
      const result = await ask(port, `client-${i}`, addresses[i % addresses.length] ?? "");
      if (typeof result === "number") report.times.push(result);
      else report.failures[result] = (report.failures[result] ?? 0) + 1;
      await sleep(400 * Math.random());
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
  process.send?.(report, () => process.exit());
}

if (task.role === "flood") await flood(task);
else await askMany(task);
