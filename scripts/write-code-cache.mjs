// Writes V8's code caches for the command, which starts sooner with it; see src/cli/start.cts. npm runs
// this after installing the package, and build-dist.mjs at its end. Without them all works as well,
// so this never fails.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const self = fileURLToPath(import.meta.url);
const command = join(dirname(self), "../dist/cli.cjs");

/**
 * What is run first, for the cache of each bundle to have the functions that it takes. Of the many
 * commands of the large one it is one alone: what the others would add costs every start more than it
 * spares theirs.
 */
const RUNS = [
  ["mint", "-b", "0", "x"],
  ["verify", "-b", "0", "--any-resource", "1:0:240229:x:::0"],
  ["hashcash", "-cy", "-b", "0", "-r", "x", "1:0:240229:x:::0"],
];

/** In a process of its own, whose output nobody sees. */
function write(args) {
  const { bundleFor, compile, run, writeCache } = createRequire(import.meta.url)(command);
  const name = bundleFor(args);
  const script = compile(name);
  process.argv.splice(2, Infinity, ...args);
  process.on("exit", () => writeCache(name, script));
  run(name, script);
}

const [task, ...args] = process.argv.slice(2);
if (task === "write") write(args);
else if (existsSync(command)) {
  for (const each of RUNS) {
    spawnSync(process.execPath, [self, "write", ...each], { stdio: "ignore" });
  }
}
