import { badInput } from "../text/errors.ts";
import { isForMessage, resourceOf } from "./commits.ts";
import {
  isNoContent,
  isScissors,
  MAX_MESSAGE_LINE,
  possibleDigests,
  readEdited,
} from "./message.ts";
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

/** What git may choose where comments are to begin with whatever the message does not (builtin/commit.c). */
const AUTOMATIC_MARKS = [..."#;@!$%^&|:"];

/** What comments begin with, if there may be any. */
export async function commentMarks(): Promise<readonly string[]> {
  if (await mayKeepComments()) return [];
  const set = await Promise.all(COMMENT_SETTINGS.map(setting));
  const marks = set.filter((mark) => mark !== null);
  if (marks.includes("auto")) return AUTOMATIC_MARKS;
  return marks.length > 0 ? marks : ["#"];
}

const COMMENT_SETTINGS = ["core.commentChar", "core.commentString"];

/** Refuses what would be stamped for another message than git keeps. */
async function checkCommentMark(): Promise<void> {
  for (const name of COMMENT_SETTINGS) {
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
 * @param marks what comments begin with
 */
export function isEmptyMessage(message: string, marks: readonly string[]): boolean {
  if (message.length > 16 * MAX_MESSAGE_LINE) {
    throw badInput("--hook", "the message is longer than 16 MiB");
  }
  const lines = message.split("\n");
  // Below the scissors that git writes there is no message. Three lines on a diff begins, as by -v; where
  // comments go on instead, scissors are all of the clean-up, and what is above them is text.
  const cut = marks.length === 0 ? -1 : lines.findIndex(isScissors);
  const onlyCut = cut >= 0 && marks.some((mark) => lines[cut + 3]?.startsWith(mark));
  const comments = onlyCut ? [] : marks;
  return lines.slice(0, cut < 0 ? lines.length : cut).every((line) => isNoContent(line, comments));
}

/** The line by which a hook is known to be ours. */
const MARK = "# Made by stampmill git install-hook";

/** Whether the text is that of a hook that `hookScript` wrote. */
export function isOwnHook(text: string): boolean {
  return text.split("\n").includes(MARK);
}

/** What installs a hook: the Node that runs, and the command's file. */
export interface Installer {
  readonly node: string;
  readonly command: string;
}

/**
 * A commit-msg hook that stamps the message. It runs what installed it, which need not be on the path,
 * such as under npx. Where that is gone, it takes the one on the path, or says what to do and lets git
 * make no commit.
 */
export function hookScript(
  bits: number,
  slug: string | undefined,
  { node, command }: Installer,
): string {
  const named = slug === undefined ? "" : ` --slug=${quote(slug)}`;
  return `#!/bin/sh
${MARK}
node=${quote(node)}
command=${quote(command)}
[ -x "$node" ] || node=node
if [ -f "$command" ] && command -v "$node" >/dev/null; then
  set -- "$node" "$command" "$1"
elif command -v stampmill >/dev/null; then
  set -- env stampmill "$1"
else
  echo "stampmill: error: $command is gone, and stampmill is not on the path: install it, or remove $0" >&2
  exit 3
fi
exec "$1" "$2" git stamp -b ${bits}${named} --hook "$3"
`;
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
