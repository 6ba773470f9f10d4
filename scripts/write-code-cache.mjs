// Writes V8's code cache for the command, which starts sooner with it; see src/cli/start.cts. npm runs
// this after installing the package, and build-dist.mjs at its end. Without a cache all works as well,
// so this never fails.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const self = fileURLToPath(import.meta.url);
const command = join(dirname(self), "../dist/cli.cjs");

/**
 * What is run first, for the cache to have the functions that it takes. One command alone: what the
 * others would add costs every start more than it spares theirs.
 */
const RUN = ["mint", "-b", "0", "x"];

/** In a process of its own, whose output nobody sees. */
function write() {
  const { compile, run, writeCache } = createRequire(import.meta.url)(command);
  const script = compile();
  process.argv.splice(2, Infinity, ...RUN);
  process.on("exit", () => writeCache(script));
  run(script);
}

if (process.argv[2] === "write") write();
else if (existsSync(command)) spawnSync(process.execPath, [self, "write"], { stdio: "ignore" });
