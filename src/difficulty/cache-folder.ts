import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/**
 * Where programs keep what they can work out again, for this user: XDG_CACHE_HOME or else ~/.cache
 * (XDG Base Directory Specification 0.8), ~/Library/Caches on macOS, LOCALAPPDATA on Windows;
 * undefined if none is known. A relative path is none: it would be another folder in every place.
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (XDG_CACHE_HOME !== undefined && isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  if (platform === "win32") {
    return LOCALAPPDATA !== undefined && isAbsolute(LOCALAPPDATA) ? LOCALAPPDATA : undefined;
  }
  const home = homeFolder(environment);
  if (home === undefined) return undefined;
  return platform === "darwin" ? join(home, "Library", "Caches") : join(home, ".cache");
}

/**
 * A folder and those above it that are missing. Not mkdir's `recursive`, which never ends where a
 * folder exists and takes none: Node 20 fills its memory in /proc.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function homeFolder({ HOME }: NodeJS.ProcessEnv): string | undefined {
  try {
    // Without HOME the system is asked, which may know of none.
    const home = HOME || homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}
