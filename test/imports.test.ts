import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const src = fileURLToPath(new URL("../src/", import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((f) =>
  f.endsWith(".ts"),
);
const text = (file: string) => readFileSync(join(src, file), "utf8");

/** The files of src/ that one of them imports, lazily or not. */
function importsOf(file: string): string[] {
  const found = text(file).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...found].map(([, path = ""]) => posix.join(posix.dirname(file), path));
}

function reachableFrom(file: string, seen = new Set<string>()): Set<string> {
  for (const next of importsOf(file)) if (!seen.has(next)) reachableFrom(next, seen.add(next));
  return seen;
}

/** Down is towards 0: errors, the grammar of stamps, the library, its list of exports, commands. */
function floor(file: string): number {
  if (file === "errors.ts") return 0;
  if (file.startsWith("stamp/")) return 1;
  return file.startsWith("cli/") ? 4 : file === "index.ts" ? 3 : 2;
}

test("imports go down only, and never in a circle", () => {
  let imports = 0;
  for (const file of files) {
    for (const target of importsOf(file)) {
      assert.ok(files.includes(target), `${file} imports ${target}, which is not there`);
      assert.ok(floor(target) <= floor(file), `${file} imports ${target} above it`);
      assert.ok(!reachableFrom(target).has(file), `${file} and ${target} import each other`);
      imports++;
    }
  }
  assert.ok(imports > 20);
});

test("verify reaches no native code, and engine.ts alone knows of any", () => {
  assert.ok(!reachableFrom("verify.ts").has("engine.ts"));
  assert.ok(!reachableFrom("cli/verify.ts").has("engine.ts"));
  assert.ok(!reachableFrom("identity/verify.ts").has("engine.ts"));
  const native = files.filter((file) => /\.node\b|dlopen/.test(text(file)));
  assert.deepEqual(
    native.filter((file) => file !== "engine.ts"),
    [],
  );
});
