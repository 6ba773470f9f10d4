import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
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
