import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { StampmillError } from "../../text/errors.ts";

// A database where nothing can be written, such as on a read-only file system. SQLite reads one there
// only if what belongs to it is beside it, or with `immutable=1`, which does not look into the log: a
// stamp that is spent in the log would be called fresh. So what no process has open is copied, log and
// all, and the copy is opened.

/** What may lie beside a database, and holds part of what it says. */
const PARTS = ["-wal", "-journal"];

/** More is not copied: it would fill a disk for a look. */
const MOST_BYTES = 4 * 2 ** 30;
const ATTEMPTS = 20;
const PAUSE = 50;
const CHUNK = 2 ** 20;

/** Why a database cannot be written, in words; null if it can, or is not there. */
export function whyUnwritable(file: string): string | null {
  if (!existsSync(file)) return null;
  const folder = dirname(realpathSync(file));
  for (const [path, what] of [
    [file, "it may not be written"],
    [folder, "its folder may not be written, where SQLite keeps a log"],
  ] as const) {
    try {
      accessSync(path, constants.W_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === "EROFS" ? "its file system is read-only" : what;
    }
  }
  return null;
}

/**
 * Whether it can be looked into where it is: whoever writes it now has a log and an index of it beside
 * it, and SQLite's locks hold for readers too.
 */
export function isOpenElsewhere(file: string): boolean {
  const real = realpathSync(file);
  return existsSync(`${real}-wal`) && existsSync(`${real}-shm`);
}

/** A copy of a database. */
export interface Copied {
  /** Private, for the caller to remove. */
  readonly folder: string;
  readonly copy: string;
  /** @throws Error if the database is no longer what was copied */
  readonly checkCurrent: () => void;
}

/**
 * Copies a database to a private folder, as it was at one moment: copied, compared, and unchanged
 * meanwhile.
 *
 * @throws Error saying what speaks against it; nothing is left then
 */
export function copyToLook(file: string): Copied {
  const real = realpathSync(file);
  checkWhole(real);
  const folder = mkdtempSync(join(tmpdir(), "stampmill-look-"));
  const copy = join(folder, basename(real));
  try {
    for (let attempt = 1; ; attempt++) {
      const copied = copyAtOneMoment(real, copy);
      if (copied !== null) {
        const checkCurrent = () => {
          if (stateOf(real).text !== copied) throw new Error("it has changed since it was opened");
        };
        return { folder, copy, checkCurrent };
      }
      if (attempt === ATTEMPTS) throw new Error("it changes all the time: somebody writes to it");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
    }
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw inWords(file, error);
  }
}

/** Refuses what may have a log that cannot be seen from here. */
function checkWhole(file: string): void {
  if (statSync(file).nlink > 1) {
    throw new Error("it has another name too (a hard link), which may have a log of its own");
  }
  if (isMountPoint(file)) {
    throw refusal(file, "is mounted by itself, without the log beside it", "mount its folder");
  }
}

function isMountPoint(file: string): boolean {
  const table = "/proc/self/mountinfo";
  if (!existsSync(table)) return false;
  const octal = (_: string, digits: string) => String.fromCharCode(Number.parseInt(digits, 8));
  return readFileSync(table, "latin1")
    .split("\n")
    .some((line) => {
      const point = line.split(" ")[4]?.replaceAll(/\\([0-7]{3})/g, octal) ?? "";
      return Buffer.from(point, "latin1").toString() === file;
    });
}

/** The state that was copied; null if it may have changed meanwhile. */
function copyAtOneMoment(file: string, copy: string): string | null {
  const before = stateOf(file);
  if (before.size > MOST_BYTES) {
    throw refusal(file, "is larger than 4 GiB, too much to copy for a look", "copy it elsewhere");
  }
  for (const suffix of ["", ...PARTS]) {
    rmSync(copy + suffix, { force: true });
    if (before.parts.includes(suffix)) copyFileSync(file + suffix, copy + suffix);
  }
  // Again from the beginning: whatever changed while it was copied differs now, even within one tick of
  // the file system's clock.
  if (!before.parts.every((suffix) => holdTheSame(file + suffix, copy + suffix))) return null;
  return stateOf(file).text === before.text ? before.text : null;
}

interface State {
  readonly parts: readonly string[];
  readonly size: number;
  readonly text: string;
}

function stateOf(file: string): State {
  const parts: string[] = [];
  let size = 0;
  let text = "";
  for (const suffix of ["", ...PARTS]) {
    const stats = statSync(file + suffix, { bigint: true, throwIfNoEntry: suffix === "" });
    if (stats === undefined) continue;
    parts.push(suffix);
    size += Number(stats.size);
    text += `${suffix} ${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}\n`;
  }
  return { parts, size, text };
}

function holdTheSame(one: string, other: string): boolean {
  const files = [openSync(one, "r"), openSync(other, "r")];
  const buffers = files.map(() => Buffer.alloc(CHUNK));
  try {
    for (;;) {
      const [a, b] = files.map((file, i) => {
        const buffer = buffers[i] as Buffer;
        return buffer.subarray(0, readSync(file, buffer, 0, CHUNK, null));
      });
      if (a === undefined || b === undefined || !a.equals(b)) return false;
      if (a.length === 0) return true;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

function inWords(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  return refusal(file, `cannot be copied to ${tmpdir()}, which is full`, "set TMPDIR");
}

function refusal(file: string, what: string, hint: string): StampmillError {
  return new StampmillError("store", `the store ${file} ${what}`, { parameter: "store", hint });
}
