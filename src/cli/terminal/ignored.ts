import { closeSync, writeSync } from "node:fs";
import { constants } from "node:os";

// What was ignored when the command was started, and stays so. Node has undone it by now; the launcher has
// kept it: see scripts/write-launcher.mjs, and docs/signals.md for what can not be kept.

/**
 * Signals that end or stop a process unless they are ignored. Of those, SIGTTIN and SIGTTOU are missing: a
 * listener is no real ignoring, and the system would try the same read or write again without end.
 */
const SIGNALS = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGTERM",
  "SIGTSTP",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGVTALRM",
  "SIGPROF",
  "SIGXCPU",
  "SIGIO",
  "SIGPWR",
  "SIGSTKFLT",
] as const satisfies readonly NodeJS.Signals[];

/** Where a line of /proc/PID/stat has the signals that are ignored: proc(5) counts from 1. */
const SIGIGN = 33;

/** The field after the name, which stands in parentheses and may hold anything. */
const AFTER_NAME = 3;

/**
 * The signals that the process `pid` ignored when it was this line of /proc/PID/stat, a bit each. None if
 * the line is no such line, or another process's: the variable that holds it may have been inherited.
 */
export function ignoredIn(line: string, pid: number): NodeJS.Signals[] {
  const [, owner, rest = ""] = /^(\d+) \(.*\) (.*)$/s.exec(line) ?? [];
  const field = rest.split(" ")[SIGIGN - AFTER_NAME] ?? "";
  if (Number(owner) !== pid || !/^\d+$/.test(field)) return [];
  const mask = Number(field);
  return SIGNALS.filter((name) => ((mask >>> (constants.signals[name] - 1)) & 1) === 1);
}

let ignored: readonly NodeJS.Signals[] = [];

/** Whether the command was started with this signal ignored: then it means nothing to anyone here. */
export function isIgnored(name: string): boolean {
  return ignored.some((one) => one === name);
}

/** Goes on ignoring what was ignored at the start. To be called before anything listens for a signal. */
export function keepIgnored(): void {
  const { STAMPMILL_STAT } = process.env;
  if (STAMPMILL_STAT === undefined) return;
  // It is not for those that this process starts.
  delete process.env.STAMPMILL_STAT;
  ignored = ignoredIn(STAMPMILL_STAT, process.pid);
  for (const name of ignored) process.on(name, () => {});
  if (isIgnored("SIGHUP")) process.once("exit", leaveLostTerminal);
}

/**
 * Lets go of a terminal that is gone. Node would want to set it back at its end, and abort when it cannot:
 * the exit code would be 134, whatever was done.
 */
function leaveLostTerminal(): void {
  for (const descriptor of [0, 1, 2]) {
    try {
      writeSync(descriptor, "");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EIO") closeSync(descriptor);
    }
  }
}
