import { spawnSync } from "node:child_process";
import type { HashcashIo } from "../../src/cli/hashcash/io.ts";
import { runHashcash } from "../../src/cli/hashcash/run.ts";

/** What a command line came to. */
export interface Side {
  /** The exit code, or the name of the signal. */
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

/** Where both sides are: what `-t` says is local time. */
export const TIME_ZONE = "Europe/Berlin";
process.env.TZ = TIME_ZONE;

/** Why there is nothing to compare with; false if there is. */
export const noOriginal =
  spawnSync("hashcash", ["-V"]).error !== undefined && !process.env.CI
    ? "hashcash(1) is not installed: apt-get install hashcash"
    : (false as const);

/** Runs hashcash(1). */
export function runOriginal(args: readonly string[], input: string, cwd: string): Side {
  const { status, signal, stdout, stderr, error } = spawnSync("hashcash", args, {
    cwd,
    encoding: "latin1",
    input: Buffer.from(input, "latin1"),
    timeout: 30_000,
    env: { PATH: process.env.PATH, TZ: TIME_ZONE },
  });
  // It may have ended before it has read everything.
  if (error !== undefined && (error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  return { code: status ?? signal ?? "?", out: stdout, err: stderr };
}

/** Runs ours, in this process. */
export async function runOurs(
  args: readonly string[],
  input: string | AsyncIterable<Uint8Array>,
  terminal = false,
): Promise<Side> {
  let out = "";
  let err = "";
  const io: HashcashIo = {
    stdin: () => (typeof input === "string" ? once(Buffer.from(input, "latin1")) : input),
    stdinIsTerminal: () => terminal,
    stdoutIsTerminal: () => terminal,
    out: async (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    now: Date.now,
  };
  const code = await runHashcash(args, io);
  return { code, out, err };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
