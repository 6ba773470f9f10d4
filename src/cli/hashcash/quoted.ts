/** Longest text from a command line that an error repeats whole. */
const LONGEST = 80;

/** A value for an error message, cut if it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);
}
