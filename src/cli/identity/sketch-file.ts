import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import {
  formatIdentity,
  type Identity,
  identityOf,
  MAX_IDENTITY_LENGTH,
  readIdentity,
} from "../../identity/format.ts";
import { mergeSketches, type Sketch } from "../../identity/sketch/sketch.ts";
import { badInput } from "../../text/errors.ts";
import { EnvironmentError } from "../terminal/exit.ts";
import { readSmallFile } from "../terminal/input.ts";
import { Claim } from "./claim.ts";

/**
 * A file that holds one sketch and that nobody else writes meanwhile. It is replaced as a whole: at
 * any instant, killed or without power, it is what it was before or after a `save`.
 */
export class SketchFile {
  readonly #given: string;
  /** Through links, for these must not be replaced. */
  readonly #path: string;
  readonly #claim: Claim;
  /** The file as it was when it was last read or written, and the sketch in it. */
  #seen: Stats | undefined;
  #held: Sketch | undefined;

  private constructor(given: string, path: string, claim: Claim) {
    this.#given = given;
    this.#path = path;
    this.#claim = claim;
  }

  /**
   * @throws StampmillError `bad-input` for "-", and for a link to nothing; EnvironmentError if
   * another process has claimed the file, or its folder cannot be written
   */
  static async open(file: string): Promise<SketchFile> {
    if (file === "-") {
      throw badInput("file", "a sketch is kept in a file, not in a stream", "./- is a file");
    }
    let path = file;
    try {
      path = realpathSync(file);
    } catch {
      // Not there yet, or not to be read: the next step says which.
      if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) {
        throw badInput("file", `${file} is a link to what is not there`);
      }
    }
    const claim = await Claim.take(path);
    // What a process that was killed in a save has left.
    removeIfThere(nextTo(path));
    return new SketchFile(file, path, claim);
  }

  /**
   * What the file holds; undefined if it is empty or not there.
   *
   * @throws StampmillError `bad-input` if it holds anything but one sketch in order;
   * EnvironmentError if it cannot be read
   */
  load(): Identity | undefined {
    this.#seen = statSync(this.#path, { throwIfNoEntry: false });
    if (this.#seen === undefined) return undefined;
    const text = readSmallFile(this.#path, MAX_IDENTITY_LENGTH + 2, this.#given);
    if (text === "") return undefined;
    const reading = readIdentity(text.replace(/\r?\n$/, ""));
    if (reading.status === "bad") {
      const { reason, detail } = reading;
      throw badInput("file", `${this.#given} holds no identity in order: ${reason}, ${detail}`);
    }
    this.#held = reading.identity.sketch;
    return reading.identity;
  }

  /**
   * Makes this the file's content, on the disk before it returns. What the file held when it was
   * read, and what somebody else has put there meanwhile, is merged: nothing is ever lost.
   *
   * @throws EnvironmentError if that fails; the file is then what it was
   */
  save(sketch: Sketch): void {
    this.#claim.check(this.#given);
    if (this.#changed()) this.load();
    const all = this.#held === undefined ? sketch : mergeSketches([this.#held, sketch]);
    const next = nextTo(this.#path);
    try {
      writeDurably(next, `${formatIdentity(identityOf(all))}\n`, this.#seen?.mode);
      // Before it has its name: what is changed after that is somebody else's doing.
      this.#seen = statSync(next);
      renameSync(next, this.#path);
      syncFolder(dirname(this.#path));
    } catch (cause) {
      removeIfThere(next);
      throw new EnvironmentError(`cannot write ${this.#given}`, cause as NodeJS.ErrnoException);
    }
    this.#held = all;
  }

  close(): void {
    this.#claim.release();
  }

  #changed(): boolean {
    const now = statSync(this.#path, { throwIfNoEntry: false });
    if (now === undefined) return false;
    const seen = this.#seen;
    return seen?.ino !== now.ino || seen.mtimeMs !== now.mtimeMs || seen.size !== now.size;
  }
}

/** Where the next content of a file is written. */
function nextTo(path: string): string {
  return `${path}.new`;
}

function writeDurably(path: string, text: string, mode: number | undefined): void {
  // Even a link that somebody put there to be followed.
  removeIfThere(path);
  const descriptor = openSync(path, "wx", mode);
  try {
    let rest: Uint8Array = Buffer.from(text);
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** So that the new name is on the disk too. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return; // which cannot open a folder
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made.
  }
}
