import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// Threads that stay out of the way, as Linux tells: proc(5), fields 19 and 41 of a thread's stat.

/** Why a test that looks at them is skipped, if it is. */
export const noThreads =
  process.platform === "linux" ? false : "what is read of threads is Linux's";

const SCHED_IDLE = 5;

/** How many threads of a process run only when nothing else wants the processor. */
export function niceThreads(pid: number | undefined): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).filter((id) => {
    try {
      const stat = readFileSync(join(tasks, id, "stat"), "utf8");
      // The name in front may hold blanks and brackets.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[38]) === SCHED_IDLE || Number(fields[16]) === 19;
    } catch {
      return false; // it has ended meanwhile
    }
  }).length;
}

/** Waits until a process has so many such threads. */
export async function untilNice(pid: number | undefined, count: number): Promise<void> {
  for (const end = Date.now() + 60_000; niceThreads(pid) !== count; await sleep(5)) {
    assert.ok(Date.now() < end, `in a minute there were not ${count} nice threads`);
  }
}
