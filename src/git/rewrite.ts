import { createVerifier } from "../stamp/verify.ts";
import { badInput } from "../text/errors.ts";
import type { ReadCommit } from "./commits.ts";
import { addTrailer } from "./message.ts";
import { readGit } from "./run.ts";

/** Longest commit that is rewritten, in bytes: its header and message. */
const MAX_COMMIT = 1 << 24;

/** A commit's header lines, each with its continuation, and its message, byte for byte (latin1). */
interface RawCommit {
  readonly header: readonly string[];
  readonly message: string;
}

/** Reads a commit as it is stored. */
export async function readRawCommit(revision: string): Promise<RawCommit> {
  const text = await readGit(["cat-file", "commit", revision], MAX_COMMIT);
  const end = text.indexOf("\n\n");
  const header = (end < 0 ? text : text.slice(0, end)).split(/\n(?! )/);
  return { header, message: end < 0 ? "" : text.slice(end + 2) };
}

/** The value of a header line, or undefined. */
export function headerOf({ header }: RawCommit, name: string): string | undefined {
  return header.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
}

/** Whether a stamp is one for another change of this repository: it is of no use any more. */
export function paysForOther(slug: string, wanted: readonly string[]): (stamp: string) => boolean {
  return (stamp) => {
    const resource = stamp.split(":")[3] ?? "";
    return resource.startsWith(`${slug}/`) && !wanted.includes(resource);
  };
}

/**
 * Rewrites commits with stamps in their messages, children on top of their rewritten parents, and
 * nothing else changed: authors, committers and dates stay. A signature would no longer hold, and
 * goes.
 */
export class Rewriter {
  readonly #slug: string;
  readonly #renamed = new Map<string, string>();
  /** How many signatures went. */
  unsigned = 0;

  constructor(slug: string) {
    this.#slug = slug;
  }

  /** The new name of the commit; the old one if nothing about it changes. */
  async rewrite({ id, parents, resource }: ReadCommit, stamp: string | null): Promise<string> {
    if (stamp === null && !parents.some((parent) => this.#renamed.has(parent))) return id;
    const raw = await readRawCommit(id);
    const kept = raw.header.filter((line) => !line.startsWith("gpgsig"));
    const header = kept.map((line) => this.#withNewParent(line));
    const wanted = resource === null ? [] : [resource];
    const message =
      stamp === null
        ? raw.message
        : addTrailer(raw.message, stamp, paysForOther(this.#slug, wanted), false);
    this.unsigned += raw.header.length - kept.length;
    const bytes = Buffer.from(`${header.join("\n")}\n\n${message}`, "latin1");
    const args = ["hash-object", "-t", "commit", "-w", "--stdin"];
    const renamed = (await readGit(args, 1000, { input: [bytes] })).trim();
    this.#renamed.set(id, renamed);
    return renamed;
  }

  #withNewParent(line: string): string {
    if (!line.startsWith("parent ")) return line;
    const parent = line.slice("parent ".length);
    return `parent ${this.#renamed.get(parent) ?? parent}`;
  }
}

/** The first of the stamps that is good for this resource, or null. */
export function goodStamp(stamps: readonly string[], resource: string, bits: number) {
  const verifier = createVerifier({ bits, resources: [resource] });
  return stamps.find((text) => verifier(text).valid) ?? null;
}

/** The commit at HEAD. */
export async function headCommit(): Promise<string> {
  return (await readGit(["rev-parse", "--verify", "HEAD^{commit}"], 1000)).trim();
}

/** Puts the branch at HEAD onto another commit, if nobody else has moved it. */
export async function moveHead(from: string, to: string): Promise<void> {
  if (from === to) return;
  await readGit(["update-ref", "-m", "stampmill git stamp", "HEAD", to, from], 1000);
}

/** Checks that a range can be rewritten: it must reach to HEAD. */
export function checkReachesHead(ids: readonly string[], head: string, range: string): void {
  if (ids.includes(head)) return;
  throw badInput(
    "range",
    `${JSON.stringify(range)} does not reach to HEAD: only the current branch is rewritten`,
  );
}
