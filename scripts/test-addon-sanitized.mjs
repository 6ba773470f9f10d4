// Builds the addon with a sanitizer and runs tests against it in Node.
//
//   node scripts/test-addon-sanitized.mjs --sanitize=address|thread [test files...]
//
// Works on a copy of the sources in build-sanitized-*/, so that the addon in build/ stays what users
// get. The sanitizer's runtime is loaded before Node, and sees the addon's memory accesses and
// everybody's allocations, locks and threads. Of Node's own atomics it knows nothing, so reports of
// races in which the addon has no part are left out.
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findProgram } from "./find-program.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const SOURCES = [
  "CMakeLists.txt",
  "package.json",
  "tsconfig.json",
  "native",
  "scripts",
  "src",
  "test",
  // For the other engine, WebAssembly, which is asked when a kernel is named.
  "wasm",
  "dist",
];
const RUNTIMES = { address: "libasan.so", thread: "libtsan.so" };
function readOptions() {
  const options = { sanitize: { type: "string", default: "address" } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (!RUNTIMES[values.sanitize]) throw new Error(`--sanitize: address or thread`);
  return { sanitize: values.sanitize, files: positionals };
}

function copySources(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of SOURCES) {
    rmSync(join(folder, name), { recursive: true, force: true });
    cpSync(join(root, name), join(folder, name), { recursive: true, preserveTimestamps: true });
  }
  const modules = join(folder, "node_modules");
  if (!existsSync(modules)) symlinkSync(join(root, "node_modules"), modules);
}

function build(folder, sanitize) {
  const cmakeJs = createRequire(import.meta.url).resolve("cmake-js/bin/cmake-js");
  const args = [cmakeJs, "build", "--config", "Release", "--directory", folder];
  args.push("--log-level", "error", "--parallel", String(availableParallelism()));
  args.push(`--CDSTAMPMILL_SANITIZE=${sanitize}`, "--cxx", "g++", "--cc", "gcc");
  const { status } = spawnSync(process.execPath, args, { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

/** The tests in which the addon works: those of the engine but for WebAssembly's, and those that mint. */
function engineTests() {
  const names = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /^engine\/[^/]+\.test\.ts$|^stamp\/mint[^/]*\.test\.ts$/.test(name))
    .filter((name) => name !== join("engine", "wasm.test.ts"))
    .map((name) => join("test", name));
}

/** The sanitizer's reports, one for each mistake; of races those in which the addon has a part. */
function readReports(reports) {
  const texts = readdirSync(reports).map((name) => readFileSync(join(reports, name), "utf8"));
  return texts
    .flatMap((text) => text.split(/^={10,}$/m).filter((report) => report.trim() !== ""))
    .filter((report) => sanitize === "address" || /stampmill\.node|\/native\//.test(report))
    .map((report) => report.replaceAll(/<null>( <null>)? \(stampmill\.node\+(0x\w+)\)/g, nameOf));
}

/** The runtimes of GCC do not find the symbols of what is loaded late. */
function nameOf(frame, _, offset) {
  const args = ["-fCpse", join(folder, "build", "Release", "stampmill.node"), offset];
  return spawnSync("addr2line", args, { encoding: "utf8" }).stdout?.trim() || frame;
}

const { sanitize, files } = readOptions();
if (!findProgram("g++") || !findProgram("cmake")) {
  console.error("sanitized addon failed: no g++ or cmake on PATH");
  process.exit(1);
}
const folder = join(root, `build-sanitized-${sanitize}`);
copySources(folder);
build(folder, sanitize);
const runtime = execFileSync("g++", [`-print-file-name=${RUNTIMES[sanitize]}`], {
  encoding: "utf8",
});
const reports = mkdtempSync(join(tmpdir(), "stampmill-sanitized-"));
const logged = `log_path=${join(reports, "report")}`;
const env = {
  ...process.env,
  LD_PRELOAD: runtime.trim(),
  // Node gives back no memory when it ends, so there is nothing to learn from leaks.
  ASAN_OPTIONS: `${logged}:detect_leaks=0:detect_stack_use_after_return=1`,
  TSAN_OPTIONS: `${logged}:halt_on_error=0:exitcode=0:history_size=4`,
};
const tests = files.length > 0 ? files : engineTests();
if (tests.length === 0) {
  console.error("sanitized addon failed: no test/engine/*.test.ts or test/stamp/mint*.test.ts");
  process.exit(1);
}
const args = ["--import", "tsx", "--test", ...tests];
const { status } = spawnSync(process.execPath, args, { cwd: folder, stdio: "inherit", env });
const ours = readReports(reports);
rmSync(reports, { recursive: true });
for (const report of ours) console.error(report);
console.log(`${ours.length} reports of the ${sanitize} sanitizer about the addon`);
process.exit(status === 0 && ours.length > 0 ? 1 : (status ?? 1));
