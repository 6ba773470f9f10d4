import type { RejectedVerdict, Verdict } from "../../verify.ts";

/** Where a stamp stood: a line of a file ("-" is standard input), counted from 1. */
export interface FilePlace {
  readonly file: string;
  readonly line: number;
}

export type Place = FilePlace;

/** What is judged and reported: a verdict, and if it is known, the place. */
export type Finding = Verdict;

export type RejectedFinding = RejectedVerdict;

/** Some stamps, and the place of each where places are known. */
export interface Batch {
  readonly stamps: readonly string[];
  readonly places?: readonly Place[];
}
