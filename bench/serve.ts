// How many verdicts a second `stampmill serve` gives, how long each takes, and what bad stamps cost.
//
//   npm run bench:serve -- [--json] [--requests 100000] [--flood 50000] [--connections 64]
//     [--store sqlite|redis|both]
//
// The load comes from this process (autocannon), the service is another. Seven of ten posts are to be
// accepted, the others have a stamp that lies, one of another's, too little work, or stamps that were
// used before; what becomes of each is known beforehand and compared. Rates are by the clock and by
// the service's processor time (the second is what one core does when nothing else wants it). Then
// floods of bad stamps, by turns with a bare server of node:http: the difference of their median
// processor times is what a bad stamp costs beyond HTTP.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { textTable } from "../src/cli/figures/table.ts";
import { median } from "../src/hardware/statistics.ts";
import { noRedis, RedisServer } from "../test/store/redis-server.ts";
import { PostMaker, PRICE, type PreparedPost, ROTATE, SECRET } from "./gate-posts.ts";
import { describeMachine } from "./machine.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    requests: { type: "string", default: "100000" },
    flood: { type: "string", default: "50000" },
    connections: { type: "string", default: "64" },
    store: { type: "string", default: "both" },
  },
});
const REQUESTS = Number(values.requests);
const FLOOD = Number(values.flood);
const CONNECTIONS = Number(values.connections);

/** Posts that are prepared at a time, so that a million need not be held. */
const ROUND = 1000 * CONNECTIONS;

/** Before anything is measured: what is compiled by then stays so. */
const WARM_UP = 150 * CONNECTIONS;

const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
const bare = fileURLToPath(new URL("./bare-server.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "stampmill-bench-"));
const maker = new PostMaker();

interface Service {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a service that says its URL in the first line of its log. */
async function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Service> {
  const log = join(folder, `log-${Math.random()}`);
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ["ignore", "ignore", openSync(log, "w")],
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  for (;;) {
    const [, url] = /"url":"([^"]+)"/.exec(readFileSync(log, "utf8")) ?? [];
    if (url !== undefined) {
      const stop = async () => {
        child.kill("SIGTERM");
        await ended;
      };
      return { url, stop };
    }
    if (child.exitCode !== null) throw new Error(readFileSync(log, "utf8"));
    await sleep(20);
  }
}

function startServe(store: string): Promise<Service> {
  const file = join(folder, "gate.json");
  const price = { base: PRICE, cap: PRICE };
  const config = { listen: "127.0.0.1:0", store, secret: SECRET, rotate: ROTATE, price };
  writeFileSync(file, JSON.stringify(config));
  return start([cli, "serve", "--config", file]);
}

async function processorSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (.+)$/m.exec(text)?.[1]);
}

interface Load {
  requests: number;
  wrong: number;
  seconds: number;
  processor: number;
  /** Milliseconds, one for each request. */
  times: number[];
}

/** Sends lists of posts, one list a connection, each post after the answer to the one before. */
async function send(url: string, lists: readonly (readonly PreparedPost[])[]): Promise<Load> {
  const times: number[] = [];
  let wrong = 0;
  let client = 0;
  const before = await processorSeconds(url);
  const result = await autocannon({
    url,
    connections: lists.length,
    amount: lists.reduce((sum, list) => sum + list.length, 0),
    setupClient(connection) {
      const list = lists[client++] ?? [];
      let sent = 0;
      let answered = 0;
      connection.setRequests([
        {
          method: "POST",
          path: "/posts",
          headers: { "content-type": "application/json" },
          setupRequest: (request) => ({ ...request, body: list[sent++ % list.length]?.body ?? "" }),
          onResponse(status, body) {
            if (!isExpected(list[answered++ % list.length], status, body)) wrong++;
          },
        },
      ]);
      connection.on("response", (_status, _bytes, milliseconds) => times.push(milliseconds));
    },
  });
  const processor = (await processorSeconds(url)) - before;
  if (result.errors + result.timeouts > 0) {
    throw new Error(`${result.errors} errors, ${result.timeouts} time-outs`);
  }
  const seconds = times.length > 0 ? result.duration : 0;
  return { requests: times.length, wrong, seconds, processor, times };
}

function isExpected(post: PreparedPost | undefined, status: number, body: string): boolean {
  if (post === undefined) return false;
  if (post.expected === null) return status === 201 && body.startsWith('{"accepted":true');
  return status === 402 && body.includes(`"reason":"${post.expected}"`);
}

/** Of ten posts, what they come to; `spent` is the one before once more. */
const MIX = [
  null,
  null,
  "missing-work",
  null,
  null,
  "spent",
  null,
  null,
  "underpaid",
  null,
] as const;

function mixedList(length: number): PreparedPost[] {
  const list: PreparedPost[] = [];
  for (let i = 0; i < length; i++) {
    const kind = i % 30 === 8 ? "wrong-salt" : (MIX[i % MIX.length] ?? null);
    const last = list.at(-1);
    if (kind !== "spent") list.push(maker.make(kind));
    else if (last !== undefined) list.push({ ...last, expected: "spent" });
  }
  return list;
}

