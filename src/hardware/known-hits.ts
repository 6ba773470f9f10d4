import { hash } from "node:crypto";
import type { Algorithm } from "../engine/algorithms.ts";
import { startSearch } from "../engine/engine.ts";
import { limitOf, type SearchJob } from "../engine/job.ts";
import { COUNTER_DIGITS, layStamp } from "../stamp/layout.ts";
import { StampmillError } from "../text/errors.ts";

/** 64 outer values, which is the most that a kernel takes at once, of 64^2 inner ones each. */
const OUTER = 64;
const INNER = 64 ** 2;
/** About 256 of the counters are hits. */
const HIT_BITS = 10;
/** From this many bits on a stamp has the layout that is timed. */
const BITS = 24;

/** A search whose every hit is known. */
export interface KnownHits {
  readonly job: SearchJob;
  /** In order. */
  readonly hits: readonly bigint[];
}

/** Lays out a stamp as those that are timed, and finds its hits with node:crypto. */
export function knownHits(algorithm: Algorithm): KnownHits {
  const resource = "bench.example.org";
  const head = { bits: BITS, date: "000101", resource, ext: "", algorithm };
  const { text, positions } = layStamp(head, "fast");
  const message = Buffer.from(text, "latin1");
  const limit = limitOf(HIT_BITS);
  const job = {
    algorithm,
    message,
    positions,
    alphabet: COUNTER_DIGITS,
    limit,
    count: BigInt(OUTER * INNER),
    wanted: 0,
  };
  return { job, hits: hitsOf(algorithm, Buffer.from(message), positions) };
}

/** The counters whose digests begin with ten zero bits; the message's digits all change. */
function hitsOf(algorithm: Algorithm, message: Buffer, positions: readonly number[]): bigint[] {
  const digits = Buffer.from(COUNTER_DIGITS, "latin1");
  const [outer = 0, high = 0, low = 0] = positions.slice(-3);
  const hits: bigint[] = [];
  for (let counter = 0; counter < OUTER * INNER; counter++) {
    message[low] = digits[counter & 63] ?? 0;
    message[high] = digits[(counter >> 6) & 63] ?? 0;
    message[outer] = digits[counter >> 12] ?? 0;
    const digest = hash(algorithm, message, "hex");
    if (digest.startsWith("00") && Number.parseInt(digest.slice(2, 3), 16) < 4) {
      hits.push(BigInt(counter));
    }
  }
  return hits;
}

/**
 * Runs the search with a kernel and compares all that it finds.
 *
 * @throws StampmillError `engine` if it finds too few, too many or others, or did not try all
 */
export async function checkKernel({ job, hits }: KnownHits, kernel: string): Promise<void> {
  const search = startSearch({ ...job, kernel, threads: 1 });
  const { status, tries } = await search.done;
  const found = search.take().sort((a, b) => (a < b ? -1 : 1));
  const same = found.length === hits.length && found.every((hit, i) => hit === hits[i]);
  if (same && status === "exhausted" && tries === Number(job.count)) return;
  throw new StampmillError(
    "engine",
    `the kernel ${kernel} found ${found.length} hits of ${job.algorithm} in ${tries} tries, ` +
      `not the ${hits.length} that node:crypto finds: nothing of it was timed`,
    { hint: "report this, with what stampmill kernels prints" },
  );
}
