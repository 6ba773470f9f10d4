// Whether those who mean well are answered while thousands of connections come that never finish a
// request, and come again as soon as they are closed.
//
//   npm run bench:flood -- [--json] [--connections 5000] [--addresses 50] [--seconds 15]
//     [--clients 20] [--kind line|silent|idle|body|all] [--from many|proxy]
//
// The service, the flood and the clients are three processes. The flood comes from 127.0.1.1 and on, or
// (--from proxy) all of it from 127.0.0.1, which no limit for one address holds for. Its connections end in
// the middle of the first line, say nothing, have one request answered and then say nothing, or end in the
// middle of a body. Each client asks for a price on a new connection, waits up to 0.4 s, and asks again. At
// least 99 of 100 must have a whole answer within a second; otherwise the exit code is 1.
import { type ChildProcess, fork, spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { textTable } from "../src/cli/figures/table.ts";
import type { ClientsReport, ClientsTask, FloodReport, FloodTask, Kind } from "./flood-worker.ts";
import { describeMachine } from "./machine.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    connections: { type: "string", default: "5000" },
    addresses: { type: "string", default: "50" },
    seconds: { type: "string", default: "15" },
    clients: { type: "string", default: "20" },
    kind: { type: "string", default: "line" },
    from: { type: "string", default: "many" },
  },
});

/** Milliseconds in which an answer must have come, and the share of answers that must. */
const SOON = 1000;
const SHARE = 0.99;

const KINDS: readonly Kind[] = ["line", "silent", "idle", "body"];

const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
const worker = fileURLToPath(new URL("./flood-worker.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "stampmill-flood-"));

/** Addresses of the loopback range, from 127.FIRST.1.1 on. */
function addressesFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `127.${first}.${1 + (i >> 7)}.${1 + (i & 127)}`);
}

interface Service {
  readonly port: number;
  readonly log: string;
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

async function startService(): Promise<Service> {
  const config = join(folder, "gate.json");
  const log = join(folder, `log-${Math.random()}`);
  writeFileSync(config, JSON.stringify({ listen: "127.0.0.1:0", store: join(folder, "posts.db") }));
  const child = spawn(process.execPath, [cli, "serve", "--config", config], {
    stdio: ["ignore", "ignore", openSync(log, "w")],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let url: string | undefined;
  while (url === undefined) {
    if (child.exitCode !== null) throw new Error(readFileSync(log, "utf8"));
    await sleep(20);
    [, url] = /"url":"([^"]+)"/.exec(readFileSync(log, "utf8")) ?? [];
  }
  return {
    port: Number(new URL(url).port),
    log,
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const lines = text.split("\n").filter((line) => line.startsWith(name));
      return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const startWorker = (task: FloodTask | ClientsTask): ChildProcess =>
  fork(worker, [JSON.stringify(task)], { execArgv: ["--import", "tsx"] });

/** What a worker says next. */
const said = <T>(child: ChildProcess) =>
  new Promise<T>((resolve, reject) => {
    child.once("message", (message) => resolve(message as T));
    child.once("exit", (code) => reject(new Error(`a worker ended with ${code}`)));
  });

/** @param kind null for no flood: what clients have to wait for on this machine anyway */
async function measure(kind: Kind | null) {
  const service = await startService();
  const { port } = service;
  const addresses =
    values.from === "proxy" ? ["127.0.0.1"] : addressesFrom(0, Number(values.addresses));
  const flood = startWorker({
    role: "flood",
    port,
    kind: kind ?? "silent",
    connections: kind === null ? 0 : Number(values.connections),
    addresses,
    renew: 4000,
  });
  await said(flood);
  const seconds = Number(values.seconds);
  const clients = startWorker({
    role: "clients",
    port,
    clients: Number(values.clients),
    addresses: addressesFrom(1, Number(values.clients)),
    milliseconds: 1000 * seconds,
  });
  const { times, failures } = await said<ClientsReport>(clients);
  const report = said<FloodReport>(flood);
  flood.send("report");
  const { opened, failed } = await report;
  await sleep(1500);
  const processor = await service.metric("process_cpu_seconds_total");
  const dropped = await service.metric("stampmill_unread_total");
  await service.stop();
  const sorted = Float64Array.from(times).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  const failedAsks = Object.values(failures).reduce((sum, n) => sum + n, 0);
  const soon = times.filter((time) => time <= SOON).length / (times.length + failedAsks);
  return {
    flood: kind ?? "none",
    asked: times.length + failedAsks,
    failures,
    soon,
    p50: at(0.5),
    p99: at(0.99),
    worst: at(1),
    opened: opened / (seconds + 1),
    notOpened: failed / (seconds + 1),
    dropped,
    processor,
    logBytes: statSync(service.log).size,
    logLines: readFileSync(service.log, "latin1").split("\n").length - 1,
  };
}

async function main(): Promise<void> {
  if (!existsSync(cli)) throw new Error("dist/ is not built: node scripts/build-dist.mjs");
  const load = loadavg()[0] ?? 0;
  const kinds = values.kind === "all" ? KINDS : KINDS.filter((kind) => kind === values.kind);
  if (kinds.length === 0) throw new Error(`--kind must be all, or one of ${KINDS.join(", ")}`);
  const results: Awaited<ReturnType<typeof measure>>[] = [];
  for (const kind of [null, ...kinds]) results.push(await measure(kind));
  const machine = describeMachine();
  if (values.json) console.log(JSON.stringify({ machine, load, results }, null, 1));
  else {
    console.log(`${machine.cpu}, load ${load.toFixed(1)} at the start\n`);
    const rows = results.map((r) => [
      r.flood,
      r.asked.toFixed(),
      `${(100 * r.soon).toFixed(2)} %`,
      r.p50.toFixed(),
      r.p99.toFixed(),
      r.worst.toFixed(),
      r.opened.toFixed(),
      r.dropped.toFixed(),
      r.processor.toFixed(1),
      r.logLines.toFixed(),
      JSON.stringify(r.failures),
    ]);
    const head = ["flood", "asked", "in 1 s", "p50 ms", "p99 ms", "worst ms"];
    console.log(
      textTable({ head: [...head, "flood/s", "closed", "cpu s", "log lines", "failures"], rows }),
    );
  }
  if (results.some(({ soon }) => !(soon >= SHARE))) process.exitCode = 1;
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}
