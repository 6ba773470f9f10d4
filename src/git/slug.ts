import { checkResource, percentEncode } from "../stamp/resource.ts";
import { badInput, StampmillError } from "../text/errors.ts";
import { GitFailure, readGit } from "./run.ts";

/** Longest name of a repository, percent-encoded; a patch-id comes behind it. */
const MAX_SLUG = 1024;

/**
 * The repository's name as resources carry it: what was given, or else the path of the remote
 * `origin`, percent-encoded.
 *
 * @throws StampmillError `bad-input` if there is no such name; `git` if git fails
 */
export async function repositorySlug(given: string | undefined): Promise<string> {
  const slug = given ?? slugOfUrl(await originUrl());
  if (slug === null) {
    throw badInput(
      "--slug",
      "the repository has no name: its remote origin is no URL with a path",
      "give one: --slug owner/name",
    );
  }
  const encoded = percentEncode(slug);
  if (slug === "" || /^\/|\/$|\/\//.test(slug) || encoded.length > MAX_SLUG) {
    throw badInput(
      "--slug",
      `--slug must be like owner/name, not ${JSON.stringify(slug.slice(0, 200))}`,
    );
  }
  checkResource(encoded);
  return encoded;
}

async function originUrl(): Promise<string> {
  try {
    const args = ["config", "--local", "--null", "--get", "remote.origin.url"];
    const url = await readGit(args, 10_000);
    return Buffer.from(url.replace(/\0$/, ""), "latin1").toString("utf8");
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    await checkRepository();
    return "";
  }
}

/** Git's own reason counts where it gives advice: a repository that somebody else owns is one all the same. */
async function checkRepository(): Promise<void> {
  try {
    await readGit(["rev-parse", "--git-dir"], 10_000);
  } catch (error) {
    if (!(error instanceof GitFailure) || error.hint !== undefined) throw error;
    throw new StampmillError("git", "this is no git repository");
  }
}

/**
 * The path within a remote's URL, without `.git`: `example/forum` of
 * `https://user:secret@host/example/forum.git` and of `git@host:example/forum`. Null for a path on
 * this machine, which says nothing to others.
 */
export function slugOfUrl(url: string): string | null {
  const path =
    /^(?!file:)[a-z][a-z0-9+.-]*:\/\/[^/]+\/(.*)$/is.exec(url)?.[1] ??
    /^[^/:]+:(?!\/\/)(.*)$/s.exec(url)?.[1];
  const slug = path?.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  return slug === undefined || slug === "" ? null : slug;
}
