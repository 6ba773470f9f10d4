/** The bytes of a latin1 text, in pieces of one size. */
export function* pieces(text: string, size = 7): Generator<Uint8Array> {
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
