import { hash, randomBytes } from "node:crypto";
import type { Gate, GateVerdict, PostRequest, Quote } from "../../src/gate/types.ts";
import type { StampFields } from "../../src/stamp/stamp.ts";
import { formatStampDate } from "../../src/text/date.ts";
import { bruteStamp } from "../stamp/brute.ts";

// Posts to a gate, minted without the engine.

export const NOW = Date.UTC(2024, 2, 1, 12);
export const MINUTE = 60_000;

/** Cheap to mint, dearer by a bit with every post beyond the second. */
export const CHEAP = { base: 6, cap: 12, interval: "1m", burst: "2m", tau: "1m", tolerance: 0 };

/** Cheap, and a 1/16 bit dearer with every post, for many posts: each price is another. */
export const STEADY = { ...CHEAP, base: 1, cap: 8, burst: 0, tau: "16m" };

/** Stamps of several processes differ too. */
const maker = randomBytes(6).toString("hex");
let made = 0;

/** A stamp for a resource, dated `NOW` unless said otherwise, that there never was before. */
export function stampFor(resource: string, bits: number, more: Partial<StampFields> = {}): string {
  const date = formatStampDate(new Date(NOW), 12);
  return bruteStamp({ resource, bits, date, rand: `${maker}${(made++).toString(36)}`, ...more });
}

/** What a quote asks for. */
export function stampsFor({ resource, bits, count, date }: Quote): string[] {
  return Array.from({ length: count }, () => stampFor(resource, bits, { date }));
}

export const digestOf = (message: string) => hash("sha256", message, "hex");

export const REQUEST: PostRequest = {
  resource: "forum.example/talk",
  poster: "alice",
  digest: digestOf("hello"),
};

/** Asks, mints and posts. */
export async function pay(gate: Gate, request: PostRequest = REQUEST) {
  return gate.post({ ...request, stamps: stampsFor(await gate.quote(request)) });
}

export const priceOf = (verdict: GateVerdict) =>
  verdict.accepted ? verdict.price : verdict.reason;
export const reasonsOf = ({ stamps }: GateVerdict) => stamps.map(({ reason }) => reason);
