import { toJsonLine, toPrintable } from "../terminal/output.ts";
import { explain } from "./explain.ts";
import type { Finding, Place } from "./finding.ts";
import type { Options } from "./options.ts";

/** A line for each stamp: where it stood if that is known, the verdict, the stamp, and why. */
export function textReport(options: Options) {
  return {
    start: "",
    row(finding: Finding, text: string, place: Place | undefined): string {
      const line = toTextLine(finding, text, options, place);
      return place === undefined ? line : `${describePlace(place)}: ${line}`;
    },
    end: () => "",
  };
}

/** A line of JSON for each stamp. */
export const JSON_REPORT = {
  start: "",
  row(finding: Finding, _text: string, place: Place | undefined): string {
    return toJsonLine(place === undefined ? finding : { ...finding, ...place });
  },
  end: () => "",
};

/** A place in one word: it is safe to print. */
export function describePlace(place: Place): string {
  return "commit" in place ? place.commit : `${toPrintable(place.file)}:${place.line}`;
}

/** The verdict in words, without the stamp. */
export function describeFinding(
  finding: Finding,
  text: string,
  options: Options,
  place?: Place,
): string {
  return finding.valid ? "valid" : `${finding.reason}: ${explain(finding, text, options, place)}`;
}

/** The verdict in words, and the stamp. */
export function describeAll(
  finding: Finding,
  text: string,
  options: Options,
  place?: Place,
): string {
  const stamp = finding.stamp === "" ? "" : `: ${toPrintable(finding.stamp)}`;
  return describeFinding(finding, text, options, place) + stamp;
}

function toTextLine(finding: Finding, text: string, options: Options, place?: Place): string {
  if (finding.valid) return `valid ${toPrintable(finding.stamp)}\n`;
  const withoutStamp = finding.reason === "no-stamp" || finding.reason === "exempt";
  const stamp = withoutStamp ? "" : ` ${toPrintable(finding.stamp)}`;
  return `${finding.reason}${stamp} (${explain(finding, text, options, place)})\n`;
}
