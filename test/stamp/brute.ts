import { leadingZeroBits, stampDigest } from "../../src/engine/algorithms.ts";
import { formatStamp, parseStamp, type StampFields } from "../../src/stamp/stamp.ts";

/** A stamp with the work it claims, found by trying counters; for a dozen bits at most. */
export function bruteStamp(fields: Partial<StampFields>): string {
  const { bits = 8, date = "240229", resource = "foo", ext = "", rand = "abc" } = fields;
  for (let tries = 0; ; tries++) {
    const counter = tries.toString(36);
    const text = formatStamp({ version: 1, bits, date, resource, ext, rand, counter });
    const { algorithm } = parseStamp(text);
    if (leadingZeroBits(stampDigest(text, algorithm)) >= bits) return text;
  }
}
