import { beaconTime } from "../../identity/beacon.ts";
import type { Identity } from "../../identity/format.ts";
import { estimateWork, lowerBound } from "../../identity/sketch/estimate.ts";
import { bitsInWords } from "../../identity/sketch/words.ts";
import { formatInstant } from "../../text/instant.ts";
import { formatCount } from "../figures/quantity.ts";

/** What can be said of an identity, in the order of the JSON. */
export function factsOf({ id, beacon, sketch }: Identity, confidence: number) {
  const time = beaconTime(beacon);
  const [estimate, least] = [estimateWork(sketch), lowerBound(sketch, confidence)];
  const { algorithm, size } = sketch.subject;
  return {
    id,
    beacon,
    earliest: time === undefined ? null : formatInstant(time),
    algorithm,
    k: size,
    hashes: sketch.hashes.length,
    estimate,
    estimateBits: Math.log2(estimate),
    lowerBound: least,
    lowerBits: Math.log2(least),
    confidence,
  };
}

/** In place of the facts where there are none. */
export const NO_FACTS = {
  id: null,
  beacon: null,
  earliest: null,
  algorithm: null,
  k: null,
  hashes: null,
  estimate: null,
  estimateBits: null,
  lowerBound: null,
  lowerBits: null,
  confidence: null,
} satisfies Record<keyof ReturnType<typeof factsOf>, null>;

/** Its keys, for the help of commands. */
export const FACTS_HELP = `id beacon earliest algorithm k hashes estimate estimateBits lowerBound lowerBits
confidence`;

/** `2^40.12 = 1.19 T hashes`. */
export function hashesInWords(hashes: number): string {
  return `2^${bitsInWords(Math.log2(hashes))} = ${formatCount(hashes)} ${hashes === 1 ? "hash" : "hashes"}`;
}
