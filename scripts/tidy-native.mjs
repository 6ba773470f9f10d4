// Runs clang-tidy with the checks of .clang-tidy over every C++ source that CMake compiles on this
// machine, the tests included. All of it is version 19: another one has other checks.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "./find-program.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "build-native-tidy");
const require = createRequire(import.meta.url);

function requirePrograms() {
  const wanted = ["cmake", "ninja", "clang++-19", "clang-tidy-19", "run-clang-tidy-19"];
  const missing = wanted.filter((name) => !findProgram(name));
  if (missing.length === 0) return;
  const inCi = Boolean(process.env.CI);
  console.error(`clang-tidy ${inCi ? "failed" : "skipped"}: no ${missing.join(", ")} on PATH`);
  process.exit(inCi ? 1 : 0);
}

function run(program, args) {
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

requirePrograms();
const configure = ["-S", root, "-B", folder, "-G", "Ninja", "--log-level=WARNING"];
configure.push("-DSTAMPMILL_TESTS=ON", "-DCMAKE_BUILD_TYPE=Debug");
// With Node's headers named, the addon is part of the build, as under cmake-js.
configure.push(`-DCMAKE_JS_INC=${require("node-api-headers").include_dir}`);
configure.push("-DCMAKE_CXX_COMPILER=clang++-19", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON");
run("cmake", configure);
const jobs = String(availableParallelism());
run("run-clang-tidy-19", ["-quiet", "-p", folder, "-j", jobs, `${root}/native/`]);
