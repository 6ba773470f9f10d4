// Builds the native engine. npm runs this after installing the package, in a clone and as a
// dependency. An installation must succeed without an engine (verify and inspect need none), so
// as an install script this never fails: it says in one line what is missing.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "./find-program.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const buildFolder = join(root, "build");
const logFile = join(buildFolder, "engine-build.log");
const isInstall = process.env.npm_lifecycle_event === "install";

/** What the build needs and this machine lacks, in words; empty if it lacks nothing. */
function missingTools(compiler) {
  const missing = [];
  if (!findProgram("cmake")) missing.push("cmake");
  if (!compiler) missing.push("a C++20 compiler");
  if (!findProgram("ninja", "make")) missing.push("make or ninja");
  return missing;
}

function findCompiler() {
  const named = process.env.CXX?.split(" ")[0];
  return findProgram(...(named ? [named] : []), "c++", "g++", "clang++");
}

function compile(compiler) {
  const cmakeJs = createRequire(import.meta.url).resolve("cmake-js/bin/cmake-js");
  // `compile` starts afresh if it fails, for a build folder left by another machine or place;
  // for someone who is changing the sources that doubles the wait for every error.
  const command = isInstall ? "compile" : "build";
  const args = [cmakeJs, command, "--config", "Release", "--directory", root];
  args.push("--out", buildFolder, "--parallel", String(availableParallelism()));
  // cmake-js looks for these two names only, and gives up although CMake would find another.
  if (!findProgram("g++", "clang++")) args.push("--cxx", compiler, "--cc", compiler);
  const options = { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 };
  return spawnSync(process.execPath, args, options);
}

/** For src/engine/trouble.ts, which tells from it why there is no engine. */
function record(outcome, details = {}) {
  try {
    mkdirSync(buildFolder, { recursive: true });
    const text = `${JSON.stringify({ outcome, ...details })}\n`;
    writeFileSync(join(buildFolder, "engine.json"), text);
  } catch (error) {
    process.stderr.write(`stampmill: nothing can be written to ${buildFolder}: ${error.message}\n`);
  }
}

function recordSuccess() {
  const engine = readFileSync(join(buildFolder, "Release", "stampmill.node"));
  const digest = createHash("sha256").update(engine).digest("hex");
  record("built", { platform: `${process.platform} ${process.arch}`, digest });
}

/** The line that says what was wrong, if there is one. */
function firstError(log) {
  const lines = log.split("\n").map((line) => line.trim());
  const found =
    lines.find((line) => /\berror: /.test(line)) ?? lines.find((line) => /error/i.test(line));
  return found?.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 300);
}

function giveUp(message) {
  process.stderr.write(`stampmill: ${message}\n`);
  process.exit(isInstall ? 0 : 1);
}

function main() {
  if (process.env.STAMPMILL_SKIP_ENGINE === "1") return record("skipped");
  const compiler = findCompiler();
  const missing = missingTools(compiler);
  const again = `node ${join(root, "scripts", "build-engine.mjs")}`;
  if (missing.length > 0) {
    record("missing", { missing });
    giveUp(`engine not built: missing ${missing.join(", ")}; install, then run: ${again}`);
  }
  const result = compile(compiler);
  if (result.status === 0) {
    rmSync(logFile, { force: true });
    return recordSuccess();
  }
  // Written only now: `compile` empties the build folder before it tries again.
  const log = `${result.stdout ?? ""}${result.stderr ?? ""}${result.error ?? ""}\n`;
  record("failed", { error: firstError(log) });
  writeFileSync(logFile, log);
  giveUp(`engine not built: the compilation failed, see ${logFile}; to try again: ${again}`);
}

main();
