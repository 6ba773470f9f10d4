import { StampmillError } from "../text/errors.ts";
import { readGit, streamGit } from "./run.ts";

/**
 * The patch of a change as everyone gets it: no attribute, driver or setting has a say, and binary
 * files are patches of text like all others.
 */
const PATCH = ["diff-tree", "-r", "-p", "--text", "--no-ext-diff", "--no-textconv", "--no-color"]
  .concat(["--no-renames", "--diff-algorithm=myers", "--indent-heuristic", "-U3", "--full-index"])
  .concat(["--inter-hunk-context=0", "--src-prefix=a/", "--dst-prefix=b/", "--no-relative"])
  .concat(["--submodule=short", "--ignore-submodules=none", "--no-commit-id", "-O/dev/null"]);

/** The first git whose patch-id counts changes of mode the way that stays. */
const OLDEST = [2, 39] as const;

let checked = false;

/**
 * Git's stable patch-id of what lies between two trees or commits: the same wherever and on
 * whatever the change is applied, and whatever its white space. Null if nothing lies between them.
 *
 * Git reads each line of a patch to its first NUL only; so that what follows counts too, NULs are
 * spelt out before.
 *
 * @throws StampmillError `git` if git fails, or is older than 2.39
 */
export async function patchIdBetween(from: string, to: string): Promise<string | null> {
  await checkVersion();
  const patch = streamGit([...PATCH, "--end-of-options", from, to]);
  const ids = await readGit(["patch-id", "--stable"], 1000, { input: spellNuls(patch) });
  if (ids === "") return null;
  const id = /^([0-9a-f]{40}|[0-9a-f]{64}) 0+\n$/.exec(ids)?.[1];
  if (id === undefined) throw new StampmillError("git", "git patch-id gave no single patch-id");
  return id;
}

/** Whether a merge has changes of its own: text that is in none of its parents. */
export async function mergeChangesAnything(commit: string): Promise<boolean> {
  await checkVersion();
  for await (const chunk of streamGit([...PATCH, "--cc", "--end-of-options", commit])) {
    if (chunk.length > 0) return true;
  }
  return false;
}

async function* spellNuls(patch: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of patch) {
    if (!chunk.includes(0)) yield chunk;
    else
      yield Buffer.from(Buffer.from(chunk).toString("latin1").replaceAll("\0", "<NUL>"), "latin1");
  }
}

async function checkVersion(): Promise<void> {
  if (checked) return;
  const text = await readGit(["version"], 1000);
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text) ?? []).map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new StampmillError("git", `git ${OLDEST.join(".")} or later is needed: ${text.trim()}`);
  }
  checked = true;
}
