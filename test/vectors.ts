import { readFileSync } from "node:fs";

export interface StampVector {
  stamp: string;
  sha1: string;
  zero_bits: number;
  /** What hashcash(1) 1.22 says the stamp is worth; empty where it cannot parse it. */
  hashcash_w: string;
}

export interface ParserVector {
  stamp: string;
  /** Exit code of hashcash(1) 1.22: 0 accepted, 1 refused. */
  rc: number;
  zero_bits: number;
}

/** The vectors of one file in test/vectors. */
export function readVectors<T>(name: string): T[] {
  const text = readFileSync(new URL(`./vectors/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text).vectors;
}
