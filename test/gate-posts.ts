import { hash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { createGate } from "../src/gate/gate.ts";
import type { Gate, GateOptions, GateVerdict, PostRequest, Quote } from "../src/gate/types.ts";
import { formatStampDate } from "../src/stamp/date.ts";
import type { StampFields } from "../src/stamp/stamp.ts";
import type { Store } from "../src/store/charge.ts";
import { openStore } from "../src/store/open.ts";
import { bruteStamp } from "./brute.ts";

// Posts to a gate, minted without the engine.

export const NOW = Date.UTC(2024, 2, 1, 12);
export const MINUTE = 60_000;

/** Cheap to mint, dearer by a bit with every post beyond the second. */
export const CHEAP = { base: 6, cap: 12, interval: "1m", burst: "2m", tau: "1m", tolerance: 0 };

let made = 0;

/** A stamp for a resource, dated `NOW` unless said otherwise, that there never was before. */
export function stampFor(resource: string, bits: number, more: Partial<StampFields> = {}): string {
  const date = formatStampDate(new Date(NOW), 12);
  return bruteStamp({ resource, bits, date, rand: `g${(made++).toString(36)}`, ...more });
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

const folder = mkdtempSync(join(tmpdir(), "stampmill-gate-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
/** What the gates' clock says; `NOW` when a gate is made. */
export const clock = { now: NOW };

/** A gate over a store of its own, with a clock that stands at `now`. */
export async function withGate(
  options: Partial<GateOptions>,
  body: (gate: Gate, store: Store, more: (options: Partial<GateOptions>) => Gate) => Promise<void>,
): Promise<void> {
  clock.now = NOW;
  const store = await openStore(join(folder, `${files++}.db`));
  const make = (more: Partial<GateOptions>) =>
    createGate({ store, terms: CHEAP, now: () => clock.now, ...options, ...more });
  try {
    await body(make({}), store, make);
  } finally {
    await store.close();
  }
}

export const priceOf = (verdict: GateVerdict) =>
  verdict.accepted ? verdict.price : verdict.reason;
export const reasonsOf = ({ stamps }: GateVerdict) => stamps.map(({ reason }) => reason);
