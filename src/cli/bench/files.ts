import { randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder, makeFolder } from "../../difficulty/cache-folder.ts";
import { MAX_RESULT_BYTES, readResult, type SavedResult } from "../../hardware/read-result.ts";
import { badInput } from "../../text/errors.ts";
import { EnvironmentError } from "../terminal/exit.ts";
import { readInput } from "../terminal/input.ts";

/**
 * Text of a named file, or of standard input for "-".
 *
 * @throws EnvironmentError if it cannot be read; StampmillError `bad-input` if it is too long
 */
export async function readText(file: string, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readInput(file)) {
    length += chunk.length;
    if (length > mostBytes) throw badInput("file", `${file} has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

export async function readResultFile(file: string): Promise<SavedResult> {
  return readResult(await readText(file, MAX_RESULT_BYTES), file);
}

/**
 * Writes a file as a whole: a reader sees the old one or the new one, never a part. A device or a pipe
 * is written to as it is.
 *
 * @throws EnvironmentError if it cannot be written
 */
export function writeWhole(file: string, text: string): void {
  try {
    const place = placeOf(file);
    if (place.replaceable) replace(place.path, text);
    else writeFileSync(place.path, text);
  } catch (cause) {
    throw new EnvironmentError(`cannot write ${file}`, cause as NodeJS.ErrnoException);
  }
}

function replace(file: string, text: string): void {
  const unfinished = unfinishedFor(file);
  try {
    writeFileSync(unfinished, text, { flag: "wx", flush: true });
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/**
 * Finds out whether a file can be written before something takes long for it.
 *
 * @throws EnvironmentError if it cannot
 */
export function checkWritable(file: string): void {
  try {
    const { path, replaceable } = placeOf(file);
    if (replaceable) writeAndRemove(unfinishedFor(path));
    else accessSync(path, constants.W_OK);
  } catch (cause) {
    throw new EnvironmentError(`cannot write ${file}`, cause as NodeJS.ErrnoException);
  }
}

function writeAndRemove(trial: string): void {
  writeFileSync(trial, "", { flag: "wx" });
  rmSync(trial);
}

const unfinishedFor = (path: string) => `${path}.${randomBytes(6).toString("hex")}`;

/** Where links lead to, and whether another file may take the place of what is there. */
function placeOf(file: string): { path: string; replaceable: boolean } {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return { path: file, replaceable: true };
  if (stats.isDirectory()) throw new Error("it is a folder");
  return { path: realpathSync(file), replaceable: stats.isFile() };
}

const SAVED = /^bench-\d{8}T\d{6}Z\.json$/;

function savedFolder(): string {
  const folder = cacheFolder();
  if (folder !== undefined) return join(folder, "stampmill");
  throw badInput("--save", "no cache folder is known: name a file, or set XDG_CACHE_HOME");
}

/** The file of the cache folder for a result begun at this instant; its folder is made. */
export function savedFile(date: string): string {
  const file = join(savedFolder(), `bench-${date.replace(/[-:]/g, "")}.json`);
  try {
    makeFolder(dirname(file));
  } catch (cause) {
    throw new EnvironmentError(`cannot make ${dirname(file)}`, cause as NodeJS.ErrnoException);
  }
  return file;
}

/**
 * The newest result in the cache folder.
 *
 * @throws StampmillError `bad-input` if there is none
 */
export function lastSaved(): string {
  const folder = savedFolder();
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => SAVED.test(name));
  } catch (cause) {
    const error = cause as NodeJS.ErrnoException;
    if (error.code !== "ENOENT") throw new EnvironmentError(`cannot read ${folder}`, error);
  }
  const last = names.sort().at(-1);
  if (last !== undefined) return join(folder, last);
  throw badInput(
    "--compare",
    `no result is saved in ${folder}`,
    "make one with --save, or name a file",
  );
}
