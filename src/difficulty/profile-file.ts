import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { type Algorithm, isAlgorithm } from "../engine/algorithms.ts";
import { engineKernels } from "../engine/engine.ts";
import { kernelName, MAX_THREADS } from "../engine/job.ts";
import { describeMachine } from "../hardware/machine.ts";
import { CONDITIONS, type Condition } from "../hardware/measure.ts";
import { packageVersion } from "../text/package.ts";
import { cacheFolder, makeFolder } from "./cache-folder.ts";
import type { Pace } from "./pace.ts";

/** What a profile holds for: it is worth nothing where any of this differs. */
export interface ProfileKey {
  /** Version of stampmill. */
  readonly version: string;
  /** The processor's model, as the system names it. */
  readonly cpu: string;
  /** Its vendor, family and model in numbers: virtual machines have one name for many models. */
  readonly class: string;
  readonly system: string;
  /** The kernels that work here, which says what the processor can do. */
  readonly kernels: string;
  /** The kernel that was asked for; empty for the fastest. */
  readonly kernel: string;
  /** Threads that the process may use. */
  readonly threads: number;
}

/** The pace of an algorithm with a number of threads, and how it was measured. */
export interface ProfileEntry extends Pace {
  readonly algorithm: Algorithm;
  readonly kernel: string;
  readonly threads: number;
  /** Hashes a second of the best slice, and the slices' spread. */
  readonly best: number;
  readonly spread: number;
  readonly condition: Condition;
}

export interface Profile {
  readonly key: ProfileKey;
  /** When it was measured: ISO 8601, in UTC. */
  readonly date: string;
  readonly entries: readonly ProfileEntry[];
}

/** What keeps a profile from being read or written, for a warning. */
export interface Problem {
  readonly problem: string;
}

const FORMAT = "stampmill calibration 1";
const MAX_FILE_BYTES = 1 << 18;
const MAX_ENTRIES = 1000;
/** Beyond these a figure is no machine's. */
const RATES = { least: 1, most: 1e15 };
const MOST_OVERHEAD = 60;

/**
 * The key of this machine and process.
 *
 * @param kernel as in a search job: by default STAMPMILL_KERNEL, or else the fastest
 * @throws StampmillError `engine` if the engine is missing
 */
export function profileKey(kernel?: string): ProfileKey {
  const machine = describeMachine();
  const named = machine.cpu !== "unknown";
  return {
    version: packageVersion(),
    // Some systems name it in one way only, and some in none.
    cpu: named ? machine.cpu : cpus()[0]?.model.trim() || "unknown",
    class: machine.class,
    system: machine.system,
    kernels: engineKernels(kernel).join(" "),
    kernel: kernelName(kernel),
    threads: machine.threads,
  };
}

/** Where the profile with this key is kept; undefined where no cache folder is known. */
export function profilePath(key: ProfileKey): string | undefined {
  const folder = cacheFolder();
  const id = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 16);
  return folder === undefined ? undefined : join(folder, "stampmill", `calibration-${id}.json`);
}

/**
 * Whether any profile is kept for this user. Asked by those who are in a hurry: the key needs the
 * engine, whose self-tests take 30 ms.
 */
export function anyProfile(): boolean {
  const folder = cacheFolder();
  if (folder === undefined) return false;
  try {
    return fs
      .readdirSync(join(folder, "stampmill"))
      .some((name) => name.startsWith("calibration-"));
  } catch {
    return false;
  }
}

/**
 * The profile with this key; undefined if there is none, or a problem if there is one that cannot
 * be read, is damaged, or belongs elsewhere.
 */
export function readProfile(key: ProfileKey): Profile | Problem | undefined {
  const file = profilePath(key);
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readSmallFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    return { problem: `the calibration in ${file} is ignored: ${message}` };
  }
  const profile = parseProfile(text);
  if (profile === undefined) return { problem: `the calibration in ${file} is damaged: ignored` };
  if (JSON.stringify(profile.key) !== JSON.stringify(key)) {
    return { problem: `the calibration in ${file} is another machine's or version's: ignored` };
  }
  return profile;
}

/** Text of a regular file of bounded size. */
function readSmallFile(file: string): string {
  // A pipe would be waited for.
  const descriptor = fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  try {
    const stats = fs.fstatSync(descriptor);
    if (!stats.isFile()) throw new Error("it is no file");
    if (stats.size > MAX_FILE_BYTES) throw new Error(`it has more than ${MAX_FILE_BYTES} bytes`);
    return fs.readFileSync(descriptor, "utf8");
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The profile that a file's text holds; undefined if it is not whole. */
export function parseProfile(text: string): Profile | undefined {
  try {
    const { format, key, date, entries } = JSON.parse(text);
    if (format !== FORMAT || !isKey(key) || Number.isNaN(Date.parse(date))) return undefined;
    if (!Array.isArray(entries) || entries.length > MAX_ENTRIES) return undefined;
    return entries.every(isEntry) ? { key, date, entries } : undefined;
  } catch {
    return undefined;
  }
}

function isKey(value: unknown): value is ProfileKey {
  return typeof value === "object" && value !== null;
}

function isEntry(value: ProfileEntry): boolean {
  const { algorithm, kernel, threads, rate, shortRate, best, spread, condition } = value;
  return (
    isAlgorithm(algorithm) &&
    typeof kernel === "string" &&
    /^[a-z0-9_]{1,32}$/.test(kernel) &&
    Number.isInteger(threads) &&
    isWithin(threads, 1, MAX_THREADS) &&
    [rate, shortRate, best].every((figure) => isWithin(figure, RATES.least, RATES.most)) &&
    [value.overhead, value.shortOverhead].every((time) => isWithin(time, 0, MOST_OVERHEAD)) &&
    isWithin(spread, 0, Number.MAX_VALUE) &&
    CONDITIONS.includes(condition)
  );
}

function isWithin(figure: unknown, least: number, most: number): boolean {
  return typeof figure === "number" && figure >= least && figure <= most;
}

/**
 * Keeps a profile, in one step: whoever reads at the same time sees the old one or the new one.
 *
 * @returns the file, or what kept it from being written
 */
export function writeProfile(profile: Profile): { file: string } | Problem {
  const file = profilePath(profile.key);
  if (file === undefined) {
    return { problem: "no cache folder is known: set XDG_CACHE_HOME to keep the calibration" };
  }
  const text = `${JSON.stringify({ format: FORMAT, ...profile }, null, 1)}\n`;
  if (parseProfile(text) === undefined) {
    return { problem: "the calibration is not kept: its figures are no machine's" };
  }
  const unfinished = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    makeFolder(dirname(file));
    // "wx": never through a link that somebody else has put there.
    fs.writeFileSync(unfinished, text, { mode: 0o600, flag: "wx", flush: true });
    fs.renameSync(unfinished, file);
    return { file };
  } catch (error) {
    remove(unfinished);
    return { problem: `the calibration is not kept: ${(error as Error).message}` };
  }
}

function remove(file: string): void {
  try {
    fs.rmSync(file, { force: true });
  } catch {
    // Where nothing can be written there is nothing to remove.
  }
}
