import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The entry of the command under test: the file in STAMPMILL_BIN, or else the sources, bundled
 * once per test file because tsx needs half a second for each start. The bundle is one folder
 * below the root, as src/ and dist/ are, and goes when the test ends.
 */
async function bundle(): Promise<string> {
  const outdir = join(root, `build-test-${process.pid}`);
  process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    absWorkingDir: root,
    entryPoints: { cli: "src/cli/main.ts" },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    external: ["@node-rs/xxhash", "@opentelemetry/api"],
    splitting: true,
    platform: "node",
    format: "esm",
    banner: { js: "const require = process.getBuiltinModule;" },
  });
  return join(outdir, "cli.mjs");
}

const { STAMPMILL_BIN } = process.env;

export const cliEntry = STAMPMILL_BIN ? resolve(STAMPMILL_BIN) : await bundle();

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The environment of a command: nothing of the terminal's, and no extra certificates to load. */
export function cliEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR, LC_ALL: "C" };
}

/** Starts `stampmill` with arguments, Node itself with options of its own. */
export function startCli(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  const env = { ...cliEnvironment(), ...environment };
  return spawn(process.execPath, [...nodeArgs, cliEntry, ...args], { env });
}

/** What a process wrote, and how it ended. */
export function outcomeOf(child: ChildProcess): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs `stampmill` to its end, with this on its standard input. */
export function runCli(
  args: readonly string[],
  input: string | Uint8Array = "",
  environment: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const child = startCli(args, [], environment);
  // The command may end before it has read everything.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return outcomeOf(child);
}
