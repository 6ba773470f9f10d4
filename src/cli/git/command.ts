import { Command } from "commander";
import { listCommits, readCommit } from "../../git/commits.ts";
import { checkReachesHead, goodStamp, headCommit, moveHead, Rewriter } from "../../git/rewrite.ts";
import { repositorySlug } from "../../git/slug.ts";
import { DEFAULT_BITS } from "../../stamp/mint.ts";
import { StampmillError } from "../../text/errors.ts";
import { actionGroup } from "../terminal/action-group.ts";
import { EXIT } from "../terminal/exit.ts";
import { mintAlgorithm, once, wholeNumber } from "../terminal/options.ts";
import { writeHint, writeProduct } from "../terminal/output.ts";
import { mintWithProgress } from "../terminal/progress.ts";
import type { StampOptions } from "./hook.ts";

interface InstallOptions {
  bits?: number;
  slug?: string;
  force?: true;
}

const DETAILS = `
A commit's stamp is the trailer "Hashcash: ..." of its message, and pays for
SLUG/PATCH-ID: the repository's name and git patch-id --stable of its change.
stampmill verify --git judges it.

Exit codes: 0 done; 1 not found; 2 wrong usage; 3 git, the engine, reading or
writing failed.

Examples:
  stampmill git stamp -b 20
  stampmill git stamp -b 20 origin/main..HEAD
  stampmill git install-hook -b 20`;

const STAMP_DETAILS = `
Without RANGE it is HEAD that gets a stamp; a range must reach to HEAD. Commits that
carry a good one are left alone. Messages are rewritten, and the names of commits
change with them; authors, committers and dates stay, signatures go. The branch
moves only if nobody else has moved it; index and files are not touched. A line for
each new stamp says the commit's new name and the stamp.

--hook is for a commit-msg hook: the stamp for what is staged goes into FILE. Where
git commit --amend cannot be told from a commit, there is a stamp for each. A merge
is left alone: if it has changes of its own, run stampmill git stamp after it.`;

/** `stampmill git`. */
export function gitCommand(): Command {
  return actionGroup("git", [stamp(), installHook()], {
    description: "Stamp the commits of a git repository.",
    usage: "[options]",
    details: DETAILS,
  });
}

function withCommonOptions(command: Command): Command {
  return command
    .option(
      "-b, --bits <bits>",
      `leading zero bits: 2^bits hashes on average (default: ${DEFAULT_BITS})`,
      wholeNumber("--bits"),
    )
    .option(
      "--slug <owner/name>",
      "the repository's name (default: from the remote origin)",
      once("--slug", (text) => text),
    );
}

function stamp(): Command {
  return withCommonOptions(new Command("stamp"))
    .description("Put stamps into the messages of commits.")
    .argument("[range]", "commits, as git rev-list takes them (default: HEAD)")
    .addOption(mintAlgorithm())
    .option(
      "--hook <file>",
      "stamp the message in this file for the commit that is being made",
      once("--hook", (text) => text),
    )
    .addHelpText("after", STAMP_DETAILS)
    .action(async (range: string | undefined, options: StampOptions) => {
      if (options.hook === undefined) return stampCommits(range ?? "HEAD", options);
      if (range !== undefined) {
        throw new StampmillError("bad-input", "give a range or --hook, not both");
      }
      const { stampMessage } = await import("./hook.ts");
      return stampMessage(options.hook, options, mintFor);
    });
}

function installHook(): Command {
  return withCommonOptions(new Command("install-hook"))
    .description("Install a commit-msg hook that stamps every commit.")
    .option("--force", "replace a hook that is there")
    .action(async ({ bits = DEFAULT_BITS, slug, force }: InstallOptions) => {
      const { installHookFile } = await import("./hook.ts");
      return installHookFile(bits, slug, force ?? false);
    });
}

async function stampCommits(range: string, options: StampOptions): Promise<void> {
  const { bits = DEFAULT_BITS } = options;
  const slug = await repositorySlug(options.slug);
  const head = await headCommit();
  const listed = await listCommits(range);
  checkReachesHead(
    listed.map(({ id }) => id),
    head,
    range,
  );
  const rewriter = new Rewriter(slug);
  const lines: string[] = [];
  // A stamp counts for one commit only.
  const used = new Set<string>();
  let newHead = head;
  for (const entry of listed) {
    const commit = await readCommit(entry, slug);
    const { resource } = commit;
    let minted: string | null = null;
    if (resource !== null) {
      const unused = commit.stamps.filter((text) => !used.has(text));
      const there = goodStamp(unused, resource, bits);
      if (there === null) minted = await mintFor(resource, options);
      else used.add(there);
    }
    const renamed = await rewriter.rewrite(commit, minted);
    if (entry.id === head) newHead = renamed;
    if (minted !== null) lines.push(`${renamed} ${minted}\n`);
  }
  await moveHead(head, newHead);
  await writeProduct(lines.join(""));
  if (rewriter.unsigned > 0) {
    writeHint(
      `signatures went from ${rewriter.unsigned} commits: sign again, git commit --amend -S`,
    );
  }
  process.exitCode = EXIT.done;
}

async function mintFor(resource: string, { bits = DEFAULT_BITS, algorithm }: StampOptions) {
  // Compact, since people read commit messages.
  const { stamp } = await mintWithProgress({ resource, bits, algorithm, compact: true });
  return stamp;
}
