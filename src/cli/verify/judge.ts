import type { VerifyOptions } from "../../stamp/rules.ts";
import { createVerifier } from "../../stamp/verify.ts";
import { checkWork, MAX_SET } from "../../stamp/work.ts";
import { type SetVerdict, verifyWork } from "../../store/judge-set.ts";
import { openStore } from "../../store/open.ts";
import type { Spender } from "../../store/spend.ts";
import { StampmillError } from "../../text/errors.ts";
import { EXIT } from "../terminal/exit.ts";
import { writeError, writeHint, writeProduct } from "../terminal/output.ts";
import type { Place } from "./finding.ts";
import { checkStore, type Options } from "./options.ts";
import { createReport } from "./report.ts";
import { stampBatches } from "./sources.ts";

/** Judges each stamp by itself. */
export async function judgeAll(
  given: readonly string[],
  options: Options,
  judge: Spender,
): Promise<void> {
  const report = await createReport(options);
  const batches = stampBatches(given, options);
  let count = 0;
  let valid = 0;
  let rows = report.start;
  for await (const { stamps, places } of batches) {
    for (const [i, verdict] of (await judge(stamps)).entries()) {
      count++;
      if (verdict.valid) valid++;
      rows += report.row(verdict, stamps[i] ?? "", places?.[i]);
    }
    await writeProduct(rows);
    rows = "";
  }
  await writeProduct(rows + report.end(count === 0 ? nothingThere(options) : null));
  if (count === 0) writeError(nothingThere(options));
  const accepted = valid > 0 && (options.any || valid === count);
  process.exitCode = accepted ? EXIT.done : EXIT.rejected;
  if (valid === 0 && options.match === "exact" && options.resource?.some((r) => r.includes("*"))) {
    writeHint("a * in --resource stands for itself; --match wildcard makes it match any name");
  }
}

/** Adds up the work of all stamps given: none is judged for good until the last has come. */
export async function judgeSets(
  given: readonly string[],
  options: Options,
  work: number,
  requirements: VerifyOptions,
): Promise<void> {
  createVerifier(requirements);
  checkWork(work);
  if (options.any) throw new StampmillError("bad-input", "--any does not go with --work");
  checkStore(options);
  const report = await createReport(options);
  const all: string[] = [];
  const where: (Place | undefined)[] = [];
  for await (const { stamps, places } of stampBatches(given, options)) {
    all.push(...stamps);
    where.push(...(places ?? stamps.map(() => undefined)));
    // Refused by verifyWork, before there are more of them than memory.
    if (all.length > MAX_SET) break;
  }
  const how = { readOnly: !options.spend };
  const store = options.store === undefined ? undefined : await openStore(options.store, how);
  try {
    const settings = { ...requirements, work, store, spend: options.spend };
    const { accepted, sets, verdicts } = await verifyWork(all, settings);
    const rows = verdicts.map((verdict, i) => report.row(verdict, all[i] ?? "", where[i]));
    const problem = all.length === 0 ? nothingThere(options) : null;
    await writeProduct(report.start + rows.join("") + report.end(problem));
    if (problem !== null) writeError(problem);
    for (const set of sets) {
      if (!set.accepted) writeHint(`${describeSet(set)}, which is less than --work ${work}`);
    }
    process.exitCode = accepted ? EXIT.done : EXIT.rejected;
  } finally {
    await store?.close();
  }
}

function nothingThere({ mail, scan }: Options): string {
  if (mail) return "the mail carries no stamp";
  return scan ? "the text carries no stamp" : "there is no stamp to verify";
}

function describeSet({ resource, stamps, work }: SetVerdict): string {
  const count = stamps.length === 1 ? "1 stamp" : `${stamps.length} stamps`;
  const worth = stamps.length === 0 ? "nothing" : `2^${work.toFixed(2)} hashes`;
  return `${count} for ${resource} ${stamps.length === 1 ? "is" : "are"} worth ${worth}`;
}
