import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { chooseKernel, kernels, measureRoofline, startSearch } from "../../src/engine/engine.ts";
import { StampmillError } from "../../src/text/errors.ts";
import { type Outcome, outcomeOf } from "../cli.ts";

const GOOD = {
  algorithm: "sha1" as const,
  message: Buffer.from("message 00"),
  positions: [8, 9],
  alphabet: "0123456789",
  limit: 2n ** 60n,
};

/** What a call that has to fail says. */
function refusalOf(call: () => unknown): StampmillError {
  try {
    call();
  } catch (error) {
    if (error instanceof StampmillError) return error;
    throw error;
  }
  assert.fail("it was not refused");
}

const digits = (count: number) => Array.from({ length: count }, (_, i) => i);
const long = Buffer.alloc(64);
const BAD: [parameter: string, values: Record<string, unknown>[]][] = [
  ["algorithm", [{ algorithm: "md5" }, { algorithm: "SHA1" }, { algorithm: undefined }]],
  [
    "message",
    [{ message: "text" }, { message: undefined }, { message: Buffer.alloc(2 ** 20 + 1) }],
  ],
  [
    "positions",
    [
      { positions: [] },
      { positions: undefined },
      { positions: 8 },
      { positions: [9, 8] },
      { positions: [8, 8] },
      { positions: [8, 10] },
      { positions: [-1] },
      { positions: [8.5] },
      { positions: ["8"] },
      { positions: [Number.NaN] },
      { positions: digits(64), alphabet: "01", message: long },
      { positions: digits(20), message: long },
    ],
  ],
  [
    "alphabet",
    [
      { alphabet: "" },
      { alphabet: "0" },
      { alphabet: "010" },
      { alphabet: "01€" },
      { alphabet: undefined },
      { alphabet: ["0", "1"] },
      { alphabet: "01".repeat(200) },
    ],
  ],
  ["limit", [{ limit: -1n }, { limit: 2n ** 64n }, { limit: 5 }, { limit: undefined }]],
  ["start", [{ start: -1n }, { start: 100n }, { start: 1 }]],
  ["count", [{ count: 0n }, { count: 101n }, { start: 1n, count: 100n }, { count: 1 }]],
  ["wanted", [{ wanted: -1 }, { wanted: 0.5 }, { wanted: 1n }, { wanted: 2 ** 53 }]],
  ["nice", [{ nice: 1 }, { nice: "yes" }, { nice: null }]],
  ["threads", [{ threads: 0 }, { threads: 1025 }, { threads: 1.5 }, { threads: "2" }]],
  ["kernel", [{ kernel: "sse9" }, { kernel: "" }, { kernel: "AVX2" }, { kernel: 5 }]],
  ["signal", [{ signal: {} }, { signal: "now" }, { signal: null }]],
];

for (const [parameter, values] of BAD) {
  test(`a job with a bad ${parameter} is refused by that name`, () => {
    for (const value of values) {
      const error = refusalOf(() => startSearch({ ...GOOD, ...value } as typeof GOOD));
      assert.deepEqual([error.code, error.parameter], ["bad-input", parameter], error.message);
    }
  });
}

test("what is just allowed is taken", async () => {
  const positions = digits(63);
  for (const more of [
    { start: 99n, count: 1n },
    { threads: 1024 },
    { limit: 2n ** 64n - 1n },
    { limit: 0n },
    { message: Buffer.alloc(2 ** 20) },
    { positions, alphabet: "01", message: long, count: 100n },
    { positions, alphabet: "01", message: long, start: 2n ** 63n - 1n },
    { wanted: Number.MAX_SAFE_INTEGER },
  ]) {
    assert.notEqual((await startSearch({ ...GOOD, ...more }).done).status, "cancelled");
  }
});

