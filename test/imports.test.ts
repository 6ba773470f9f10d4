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

/** The rooms from the lowest floor to the highest: each imports from those before it only. */
const ROOMS = [
  "text",
  "engine",
  "stamp",
  "sources",
  "price",
  "store",
  "git",
  "identity",
  "systems",
  "hardware",
  "difficulty",
  "gate",
  "index.ts",
  "cli",
];

function floor(file: string): number {
  const room = ROOMS.indexOf(file.split("/")[0] ?? "");
  assert.ok(room >= 0, `${file} is in no room`);
  return room;
}

test("ARCHITECTURE.md has the rooms in their order, and its files are there", () => {
  const page = readFileSync(new URL("../ARCHITECTURE.md", import.meta.url), "utf8");
  const rows = page.split("\n").flatMap((line) => {
    const [, room, , first] = /^\| `([\w.]+)` \| ([^|]+) \| (?:`([\w.]+)` )?\|/.exec(line) ?? [];
    return room === undefined ? [] : [{ room, first }];
  });
  assert.deepEqual(
    rows.map(({ room }) => room),
    ROOMS,
  );
  for (const { room, first } of rows) {
    if (first !== undefined) assert.ok(files.includes(`${room}/${first}`), `${room}/${first}`);
  }
});

test("every room has files", () => {
  const rooms = new Set(files.map((file) => file.split("/")[0]));
  assert.deepEqual([...rooms].sort(), [...ROOMS].sort());
});

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

test("verify reaches no engine", () => {
  assert.ok(reachableFrom("stamp/mint.ts").has("engine/engines.ts"));
  for (const file of ["stamp/verify.ts", "cli/verify/command.ts", "identity/verdict.ts"]) {
    assert.ok(!reachableFrom(file).has("engine/engines.ts"), file);
  }
});

test("one file loads the addon, and one chooses among the engines", () => {
  const native = files.filter((file) => /\.node\b|dlopen/.test(text(file)));
  assert.deepEqual(native, ["engine/native.ts"]);
  const importersOf = (target: string) => files.filter((f) => importsOf(f).includes(target));
  assert.deepEqual(importersOf("engine/native.ts"), ["engine/engines.ts"]);
  assert.deepEqual(importersOf("engine/engines.ts"), ["engine/engine.ts"]);
});

/** Figures of the world outside: what is known of each algorithm on each device, and what follows. */
const FIGURES = ["difficulty/clients.ts", "difficulty/devices.ts", "identity/reputation/policy.ts"];

test("one table lists the algorithms, and figures name them", () => {
  const code = (file: string) => text(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const names = (file: string, name: string) =>
    new RegExp(`"${name}"|\\b${name}:`).test(code(file));
  const lists = files.filter((file) => names(file, "sha1") && names(file, "sha256"));
  assert.deepEqual(lists.sort(), [...FIGURES, "engine/algorithms.ts"].sort());
});
