// Formats the C++ sources with clang-format; with --check changes nothing and fails on a difference.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "./find-program.mjs";
import { nativeSources } from "./native-sources.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
// Version 19 first: other versions format some constructs differently.
const clangFormat = findProgram("clang-format-19", "clang-format");

if (!clangFormat) {
  const inCi = Boolean(process.env.CI);
  console.error(`C++ format ${inCi ? "failed" : "skipped"}: no clang-format-19 on PATH`);
  process.exit(inCi ? 1 : 0);
}
const mode = process.argv.includes("--check") ? ["--dry-run", "--Werror"] : ["-i"];
const args = [...mode, "--style=file", ...nativeSources(".h", ".cpp")];
const { status } = spawnSync(clangFormat, args, { cwd: root, stdio: "inherit" });
process.exit(status ?? 1);
