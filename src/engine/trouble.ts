import { createHash } from "node:crypto";
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { StampmillError } from "../text/errors.ts";
import { installerOf } from "./install-script.ts";

// Why there is no engine, and what to do about it. scripts/build-engine.mjs writes down how each build
// ended; where nothing is written none was tried.

/** How the last build ended. */
interface BuildRecord {
  readonly outcome: "built" | "missing" | "failed" | "skipped";
  /** Tools that were missing. */
  readonly missing?: readonly string[];
  /** The first error of a compilation that failed. */
  readonly error?: string;
  /** For what it was built: operating system and processor, in Node's words. */
  readonly platform?: string;
  /** SHA-256 of what was built, in hexadecimal. */
  readonly digest?: string;
}

/** The error for an engine that is not there. */
export function notBuilt(root: string): StampmillError {
  const byHand = `node ${join(root, "scripts", "build-engine.mjs")}`;
  const record = readRecord(root);
  switch (record?.outcome) {
    case "missing": {
      const tools = (record.missing ?? []).join(", ");
      return trouble(
        `the native engine is not built: ${tools} ${record.missing?.length === 1 ? "was" : "were"} missing`,
        `install what was missing (on Debian: apt-get install cmake g++ make), then run: ${byHand}`,
      );
    }
    case "failed": {
      const error = record.error === undefined ? "" : `: ${record.error}`;
      return trouble(
        `the native engine is not built: its compilation failed${error}`,
        `see ${join(root, "build", "engine-build.log")}; to try again: ${byHand}`,
      );
    }
    case "skipped":
      return trouble(
        "the native engine is not built: STAMPMILL_SKIP_ENGINE=1 was set",
        `without it run: ${byHand}`,
      );
    case "built":
      return trouble("the native engine was built, and is gone", `run: ${byHand}`);
    default:
      return neverTried(root, byHand);
  }
}

function neverTried(root: string, byHand: string): StampmillError {
  if (existsSync(join(root, "build", "CMakeCache.txt"))) {
    return trouble("the native engine is not built: its build did not end", `run: ${byHand}`);
  }
  const installer = installerOf(root);
  if (installer === null) {
    return trouble(
      "the native engine is not built: stampmill's install script was not run",
      `run: ${byHand}`,
    );
  }
  return trouble(
    `the native engine is not built: ${installer.name} did not run stampmill's install script`,
    `run: ${installer.command}; or, if that does nothing: ${byHand}`,
  );
}

/** Where an ELF header of 64 bits, little-endian, has its table of sections, which comes last in the file. */
const ELF = Buffer.from("\x7fELF\x02\x01", "latin1");
const ELF_LENGTH = 64;
const SECTIONS_AT = 0x28;
const SECTION_LENGTH_AT = 0x3a;
const SECTION_COUNT_AT = 0x3c;

/**
 * Whether an engine for Linux ends too soon, as after a full disk: loading it would end the process with
 * SIGBUS.
 */
export function isCutOff(file: string): boolean {
  const header = Buffer.alloc(ELF_LENGTH);
  const descriptor = openSync(file, "r");
  try {
    const length = readSync(descriptor, header, 0, ELF_LENGTH, 0);
    if (length < ELF_LENGTH || !header.subarray(0, ELF.length).equals(ELF)) return false;
    const sections = header.readUInt16LE(SECTION_LENGTH_AT) * header.readUInt16LE(SECTION_COUNT_AT);
    const end = Number(header.readBigUInt64LE(SECTIONS_AT)) + sections;
    return fstatSync(descriptor).size < end;
  } finally {
    closeSync(descriptor);
  }
}

/** The error for an engine that is there and cannot be loaded. */
export function notLoaded(root: string, file: string, cause: unknown): StampmillError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = `run: node ${join(root, "scripts", "build-engine.mjs")}`;
  const record = readRecord(root);
  const here = `${process.platform} ${process.arch}`;
  const built = record?.outcome === "built" ? record : undefined;
  if (built?.platform !== undefined && built.platform !== here) {
    const message = `the native engine was built for ${built.platform}, and this is ${here}`;
    return trouble(message, hint, cause);
  }
  if (built?.digest !== undefined && built.digest !== digestOf(file)) {
    return trouble(`the native engine is damaged: ${reason}`, hint, cause);
  }
  return trouble(`the native engine cannot be loaded: ${reason}`, `build it here; ${hint}`, cause);
}

function trouble(message: string, hint: string, cause?: unknown): StampmillError {
  return new StampmillError("engine", message, { hint, cause });
}

function digestOf(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

function readRecord(root: string): BuildRecord | null {
  try {
    const record = JSON.parse(readFileSync(join(root, "build", "engine.json"), "utf8"));
    return typeof record === "object" ? record : null;
  } catch {
    return null;
  }
}
