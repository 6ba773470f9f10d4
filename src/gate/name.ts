import { badInput } from "../text/errors.ts";

/** Longest name of a board or a poster, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 512;

/**
 * What is no printable text: control characters, line and paragraph separators, halves of characters,
 * noncharacters, and marks that turn the direction of what follows. Other invisible characters may stay:
 * names in Persian or Hindi need joiners. (Unicode Standard, chapter 4, general categories.)
 */
const UNPRINTABLE =
  /[\p{Control}\p{Line_Separator}\p{Paragraph_Separator}\p{Surrogate}\p{Noncharacter_Code_Point}\p{Bidi_Control}]/u;

/**
 * Passes on the name of a board or a poster: printable text of 1 to 512 characters. Names are compared byte
 * by byte in UTF-8: what looks the same and is written in another way is another name.
 *
 * @throws StampmillError `bad-input` for anything else
 */
export function checkName(name: string, parameter: string): string {
  if (typeof name !== "string" || name.length < 1 || name.length > MAX_NAME_LENGTH) {
    throw badInput(parameter, `${parameter} must be text of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  const found = UNPRINTABLE.exec(name)?.[0];
  if (found === undefined) return name;
  const code = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  throw badInput(parameter, `${parameter} may hold printable text only, not U+${code}`);
}
