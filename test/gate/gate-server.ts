import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../src/gate/http/config.ts";
import type { Quote } from "../../src/gate/types.ts";
import { cliEntry, cliEnvironment, type Outcome } from "../cli.ts";
import { CHEAP, digestOf, pay } from "./gate-fixture.ts";

/** A line of the log. */
export type LogLine = Record<string, unknown> & { event: string };

/** `stampmill serve`, running. */
export interface RunningGate {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** The log so far. */
  log(): LogLine[];
  /** Ends it by a signal, and resolves to how it ended. */
  stop(signal?: NodeJS.Signals): Promise<Outcome>;
  /** Resolves to a line of the log that passes, now or later. */
  logged(passes: (line: LogLine) => boolean): Promise<LogLine>;
}

/** A folder that goes when the test process ends. */
export const folder = mkdtempSync(join(tmpdir(), "stampmill-serve-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** Where nothing has been stored. */
export const newStore = () => join(folder, `${made++}.db`);

/** Starts a gate on a port of its own, with cheap prices and a store of its own unless said otherwise. */
export async function startGate(
  config: Partial<Record<keyof Config, unknown>> = {},
  env: NodeJS.ProcessEnv = {},
): Promise<RunningGate> {
  const file = join(folder, `${made++}.json`);
  const defaults = { listen: "127.0.0.1:0", store: newStore(), price: CHEAP };
  writeFileSync(file, JSON.stringify({ ...defaults, ...config }));
  const child = spawn(process.execPath, [cliEntry, "serve", "--config", file], {
    env: { ...cliEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  const closed = new Promise<Outcome>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
    child.emit("logged");
  });
  const log = () => {
    const whole = stderr.slice(0, stderr.lastIndexOf("\n") + 1);
    return whole
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line): LogLine => JSON.parse(line));
  };
  const logged = (passes: (line: LogLine) => boolean) =>
    new Promise<LogLine>((resolve, reject) => {
      const look = () => {
        const line = log().find(passes);
        if (line !== undefined) resolve(line);
      };
      child.on("logged", look);
      child.once("close", () => reject(new Error(`it ended before that was logged:\n${stderr}`)));
      look();
    });
  const { url } = await logged(({ event }) => event === "listening");
  const stop = (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    return closed;
  };
  return { url: String(url), port: Number(new URL(String(url)).port), child, log, stop, logged };
}

/** Runs something against a gate, and ends that. */
export async function withGate(
  config: Parameters<typeof startGate>[0],
  body: (gate: RunningGate) => Promise<void>,
): Promise<void> {
  const gate = await startGate(config);
  try {
    await body(gate);
  } finally {
    await gate.stop("SIGKILL");
  }
}

/** What a gate says a post costs. */
export async function priceOf(
  url: string,
  poster: string,
  message: string,
  resource = "forum",
): Promise<Quote> {
  const query = new URLSearchParams({ resource, poster, digest: digestOf(message) });
  const response = await fetch(`${url}/price?${query}`);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as Quote;
}

/** Posts a message with stamps, and says what came of it. */
export async function post(
  url: string,
  poster: string,
  message: string,
  stamps: readonly string[],
  resource = "forum",
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(`${url}/posts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ stamps, resource, poster, digest: digestOf(message) }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, headers: response.headers };
}

/** Pays and posts, as often as the price rises meanwhile. */
export async function payAndPost(url: string, poster: string, message: string): Promise<number> {
  for (;;) {
    const quote = await priceOf(url, poster, message);
    const { status, body } = await post(url, poster, message, await pay(quote, digestOf(message)));
    if (status === 201) return Number(body.price);
    if (body.reason !== "underpaid") throw new Error(`${status}: ${JSON.stringify(body)}`);
  }
}
