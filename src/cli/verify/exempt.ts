import type { Listed, ReadCommit } from "../../git/commits.ts";
import { readListAt, refuseWorkTree } from "../../git/exempt-list.ts";
import {
  type Exemption,
  findExemption,
  MAX_EXEMPTIONS,
  parseExemptions,
} from "../../git/exemptions.ts";
import type { Signature } from "../../git/signature.ts";
import { badInput } from "../../text/errors.ts";
import { readSmallFile } from "../terminal/input.ts";
import { toPrintableLine, writeWarning } from "../terminal/output.ts";
import { UNPROVEN } from "./explain.ts";
import type { CommitPlace, ExemptFinding, Finding } from "./finding.ts";
import type { Options } from "./options.ts";

interface Row {
  readonly finding: Finding;
  /** The stamp that it is about. */
  readonly text: string;
  readonly place: CommitPlace;
}

/** Lets commits off that have no good stamp and are on a list. */
export class ExemptionJudge {
  readonly #list: readonly Exemption[];

  private constructor(list: readonly Exemption[]) {
    this.#list = list;
  }

  /**
   * Reads the list that the options name; null if they name none.
   *
   * @throws StampmillError `bad-input` if it is no such list, or the commits to judge may have written it
   */
  static async open(
    { exempt, exemptAt }: Options,
    judged: readonly Listed[],
  ): Promise<ExemptionJudge | null> {
    if (exempt !== undefined && exemptAt !== undefined) {
      throw badInput("--exempt", "give --exempt or --exempt-at, not both");
    }
    const name = toPrintableLine(exempt ?? exemptAt ?? "");
    if (exempt !== undefined) return create(await readFile(exempt), name);
    return exemptAt === undefined ? null : create(await readListAt(exemptAt, judged), name);

    function create(text: string, from: string): ExemptionJudge {
      const list = parseExemptions(text, from);
      const doubtful = list.find(({ by }) => by === "email");
      if (doubtful !== undefined) {
        const place = `${from}, line ${doubtful.line}`;
        writeWarning(`unproven-author: ${place} exempts by e-mail address: ${UNPROVEN}`);
      }
      return new ExemptionJudge(list);
    }
  }

  /** What becomes of the verdict about a commit: a good stamp stays what it is. */
  async relieve(
    commit: ReadCommit,
    judged: { finding: Finding; text: string },
    at: CommitPlace,
  ): Promise<Row> {
    if (judged.finding.valid) return { ...judged, place: { ...at, signature: null } };
    const { exemption, signature } = await findExemption(this.#list, commit);
    const place = { ...at, signature: describe(signature) };
    if (exemption === null) return { ...judged, place };
    return { finding: toFinding(exemption, at.needs), text: "", place };
  }
}

async function readFile(path: string): Promise<string> {
  const text = readSmallFile(path, MAX_EXEMPTIONS);
  await refuseWorkTree(path);
  return text;
}

function describe(signature: Signature | null): string | null {
  if (signature === null) return null;
  return signature.state === "good" ? (signature.keys[0] ?? null) : signature.state;
}

function toFinding({ by, value, line }: Exemption, resource: string): ExemptFinding {
  return {
    stamp: "",
    valid: false,
    reason: "exempt",
    resource,
    ...{ bits: null, work: null, digest: null, date: null, expires: null },
    by,
    entry: value,
    line,
    warning: by === "email" ? "unproven-author" : null,
  };
}
