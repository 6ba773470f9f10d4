import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import packageJson from "../../package.json" with { type: "json" };
import { untilListening } from "../cli/signals.ts";
import { fullPath, root, run, scratch, succeed, tarball } from "./packed.ts";

// The package as a stranger gets it: packed, installed elsewhere with an empty HOME, and used. Also
// on a machine that has nothing to compile with.

const GOOD =
  "1:20:240229:alice@example.org::yEbKfmgu9mfcIe5W:00000000000000000000000000000000000000000000AaTR";
const JUDGE = ["verify", "-b", "20", "-r", "alice@example.org", "--now", "2024-03-01", GOOD];
const NOT_BUILT = /^stampmill: engine not built: .*$/gm;

/** An empty project with the packed package installed, scripts' output shown. */
function installInto(name: string, path?: string) {
  const cwd = join(scratch, name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, "package.json"), `{ "name": "${name}", "type": "module" }`);
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--foreground-scripts"];
  const { stderr } = succeed("npm", ["install", ...options, tarball], { cwd, path });
  return { cwd, stderr };
}

/** A folder with the programs that npm itself needs, and no tool to build anything with. */
function makeBarePath(): string {
  const folder = join(scratch, "bin");
  mkdirSync(folder);
  for (const name of ["sh", "env", "npm", "npx"]) {
    const found = fullPath.split(delimiter).find((entry) => existsSync(join(entry, name)));
    assert.ok(found, `${name} is not on PATH`);
    symlinkSync(join(found, name), join(folder, name));
  }
  symlinkSync(process.execPath, join(folder, "node"));
  return folder;
}

let barePath = "";
before(() => {
  barePath = makeBarePath();
});

describe("the packed package", () => {
  it("holds what is needed to run and to build, and nothing else", () => {
    const { stdout } = succeed("tar", ["-tzf", tarball], { cwd: scratch });
    const files = stdout.trim().split("\n");
    const wanted = ["LICENSE", "README.md", "CHANGELOG.md", "CMakeLists.txt", "dist/cli.cjs"];
    wanted.push("dist/index.js", "dist/types/index.d.ts", "dist/THIRD-PARTY-LICENSES.txt");
    wanted.push("dist/index.cjs", "dist/index.import.cjs", "dist/types/index.d.cts");
    wanted.push("scripts/build-engine.mjs", "scripts/find-program.mjs", "native/addon.cpp");
    wanted.push("dist/main.cjs", "dist/mint.cjs", "dist/hashcash.cjs");
    wanted.push("scripts/write-code-cache.mjs", "scripts/write-launcher.mjs");
    wanted.push("docs/hashcash.md");
    wanted.push("wasm/sha1.wasm", "wasm/sha256-scalar.wasm");
    wanted.push("dist/page/draw.js", "dist/page/page.css", "dist/page/uPlot.iife.min.js");
    for (const name of wanted) assert.ok(files.includes(`package/${name}`), `${name} is missing`);
    const folders = new Set(files.map((file) => file.split("/").slice(1, -1)[0] ?? ""));
    assert.deepEqual([...folders].sort(), ["", "dist", "docs", "native", "scripts", "wasm"]);
    assert.deepEqual(
      files.filter((file) => /\/test\/|\.(map|node|o)$/.test(file)),
      [],
    );
  });

  it("has nothing that publint objects to", async () => {
    const { messages } = await publint({ pkgDir: root, strict: true });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, packageJson)),
      [],
    );
  });
});

