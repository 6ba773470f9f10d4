import { StampmillError } from "../text/errors.ts";
import { findFieldIntruder, nameCharacter } from "./characters.ts";

/**
 * Longest resource that is minted, in characters. With the longest extension it leaves 512 of a
 * stamp's 4096 characters for the other five fields.
 */
export const MAX_RESOURCE_LENGTH = 3072;

function refuse(message: string, position: number, hint?: string): never {
  const details = { parameter: "resource", position };
  throw new StampmillError(
    "bad-input",
    message,
    hint === undefined ? details : { ...details, hint },
  );
}

/**
 * Checks that a stamp can carry this resource: 1 to 3072 characters of printable ASCII without
 * space and colon.
 *
 * @throws StampmillError `bad-input` with `position` if it cannot
 */
export function checkResource(resource: string): void {
  if (typeof resource !== "string") refuse("resource must be a string", 0);
  if (resource === "") refuse("resource may not be empty", 0);
  const at = findFieldIntruder(resource);
  if (at >= 0) {
    refuse(
      `resource may not hold ${nameCharacter(resource, at)}, found at offset ${at}`,
      at,
      "percent-encode the resource; on the command line --encode does",
    );
  }
  if (resource.length > MAX_RESOURCE_LENGTH) {
    refuse(
      `resource may have at most ${MAX_RESOURCE_LENGTH} characters, not ${resource.length}`,
      MAX_RESOURCE_LENGTH,
      "use a digest of it, such as its SHA-256 in hexadecimal",
    );
  }
}

/**
 * Percent-encodes what a stamp may not carry, byte by byte in UTF-8, and the percent sign itself,
 * so that two resources never become one and `decodeURIComponent` gives back the original.
 *
 * @throws StampmillError `bad-input` with `position` for half a surrogate pair, which has no UTF-8
 */
export function percentEncode(resource: string): string {
  if (findFieldIntruder(resource) < 0 && !resource.includes("%")) return resource;
  let encoded = "";
  let offset = 0;
  for (const character of resource) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) {
      refuse(
        `resource holds half a character, ${nameCharacter(resource, offset)}, at offset ${offset}`,
        offset,
      );
    }
    encoded +=
      findFieldIntruder(character) < 0 && character !== "%" ? character : encodeBytes(character);
    offset += character.length;
  }
  return encoded;
}

function encodeBytes(character: string): string {
  let encoded = "";
  for (const byte of Buffer.from(character, "utf8")) {
    encoded += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
