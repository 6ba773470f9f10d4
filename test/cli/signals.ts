import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

// scripts/write-launcher.mjs with types. `sh -c LAUNCHER FILE ARGS...` starts FILE as sh starts the installed
// command, which has these lines at its head.
const script = new URL("../../scripts/write-launcher.mjs", import.meta.url);

export const { LAUNCHER, writeLauncher } = (await import(script.href)) as {
  LAUNCHER: string;
  writeLauncher: (command: string) => void;
};

function listensTo(pid: number, name: NodeJS.Signals): boolean {
  const [, caught = "0"] =
    /^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return ((BigInt(`0x${caught}`) >> BigInt(constants.signals[name] - 1)) & 1n) === 1n;
}

/** Waits until a process has come so far that it handles this signal, as Linux tells. */
export async function untilListening(child: ChildProcess, name: NodeJS.Signals): Promise<void> {
  for (const end = Date.now() + 60_000; ; await sleep(5)) {
    assert.equal(child.exitCode ?? child.signalCode, null, "it has ended");
    if (child.pid !== undefined && listensTo(child.pid, name)) return;
    assert.ok(Date.now() < end, `it does not listen to ${name}`);
  }
}