test("the limit can be lowered to 64 bits only", async () => {
  const search = startSearch(GOOD);
  for (const limit of [-1n, 2n ** 64n, 5 as unknown as bigint]) {
    assert.equal(refusalOf(() => search.lower(limit)).parameter, "limit");
  }
  await search.done;
  search.lower(0n);
});

test("a kernel by a wrong name is refused with the right ones, whoever names it", () => {
  const names = kernels()
    .filter(({ passed }) => passed)
    .map(({ name }) => name);
  const calls = [
    () => startSearch({ ...GOOD, kernel: "avx1024" }),
    () => chooseKernel("sha256", "avx1024"),
    () => measureRoofline("sha1", "avx1024"),
  ];
  for (const call of calls) {
    const error = refusalOf(call);
    assert.deepEqual([error.code, error.parameter], ["bad-input", "kernel"]);
    assert.equal(error.message, 'there is no kernel "avx1024"');
    assert.equal(error.hint, `kernels that work here: ${names.join(", ")}`);
  }
});

test("a kernel that this processor cannot run is refused", (t) => {
  const { name } = kernels().find(({ supported }) => !supported) ?? {};
  if (name === undefined) return t.skip("this processor runs every kernel");
  const error = refusalOf(() => startSearch({ ...GOOD, kernel: name }));
  assert.deepEqual([error.code, error.parameter], ["bad-input", "kernel"]);
  assert.match(error.message, /^this processor cannot run/);
});

test("STAMPMILL_KERNEL names the kernel, unless the caller does", async () => {
  const { STAMPMILL_KERNEL } = process.env;
  try {
    process.env.STAMPMILL_KERNEL = "scalar";
    assert.equal(chooseKernel("sha1"), "scalar");
    assert.equal((await startSearch(GOOD).done).kernel, "scalar");
    process.env.STAMPMILL_KERNEL = "scalr";
    assert.equal(refusalOf(() => startSearch(GOOD)).parameter, "kernel");
    assert.equal(chooseKernel("sha1", "scalar"), "scalar");
    process.env.STAMPMILL_KERNEL = "";
    assert.equal(chooseKernel("sha1"), kernels().find((k) => k.usedFor.includes("sha1"))?.name);
  } finally {
    if (STAMPMILL_KERNEL === undefined) delete process.env.STAMPMILL_KERNEL;
    else process.env.STAMPMILL_KERNEL = STAMPMILL_KERNEL;
  }
});

test("a roofline takes up to ten seconds, and a known algorithm", () => {
  for (const seconds of [0, -1, 10.1, Number.NaN, "1" as unknown as number]) {
    assert.equal(refusalOf(() => measureRoofline("sha1", "scalar", seconds)).parameter, "seconds");
  }
  for (const call of [measureRoofline, chooseKernel]) {
    assert.equal(refusalOf(() => call("md5" as "sha1")).parameter, "algorithm");
  }
});

