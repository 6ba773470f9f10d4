import {
  type Algorithm,
  checkAlgorithm,
  leadingZeroBits,
  stampDigest,
  UNNAMED_ALGORITHM,
} from "../engine/algorithms.ts";
import { type RunningSearch, type SearchEnd, startSearch } from "../engine/engine.ts";
import { limitOf } from "../engine/job.ts";
import { type DateWidth, formatStampDate } from "../text/date.ts";
import { callAfter, checkDuration } from "../text/duration.ts";
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

/** Milliseconds since the process began; `performance` would be loaded for it, which takes 2 ms. */
const now = () => 1000 * process.uptime();

/** Bits of a minted stamp if none are given. */
export const DEFAULT_BITS = 20;

/** Most bits that can be minted: 2^64 hashes are years of work for all the world's computers. */
export const MAX_MINT_BITS = 64;

export interface MintOptions {
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
  /** Threads, 1 to 1024; by default all that the process may use. */
  threads?: number | undefined;
  /** Search only while nothing else wants the processor; false by default. */
  nice?: boolean | undefined;
  /** Kernel of the engine; by default STAMPMILL_KERNEL, or else the fastest one. */
  kernel?: string | undefined;
  /** Give up after this many milliseconds. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Called with the search as it begins, for watching its count of tries. */
  onSearch?: ((search: Pick<RunningSearch, "tried">) => void) | undefined;
}

export interface MintedStamp {
  readonly stamp: string;
  readonly resource: string;
  readonly bits: number;
  readonly algorithm: Algorithm;
  /** In hexadecimal. */
  readonly digest: string;
  /** Hashes computed. */
  readonly tries: number;
  readonly seconds: number;
  /** Hashes a second. */
  readonly rate: number;
  readonly kernel: string;
  /** Threads that searched. */
  readonly threads: number;
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
  const { signal, timeout } = options;
  const deadline =
    now() + (timeout === undefined ? Infinity : Math.ceil(checkDuration(timeout, "timeout")));
  let tries = 0;
  let seconds = 0;
  for (;;) {
    if (signal?.aborted) throw abortedError(signal);
    const template = layStamp(head, layout);
    const search = startSearch({
      algorithm: head.algorithm,
      message: Buffer.from(template.text, "latin1"),
      positions: template.positions,
      alphabet: COUNTER_DIGITS,
      limit: limitOf(head.bits),
      threads: options.threads,
      nice: options.nice,
      kernel: options.kernel,
      signal,
    });
    const before = tries;
    announce(search, options, () => before + search.tried());
    const end = await withDeadline(search, deadline);
    tries += end.tries;
    seconds += end.seconds;
    const [counter] = search.take();
    if (counter !== undefined) {
      const stamp = fillCounter(template, counter);
      const { kernel, threads } = end;
      const { resource, bits, algorithm } = head;
      const digest = checkedDigest(stamp, head, kernel);
      const rate = seconds > 0 ? tries / seconds : 0;
      return { stamp, resource, bits, algorithm, digest, tries, seconds, rate, kernel, threads };
    }
    if (now() >= deadline) throw notFound(head, tries, timeout);
    // No counter makes a stamp with this random field, or the signal fired: round again.
  }
}

/** Tells the caller of a search; one whose function throws wants no search to go on behind it. */
function announce(search: RunningSearch, { onSearch }: MintOptions, tried: () => number): void {
  try {
    onSearch?.({ tried });
  } catch (error) {
    search.cancel();
    throw error;
  }
}

async function withDeadline(search: RunningSearch, deadline: number): Promise<SearchEnd> {
  if (deadline === Infinity) return search.done;
  const takeBack = callAfter(Math.max(0, deadline - now()), search.cancel);
  const end = await search.done;
  takeBack();
  return end;
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

function abortedError(signal: AbortSignal): StampmillError {
  return new StampmillError("aborted", "minting was aborted", { cause: signal.reason });
}

/** A second opinion from node:crypto: a stamp that fails it is never handed out. */
function checkedDigest(stamp: string, { bits, algorithm }: StampHead, kernel: string): string {
  const digest = stampDigest(stamp, algorithm);
  if (leadingZeroBits(digest) >= bits) return digest;
  throw new StampmillError("engine", `the kernel ${kernel} found a stamp that is none: ${stamp}`, {
    hint: "choose another kernel with STAMPMILL_KERNEL, and report this",
  });
}
