import { listCommits, readCommit } from "../../git/commits.ts";
import { repositorySlug } from "../../git/slug.ts";
import type { VerifyOptions } from "../../stamp/rules.ts";
import { isProblem, readStamp } from "../../stamp/stamp.ts";
import { createVerifier } from "../../stamp/verify.ts";
import type { Spender } from "../../store/spend.ts";
import { badInput } from "../../text/errors.ts";
import { EXIT } from "../terminal/exit.ts";
import { writeError, writeProduct } from "../terminal/output.ts";
import { ExemptionJudge } from "./exempt.ts";
import { type CommitPlace, type Finding, isExempt, type RejectedFinding } from "./finding.ts";
import { checkStore, commonRequirements, type Options } from "./options.ts";
import { createReport } from "./report.ts";
import { withSpender } from "./spender.ts";

/** Judges the commits of a range: each must carry a stamp for what it changes. */
export async function judgeCommits(
  given: readonly string[],
  range: string,
  options: Options,
): Promise<void> {
  refuseOthers(given, options);
  const commits = new CommitJudge(options);
  // The options first, before git is asked for anything.
  createVerifier(commits.requirements);
  const report = await createReport(options);
  const slug = await repositorySlug(options.slug);
  const listed = await listCommits(range);
  const exempt = await ExemptionJudge.open(options, listed);
  await withSpender(commits.requirements, options, async (judge) => {
    let good = listed.length > 0;
    await writeProduct(report.start);
    for (const commit of listed) {
      const read = await readCommit(commit, slug);
      const { id, resource } = read;
      if (resource === null) continue;
      const judged = await commits.judge(resource, read.stamps, judge);
      const place = { commit: id, needs: resource };
      const row =
        exempt === null ? { ...judged, place } : await exempt.relieve(read, judged, place);
      if (!row.finding.valid && !isExempt(row.finding)) good = false;
      await writeProduct(report.row(row.finding, row.text, row.place));
    }
    const problem = listed.length === 0 ? "there is no commit in the range" : null;
    await writeProduct(report.end(problem));
    if (problem !== null) writeError(problem);
    process.exitCode = good ? EXIT.done : EXIT.rejected;
  });
}

function refuseOthers(given: readonly string[], options: Options): void {
  const { mail, scan, resource, anyResource, encode, match, work, any } = options;
  const others = { mail, scan, resource, anyResource, encode, work, any };
  if (given.length > 0)
    throw badInput("stamp", "--git reads stamps from commits: name none as well");
  for (const [name, value] of Object.entries(others)) {
    const flag = name === "anyResource" ? "any-resource" : name;
    if (value !== undefined) throw badInput(`--${flag}`, `--${flag} does not go with --git`);
  }
  if (match !== "exact") throw badInput("--match", "--match does not go with --git");
  checkStore(options);
}

/** Judges the stamps of one commit after the other. A stamp counts for one commit only. */
class CommitJudge {
  readonly #options: Options;
  readonly #used = new Set<string>();
  #wanted = "";

  /** What a stamp must be, at the time of asking: for the commit that is being judged. */
  readonly requirements: VerifyOptions;

  constructor(options: Options) {
    this.#options = options;
    const resources = [(resource: string) => resource === this.#wanted];
    this.requirements = { ...commonRequirements(options), resources };
  }

  /** The first good stamp; if there is none, what is wrong with the one that comes nearest. */
  async judge(
    resource: string,
    stamps: readonly string[],
    judge: Spender,
  ): Promise<{ finding: Finding; text: string }> {
    this.#wanted = resource;
    let worst: { finding: Finding; text: string } | null = null;
    for (const text of this.#nearestFirst(stamps)) {
      if (this.#used.has(text)) {
        worst ??= { finding: { ...noStamp(resource), stamp: text, reason: "spent" }, text };
        continue;
      }
      const [finding] = await judge([text]);
      if (finding === undefined) continue;
      if (finding.valid) {
        this.#used.add(text);
        return { finding, text };
      }
      worst ??= { finding, text };
    }
    return worst ?? { finding: noStamp(resource), text: "" };
  }

  /** Those for the wanted resource before all others. */
  #nearestFirst(stamps: readonly string[]): string[] {
    const now = this.#options.now ?? Date.now();
    const pays = (text: string) => {
      const stamp = readStamp(text, now);
      return !isProblem(stamp) && stamp.resource === this.#wanted;
    };
    return [...stamps.filter(pays), ...stamps.filter((text) => !pays(text))];
  }
}

function noStamp(resource: CommitPlace["needs"]): RejectedFinding {
  const nothing = { bits: null, work: null, digest: null, date: null, expires: null };
  return { stamp: "", valid: false, reason: "no-stamp", resource, ...nothing };
}
