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
}

export type Place = FilePlace | CommitPlace;

/** A verdict, or that there was no stamp where one must be. */
export type RejectedFinding = Omit<RejectedVerdict, "reason"> & {
  readonly reason: Reason | "no-stamp";
};

/** What is judged and reported. */
export type Finding = ValidVerdict | RejectedFinding;

/** Some stamps, and the place of each where places are known. */
export interface Batch {
  readonly stamps: readonly string[];
  readonly places?: readonly Place[];
}
