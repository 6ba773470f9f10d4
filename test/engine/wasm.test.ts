import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

// The tests of the engine once more, with every search on WebAssembly; and a package whose addon is
// missing, damaged, or not alone in that.

const root = fileURLToPath(new URL("../..", import.meta.url));

for (const name of ["engine", "engine-ends", "nice"]) {
  test(`${name}.test.ts with wasm128`, () => {
    const file = join(root, "test/engine", `${name}.test.ts`);
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout } = spawnSync(process.execPath, ["--import", "tsx", "--test", file], {
      cwd: root,
      encoding: "utf8",
      env: { ...env, STAMPMILL_KERNEL: "wasm128" },
    });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^(# |ℹ )pass [1-9]/m);
  });
}

/** Runs the command of a package that has dist/, wasm/ or not, and this text in the place of the addon. */
function runIn(
  t: { after(f: () => void): void },
  parts: string[],
  addon?: string,
  ...args: string[]
) {
  const folder = mkdtempSync(join(tmpdir(), "stampmill-wasm-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const part of ["package.json", ...parts]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  if (addon !== undefined) {
    mkdirSync(join(folder, "build/Release"), { recursive: true });
    writeFileSync(join(folder, "build/Release/stampmill.node"), addon);
  }
  const command = [join(folder, "dist/cli.cjs"), ...args];
  const { STAMPMILL_KERNEL: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: "utf8",
    env,
  });
  return { status, stdout, stderr };
}

const BOTH = ["dist", "wasm"];
const NOTE =
  /^stampmill: note: the native engine [^\n]+; WebAssembly searches in its place, which is slower\nstampmill: hint: [^\n]+\n$/;

for (const [what, addon] of [
  ["missing", undefined],
  ["damaged", "no addon"],
] as const) {
  test(`where the addon is ${what}, WebAssembly mints, and says so once`, (t) => {
    const mint = ["mint", "-b", "12", "-n", "3", "alice@example.org"];
    const { status, stdout, stderr } = runIn(t, BOTH, addon, ...mint);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^(1:12:\d{6}:alice@example\.org::[^\n]+\n){3}$/);
    assert.match(stderr, NOTE);
  });
}

test("a kernel that is named is not noted, and one of the addon is not replaced", (t) => {
  const mint = ["mint", "-b", "12", "x", "--kernel"];
  const named = runIn(t, BOTH, undefined, ...mint, "wasm128");
  assert.deepEqual([named.status, named.stderr], [0, ""]);
  const addons = runIn(t, BOTH, undefined, ...mint, "avx2");
  assert.deepEqual([addons.status, addons.stdout], [3, ""]);
  assert.match(addons.stderr, /^stampmill: error: the native engine is not built: /);
});

test("without either engine the error is about the addon, and nothing is printed", (t) => {
  const { status, stdout, stderr } = runIn(t, ["dist"], undefined, "mint", "-b", "8", "x");
  assert.deepEqual([status, stdout], [3, ""]);
  assert.match(stderr, /^stampmill: error: the native engine is not built: /);
});

test("a WebAssembly file that is damaged is an error", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "stampmill-wasm-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const part of ["package.json", ...BOTH]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  for (const name of ["sha1.wasm", "sha1-scalar.wasm"]) {
    const file = join(folder, "wasm", name);
    writeFileSync(file, readFileSync(file).subarray(0, 9000));
  }
  const command = [join(folder, "dist/cli.cjs"), "mint", "-b", "8", "x"];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  assert.deepEqual([status, stdout], [3, ""]);
  assert.match(stderr, /^stampmill: error: /);
  assert.doesNotMatch(stderr, /itself failed/);
});
