import { toPrintable } from "../terminal/output.ts";
import { type Finding, isExempt, type Place } from "./finding.ts";
import type { Options } from "./options.ts";
import { describeFinding, describePlace } from "./plain.ts";

/**
 * Most test cases of one suite. A suite says first how many there are, so that it is held until it
 * is full: several suites keep the memory bounded.
 */
const SUITE_SIZE = 1000;

/** JUnit XML: a test case for each stamp. One of a commit that needs none is skipped. */
export function junitReport(options: Options) {
  const suite = new Suite();
  return {
    start: '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="stampmill verify">\n',
    row(finding: Finding, text: string, place: Place | undefined): string {
      const name = nameOf(finding, place);
      if (finding.valid) return suite.add(name, null);
      const result = isExempt(finding) ? "skipped" : "failure";
      const words = describeFinding(finding, text, options, place);
      return suite.add(name, { result, type: finding.reason, text: words });
    },
    end(problem: string | null): string {
      const last =
        problem === null
          ? ""
          : suite.add("stamps", { result: "failure", type: "no-stamp", text: problem });
      return `${last}${suite.close()}</testsuites>\n`;
    },
  };
}

function nameOf({ stamp }: Finding, place: Place | undefined): string {
  if (place === undefined) return toPrintable(stamp);
  const where = describePlace(place);
  return stamp === "" ? where : `${where} ${toPrintable(stamp)}`;
}

interface Other {
  readonly result: "failure" | "skipped";
  readonly type: string;
  readonly text: string;
}

class Suite {
  #number = 0;
  #tests = 0;
  #failures = 0;
  #skipped = 0;
  #cases = "";

  /** Adds a test case; returns the suite if it is full now. */
  add(name: string, other: Other | null): string {
    const attributes = `classname="stampmill.verify" name="${escapeXml(name)}"`;
    this.#tests++;
    if (other === null) {
      this.#cases += `    <testcase ${attributes}/>\n`;
    } else {
      const { result, type, text } = other;
      if (result === "failure") this.#failures++;
      else this.#skipped++;
      const words = escapeXml(text);
      const what =
        result === "failure"
          ? `<failure type="${escapeXml(type)}" message="${words}"/>`
          : `<skipped>${words}</skipped>`;
      this.#cases += `    <testcase ${attributes}>\n      ${what}\n    </testcase>\n`;
    }
    return this.#tests < SUITE_SIZE ? "" : this.close();
  }

  close(): string {
    if (this.#tests === 0) return "";
    const skipped = this.#skipped === 0 ? "" : ` skipped="${this.#skipped}"`;
    const counts = `tests="${this.#tests}" failures="${this.#failures}" errors="0"${skipped}`;
    const suite = `  <testsuite name="stamps ${++this.#number}" ${counts}>\n${this.#cases}  </testsuite>\n`;
    this.#tests = 0;
    this.#failures = 0;
    this.#skipped = 0;
    this.#cases = "";
    return suite;
  }
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** Text, of an attribute as well; what XML 1.0 (section 2.2) has no way to say becomes a question mark. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "?")
    .replace(/[&<>"'\t\n\r]/g, (c) => ENTITIES[c] ?? "?");
}
