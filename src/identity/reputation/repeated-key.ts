/**
 * A key that stands twice in one object of this JSON, of which `JSON.parse` would silently take the
 * last; undefined if there is none.
 *
 * @param json text that `JSON.parse` takes
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  // Strings first, since they may hold braces. One before a colon is a key.
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (text !== undefined && colon !== undefined) {
      const key: string = JSON.parse(text);
      if (open.at(-1)?.has(key)) return key;
      open.at(-1)?.add(key);
    }
  }
  return undefined;
}
