/** Columns of a folded header line (RFC 5322, section 2.1.1). */
const COLUMNS = 76;

/**
 * A mail header folded to lines of 76 columns. The value is cut where a line is full: readers of
 * hashcash headers, hashcash(1) among them, join the pieces without what was added.
 */
export function foldHeader(name: string, value: string): string {
  const first = COLUMNS - name.length - 2;
  const lines = [value.slice(0, first)];
  for (let at = first; at < value.length; at += COLUMNS - 1) {
    lines.push(value.slice(at, at + COLUMNS - 1));
  }
  return `${name}: ${lines.join("\n\t")}`;
}
