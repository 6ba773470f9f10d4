import { toAscii } from "../../text/ascii-json.ts";
import { type Finding, isExempt, type Place } from "./finding.ts";
import type { Options } from "./options.ts";
import { describeAll, describePlace } from "./plain.ts";

/** What can be wrong with a stamp, for readers of the report. */
const RULES = {
  malformed: "The text is not a stamp.",
  "unsupported-version": "The stamp's version is not accepted.",
  "unsupported-algorithm": "The stamp's algorithm is not accepted.",
  "wrong-resource": "The stamp pays for something else.",
  "insufficient-bits": "The stamp claims too little.",
  future: "The stamp's date is in the future.",
  expired: "The stamp has expired.",
  "missing-work": "The stamp's digest has fewer bits than it claims.",
  spent: "The stamp was spent before.",
  "insufficient-work": "The stamps for one resource are worth too little together.",
  "no-stamp": "There is no stamp.",
  exempt: "The list of exemptions says that the commit needs no stamp.",
  "unproven-author": "The commit is exempt by its author's name, which anyone can write.",
} as const;

/** What is no error. */
const LEVELS: Partial<Record<keyof typeof RULES, "note" | "warning">> = {
  exempt: "note",
  "unproven-author": "warning",
};

const START = {
  $schema: "https://json.schemastore.org/sarif-2.1.0.json",
  version: "2.1.0",
};

const DRIVER = {
  name: "stampmill",
  rules: Object.entries(RULES).map(([id, text]) => ({ id, shortDescription: { text } })),
};

/** SARIF 2.1.0, written as it comes: a result for each stamp that is rejected, and for each commit exempt. */
export function sarifReport(options: Options) {
  let separator = "\n";
  const result = (ruleId: keyof typeof RULES, text: string, place?: Place): string => {
    const locations = place === undefined ? undefined : [locate(place)];
    const level = LEVELS[ruleId] ?? "error";
    const value = { ruleId, level, message: { text }, locations };
    const json = separator + toAscii(JSON.stringify(value));
    separator = ",\n";
    return json;
  };
  return {
    start: `${JSON.stringify(START).slice(0, -1)},"runs":[{"tool":${JSON.stringify({ driver: DRIVER })},"results":[`,
    row(finding: Finding, text: string, place: Place | undefined): string {
      if (finding.valid) return "";
      const rule = (isExempt(finding) ? finding.warning : null) ?? finding.reason;
      return result(rule, describeAll(finding, text, options, place), place);
    },
    end: (problem: string | null) =>
      `${problem === null ? "" : result("no-stamp", problem)}\n]}]}\n`,
  };
}

function locate(place: Place) {
  if ("commit" in place || place.file === "-") {
    const kind = "commit" in place ? "commit" : "resource";
    return { logicalLocations: [{ name: describePlace(place), kind }] };
  }
  const artifactLocation = { uri: toUri(place.file) };
  return { physicalLocation: { artifactLocation, region: { startLine: place.line } } };
}

/** A path as a URI reference (RFC 3986): relative stays relative, and no name makes a scheme. */
function toUri(file: string): string {
  const text = file.replace(/\p{Cs}/gu, "\ufffd");
  const escaped = text.split("/").map(encodeURIComponent).join("/");
  return escaped.startsWith("/") ? `file://${escaped}` : escaped;
}
