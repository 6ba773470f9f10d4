import { type FilePlace, type Finding, isExempt, type Place } from "./finding.ts";
import type { Options } from "./options.ts";
import { describeAll, describePlace } from "./plain.ts";

/**
 * Workflow commands of GitHub Actions: an annotation for each stamp that is rejected, and for each commit
 * that needs none. A valid one is a debug message, not a bare line: the runner looks for commands within
 * those.
 */
export function githubReport(options: Options) {
  return {
    start: "",
    row(finding: Finding, text: string, place: Place | undefined): string {
      const message = describeAll(finding, text, options, place);
      const where = place === undefined ? "" : `${describePlace(place)}: `;
      if (finding.valid) return `::debug::${escapeData(where + message)}\n`;
      if (isExempt(finding)) {
        return finding.warning === null
          ? command("notice", "exempt", where + message)
          : command("warning", finding.warning, where + message);
      }
      const named = place !== undefined && isFile(place);
      return command("error", finding.reason, named ? message : where + message, place);
    },
    end: (problem: string | null) =>
      problem === null ? "" : command("error", "no-stamp", problem),
  };
}

function command(
  level: "error" | "warning" | "notice",
  title: string,
  message: string,
  place?: Place,
): string {
  const properties = [`title=${escapeProperty(`stamp ${title}`)}`];
  if (place !== undefined && isFile(place)) {
    properties.unshift(`file=${escapeProperty(place.file)}`, `line=${place.line}`);
  }
  return `::${level} ${properties.join(",")}::${escapeData(message)}\n`;
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

function isFile(place: Place): place is FilePlace {
  return "file" in place && place.file !== "-";
}
