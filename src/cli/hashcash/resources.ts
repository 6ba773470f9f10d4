import {
  exactMatcher,
  type ResourceMatcher,
  regexMatcher,
  wildcardMatcher,
} from "../../stamp/match.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import type { Word } from "./options.ts";
import { fromPosix } from "./posix-pattern.ts";
import { quoted } from "./quoted.ts";

/** Lower case, of ASCII alone: no other letter turns into one of a resource. */
export function toLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * Matches what a `-r` of a check means, as `-M`, `-S`, `-E` and `-C` before it say.
 *
 * @throws StampmillError `bad-input` if it could match no stamp, or is no pattern
 */
export async function matcherOf({ text, settings }: Word): Promise<ResourceMatcher> {
  const { match, caseSensitive } = settings;
  if (match === "regex") return patternMatcher(text, caseSensitive);
  const make = match === "exact" ? (wanted: string) => exactMatcher([wanted]) : wildcardMatcher;
  if (caseSensitive) return make(text);
  const matches = make(toLower(text));
  return (resource) => matches(toLower(resource));
}

/** The flag for a pattern that upper and lower case do not matter to. */
const ANY_CASE = "(?i)";

async function patternMatcher(text: string, caseSensitive: boolean): Promise<ResourceMatcher> {
  const pattern = fromPosix(text);
  try {
    return await regexMatcher(caseSensitive ? pattern : ANY_CASE + pattern);
  } catch (error) {
    if (!(error instanceof StampmillError && error.cause instanceof Error)) throw error;
    // As it was written, not as we put it.
    const why = error.cause.message.replace(ANY_CASE, "");
    throw badInput("-r", `the pattern ${quoted(text)}: ${why}`, error.hint);
  }
}
