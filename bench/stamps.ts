import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { leadingZeroBits, stampDigest } from "../src/engine/algorithms.ts";

/** Bits of the stamps: a few tries each, and the digest must be looked at all the same. */
export const BITS = 4;

export const RESOURCE = "foo@bar.example";

/** The instant the stamps are judged at. */
export const NOW = "2024-03-01";

/** A stamp of this date that there never was before. */
export function newStamp(date: string, resource = RESOURCE, bits = BITS): string {
  const head = `1:${bits}:${date}:${resource}::${randomBytes(12).toString("base64")}:`;
  for (let tries = 0; ; tries++) {
    const stamp = head + tries.toString(36);
    if (leadingZeroBits(stampDigest(stamp, "sha1")) >= bits) return stamp;
  }
}

/** Writes lines to a file, a thousand at a time. */
export function writeLines(file: string, count: number, line: (i: number) => string): void {
  const descriptor = openSync(file, "w");
  let text = "";
  for (let i = 0; i < count; i++) {
    text += `${line(i)}\n`;
    if (i % 1000 === 999 || i === count - 1) {
      writeSync(descriptor, text);
      text = "";
    }
  }
  closeSync(descriptor);
}
