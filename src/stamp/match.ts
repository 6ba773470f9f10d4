import { StampmillError } from "../text/errors.ts";
import { checkResource } from "./resource.ts";

/** Says whether a stamp's resource is one that is wanted. Only `true` lets it through. */
export type ResourceMatcher = (resource: string) => boolean;

/** Longest wildcard or regular expression, in characters. */
export const MAX_PATTERN_LENGTH = 1000;

/**
 * Largest regular expression, in instructions of its compiled program. Each character of a
 * resource costs at most that many steps: about 0.1 s for the longest resource there can be.
 */
const MAX_PROGRAM_SIZE = 2000;

/**
 * Matches these resources and no other, byte for byte; upper and lower case differ.
 *
 * @throws StampmillError `bad-input` if one could never be a stamp's resource
 */
export function exactMatcher(resources: readonly string[]): ResourceMatcher {
  for (const resource of resources) checkResource(resource);
  const wanted = new Set(resources);
  return (resource) => wanted.has(resource);
}

/**
 * Matches a pattern in which `*` stands for any run of characters, none included, other than `@`.
 * After an `@` it stops at a `.` as well: `*@*.example.org` takes `a@mx.example.org`, but neither
 * `a@example.org` nor `a@b.mx.example.org`. Nothing else is special and the case must agree.
 *
 * @throws StampmillError `bad-input` if the pattern could never match, or is too long
 */
export function wildcardMatcher(pattern: string): ResourceMatcher {
  checkPattern(pattern);
  checkResource(pattern);
  const [local = "", ...domains] = pattern.split("@");
  const localGlob = globMatcher(local);
  const domainGlobs = domains.map((domain) => domain.split(".").map(globMatcher));
  return (resource) => {
    const [head = "", ...rest] = resource.split("@");
    return (
      rest.length === domainGlobs.length &&
      localGlob(head) &&
      domainGlobs.every((globs, i) => matchLabels(globs, rest[i] ?? ""))
    );
  };
}

function matchLabels(globs: readonly ResourceMatcher[], domain: string): boolean {
  const labels = domain.split(".");
  return labels.length === globs.length && globs.every((glob, i) => glob(labels[i] ?? ""));
}

/**
 * A glob in which `*` takes anything. The pieces between the stars are looked for from left to
 * right, each at its first place: going back could never help, so the time has a limit.
 */
function globMatcher(glob: string): ResourceMatcher {
  const pieces = glob.split("*");
  const first = pieces.shift() ?? "";
  const last = pieces.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const piece of pieces) {
      const found = text.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/**
 * Matches a regular expression in RE2's syntax against the whole resource: `a|b` takes `a` and
 * `b`, nothing longer. The engine's time is linear in the resource, whatever the pattern. It is
 * loaded on the first call, hence the promise.
 *
 * @throws StampmillError `bad-input` if the pattern does not compile, or is too large
 */
export async function regexMatcher(pattern: string): Promise<ResourceMatcher> {
  checkPattern(pattern);
  const { RE2JS } = await import("re2js");
  let regex: InstanceType<typeof RE2JS>;
  try {
    regex = RE2JS.compile(pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StampmillError("bad-input", `${JSON.stringify(pattern)}: ${why}`, {
      parameter: "resource",
      hint: "the syntax is RE2's: no back references and no look-around",
      cause,
    });
  }
  if (regex.programSize() > MAX_PROGRAM_SIZE) {
    throw new StampmillError("bad-input", "the regular expression is too large", {
      parameter: "resource",
      hint: "use smaller repeat counts",
    });
  }
  return (resource) => regex.matches(resource);
}

function checkPattern(pattern: string): void {
  if (typeof pattern === "string" && pattern !== "" && pattern.length <= MAX_PATTERN_LENGTH) return;
  throw new StampmillError(
    "bad-input",
    `a resource pattern must have from 1 to ${MAX_PATTERN_LENGTH} characters`,
    { parameter: "resource" },
  );
}
