import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvironmentError } from "../terminal/exit.ts";

const BEAT = 10_000;
/** A claim of another machine that has not been touched for this long is one of the dead. */
const FORGOTTEN_AFTER = 60_000;
const ATTEMPTS = 8;

/**
 * The right to write a file: a claim is a file beside it, whose name says which process made
 * it. Each process makes its own, then looks whether others live; where there is one it takes its own
 * back, and of two that begin at the same instant neither goes on before the other has withdrawn.
 * A name belongs to one process for ever, so a dead one's claim can be removed by anybody without a
 * race: kill -9 blocks nobody.
 */
export class Claim {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #timer: NodeJS.Timeout;
  readonly #release = () => this.release();

  private constructor(path: string) {
    this.#path = path;
    this.#descriptor = openSync(path, "wx");
    this.#beat();
    // For other machines, which cannot look for our process.
    this.#timer = setInterval(() => this.#beat(), BEAT);
    this.#timer.unref();
    process.once("exit", this.#release);
  }

  /** @throws EnvironmentError if another process has the file, or its folder cannot be written */
  static async take(file: string): Promise<Claim> {
    let holder = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await sleep(20 + Math.random() * 60);
      let claim: Claim;
      try {
        claim = new Claim(join(dirname(file), ownName(file)));
      } catch (cause) {
        throw new EnvironmentError(`cannot write ${file}`, cause as NodeJS.ErrnoException);
      }
      const other = claim.#livingOther(file);
      if (other === undefined) return claim;
      claim.release();
      holder = other;
    }
    const who = new Error(`another process works on it and has claimed it by ${holder}`);
    throw new EnvironmentError(`cannot write ${file}`, who);
  }

  /** @throws EnvironmentError if somebody has removed the claim: they may be writing by now */
  check(file: string): void {
    if (existsSync(this.#path)) return;
    throw new EnvironmentError(`cannot write ${file}`, new Error(`${this.#path} was removed`));
  }

  release(): void {
    clearInterval(this.#timer);
    process.removeListener("exit", this.#release);
    try {
      closeSync(this.#descriptor);
      unlinkSync(this.#path);
    } catch {
      // Gone already.
    }
  }

  /** By writing, since the time is then that of the file's own server on every machine. */
  #beat(): void {
    try {
      writeSync(this.#descriptor, ".", 0);
    } catch {
      // A full disk must not end the work; check() sees to the rest.
    }
  }

  /** The claim of a process that lives; those of the dead are removed on the way. */
  #livingOther(file: string): string | undefined {
    const folder = dirname(file);
    const begin = beginOf(file);
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (!name.startsWith(begin) || path === this.#path) continue;
      if (this.#lives(path, name.slice(begin.length))) return path;
      try {
        unlinkSync(path);
      } catch {
        // Somebody else was faster.
      }
    }
    return undefined;
  }

  #lives(path: string, holder: string): boolean {
    const [place, pid, start] = holder.split("-");
    try {
      if (place !== PLACE) {
        return statSync(path).mtimeMs > statSync(this.#path).mtimeMs - FORGOTTEN_AFTER;
      }
      if (startOf(Number(pid)) !== start) return false;
      process.kill(Number(pid), 0);
      return true;
    } catch (error) {
      // Not ours to signal, but there.
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  }
}

/** Where a process's number means something: this start of this machine, this container. */
const PLACE = createHash("sha256")
  .update(`${hostname()}\n${textOf("/proc/sys/kernel/random/boot_id")}\n${pidNamespace()}`)
  .digest("hex")
  .slice(0, 16);

function beginOf(file: string): string {
  return `${basename(file)}.claim-`;
}

function ownName(file: string): string {
  return `${beginOf(file)}${PLACE}-${process.pid}-${startOf(process.pid)}`;
}

/** When a process began, in ticks since the machine did, for numbers come again (proc_pid_stat(5)). */
function startOf(pid: number): string {
  const fields = textOf(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ");
  return fields[19] ?? "0";
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
