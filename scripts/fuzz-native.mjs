// Fuzzes the engine for a while: node scripts/fuzz-native.mjs [--seconds 60]
//
// Needs clang (libFuzzer). What it has learnt stays in build-fuzz/corpus; an input that makes it
// fail is left in build-fuzz/.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findProgram } from "./find-program.mjs";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" } } });
const compiler = ["clang++-19", "clang++"].find((name) => findProgram(name));
if (!compiler || !findProgram("cmake")) {
  const failed = process.env.CI === "true";
  console.error(`fuzzing ${failed ? "failed" : "skipped"}: no clang++ or cmake on PATH`);
  process.exit(failed ? 1 : 0);
}
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "build-fuzz");

function run(program, args, options = {}) {
  const { status } = spawnSync(program, args, { stdio: "inherit", ...options });
  if (status !== 0) process.exit(status ?? 1);
}

const settings = ["-DSTAMPMILL_FUZZ=ON", "-DSTAMPMILL_SANITIZE=address,undefined"];
run("cmake", ["-S", root, "-B", folder, `-DCMAKE_CXX_COMPILER=${compiler}`, ...settings]);
const jobs = String(availableParallelism());
run("cmake", ["--build", folder, "--parallel", jobs, "--target", "stampmill_search_fuzz"]);
const corpus = join(folder, "corpus");
mkdirSync(corpus, { recursive: true });
const limits = [`-max_total_time=${values.seconds}`, "-max_len=1200", "-timeout=20"];
run(join(folder, "stampmill_search_fuzz"), [...limits, "-print_final_stats=1", corpus], {
  cwd: folder,
});
