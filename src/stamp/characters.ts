const SPACE = 0x20;
const DELETE = 0x7f;
const COLON = 0x3a;

/** Whether a stamp may hold this character at all: printable ASCII, no space. */
export function isStampCharacter(code: number): boolean {
  return code > SPACE && code < DELETE;
}

/** Whether a resource or an extension may hold it: the colon separates fields. */
export function isFieldCharacter(code: number): boolean {
  return code > SPACE && code < DELETE && code !== COLON;
}

/** Offset of the first character that no stamp may hold, or -1. */
export function findStampIntruder(text: string): number {
  for (let i = 0; i < text.length; i++) if (!isStampCharacter(text.charCodeAt(i))) return i;
  return -1;
}

/** Offset of the first character that neither a resource nor an extension may hold, or -1. */
export function findFieldIntruder(text: string): number {
  for (let i = 0; i < text.length; i++) if (!isFieldCharacter(text.charCodeAt(i))) return i;
  return -1;
}

/**
 * Names the character at an offset for an error message: `space (U+0020)`, `"é" (U+00E9)`,
 * `U+001B`. What could act on a terminal is given by its number alone.
 */
export function nameCharacter(text: string, offset: number): string {
  const code = text.codePointAt(offset);
  if (code === undefined) return "end of text";
  const number = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  if (code === SPACE) return `space (${number})`;
  const character = String.fromCodePoint(code);
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? `"${character}" (${number})` : number;
}
