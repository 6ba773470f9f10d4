import { type Algorithm, leadingZeroBits, stampDigest } from "../engine/algorithms.ts";
import { extFor } from "../stamp/ext.ts";
import { layStamp } from "../stamp/layout.ts";
import { formatStamp, parseStamp } from "../stamp/stamp.ts";
import { createVerifier } from "../stamp/verify.ts";
import { StampmillError } from "../text/errors.ts";
import type { CallRate } from "./result.ts";

/** Different stamps, so that no one's path through the code is learned by heart. */
const STAMPS = 500;
/** A few tries each: what is timed looks at the digest whatever they are. */
const BITS = 4;
const RESOURCE = "bench.example.org";
const DATE = "240229";
const NOW = new Date("2024-03-01T00:00:00Z");

/** Calls in a row between two looks at the clock. */
const BATCH = STAMPS;
/** Ends a round even where the clock stands still. */
const MOST_BATCHES = 20_000;

export type Call = Pick<CallRate, "call" | "algorithm"> & { readonly run: () => void };

/** What is timed for an algorithm, checked: each goes through all the stamps once. */
export function callsFor(algorithm: Algorithm): Call[] {
  const stamps = Array.from({ length: STAMPS }, () => newStamp(algorithm));
  const verify = createVerifier({ bits: BITS, resources: [RESOURCE], now: NOW });
  for (const stamp of stamps) {
    const parsed = parseStamp(stamp);
    const back = parsed.version === 1 ? formatStamp(parsed) : "";
    const verdict = verify(stamp);
    if (back !== stamp || !verdict.valid || verify(`${stamp.slice(0, -1)}~`).valid) {
      throw new StampmillError("engine", `a stamp is not what it was made to be: ${stamp}`);
    }
  }
  const each = (look: (stamp: string) => unknown) => () => {
    for (const stamp of stamps) look(stamp);
  };
  return [
    { call: "parse", algorithm, run: each(parseStamp) },
    { call: "verify", algorithm, run: each(verify) },
  ];
}

function newStamp(algorithm: Algorithm): string {
  const ext = extFor(algorithm, undefined);
  const head = { bits: BITS, date: DATE, resource: RESOURCE, ext, algorithm };
  const { text } = layStamp(head, "fast");
  for (let tries = 0; ; tries++) {
    const stamp = text.slice(0, -4) + tries.toString(36).padStart(4, "0");
    if (leadingZeroBits(stampDigest(stamp, algorithm)) >= BITS) return stamp;
  }
}

/** How a call did for a while. */
export interface TimedCall {
  /** Stamps a second. */
  readonly rate: number;
  /** Processor time of the process over the time that passed. */
  readonly processorShare: number;
}

/**
 * Stamps a second, over a time.
 *
 * @throws StampmillError `engine` if the clock stands still
 */
export function rateOfCall({ run }: Call, seconds: number): TimedCall {
  const used = process.cpuUsage();
  const start = performance.now();
  let elapsed = 0;
  let batches = 0;
  while (elapsed < seconds && batches < MOST_BATCHES) {
    run();
    batches++;
    elapsed = (performance.now() - start) / 1000;
  }
  const { user, system } = process.cpuUsage(used);
  if (elapsed > 0) {
    const processorShare = Math.min(1, (user + system) / 1e6 / elapsed);
    return { rate: (batches * BATCH) / elapsed, processorShare };
  }
  throw new StampmillError("engine", "nothing can be measured: the clock stands still");
}
