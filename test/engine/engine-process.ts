import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { type Outcome, outcomeOf } from "../cli.ts";

/**
 * src/engine/engine.ts as JavaScript, for worker threads (tsx does not reach into those of Node 20) and
 * processes that should start at once. The bundle is one folder below the root, as src/ is.
 */
async function bundleEngine(): Promise<string> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const outdir = join(root, `build-test-engine-${process.pid}`);
  process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
  const outfile = join(outdir, "engine.mjs");
  const entryPoints = [join(root, "src/engine/engine.ts")];
  await build({ entryPoints, outfile, bundle: true, platform: "node", format: "esm" });
  return pathToFileURL(outfile).href;
}

/** Address of the engine for a script's `import`. */
export const engineModule = await bundleEngine();

/** A job that no processor ends within a test: 2^60 counters, and no digest is under the limit. */
export const ENDLESS = `{
  algorithm: "sha1",
  message: new Uint8Array(64),
  positions: [40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54],
  alphabet: "0123456789abcdef",
  limit: 0n,
}`;

/** The beginning of a script: the engine's functions, and ENDLESS. */
export const PRELUDE = `
const { startSearch, kernels } = await import(${JSON.stringify(engineModule)});
const ENDLESS = ${ENDLESS};
`;

/** Runs a script in a process of its own, and ends it after ten seconds. */
export function runScript(script: string, nodeArgs: readonly string[] = []): Promise<Outcome> {
  const args = [...nodeArgs, "--input-type=module", "--eval", PRELUDE + script];
  return outcomeOf(spawn(process.execPath, args, { timeout: 10_000, killSignal: "SIGKILL" }));
}
