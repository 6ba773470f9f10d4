import { badInput } from "../text/errors.ts";
import { isForMessage, resourceOf } from "./commits.ts";
import { isNoContent, MAX_MESSAGE_LINE, possibleDigests, readEdited } from "./message.ts";
import { headerOf, readRawCommit } from "./rewrite.ts";
import { GitFailure, type GitOptions, readGit } from "./run.ts";

/** Who git says that the commit to be is of, in the environment of a hook. */
export interface HookAuthor {
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly date: string | undefined;
}

/** A commit of nothing that is this new, in milliseconds, may be another one rather than amended. */
const RECENT = 10_000;

/** Whether a merge is being committed. */
export async function isMerging(): Promise<boolean> {
  return (await revision("MERGE_HEAD")) !== null;
}

/**
 * What the commit that is being made may have to pay for, told within a commit-msg hook. Git does
 * not say there whether it amends. If the author and date are those of HEAD it may: then there are
 * two answers, but one if HEAD is not new and nothing is changed on top of it.
 */
export async function hookResources(
  message: string,
  slug: string,
  author: HookAuthor,
): Promise<string[]> {
  const tree = (await readGit(["write-tree"], 1000)).trim();
  const { digest } = readEdited(message);
  const resources = new Set<string>();
  for (const base of await possibleParents(tree, author)) {
    const resource = await resourceOf(slug, base, tree, digest);
    resources.add(resource);
    if (!isForMessage(resource, slug)) continue;
    await checkCommentMark();
    if (!(await mayKeepComments())) continue;
    for (const other of possibleDigests(message)) {
      resources.add(await resourceOf(slug, base, tree, other));
    }
  }
  return [...resources];
}

/**
 * Whether lines that begin with `#` may be meant as text. Git leaves them in where no editor was shown,
 * which it tells hooks by this name of one (githooks, "pre-commit"), or where it is set to.
 */
export async function mayKeepComments(): Promise<boolean> {
  if (process.env.GIT_EDITOR === ":") return true;
  const cleanup = await setting("commit.cleanup");
  return cleanup !== null && cleanup !== "strip" && cleanup !== "default";
}

/** Refuses what would be stamped for another message than git keeps. */
async function checkCommentMark(): Promise<void> {
  for (const name of ["core.commentChar", "core.commentString"]) {
    const mark = await setting(name);
    if (mark === null || mark === "#") continue;
    throw badInput(
      "--hook",
      `a commit that changes nothing is bound to its message, and ${name} says that comments begin ` +
        "with something else than #",
      "commit with --no-verify, then: stampmill git stamp HEAD",
    );
  }
}

/** What git is set to, or null. */
function setting(name: string): Promise<string | null> {
  return answerOf(["config", "--get", name], { callersSettings: true });
}

async function possibleParents(
  tree: string,
  { name, email, date }: HookAuthor,
): Promise<(string | undefined)[]> {
  const head = await revision("HEAD");
  if (head === null) return [undefined];
  const raw = await readRawCommit(head);
  const author = `${name} <${email}> ${date?.replace(/^@/, "")}`;
  if (Buffer.from(author, "utf8").toString("latin1") !== headerOf(raw, "author")) return [head];
  const parent = headerOf(raw, "parent");
  const isOld = Date.now() - 1000 * Number(/^@?(\d+) /.exec(date ?? "")?.[1]) > RECENT;
  return isOld && headerOf(raw, "tree") === tree ? [parent] : [head, parent];
}

function revision(name: string): Promise<string | null> {
  return answerOf(["rev-parse", "--verify", "--quiet", name]);
}

/** What git answers, or null if it has no answer. */
async function answerOf(args: readonly string[], options?: GitOptions): Promise<string | null> {
  try {
    return (await readGit(args, 1000, options)).trim();
  } catch (error) {
    if (error instanceof GitFailure) return null;
    throw error;
  }
}

/**
 * Whether git would refuse the message because nothing is left of it.
 *
 * @param keepsComments whether lines that begin with `#` may be text
 */
export function isEmptyMessage(message: string, keepsComments: boolean): boolean {
  if (message.length > 16 * MAX_MESSAGE_LINE) {
    throw badInput("--hook", "the message is longer than 16 MiB");
  }
  if (keepsComments) return message.trim() === "";
  return message.split("\n").every(isNoContent);
}

/** The line by which a hook is known to be ours. */
const MARK = "# Made by stampmill git install-hook";

/** Whether the text is that of a hook that `hookScript` wrote. */
export function isOwnHook(text: string): boolean {
  return text.split("\n").includes(MARK);
}

/** A commit-msg hook that stamps the message. */
export function hookScript(bits: number, slug: string | undefined): string {
  const named = slug === undefined ? "" : ` --slug=${quote(slug)}`;
  return `#!/bin/sh\n${MARK}\nexec stampmill git stamp -b ${bits}${named} --hook "$1"\n`;
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