describe("installed where there is a compiler", () => {
  let cwd = "";
  before(() => {
    const installed = installInto("consumer");
    cwd = installed.cwd;
    assert.deepEqual(installed.stderr.match(NOT_BUILT), null);
  });

  it("gives the command", () => {
    const { stdout: version } = succeed("npx", ["stampmill", "--version"], { cwd });
    assert.equal(version, `${packageJson.version}\n`);
    const minted = succeed("npx", ["stampmill", "mint", "-b", "12", "bob@example.org"], { cwd });
    assert.match(minted.stdout, /^1:12:\d{6}:bob@example\.org::[^: \n]+:[^: \n]+\n$/);
    const stamp = minted.stdout.trim();
    succeed("npx", ["stampmill", "verify", "-b", "12", "-r", "bob@example.org", stamp], { cwd });
    succeed("npx", ["stampmill", ...JUDGE], { cwd });
    succeed("npx", ["stampmill", "inspect", stamp], { cwd });
  });

  const elsewhere = process.platform === "linux" ? false : "only Linux says what is ignored";
  it("gives a command that nohup keeps alive", { skip: elsewhere }, async () => {
    const packed = succeed("tar", ["-xzOf", tarball, "package/dist/cli.cjs"], { cwd: scratch });
    assert.match(
      packed.stdout,
      /^#!\/usr\/bin\/env node\n/,
      "npm makes the command of it on Windows",
    );
    const command = join(cwd, "node_modules/.bin/stampmill");
    const child = spawn("nohup", [command, "mint", "-b", "60", "-j", "1", "x"], {
      stdio: "ignore",
    });
    const end = once(child, "exit");
    await untilListening(child, "SIGHUP");
    child.kill("SIGHUP");
    await sleep(50);
    child.kill("SIGTERM");
    assert.deepEqual(await end, [143, null]);
  });

  it("starts from a code cache, and without one that is damaged or another Node's", () => {
    const folder = join(cwd, "node_modules/stampmill");
    const commands = [
      { name: "main", args: JUDGE },
      { name: "mint", args: ["mint", "-b", "0", "x"] },
      { name: "hashcash", args: ["hashcash", "-mqb0", "x"] },
    ];
    for (const { name, args } of commands) {
      const source = `require("${join(folder, "dist/cli.cjs")}").compile("${name}").cachedDataRejected`;
      const asked = (before = "") =>
        succeed(process.execPath, ["-p", before + source], { cwd }).stdout.trim();
      assert.equal(asked(), "false");
      // Node 20.17 would take what 20.20 wrote, and go astray.
      assert.equal(
        asked("Object.defineProperty(process, 'version', { value: 'v20.17.0' });"),
        "undefined",
      );
      const cache = join(folder, `build/${name}.cache`);
      const bytes = readFileSync(cache);
      for (const damaged of [Buffer.alloc(0), bytes.subarray(0, 5000), bytes.fill(1, 50_000)]) {
        writeFileSync(cache, damaged);
        assert.equal(asked(), "undefined");
        succeed("npx", ["stampmill", ...args], { cwd });
      }
    }
  });

  it("gives the library", () => {
    writeFileSync(join(cwd, "use.ts"), CONSUMER);
    writeFileSync(join(cwd, "use.js"), CONSUMER.replaceAll(": Promise<void>", ""));
    const { stdout } = succeed(process.execPath, ["use.js"], { cwd });
    assert.equal(stdout, "valid\nalice@example.org\n");
  });

  it("gives the same library to require, in the oldest Node there may be, too", () => {
    writeFileSync(join(cwd, "use.cjs"), REQUIRING);
    const oldest = `node@${packageJson.engines.node.replace(">=", "")}.0`;
    for (const command of [[process.execPath], ["npx", "--yes", oldest]]) {
      const [program = "", ...args] = command;
      const { stdout } = succeed(program, [...args, "use.cjs"], { cwd });
      assert.equal(stdout, "valid\nthe same\nbad-input true\nfresh spent\n");
    }
  });

  it("has types that stand alone, for every way to resolve them", () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    writeFileSync(join(cwd, "require.cts"), REQUIRING_TYPED);
    writeFileSync(join(cwd, "both.ts"), BOTH_TYPED);
    const uses = { nodenext: "nodenext", node16: "node16", esnext: "bundler" };
    for (const [module, resolution] of Object.entries(uses)) {
      const options = ["--ignoreConfig", "--noEmit", "--strict", "--target", "es2022"];
      options.push("--lib", "es2022,dom", "--skipLibCheck", "false");
      options.push("--module", module, "--moduleResolution", resolution);
      // A bundler has no files for require alone.
      const files = resolution === "bundler" ? ["use.ts"] : ["use.ts", "require.cts", "both.ts"];
      succeed(process.execPath, [tsc, ...options, ...files], { cwd });
    }
  });

  it("says why a build has failed, and that the engine is damaged", () => {
    const folder = join(cwd, "node_modules/stampmill");
    const engine = join(folder, "build/Release/stampmill.node");
    const mint = () => run("npx", ["stampmill", "mint", "-b", "4", "x"], { cwd });
    const whole = readFileSync(engine);
    writeFileSync(engine, whole.subarray(0, 1000));
    assert.match(
      mint().stderr,
      /^stampmill: note: the native engine is damaged: .+\n.*hint: run: node /,
    );
    rmSync(join(folder, "build"), { recursive: true });
    const broken = join(cwd, "broken-compiler");
    writeFileSync(broken, "#!/bin/sh\necho 'error: out of order' >&2\nexit 1\n", { mode: 0o755 });
    const env = { CXX: broken, CC: broken };
    const built = run(process.execPath, [join(folder, "scripts/build-engine.mjs")], { cwd, env });
    assert.equal(built.status, 1, built.stdout);
    const { status, stderr } = mint();
    assert.equal(status, 0);
    assert.match(
      stderr,
      /^stampmill: note: the native engine is not built: its compilation failed: .+\n/,
    );
    const [, log = ""] = /hint: see (.+engine-build\.log);/.exec(stderr) ?? [];
    assert.match(readFileSync(log, "utf8"), /broken-compiler/);
  });
});

