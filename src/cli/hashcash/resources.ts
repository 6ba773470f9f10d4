import { exactMatcher, type ResourceMatcher, regexMatcher, wildcardMatcher } from "../../match.ts";
import type { Word } from "./options.ts";
import { fromPosix } from "./posix-pattern.ts";

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
  if (match === "regex") {
    return regexMatcher(`${caseSensitive ? "" : "(?i)"}${fromPosix(text)}`);
  }
  const make = match === "exact" ? (wanted: string) => exactMatcher([wanted]) : wildcardMatcher;
  if (caseSensitive) return make(text);
  const matches = make(toLower(text));
  return (resource) => matches(toLower(resource));
}
