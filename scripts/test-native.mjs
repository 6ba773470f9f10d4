// Builds the native tests with plain CMake, without Node's part, and runs them through ctest.
//
//   node scripts/test-native.mjs [--sanitize=address|undefined|thread|address,undefined]
//                                [--compiler=clang++-19] [--arm64] [ctest options...]
//
// Each variant has its own build folder, build-native*/, so that going from one to another
// compiles nothing twice. --arm64 cross-compiles and runs under qemu's user emulation.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findProgram } from "./find-program.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const ARM64_COMPILER = "aarch64-linux-gnu-g++";
const ARM64_EMULATOR = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"];

function readOptions() {
  const options = {
    sanitize: { type: "string" },
    compiler: { type: "string" },
    arm64: { type: "boolean", default: false },
  };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  return { ...values, compiler: values.arm64 ? ARM64_COMPILER : values.compiler, positionals };
}

/** Where there is no compiler the rest of `npm test` still counts; CI always has one. */
function requirePrograms(options) {
  const wanted = [["cmake"], ["ctest"], ["ninja", "make"]];
  wanted.push(options.compiler ? [options.compiler] : [process.env.CXX || "c++", "g++", "clang++"]);
  if (options.arm64) wanted.push([ARM64_EMULATOR[0]]);
  const missing = wanted.filter((names) => !findProgram(...names)).map((names) => names[0]);
  if (missing.length === 0) return;
  const inCi = Boolean(process.env.CI);
  console.error(`native tests ${inCi ? "failed" : "skipped"}: no ${missing.join(", ")} on PATH`);
  process.exit(inCi ? 1 : 0);
}

function run(program, args, extraEnvironment = {}) {
  const env = { ...process.env, ...extraEnvironment };
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: "inherit", env });
  if (error) console.error(`${program}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function configureArguments(options, folder) {
  const args = ["-S", root, "-B", folder, "-DSTAMPMILL_TESTS=ON"];
  if (findProgram("ninja")) args.push("-G", "Ninja");
  args.push(`-DCMAKE_BUILD_TYPE=${options.sanitize ? "RelWithDebInfo" : "Release"}`);
  if (options.sanitize) args.push(`-DSTAMPMILL_SANITIZE=${options.sanitize}`);
  if (options.compiler) args.push(`-DCMAKE_CXX_COMPILER=${options.compiler}`);
  if (options.arm64) {
    args.push("-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64");
    args.push(`-DCMAKE_CROSSCOMPILING_EMULATOR=${ARM64_EMULATOR.join(";")}`);
  }
  return args;
}

function folderName(options) {
  const parts = ["build-native", options.compiler, options.sanitize?.replaceAll(",", "-")];
  return join(root, parts.filter(Boolean).join("-"));
}

const options = readOptions();
requirePrograms(options);
const folder = folderName(options);
const jobs = String(availableParallelism());
run("cmake", [...configureArguments(options, folder), "--log-level=WARNING"]);
run("cmake", ["--build", folder, "--parallel", jobs, "--target", "stampmill_native_tests"]);
run("ctest", ["--test-dir", folder, "--output-on-failure", ...options.positionals], {
  ASAN_OPTIONS: "detect_leaks=1:detect_stack_use_after_return=1",
  UBSAN_OPTIONS: "halt_on_error=1:print_stacktrace=1",
  TSAN_OPTIONS: "halt_on_error=1:second_deadlock_stack=1",
});
