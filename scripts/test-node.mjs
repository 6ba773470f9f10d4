// Runs the tests that are written in TypeScript.
//
//   node scripts/test-node.mjs [--of-node] [node options...] [files or folders of test/...]
//
// Without files it takes all but test/slow. --of-node takes those whose outcome may depend on the
// version of Node: what loads the addon, opens SQLite, speaks HTTP, reads streams, or starts the
// command. The rest is plain arithmetic and text, which one version is enough for.
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Folders and files of test/ that can tell one version of Node from another. */
const OF_NODE = [
  "engine",
  "store",
  "gate",
  "hardware/measure.test.ts",
  "identity/identity-file.test.ts",
  "identity/identity-processes.test.ts",
  "identity/ownership-openssh.test.ts",
  "sources",
  "stamp/mint.test.ts",
  "stamp/mint-again.test.ts",
  "stamp/verify.test.ts",
  "cli/cli-verify.test.ts",
  "cli/hashcash-database.test.ts",
  "cli/terminal.test.ts",
  "cli/transcripts.test.ts",
  "library.test.ts",
];

/** The test files under a file or folder of test/. */
function testsUnder(name) {
  const path = join("test", name);
  if (!statSync(join(root, path)).isDirectory()) return [path];
  const below = readdirSync(join(root, path), { recursive: true, encoding: "utf8" });
  return below.filter((file) => file.endsWith(".test.ts")).map((file) => join(path, file));
}

const given = process.argv.slice(2);
const options = given.filter((argument) => argument.startsWith("--") && argument !== "--of-node");
const named = given.filter((argument) => !argument.startsWith("--"));
const chosen = given.includes("--of-node") ? OF_NODE : named.length > 0 ? named : ["."];
const files = chosen
  .flatMap(testsUnder)
  .filter((file) => named.length > 0 || !/\bslow\b/.test(file));
if (files.length === 0) {
  console.error("no tests");
  process.exit(1);
}
// Two at a time even on two processors: half of them wait for other processes. A test that hangs is
// a failure after ten minutes.
const runner = ["--test", "--test-reporter=spec", "--test-timeout=600000", "--test-concurrency=2"];
const args = ["--import", "tsx", ...runner, ...options, ...files.sort()];
const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
process.exit(signal === null ? (status ?? 1) : 1);