/** Runs the command from a copy of the sources beside which something stands for the addon. */
async function withoutEngine(args: string[], prepare: (folder: string) => void): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "stampmill-copy-"));
  const root = fileURLToPath(new URL("../..", import.meta.url));
  try {
    cpSync(join(root, "src"), join(folder, "src"), { recursive: true });
    cpSync(join(root, "package.json"), join(folder, "package.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    prepare(folder);
    const tsx = import.meta.resolve("tsx");
    const command = ["--import", tsx, join(folder, "src/cli/main.ts"), ...args];
    const outcome = await outcomeOf(spawn(process.execPath, command));
    return { ...outcome, stderr: outcome.stderr.replaceAll(folder, "FOLDER") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("without the addon minting says how to get it, and verifying works", async () => {
  const none = () => {};
  for (const args of [["mint", "-b", "4", "alice@example.org"], ["kernels"]]) {
    assert.deepEqual(await withoutEngine(args, none), {
      code: 3,
      signal: null,
      stdout: "",
      stderr:
        "stampmill: error: the native engine is not built: stampmill's install script was not run\n" +
        "stampmill: hint: run: node FOLDER/scripts/build-engine.mjs\n",
    });
  }
  const stamp = "1:20:240229:foo@bar.example::/BcaGh1EytHfOCSS:002w/H";
  const asked = ["-b", "20", "-r", "foo@bar.example", "--now", "2024-03-01"];
  const verdict = await withoutEngine(["verify", ...asked, stamp], none);
  assert.deepEqual([verdict.code, verdict.stdout], [0, `valid ${stamp}\n`]);
});

/** What src/engine/trouble.ts must say of what a build has left. */
const TROUBLES: [what: string, left: Record<string, string>, said: RegExp][] = [
  [
    "tools were missing",
    {
      "engine.json": JSON.stringify({ outcome: "missing", missing: ["cmake", "a C++20 compiler"] }),
    },
    /not built: cmake, a C\+\+20 compiler were missing\n.*hint: install .* then run: node FOLDER\/scripts\/build-engine\.mjs\n$/,
  ],
  [
    "the compilation failed",
    { "engine.json": JSON.stringify({ outcome: "failed", error: "a.cpp:1:2: error: no" }) },
    /its compilation failed: a\.cpp:1:2: error: no\n.*see FOLDER\/build\/engine-build\.log;/,
  ],
  [
    "it was not wanted",
    { "engine.json": JSON.stringify({ outcome: "skipped" }) },
    /STAMPMILL_SKIP_ENGINE=1 was set\n/,
  ],
  ["the build was killed", { "CMakeCache.txt": "" }, /its build did not end\n/],
  [
    "it was removed",
    { "engine.json": JSON.stringify({ outcome: "built" }) },
    /was built, and is gone\n/,
  ],
  ["the record is damaged", { "engine.json": "{" }, /install script was not run\n/],
  ["the record is none", { "engine.json": "null" }, /install script was not run\n/],
  [
    "it is no addon",
    { "Release/stampmill.node": "not an ELF file" },
    /cannot be loaded: .*\n.*hint: build it here; run: node FOLDER/,
  ],
  [
    "it is for another machine",
    {
      "Release/stampmill.node": "not an ELF file",
      "engine.json": JSON.stringify({ outcome: "built", platform: "plan9 mips", digest: "" }),
    },
    new RegExp(`built for plan9 mips, and this is ${process.platform} ${process.arch}\\n`),
  ],
  [
    "it is damaged",
    {
      "Release/stampmill.node": "not an ELF file",
      "engine.json": JSON.stringify({
        outcome: "built",
        platform: `${process.platform} ${process.arch}`,
        digest: "00",
      }),
    },
    /the native engine is damaged: .*\n/,
  ],
];

test("an engine that was cut off is not loaded: it would end the process", async () => {
  const engine = readFileSync(new URL("../../build/Release/stampmill.node", import.meta.url));
  for (const length of [64, 1000, engine.length - 1]) {
    const outcome = await withoutEngine(["mint", "-b", "4", "alice@example.org"], (folder) => {
      mkdirSync(join(folder, "build/Release"), { recursive: true });
      writeFileSync(join(folder, "build/Release/stampmill.node"), engine.subarray(0, length));
    });
    assert.deepEqual([outcome.code, outcome.signal, outcome.stdout], [3, null, ""]);
    assert.match(outcome.stderr, /cannot be loaded: .* ends too soon\n/);
  }
});

for (const [what, left, said] of TROUBLES) {
  test(`without the engine, ${what}`, async () => {
    const outcome = await withoutEngine(["mint", "-b", "4", "alice@example.org"], (folder) => {
      for (const [name, content] of Object.entries(left)) {
        const file = join(folder, "build", name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
    });
    assert.deepEqual([outcome.code, outcome.stdout], [3, ""]);
    assert.match(outcome.stderr, /^stampmill: error: the native engine .+\nstampmill: hint: .+\n$/);
    assert.match(outcome.stderr, said);
  });
}
