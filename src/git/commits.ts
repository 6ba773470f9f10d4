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
 * Reads a commit and says what it must pay for: `slug/` and its patch-id; for a commit that changes
 * nothing, `slug/message-` and a digest of its message. A merge needs no stamp unless it has changes
 * of its own; then it is its patch against its first parent.
 *
 * @throws StampmillError `git` if its parents are not there, as in a shallow clone
 */
export async function readCommit(listed: Listed, slug: string): Promise<ReadCommit> {
  const { id, parents } = listed;
  const { message, recorded } = await readObject(id);
  // In a shallow clone git says that a commit at the border has no parents. What lies beyond would
  // be neither seen nor asked for a stamp.
  if (recorded.join() !== parents.join()) throw shallow(id);
  const digest = message.end();
  const { stamps } = message;
  if (parents.length > 1 && !(await mergeChangesAnything(id))) {
    return { ...listed, resource: null, stamps };
  }
  return { ...listed, resource: await resourceOf(slug, parents[0], id, digest), stamps };
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

/** The message of a commit, and its parents as they are recorded, whatever grafts there are. */
async function readObject(id: string): Promise<{ message: MessageReader; recorded: string[] }> {
  const lines = new LineSplitter(MAX_MESSAGE_LINE);
  const message = new MessageReader(false);
  const recorded: string[] = [];
  let inHeader = true;
  const take = (line: string) => {
    if (!inHeader) return message.take(line);
    if (line === "") inHeader = false;
    const parent = /^parent ([0-9a-f]+)$/.exec(line)?.[1];
    if (parent !== undefined) recorded.push(parent);
  };
  for await (const chunk of streamGit(["cat-file", "commit", id])) lines.push(chunk).forEach(take);
  lines.end().forEach(take);
  return { message, recorded };
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
