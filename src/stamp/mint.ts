import {
  type Algorithm,
  checkAlgorithm,
  leadingZeroBits,
  stampDigest,
  UNNAMED_ALGORITHM,
} from "../engine/algorithms.ts";
import { firstHit, type SearchCost, type SearchOptions, wrongKernel } from "../engine/first-hit.ts";
import { limitOf } from "../engine/job.ts";
import { type DateWidth, formatStampDate } from "../text/date.ts";
import { badInput, StampmillError } from "../text/errors.ts";
import { extFor } from "./ext.ts";
import {
  COUNTER_DIGITS,
  fillCounter,
  layStamp,
  STAMP_LAYOUTS,
  type StampHead,
  type StampLayout,
} from "./layout.ts";
import { checkResource } from "./resource.ts";

/** Bits of a minted stamp if none are given. */
export const DEFAULT_BITS = 20;

/** Most bits that can be minted: 2^64 hashes are years of work for all the world's computers. */
export const MAX_MINT_BITS = 64;

export interface MintOptions extends SearchOptions {
  /** What the stamp pays for: 1 to 3072 characters of printable ASCII without `:` and space. */
  resource: string;
  /** Leading zero bits of the digest, 0 to 64; 20 by default. The work is 2^bits hashes. */
  bits?: number | undefined;
  /** `sha1` by default, which is what hashcash(1) reads. */
  algorithm?: Algorithm | undefined;
  /** Extension field, `name=value;name=value`; `alg=sha256` is added where it is needed. */
  ext?: string | undefined;
  /** The stamp's date; now by default. */
  date?: Date | undefined;
  /** Digits of the date, in UTC: days (6, the default), minutes (10) or seconds (12). */
  dateWidth?: DateWidth | undefined;
  /**
   * `fast` by default, the one that is found soonest; `compact`, the shortest that does; `hashcash`, as
   * long as hashcash(1) 1.22 makes it, for readers that count its characters.
   */
  layout?: StampLayout | undefined;
  /** `true` is another way to ask for the layout `compact`. */
  compact?: boolean | undefined;
}

export interface MintedStamp extends SearchCost {
  readonly stamp: string;
  readonly resource: string;
  readonly bits: number;
  readonly algorithm: Algorithm;
  /** In hexadecimal. */
  readonly digest: string;
}

/**
 * Mints a hashcash stamp. The event loop stays free: the search has threads of its own.
 *
 * @throws StampmillError `bad-input` naming the option; `not-found` when the time is up; `aborted`
 * when the signal fires; `engine` if the native engine is missing or fails
 */
export async function mint(options: MintOptions): Promise<MintedStamp> {
  const head = headOf(options);
  const layout = layoutOf(options);
  const found = await firstHit(
    templates(head, layout),
    (template) => ({
      algorithm: head.algorithm,
      message: Buffer.from(template.text, "latin1"),
      positions: template.positions,
      alphabet: COUNTER_DIGITS,
      limit: limitOf(head.bits),
    }),
    options,
  );
  if (found.round === null) {
    throw found.ending === "aborted"
      ? abortedError(options.signal)
      : notFound(head, found.tries, options.timeout);
  }
  const stamp = fillCounter(found.round, found.counter);
  const { resource, bits, algorithm } = head;
  const digest = checkedDigest(stamp, head, found.cost.kernel);
  return { stamp, resource, bits, algorithm, digest, ...found.cost };
}

/** Texts with a random field each, for there may be one that no counter makes a stamp of. */
function* templates(head: StampHead, layout: StampLayout) {
  for (;;) yield layStamp(head, layout);
}

/** Checks all that goes into the stamp. */
function headOf(options: MintOptions): StampHead {
  const {
    resource,
    bits = DEFAULT_BITS,
    algorithm = UNNAMED_ALGORITHM,
    ext,
    date = new Date(),
  } = options;
  checkResource(resource);
  checkTypes(options);
  if (!Number.isInteger(bits) || bits < 0 || bits > MAX_MINT_BITS) {
    throw badInput("bits", `bits must be a whole number from 0 to ${MAX_MINT_BITS}, not ${bits}`);
  }
  checkAlgorithm(algorithm);
  const dateText = formatStampDate(date, options.dateWidth ?? 6);
  return { bits, date: dateText, resource, ext: extFor(algorithm, ext), algorithm };
}

function layoutOf({ layout, compact }: MintOptions): StampLayout {
  if (compact !== undefined && typeof compact !== "boolean") {
    throw badInput("compact", "compact must be true or false");
  }
  if (layout === undefined) return compact ? "compact" : STAMP_LAYOUTS[0];
  if (!STAMP_LAYOUTS.includes(layout)) {
    throw badInput("layout", `layout must be one of ${STAMP_LAYOUTS.join(", ")}`);
  }
  if (compact !== undefined && compact !== (layout === "compact")) {
    throw badInput("compact", `the layout ${layout} and compact: ${compact} exclude each other`);
  }
  return layout;
}

/** What nobody below looks at before it is used. */
function checkTypes({ onSearch }: MintOptions): void {
  if (onSearch !== undefined && typeof onSearch !== "function") {
    throw badInput("onSearch", "onSearch must be a function");
  }
}

function notFound({ bits }: StampHead, tries: number, timeout = 0): StampmillError {
  const spent = `${timeout / 1000} s and ${tries} tries`;
  return new StampmillError("not-found", `no stamp of ${bits} bits was found in ${spent}`);
}

function abortedError(signal?: AbortSignal): StampmillError {
  return new StampmillError("aborted", "minting was aborted", { cause: signal?.reason });
}

/** A second opinion from node:crypto: a stamp that fails it is never handed out. */
function checkedDigest(stamp: string, { bits, algorithm }: StampHead, kernel: string): string {
  const digest = stampDigest(stamp, algorithm);
  if (leadingZeroBits(digest) >= bits) return digest;
  throw wrongKernel(kernel, "stamp", stamp);
}
