import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Algorithm } from "../../engine/algorithms.ts";
import {
  commentMarks,
  hookResources,
  hookScript,
  isEmptyMessage,
  isMerging,
  isOwnHook,
} from "../../git/hook.ts";
import { addTrailer, readEdited } from "../../git/message.ts";
import { goodStamp, paysForOther } from "../../git/rewrite.ts";
import { readGit } from "../../git/run.ts";
import { repositorySlug } from "../../git/slug.ts";
import { DEFAULT_BITS, MAX_MINT_BITS } from "../../stamp/mint.ts";
import { badInput } from "../../text/errors.ts";
import { EnvironmentError, EXIT } from "../terminal/exit.ts";
import { writeProduct } from "../terminal/output.ts";

/** The options of `stampmill git stamp`. */
export interface StampOptions {
  bits?: number;
  slug?: string;
  algorithm: Algorithm;
  hook?: string;
}

/** Stamps the message of the commit that is being made, within a commit-msg hook. */
export async function stampMessage(
  file: string,
  options: StampOptions,
  mintFor: (resource: string, options: StampOptions) => Promise<string>,
): Promise<void> {
  const { bits = DEFAULT_BITS } = options;
  const slug = await repositorySlug(options.slug);
  let message = await onDisk(`cannot read ${file}`, () => readFile(file, "latin1"));
  process.exitCode = EXIT.done;
  if (isEmptyMessage(message, await commentMarks()) || (await isMerging())) return;
  process.exitCode = EXIT.environment;
  const { GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_AUTHOR_DATE } = process.env;
  const author = { name: GIT_AUTHOR_NAME, email: GIT_AUTHOR_EMAIL, date: GIT_AUTHOR_DATE };
  const resources = await hookResources(message, slug, author);
  message = addTrailer(message, null, paysForOther(slug, resources), true);
  for (const resource of resources) {
    if (goodStamp(readEdited(message).stamps, resource, bits) !== null) continue;
    message = addTrailer(message, await mintFor(resource, options), () => false, true);
  }
  await onDisk(`cannot write ${file}`, () => writeFile(file, message, "latin1"));
  process.exitCode = EXIT.done;
}

/** Installs the commit-msg hook; one that is not ours stays, unless it may be replaced. */
export async function installHookFile(
  bits: number,
  slug: string | undefined,
  force: boolean,
): Promise<void> {
  if (bits > MAX_MINT_BITS) throw badInput("--bits", `--bits must be at most ${MAX_MINT_BITS}`);
  // A name that cannot be one should be told now, not at each commit.
  await repositorySlug(slug);
  const answer = await readGit(["rev-parse", "--git-path", "hooks/commit-msg"], 1 << 16);
  const path = Buffer.from(answer.replace(/\n$/, ""), "latin1").toString("utf8");
  const installer = { node: process.execPath, command: resolve(process.argv[1] ?? "") };
  const present = await readIfThere(path);
  if (present !== null && !isOwnHook(present) && !force) {
    throw badInput("--force", `there is a commit-msg hook already: ${path}`, "--force replaces it");
  }
  await onDisk(`cannot write ${path}`, async () => {
    await mkdir(dirname(path), { recursive: true });
    // Gone first, so that a link is replaced rather than what it points to.
    await rm(path, { force: true });
    await writeFile(path, hookScript(bits, slug, installer), { flag: "wx" });
    await chmod(path, 0o755);
  });
  await writeProduct(`${path}\n`);
  process.exitCode = EXIT.done;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (cause.code === "ENOENT") return null;
    throw new EnvironmentError(`cannot read ${path}`, cause);
  }
}

async function onDisk<T>(failure: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new EnvironmentError(failure, cause as NodeJS.ErrnoException);
  }
}
