import type { Exemption } from "../../git/exemptions.ts";
import type { Reason, RejectedVerdict, ValidVerdict } from "../../stamp/verify.ts";

/** Where a stamp stood: a line of a file ("-" is standard input), counted from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
}

/** A commit, and the resource that a stamp in its message must pay for. */
export interface CommitPlace {
  readonly commit: string;
  readonly needs: string;
  /**
   * Of its signature, where there is a list of exemptions: the fingerprint of its key if it is good,
   * else what it lacks; null if it was not looked at.
   */
  readonly signature?: string | null;
}

export type Place = FilePlace | CommitPlace;

/** A verdict, or that there was no stamp where one must be. */
export type RejectedFinding = Omit<RejectedVerdict, "reason"> & {
  readonly reason: Reason | "no-stamp";
};

/** A commit that needs no stamp, since the list of exemptions says so. */
export type ExemptFinding = Omit<RejectedVerdict, "reason"> & {
  readonly reason: "exempt";
  readonly by: Exemption["by"];
  /** What the list names: an id, a fingerprint, an address. */
  readonly entry: string;
  /** The line of the list. */
  readonly line: number;
  /** `unproven-author`: only the author's name speaks for it, and anyone can write that. */
  readonly warning: "unproven-author" | null;
};

/** What is judged and reported. */
export type Finding = ValidVerdict | RejectedFinding | ExemptFinding;

export function isExempt(finding: Finding): finding is ExemptFinding {
  return finding.reason === "exempt";
}

/** Some stamps, and the place of each where places are known. */
export interface Batch {
  readonly stamps: readonly string[];
  readonly places?: readonly Place[];
}