function listsOf(total: number, make: (length: number) => PreparedPost[]): PreparedPost[][] {
  const length = Math.max(1, Math.ceil(total / CONNECTIONS));
  return Array.from({ length: CONNECTIONS }, () => make(length));
}

/** Mixed posts, in rounds. */
async function measureMix(name: string, store: string) {
  const service = await startServe(store);
  const sum: Load = { requests: 0, wrong: 0, seconds: 0, processor: 0, times: [] };
  try {
    await send(service.url, listsOf(WARM_UP, mixedList));
    while (sum.requests < REQUESTS) {
      const round = Math.min(ROUND, REQUESTS - sum.requests);
      const load = await send(service.url, listsOf(round, mixedList));
      sum.requests += load.requests;
      sum.wrong += load.wrong;
      sum.seconds += load.seconds;
      sum.processor += load.processor;
      for (const time of load.times) sum.times.push(time);
    }
  } finally {
    await service.stop();
  }
  const sorted = Float64Array.from(sum.times).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  const { requests, wrong, seconds, processor } = sum;
  return {
    store: name,
    requests,
    wrong,
    rate: requests / seconds,
    ratePerCore: requests / processor,
    p50: at(0.5),
    p99: at(0.99),
    worst: at(1),
  };
}

/** Parts that a flood is sent in, to the two servers by turns: what disturbs one disturbs both. */
const PARTS = 10;

/** Floods of posts with so many bad stamps each, against the service and the bare server. */
async function measureFlood(store: string, stamps: number) {
  const flood = (length: number) =>
    Array.from({ length }, () => maker.make("missing-work", stamps));
  const lists = listsOf(Math.ceil(FLOOD / PARTS), flood);
  const gate = await startServe(store);
  const plain = await start(["--import", "tsx", bare]);
  try {
    const cost = async ({ url }: Service) => {
      const { processor, requests, wrong } = await send(url, lists);
      if (url === gate.url && wrong > 0) throw new Error(`${wrong} wrong verdicts in the flood`);
      return (1e6 * processor) / requests;
    };
    for (const { url } of [plain, gate]) await send(url, listsOf(WARM_UP, flood));
    const costs: [plain: number, gate: number][] = [];
    while (costs.length < PARTS) costs.push([await cost(plain), await cost(gate)]);
    const [http, all] = [median(costs.map(([c]) => c)), median(costs.map(([, c]) => c))];
    return { stamps, http, all, beyond: all - http, each: (all - http) / stamps };
  } finally {
    await gate.stop();
    await plain.stop();
  }
}

type Mix = Awaited<ReturnType<typeof measureMix>>;
type Flood = Awaited<ReturnType<typeof measureFlood>>;

function print(cpu: string, load: number, mixes: readonly Mix[], floods: readonly Flood[]): void {
  const digits = (n: number, places = 0) => n.toFixed(places);
  const rows = mixes.map((mix) => [
    mix.store,
    digits(mix.requests),
    digits(mix.wrong),
    digits(mix.rate),
    digits(mix.ratePerCore),
    digits(mix.p50, 1),
    digits(mix.p99, 1),
    digits(mix.worst, 1),
  ]);
  const head = ["store", "verdicts", "wrong", "a second", "per core second"];
  console.log(`${cpu}, load ${load.toFixed(1)} at the start, ${CONNECTIONS} connections\n`);
  console.log(textTable({ head: [...head, "p50 ms", "p99 ms", "worst ms"], rows }));
  const costs = floods.map(({ stamps, http, all, beyond, each }) => [
    digits(stamps),
    digits(http, 1),
    digits(all, 1),
    digits(beyond, 1),
    digits(each, 1),
  ]);
  const columns = ["bad stamps a request", "bare HTTP us", "gate us", "beyond us", "a stamp us"];
  console.log(textTable({ head: columns, rows: costs }));
}

async function main(): Promise<void> {
  if (!existsSync(cli)) throw new Error("dist/ is not built: node scripts/build-dist.mjs");
  const load = loadavg()[0] ?? 0;
  const mixes: Mix[] = [];
  const redis = new RedisServer();
  try {
    if (values.store !== "redis") mixes.push(await measureMix("SQLite", join(folder, "mix.db")));
    if (values.store !== "sqlite" && !noRedis) {
      await redis.start();
      mixes.push(await measureMix("Redis", redis.url));
    }
    const floods: Flood[] = [];
    for (const stamps of [1, 8]) {
      floods.push(await measureFlood(join(folder, "flood.db"), stamps));
    }
    const machine = describeMachine();
    if (values.json) console.log(JSON.stringify({ machine, load, mixes, floods }, null, 1));
    else print(machine.cpu, load, mixes, floods);
    if (mixes.some(({ wrong }) => wrong > 0)) process.exitCode = 1;
  } finally {
    await redis.remove();
  }
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true });
}
