// Builds wasm/: the engine for browsers, and for Node where there is no compiler. The files are
// kept in the repository, for nobody should need clang to install the package; with --check they
// are built again elsewhere and compared byte for byte.
//
//   node scripts/build-wasm.mjs [--check]
//
// Needs, of Debian 12: clang-19 lld-19 wasi-libc libc++-19-dev-wasm32 libclang-rt-19-dev-wasm32
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { findProgram } from "./find-program.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const CLANG = "clang++-19";
const checking = process.argv.includes("--check");

/** Each file has one algorithm; browsers without SIMD get those without. */
const FILES = ["SHA1", "SHA256"].flatMap((algorithm) => [
  { name: `${algorithm.toLowerCase()}.wasm`, algorithm, isa: "wasm128", flags: ["-msimd128"] },
  { name: `${algorithm.toLowerCase()}-scalar.wasm`, algorithm, isa: "scalar", flags: [] },
]);

const SOURCES = [
  "native/wasm.cpp",
  ...["inline_search", "layout", "reference", "second_look", "self_test"].map(
    (name) => `native/engine/${name}.cpp`,
  ),
];

// Paths in what is compiled are relative, and nothing is asked of the machine: the same sources
// and the same clang make the same bytes anywhere.
const TARGET = ["--target=wasm32-wasi", "-std=c++20", "-mbulk-memory"];
const COMPILE = ["-DNDEBUG", "-Inative", "-fno-exceptions", "-fno-rtti", "-fvisibility=hidden"];
const WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wno-sign-conversion"];
const STACK_BYTES = 65536;
const LINK = [
  "-mexec-model=reactor",
  // A stack that overflows runs out of memory's lower end, and so traps.
  ...["--stack-first", `-zstack-size=${STACK_BYTES}`, "--strip-all"].map((flag) => `-Wl,${flag}`),
];

function run(args) {
  const { status, stderr, error } = spawnSync(CLANG, args, { cwd: root, encoding: "utf8" });
  if (status === 0 && stderr === "") return;
  process.stderr.write(`${CLANG} ${args.join(" ")}\n${stderr ?? error}\n`);
  process.exit(1);
}

function build({ name, algorithm, isa, flags }, folder, scratch) {
  const common = [...TARGET, ...flags];
  const objects = [...SOURCES, `native/isa/${isa}.cpp`].map((source) => {
    const object = join(scratch, `${name}-${basename(source)}.o`);
    // What is not searched with is made small: a page waits for it.
    const level = source.startsWith("native/isa/") ? "-O3" : "-Os";
    const define = `-DSTAMPMILL_ONLY_${algorithm}`;
    run([...common, ...COMPILE, ...WARNINGS, "-Werror", level, define, "-c", source, "-o", object]);
    return object;
  });
  run([...common, ...LINK, ...objects, "-o", join(folder, name)]);
  chmodSync(join(folder, name), 0o644);
}

function same(name, rebuilt) {
  const kept = readFileSync(join(root, "wasm", name));
  const difference = kept.equals(rebuilt) ? "the same" : "DIFFERENT";
  console.log(`${name.padEnd(20)} ${difference}`);
  return kept.equals(rebuilt);
}

function requireClang() {
  const missing = [CLANG, "wasm-ld-19"].filter((name) => !findProgram(name));
  if (missing.length === 0) return;
  const failed = !checking || process.env.CI === "true";
  console.error(`WebAssembly ${failed ? "failed" : "skipped"}: no ${missing.join(", ")} on PATH`);
  process.exit(failed ? 1 : 0);
}

requireClang();
const scratch = mkdtempSync(join(tmpdir(), "stampmill-wasm-"));
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }));
const folder = checking ? scratch : join(root, "wasm");
mkdirSync(folder, { recursive: true });
let allSame = true;
for (const file of FILES) {
  build(file, folder, scratch);
  const bytes = readFileSync(join(folder, file.name));
  if (checking) allSame = same(file.name, bytes) && allSame;
  else console.log(`${file.name.padEnd(20)} ${bytes.length} bytes, gzip ${gzipSync(bytes).length}`);
}
if (!allSame) {
  console.error("wasm/ is not what native/ makes: run `node scripts/build-wasm.mjs`");
  process.exit(1);
}