const REQUIRING = `
const { mint, openStore, StampmillError, verify, verifyAndSpend } = require("stampmill");

async function main() {
  const rules = { bits: 10, resources: ["alice@example.org"] };
  const { stamp } = await mint({ resource: "alice@example.org", bits: 10 });
  console.log(verify(stamp, rules).reason ?? "valid");

  for (const door of ["", "/gate", "/identity", "/difficulty", "/engine", "/systems"]) {
    const required = require("stampmill" + door);
    const imported = await import("stampmill" + door);
    const names = Object.keys(required);
    const same = names.every((name) => imported[name] === required[name]);
    if (!same || names.length !== Object.keys(imported).length) console.log("another", door);
  }
  console.log("the same");
  const imported = await import("stampmill");
  await imported.mint({ resource: "" }).catch((error) => {
    console.log(error.code, error instanceof StampmillError);
  });
  const store = await openStore("spent-" + process.version + ".db");
  const first = await verifyAndSpend(stamp, { ...rules, store });
  const second = await imported.verifyAndSpend(stamp, { ...rules, store });
  console.log(first.reason ?? "fresh", second.reason);
  await store.close();
}
main();
`;

const REQUIRING_TYPED = `
import stampmill = require("stampmill");
import { type Verdict, verify } from "stampmill";

const { StampmillError } = stampmill;
const verdict: Verdict = verify("1:0:240229:x:::0", { bits: 0, anyResource: true });
export const error: stampmill.StampmillError = new StampmillError("bad-input", String(verdict.valid));
`;

/** What was required is good where what was imported is asked for. */
const BOTH_TYPED = `
import type { StampmillError, Store } from "stampmill";
import { error } from "./require.cjs";

export const same: StampmillError = error;
export type Names = keyof Store;
`;

const CONSUMER = `
import { mint, parseStamp, verify } from "stampmill";

async function main(): Promise<void> {
  const { stamp } = await mint({ resource: "alice@example.org", bits: 10 });
  const verdict = verify(stamp, { bits: 10, resources: ["alice@example.org"] });
  console.log(verdict.valid ? "valid" : verdict.reason);
  console.log(parseStamp(stamp).resource);
}
await main();
export {};
`;

/** What must work, and what must be said, without the engine. */
function assertUsefulWithoutEngine(command: readonly string[], cwd: string) {
  const [program = "", ...args] = command;
  const setting = { cwd, path: barePath };
  succeed(program, [...args, ...JUDGE], setting);
  succeed(program, [...args, "inspect", GOOD], setting);
  const minted = run(program, [...args, "mint", "-b", "8", "alice@example.org"], setting);
  assert.equal(minted.status, 0, minted.stderr);
  assert.match(minted.stdout, /^1:8:\d{6}:alice@example\.org::[^\n]+\n$/);
  assert.match(
    minted.stderr,
    /^stampmill: note: the native engine is not built: cmake, a C\+\+20 compiler, make or ninja were missing; WebAssembly .+\nstampmill: hint: .+\n$/,
  );
}

describe("installed where there is no compiler", () => {
  it("verifies and mints as a dependency, and says in one line what is missing", () => {
    const { cwd, stderr } = installInto("bare", barePath);
    assert.equal(stderr.match(NOT_BUILT)?.length, 1, stderr);
    assertUsefulWithoutEngine(["npx", "stampmill"], cwd);
  });

  it("verifies and mints in a clone, and says in one line what is missing", () => {
    const cwd = join(scratch, "clone");
    succeed("git", ["clone", "--quiet", root, cwd], { cwd: scratch });
    const { stderr } = succeed("npm", ["ci", "--prefer-offline"], { cwd, path: barePath });
    assert.equal(stderr.match(NOT_BUILT)?.length, 1, stderr);
    assertUsefulWithoutEngine([process.execPath, "dist/cli.cjs"], cwd);
  });
});
