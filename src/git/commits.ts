import { badInput, StampmillError } from "../text/errors.ts";
import { LineSplitter } from "../text/lines.ts";
import { MAX_MESSAGE_LINE, MessageReader } from "./message.ts";
import { mergeChangesAnything, patchIdBetween } from "./patch-id.ts";
import { GitFailure, readGit, streamGit } from "./run.ts";

/** Most commits of one range. */
export const MAX_COMMITS = 100_000;

/** The id of git's empty tree, for either kind of repository, by the length of its ids. */
const EMPTY_TREE: Record<number, string> = {
  40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
};

/** A commit of a range. */
export interface Listed {
  readonly id: string;
  readonly parents: readonly string[];
}

/** What a commit must pay for, and the stamps in its message. */
export interface ReadCommit extends Listed {
  /** Null if it needs no stamp: a merge without changes of its own. */
  readonly resource: string | null;
  readonly stamps: readonly string[];
  /** The author's e-mail address as the commit has it (latin1); null if that line is not as git writes it. */
  readonly author: string | null;
  /** Whether there is a signature, good or bad. */
  readonly signed: boolean;
}

/**
 * The commits of a range, parents first. A revision that is no range means that one commit.
 *
 * @throws StampmillError `bad-input` if git does not know it, or it is too long
 */
export async function listCommits(range: string): Promise<Listed[]> {
  if (range === "") throw badInput("range", "the range of commits is empty text");
  const isRange = /\.\.|\^[!@-]|^\^/.test(range);
  const args = ["rev-list", "--reverse", "--topo-order", "--parents"];
  const most = `--max-count=${isRange ? MAX_COMMITS + 1 : 1}`;
  let text: string;
  try {
    text = await readGit([...args, most, "--end-of-options", range, "--"], 1 << 26);
  } catch (error) {
    if (!(error instanceof GitFailure) || error.hint !== undefined) throw error;
    throw badInput(
      "range",
      `${JSON.stringify(range)}: ${error.message}`,
      "name a range such as origin/main..HEAD; in a shallow clone, fetch more: git fetch --unshallow",
    );
  }
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length > MAX_COMMITS) {
    throw badInput("range", `the range has more than ${MAX_COMMITS} commits`);
  }
  return lines.map((line) => {
    const [id = "", ...parents] = line.split(" ");
    return { id, parents };
  });
}

/**
 * Whether a commit is known to hold none of these: it is none of them, and none is among its
 * ancestors.
 *
 * @param listed what `listCommits` returned, whole
 */
export async function isApartFrom(commit: string, listed: readonly Listed[]): Promise<boolean> {
  const ids = new Set(listed.map(({ id }) => id));
  // Where the range begins. No listed commit can be reached from there, so only the rest is walked.
  const before = listed.flatMap(({ parents }) => parents.filter((parent) => !ids.has(parent)));
  const input = [Buffer.from([commit, ...before.map((id) => `^${id}`)].join("\n"))];
  const walked = await readGit(["rev-list", "--stdin"], 1 << 26, { input });
  if (walked === "") return true;
  // A shallow clone does not have all ancestors: any of them may be one of the range.
  const shallow = await readGit(["rev-parse", "--is-shallow-repository"], 100);
  return shallow === "false\n" && !walked.split("\n").some((id) => ids.has(id));
}

/**
 * Reads a commit and says what it must pay for: `slug/` and its patch-id; for a commit that changes
 * nothing, `slug/message-` and a digest of its message. A merge needs no stamp unless it has changes
 * of its own; then it is its patch against its first parent.
 *
 * @throws StampmillError `git` if its parents are not there, as in a shallow clone
 */
export async function readCommit(listed: Listed, slug: string): Promise<ReadCommit> {
  const { id, parents } = listed;
  const { message, recorded, author, signed } = await readObject(id);
  // In a shallow clone git says that a commit at the border has no parents. What lies beyond would
  // be neither seen nor asked for a stamp.
  if (recorded.join() !== parents.join()) throw shallow(id);
  const digest = message.end();
  const about = { ...listed, stamps: message.stamps, author, signed };
  if (parents.length > 1 && !(await mergeChangesAnything(id))) return { ...about, resource: null };
  return { ...about, resource: await resourceOf(slug, parents[0], id, digest) };
}

/**
 * What a change must pay for.
 *
 * @param from a commit, or undefined for nothing
 * @param to a commit or a tree
 * @param digest of the message, which counts if nothing is changed
 */
export async function resourceOf(
  slug: string,
  from: string | undefined,
  to: string,
  digest: string | null,
): Promise<string> {
  const patchId = await patchIdBetween(from ?? EMPTY_TREE[to.length] ?? "", to);
  if (patchId !== null) return `${slug}/${patchId}`;
  if (digest === null) {
    throw badInput(
      "message",
      `${to}: a line of the message is longer than ${MAX_MESSAGE_LINE} bytes`,
    );
  }
  return `${slug}/message-${digest}`;
}

/** Whether this is what a commit pays for that changes nothing. */
export function isForMessage(resource: string, slug: string): boolean {
  return resource.startsWith(`${slug}/message-`);
}

interface CommitObject {
  readonly message: MessageReader;
  /** The parents as they are recorded, whatever grafts there are. */
  readonly recorded: readonly string[];
  readonly author: string | null;
  readonly signed: boolean;
}

async function readObject(id: string): Promise<CommitObject> {
  const lines = new LineSplitter(MAX_MESSAGE_LINE);
  const message = new MessageReader(false);
  const header: string[] = [];
  let inHeader = true;
  const take = (line: string) => {
    if (!inHeader) message.take(line);
    else if (line === "") inHeader = false;
    else if (/^(?:parent|author|gpgsig)/.test(line)) header.push(line);
  };
  for await (const chunk of streamGit(["cat-file", "commit", id])) lines.push(chunk).forEach(take);
  lines.end().forEach(take);
  const recorded = header.flatMap((line) => /^parent ([0-9a-f]+)$/.exec(line)?.[1] ?? []);
  const signed = header.some((line) => line.startsWith("gpgsig"));
  return { message, recorded, author: readAuthor(header), signed };
}

/** The address in the one line that names the author. Of two such lines neither counts. */
function readAuthor(header: readonly string[]): string | null {
  const lines = header.filter((line) => line.startsWith("author "));
  if (lines.length !== 1) return null;
  return /^author [^<>]*<([^<>]*)> \d+ [+-]\d+$/.exec(lines[0] ?? "")?.[1] ?? null;
}

function shallow(id: string): StampmillError {
  return new StampmillError(
    "git",
    `the parents of commit ${id} are not here: the clone is shallow`,
    {
      hint: "git fetch --unshallow, or --deepen=N; in GitHub Actions, fetch-depth: 0 for the checkout",
    },
  );
}
