import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cliEntry, cliEnvironment, runCli } from "../cli.ts";

const UNREACHABLE = ["mint", "-b", "60", "-j", "1", "--timeout", "4s", "alice@example.org"];
const BAR = /H\/s \| .* tries \| even chance within /;
const ERROR = /^stampmill: error: no stamp of 60 bits was found in 4 s and \d+ tries$/;

/** Terminals of the test's own, each with one command in it, and what their screens show. */
class Terminals {
  readonly #folder = mkdtempSync(join(tmpdir(), "stampmill-terminal-"));
  readonly #environment = { ...cliEnvironment(), LC_ALL: "C.UTF-8" };

  tmux(...args: string[]): string {
    const own = ["-S", join(this.#folder, "socket"), "-f", "/dev/null", ...args];
    return execFileSync("tmux", own, { encoding: "utf8", env: this.#environment });
  }

  /** Runs the command, then prints its exit code and waits. */
  start(name: string, args: readonly string[], environment = ""): void {
    const command = `${environment} '${process.execPath}' '${cliEntry}' ${args.join(" ")}`;
    // The shell itself must live on when Ctrl-C ends the command.
    const line = `trap : INT; ${command}; echo rc=$?; sleep 60`;
    this.tmux("new-session", "-d", "-x", "150", "-y", "20", "-s", name, "sh", "-c", line);
  }

  screen(name: string): string {
    return this.tmux("capture-pane", "-p", "-t", name).trimEnd();
  }

  close(): void {
    spawnSync("tmux", ["-S", join(this.#folder, "socket"), "kill-server"]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isTmuxMissing(t: TestContext): boolean {
  const missing = spawnSync("tmux", ["-V"]).error !== undefined;
  if (missing && process.env.CI === "true") assert.fail("tmux is missing: apt-get install tmux");
  if (missing) t.skip("tmux is missing: no test in a terminal");
  return missing;
}

/** Looks at the screens until all commands have ended; when each first showed a bar, in ms. */
async function watch(terminals: Terminals, names: readonly string[]): Promise<Map<string, number>> {
  const begun = performance.now();
  const shown = new Map<string, number>();
  const running = new Set(names);
  while (running.size > 0) {
    assert.ok(performance.now() < begun + 40_000, "a command does not end");
    for (const name of running) {
      const screen = terminals.screen(name);
      if (BAR.test(screen) && !shown.has(name)) shown.set(name, performance.now() - begun);
      if (BAR.test(screen) && name === "interrupted")
        terminals.tmux("send-keys", "-t", name, "C-c");
      if (/^rc=/m.test(screen)) running.delete(name);
    }
    await sleep(20);
  }
  return shown;
}

test("in a terminal a bar appears after half a second, and is gone at the end", async (t) => {
  if (isTmuxMissing(t)) return;
  const terminals = new Terminals();
  try {
    terminals.start("found", ["mint", "-b", "4", "-n", "2", "alice@example.org"]);
    terminals.start("patient", UNREACHABLE);
    terminals.start("interrupted", UNREACHABLE);
    terminals.start("dumb", UNREACHABLE, "TERM=dumb");
    const begun = performance.now();
    const shown = await watch(terminals, ["found", "patient", "interrupted", "dumb"]);
    assert.ok(performance.now() - begun < 30_000);
    assert.deepEqual([...shown.keys()].sort(), ["interrupted", "patient"]);
    assert.ok((shown.get("patient") ?? 0) > 400, `a bar after ${shown.get("patient")} ms`);
    for (const name of ["patient", "dumb"]) {
      const [error = "", ...rest] = terminals.screen(name).split("\n");
      assert.match(error, ERROR);
      assert.deepEqual(rest, ["rc=1"], name);
    }
    assert.match(terminals.screen("found"), /^1:4:\S+\n1:4:\S+\nrc=0$/);
    const lines = terminals.screen("interrupted").split("\n");
    assert.equal(lines.at(-1), "rc=130");
    assert.match(lines.slice(0, -1).join(""), /^(\^C)?$/);
  } finally {
    terminals.close();
  }
});

test("in a pipe there is none", async () => {
  const { code, stdout, stderr } = await runCli(UNREACHABLE);
  assert.deepEqual([code, stdout], [1, ""]);
  assert.match(stderr, /^[^\n]*\n$/);
  assert.match(stderr.trimEnd(), ERROR);
});
