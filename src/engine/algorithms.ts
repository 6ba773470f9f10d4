import { hash } from "node:crypto";

/** The hash functions a stamp may be made with. SHA-1 is what hashcash(1) uses. */
export type Algorithm = "sha1" | "sha256";

/** Every algorithm, in the order in which help and errors list them. */
export const ALGORITHMS: readonly Algorithm[] = ["sha1", "sha256"];

/** Length of each algorithm's digest in bits; no stamp can claim more. */
export const DIGEST_BITS: Readonly<Record<Algorithm, number>> = { sha1: 160, sha256: 256 };

export function isAlgorithm(name: string): name is Algorithm {
  return name === "sha1" || name === "sha256";
}

/**
 * Digest of a stamp's text in lower-case hexadecimal, by node:crypto.
 *
 * The one-shot `hash` asked for hexadecimal is four times as fast as `createHash` and three times
 * as fast as asking it for a Buffer (3.3, 0.8 and 1.1 million a second, Node 20).
 */
export function stampDigest(text: string, algorithm: Algorithm): string {
  return hash(algorithm, text, "hex");
}

/** How many zero bits a digest in hexadecimal begins with. */
export function leadingZeroBits(hex: string): number {
  for (let i = 0; i < hex.length; i++) {
    if (hex.charCodeAt(i) !== 0x30)
      return 4 * i + Math.clz32(Number.parseInt(hex[i] ?? "", 16)) - 28;
  }
  return 4 * hex.length;
}
