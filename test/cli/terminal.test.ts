import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { cliEntry, cliEnvironment, runCli } from "../cli.ts";
import { LAUNCHER } from "./signals.ts";

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

  /** An interactive shell, to which commands are typed. */
  shell(name: string): void {
    this.tmux("new-session", "-d", "-x", "150", "-y", "30", "-s", name, "bash", "--norc", "-i");
    this.type(name, "PS1='ready> '");
  }

  type(name: string, line: string): void {
    this.tmux("send-keys", "-t", name, "-l", line);
    this.tmux("send-keys", "-t", name, "Enter");
  }

  /** Waits until the screen is like this, and returns it. */
  async until(name: string, like: RegExp): Promise<string> {
    const begun = performance.now();
    for (;;) {
      const screen = this.screen(name);
      if (like.test(screen)) return screen;
      assert.ok(performance.now() < begun + 30_000, `not like ${like}:\n${screen}`);
      await sleep(50);
    }
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

/** Commands that search for long, and what the line they show is like. */
const SEARCHES = [
  ["mint -b 60 -j 1 alice@example.org", BAR],
  ["identity work --id alice@example.org -j 1 --for 1h FILE", /\+\d.* in .* at .*H\/s/],
  ["bench --for 60s -j 1", / % \| /],
] as const;

for (const [words, line] of SEARCHES) {
  test(`${words.split(" ")[0]}: Ctrl-Z and fg leave a terminal as it was`, async (t) => {
    if (isTmuxMissing(t)) return;
    const terminals = new Terminals();
    try {
      terminals.shell("jobs");
      await terminals.until("jobs", /^ready>$/m);
      const file = join(tmpdir(), `stampmill-terminal-${process.pid}.sketch`);
      terminals.type("jobs", `'${process.execPath}' '${cliEntry}' ${words.replace("FILE", file)}`);
      await terminals.until("jobs", line);
      terminals.tmux("send-keys", "-t", "jobs", "C-z");
      const stopped = await terminals.until("jobs", /Stopped/);
      assert.doesNotMatch(stopped, line, "the line is gone");
      // A terminal that does not wrap would keep one line of these.
      terminals.type("jobs", "clear; printf '%0200d' 0; echo end");
      await terminals.until("jobs", /^0{150}\n0{50}end$/m);
      await sleep(3000);
      terminals.type("jobs", "clear; fg");
      const screen = await terminals.until("jobs", line);
      assert.equal(screen.split("\n").filter((one) => line.test(one)).length, 1, screen);
      terminals.tmux("send-keys", "-t", "jobs", "C-c");
      await terminals.until("jobs", /ready>$/);
      terminals.type("jobs", "clear; printf '%0200d' 0; echo end");
      await terminals.until("jobs", /^0{150}\n0{50}end$/m);
      rmSync(file, { force: true });
    } finally {
      terminals.close();
    }
  });
}

test("time for which a search was stopped is no time of the search", async (t) => {
  if (isTmuxMissing(t)) return;
  const terminals = new Terminals();
  try {
    for (const [name, signal] of [
      ["tstp", "TSTP"],
      ["stop", "STOP"],
    ] as const) {
      terminals.shell(name);
      await terminals.until(name, /^ready>$/m);
      const command = `'${process.execPath}' '${cliEntry}' mint -b 60 -j 1 alice@example.org`;
      terminals.type(
        name,
        `${command} & sleep 2; kill -${signal} %1; sleep 6; clear; kill -CONT %1; fg`,
      );
      await terminals.until(name, /fg|clear/);
      await sleep(8500);
      const screen = await terminals.until(name, BAR);
      const rates = [...screen.matchAll(/([\d.]+) ([kMG])H\/s \| ([\d.]+) ([kMGTP]) tries/g)];
      const [, rate = "", unit = "", tries = "", large = ""] = rates.at(-1) ?? [];
      const of = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 } as Record<string, number>;
      const seconds = (Number(tries) * (of[large] ?? 0)) / (Number(rate) * (of[unit] ?? 0));
      // It ran for some three seconds, and was stopped for six.
      assert.ok(seconds < 5.5, `${seconds} s\n${screen}`);
      terminals.tmux("send-keys", "-t", name, "C-c");
    }
  } finally {
    terminals.close();
  }
});

test("a hang-up that is ignored takes the terminal, and not the search", async (t) => {
  if (isTmuxMissing(t) || process.platform !== "linux") return;
  const terminals = new Terminals();
  const folder = mkdtempSync(join(tmpdir(), "stampmill-hang-up-"));
  const end = join(folder, "code");
  try {
    writeFileSync(join(folder, "launcher"), LAUNCHER);
    const command = `sh -c "$(cat '${folder}/launcher')" '${cliEntry}' ${UNREACHABLE.join(" ")}`;
    const script = `trap '' HUP; ${command}; echo $? > '${end}.new'; mv '${end}.new' '${end}'`;
    terminals.tmux("new-session", "-d", "-x", "150", "-y", "20", "-s", "lost", "sh", "-c", script);
    await terminals.until("lost", BAR);
    terminals.tmux("kill-session", "-t", "lost");
    for (const late = Date.now() + 60_000; !existsSync(end); await sleep(50)) {
      assert.ok(Date.now() < late, "the command does not end");
    }
    // Not found in time, as it would have been said; 129 is a hang-up, 134 a terminal that is missed.
    assert.equal(readFileSync(end, "utf8"), "1\n");
  } finally {
    terminals.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("Ctrl-\\ leaves a terminal that wraps, and one that is made narrow gets a shorter bar", async (t) => {
  if (isTmuxMissing(t)) return;
  const terminals = new Terminals();
  try {
    terminals.shell("quit");
    await terminals.until("quit", /^ready>$/m);
    const command = `'${process.execPath}' '${cliEntry}' mint -b 60 -j 1 alice@example.org`;
    terminals.type("quit", `clear; ulimit -c 0; ${command}`);
    await terminals.until("quit", BAR);
    terminals.tmux("resize-window", "-t", "quit", "-x", "60");
    await sleep(500);
    terminals.tmux("resize-window", "-t", "quit", "-x", "150");
    await terminals.until("quit", BAR);
    terminals.tmux("send-keys", "-t", "quit", "C-\\");
    await terminals.until("quit", /Quit/);
    terminals.type("quit", "clear; printf '%0200d' 0; echo end");
    await terminals.until("quit", /^0{150}\n0{50}end$/m);
  } finally {
    terminals.close();
  }
});
