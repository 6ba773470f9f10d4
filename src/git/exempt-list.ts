import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { badInput } from "../text/errors.ts";
import { isApartFrom, type Listed } from "./commits.ts";
import { MAX_EXEMPTIONS } from "./exemptions.ts";
import { GitFailure, readGit } from "./run.ts";

/**
 * The text of a list that is committed, at `REVISION:PATH` (latin1).
 *
 * A range must not exempt itself: the revision may hold none of the commits that are judged.
 *
 * @param judged the commits of the range
 * @throws StampmillError `bad-input` if git knows no such file, or the range has had a hand in it
 */
export async function readListAt(at: string, judged: readonly Listed[]): Promise<string> {
  const [, revision = "", path = ""] = /^([^:]+):(.+)$/s.exec(at) ?? [];
  const fault = (problem: string, hint?: string) =>
    badInput("--exempt-at", `--exempt-at ${JSON.stringify(at)}: ${problem}`, hint);
  if (path === "")
    throw fault("it must be like REVISION:PATH", "such as origin/main:.stampmill-exempt");
  const ask = async (args: readonly string[], longest: number): Promise<string> => {
    try {
      return await readGit(args, longest);
    } catch (error) {
      if (!(error instanceof GitFailure) || error.hint !== undefined) throw error;
      throw fault(error.message);
    }
  };
  const commit = `${revision}^{commit}`;
  const id = (await ask(["rev-parse", "--verify", "--end-of-options", commit], 1000)).trim();
  if (!(await isApartFrom(id, judged))) {
    throw fault(
      "this revision holds commits of the range, or may do so in a shallow clone",
      "commits must not exempt themselves: name the revision that the range starts from",
    );
  }
  return ask(["cat-file", "blob", `${id}:${path}`], MAX_EXEMPTIONS);
}

/**
 * Refuses a list that lies in the files of the repository: these may be of the range that is judged.
 *
 * @throws StampmillError `bad-input`
 */
export async function refuseWorkTree(path: string): Promise<void> {
  let places: string;
  try {
    places = await readGit(["rev-parse", "--show-toplevel", "--absolute-git-dir"], 20_000);
  } catch (error) {
    // Without a work tree there is nothing that a range could have written.
    if (error instanceof GitFailure) return;
    throw error;
  }
  const [tree = "", gitFolder = ""] = Buffer.from(places, "latin1").toString("utf8").split("\n");
  if (isWithin(path, gitFolder) || !isWithin(path, tree)) return;
  throw badInput(
    "--exempt",
    `--exempt ${path}: it is one of the repository's own files, which the commits may have changed`,
    "name the revision that it is to be read from: --exempt-at origin/main:PATH",
  );
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(realpathSync.native(folder), realpathSync.native(path));
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !/^[A-Za-z]:/.test(way));
}
