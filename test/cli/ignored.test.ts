import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ignoredIn } from "../../src/cli/terminal/ignored.ts";
import { cliEntry, cliEnvironment, outcomeOf } from "../cli.ts";
import { LAUNCHER, untilListening, writeLauncher } from "./signals.ts";

const folder = mkdtempSync(join(tmpdir(), "stampmill-ignored-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const onLinux = { skip: process.platform === "linux" ? false : "only Linux says what is ignored" };

/** Starts the command as sh starts the installed one, which has the launcher's lines at its head. */
function launch(before: readonly string[], args: readonly string[]): ChildProcess {
  const [program = "", ...rest] = [...before, "sh", "-c", LAUNCHER, cliEntry, ...args];
  return spawn(program, rest, { env: cliEnvironment(), cwd: folder });
}

/** Runs what follows with these signals ignored. */
const ignoring = (...names: string[]) => [
  "sh",
  "-c",
  `trap '' ${names.join(" ")}; exec "$@"`,
  "sh",
];

/** A gate that never answers. */
const gate = createServer(() => {}).listen(0, "127.0.0.1");
await once(gate, "listening");
after(() => gate.closeAllConnections());
after(() => gate.close());
const url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;

const COMMANDS: Record<string, string[]> = {
  mint: ["mint", "-b", "60", "-j", "1", "alice@example.org"],
  "mint --nice": ["mint", "-b", "60", "-j", "1", "--nice", "alice@example.org"],
  "identity work": ["identity", "work", "--id", "carol@example.org", "-j", "1", "carol.work"],
  hashcash: ["hashcash", "-mqb", "60", "alice@example.org"],
  bench: ["bench", "--for", "10m"],
  serve: ["serve", "--store", "posters.sqlite", "--listen", "127.0.0.1:0"],
  post: ["post", "--to", url, "--resource", "square", "--poster", "carol", "--timeout", "1h"],
};

for (const [name, args] of Object.entries(COMMANDS)) {
  test(`${name} outlives a hang-up under nohup, and ends with SIGTERM`, onLinux, async () => {
    const child = launch(["nohup"], args);
    const outcome = outcomeOf(child);
    await untilListening(child, "SIGHUP");
    for (let i = 0; i < 3; i++) {
      child.kill("SIGHUP");
      await sleep(20);
    }
    child.kill("SIGTERM");
    const { code, signal, stderr } = await outcome;
    assert.deepEqual({ code, signal }, { code: 143, signal: null }, stderr);
  });
}

test("without nohup a hang-up ends it", onLinux, async () => {
  const child = launch([], COMMANDS.mint ?? []);
  const outcome = outcomeOf(child);
  await untilListening(child, "SIGTERM");
  child.kill("SIGHUP");
  assert.equal((await outcome).signal, "SIGHUP");
});

for (const [name, args] of [
  ["mint", COMMANDS.mint],
  ["identity work", COMMANDS["identity work"]],
] as const) {
  test(
    `${name}: SIGINT and SIGTERM that were ignored at the start mean nothing`,
    onLinux,
    async () => {
      const child = launch(ignoring("INT", "TERM", "USR2"), args ?? []);
      const outcome = outcomeOf(child);
      // The last of the three; to SIGINT Node itself listens, to set the terminal back.
      await untilListening(child, "SIGUSR2");
      for (const signal of ["SIGINT", "SIGTERM", "SIGINT", "SIGTERM"] as const) {
        child.kill(signal);
        await sleep(20);
      }
      assert.equal(child.exitCode ?? child.signalCode, null);
      child.kill("SIGKILL");
      assert.equal((await outcome).signal, "SIGKILL");
    },
  );
}

test("the line of another process, and what is no such line, ignore nothing", onLinux, () => {
  const script = "trap '' HUP INT; read -r line </proc/self/stat; echo $$; echo \"$line\"";
  const [pid = "", line = ""] = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split(
    "\n",
  );
  assert.deepEqual(ignoredIn(line, Number(pid)), ["SIGHUP", "SIGINT"]);
  assert.deepEqual(ignoredIn(line, Number(pid) + 1), []);
  assert.deepEqual(ignoredIn(line.replace("(sh)", "(a) b (c)"), Number(pid)), ["SIGHUP", "SIGINT"]);
  for (const bad of [
    "",
    "1",
    `${pid} (sh)`,
    `${pid} (sh) S 1 2 3`,
    `${pid} (sh) ${"x ".repeat(60)}`,
  ]) {
    assert.deepEqual(ignoredIn(bad, Number(pid)), [], bad);
  }
});

test("the launcher hands over arguments, exit code and name, and is put in once", onLinux, () => {
  const command = join(folder, "tell me.cjs");
  const body = "console.log(JSON.stringify(process.argv.slice(1)));process.exit(7);\n";
  writeFileSync(command, `#!/usr/bin/env node\n${body}`, { mode: 0o755 });
  linkSync(command, join(folder, "in-the-store.cjs"));
  writeLauncher(join(folder, "not-built-yet.cjs"));
  writeLauncher(command);
  writeLauncher(command);
  assert.equal(readFileSync(command, "utf8"), LAUNCHER + body);
  assert.equal(statSync(command).mode & 0o777, 0o755);
  assert.match(readFileSync(join(folder, "in-the-store.cjs"), "utf8"), /^#!\/usr\/bin\/env node\n/);
  const args = ["", "a b", "*", "$HOME", "-x", "\n"];
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  assert.equal(status, 7);
  assert.deepEqual(JSON.parse(stdout), [command, ...args]);
  // To Node alone it is a script as any other.
  assert.equal(spawnSync(process.execPath, [command]).status, 7);
});
