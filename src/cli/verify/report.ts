import type { Finding, Place } from "./finding.ts";
import { formatOf, type Options } from "./options.ts";
import { JSON_REPORT, textReport } from "./plain.ts";

/** Turns findings into text, one after the other, without keeping them all. */
export interface Report {
  readonly start: string;
  /** What is to be printed now that this is known; some of it may be held back. */
  row(finding: Finding, text: string, place: Place | undefined): string;
  /** What is left to print; `problem` is told if there was nothing to judge. */
  end(problem: string | null): string;
}

/** The report in the format that was asked for. */
export async function createReport(options: Options): Promise<Report> {
  switch (formatOf(options)) {
    case "text":
      return textReport(options);
    case "json":
      return JSON_REPORT;
    case "github":
      return (await import("./github.ts")).githubReport(options);
    case "junit":
      return (await import("./junit.ts")).junitReport(options);
    case "sarif":
      return (await import("./sarif.ts")).sarifReport(options);
  }
}
