import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const found = spawnSync("redis-server", ["--version"]);

/** Why tests with a real Redis server cannot run here; with CI=true they run, and fail. */
export const noRedis: string | false =
  found.error && !process.env.CI ? "redis-server is not installed" : false;

/**
 * A port on the loopback interface that nobody uses now; none that the system gives to whoever asks for
 * any, so that nobody has it either while a server that was killed is away.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(20_000 * Math.random());
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

/** A Redis server of a test's own, in a folder that goes with it. */
export class RedisServer {
  readonly folder = mkdtempSync(join(tmpdir(), "stampmill-redis-"));
  port = 0;
  #process: ChildProcess | null = null;

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts it, with its former data if it ran before; resolves when it takes connections. */
  async start(options: readonly string[] = []): Promise<void> {
    this.port ||= await freePort();
    const fixed = ["--port", `${this.port}`, "--bind", "127.0.0.1", "--dir", this.folder];
    const child = spawn("redis-server", [...fixed, "--appendonly", "yes", ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#process = child;
    await new Promise<void>((resolve, reject) => {
      let log = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        if (log.includes("Ready to accept connections")) resolve();
      });
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`redis-server did not start:\n${log}`)));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    child.kill("SIGCONT");
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
