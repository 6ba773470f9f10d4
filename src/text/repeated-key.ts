/**
 * The first key that an object anywhere in a JSON text has twice, or null. JSON.parse takes the last of
 * them and other readers the first, so such a text means two things.
 *
 * @param text JSON that JSON.parse has accepted
 */
export function repeatedKey(text: string): string | null {
  /** The keys of each object that is open; null for a list. */
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === 0x7b) open.push(new Set());
    else if (character === 0x5b) open.push(null);
    else if (character === 0x7d || character === 0x5d) open.pop();
    else if (character === 0x22) {
      const end = endOfString(text, i);
      const keys = open.at(-1);
      if (keys && followedByColon(text, end)) {
        const key: string = JSON.parse(text.slice(i, end));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      i = end - 1;
    }
  }
  return null;
}

/** Where a string that begins at this quote has ended. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
}

function followedByColon(text: string, from: number): boolean {
  let i = from;
  while (" \t\r\n".includes(text.charAt(i)) && i < text.length) i++;
  return text[i] === ":";
}
