import { toPrintable } from "../output.ts";
import type { Finding, Place } from "./finding.ts";
import type { Options } from "./options.ts";
import { describeFinding, describePlace } from "./plain.ts";

/**
 * Workflow commands of GitHub Actions: an annotation for each stamp that is rejected. A valid one
 * is told as a debug message, not as a bare line: the runner looks for commands within those.
 */
export function githubReport(options: Options) {
  return {
    start: "",
    row(finding: Finding, text: string, place: Place | undefined): string {
      const message = `${describeFinding(finding, text, options)}: ${toPrintable(finding.stamp)}`;
      if (!finding.valid) return errorCommand(finding.reason, message, place);
      const where = place === undefined ? "" : `${describePlace(place)}: `;
      return `::debug::${escapeData(where + message)}\n`;
    },
    end: (problem: string | null) => (problem === null ? "" : errorCommand("no-stamp", problem)),
  };
}

function errorCommand(title: string, message: string, place?: Place): string {
  const properties = [`title=${escapeProperty(`stamp ${title}`)}`];
  if (place !== undefined && place.file !== "-") {
    properties.unshift(`file=${escapeProperty(place.file)}`, `line=${place.line}`);
  }
  return `::error ${properties.join(",")}::${escapeData(message)}\n`;
}

function escapeData(text: string): string {
  return text
    .replaceAll("%", "%25")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A")
    .replace(/\p{Cc}/gu, "?");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
