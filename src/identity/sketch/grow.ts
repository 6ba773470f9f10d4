import { type RunningSearch, type SearchEnd, startSearch } from "../../engine/engine.ts";
import type { SearchOptions } from "../../engine/first-hit.ts";
import { limitOf } from "../../engine/job.ts";
import { COUNTER_DIGITS } from "../../stamp/layout.ts";
import { badInput } from "../../text/errors.ts";
import { estimateWork } from "./estimate.ts";
import { digestOf, layRun, nonceOf, type RunTemplate } from "./message.ts";
import { isFull, type Sketch, SketchBuilder } from "./sketch.ts";

export interface GrowOptions extends Pick<SearchOptions, "threads" | "nice" | "kernel"> {
  /** What to add to; `emptySketch(subject)` begins anew. */
  sketch: Sketch;
  /** Stop after this many milliseconds. */
  duration?: number | undefined;
  /** Stop as soon as the estimate of all the work in the sketch is at least this many hashes. */
  until?: number | undefined;
  /** Stops the search; what was found until then is in the outcome. */
  signal?: AbortSignal | undefined;
  /**
   * Called with each better sketch, at most every tenth of a second after the first moments, and
   * awaited: to save it. The search goes on meanwhile. If it throws, the search ends with its error.
   */
  onImproved?: ((sketch: Sketch) => void | Promise<void>) | undefined;
  /** Called once, as the search begins, for watching its count of tries. */
  onSearch?: ((search: Pick<RunningSearch, "tried">) => void) | undefined;
}

export interface Growth {
  readonly sketch: Sketch;
  /** Why it ended. */
  readonly ending: "time" | "target" | "aborted";
  /** Hashes computed by this call. */
  readonly tries: number;
  readonly seconds: number;
  /** Hashes a second. */
  readonly rate: number;
  readonly kernel: string;
  readonly threads: number;
}

/**
 * Up to this estimate the search goes on in steps, each about four times as many tries as there were,
 * so that what one step finds is at most a few k. All at once, with the limit of the first moment,
 * would be so many hits that looking at them takes a second.
 */
const STEPS_UNTIL = 2 ** 26;
/** Of these, with no limit yet, every one is a hit; 65,536 may wait in the engine. */
const FIRST_STEP = 2 ** 14;
/** Milliseconds between two looks at what was found. */
const LONGEST_WAIT = 100;
/**
 * Puts more work into a sketch: hashes nonces that were never tried before and keeps the smallest,
 * until the time is up, the target is reached or the signal fires. The event loop stays free.
 *
 * @throws StampmillError `bad-input` naming the option; `engine` if the native engine is missing
 * or fails; whatever `onImproved` throws
 */
export async function growSketch(options: GrowOptions): Promise<Growth> {
  return new GrowingRun(options).grow();
}

/** One call of growSketch. */
class GrowingRun {
  readonly #options: GrowOptions;
  readonly #template: RunTemplate;
  readonly #builder: SketchBuilder;
  readonly #deadline: number;
  readonly #until: number;
  #sketch: Sketch;
  #search: RunningSearch | undefined;
  /** Tries and seconds of the searches that have ended. */
  #tries = 0;
  #seconds = 0;

  constructor(options: GrowOptions) {
    const { sketch, duration = Infinity, until = Infinity } = options;
    this.#options = options;
    this.#sketch = sketch;
    this.#builder = new SketchBuilder(sketch);
    this.#template = layRun(sketch.subject);
    this.#deadline = performance.now() + checkDuration(duration);
    this.#until = checkUntil(until);
  }

  async grow(): Promise<Growth> {
    this.#options.onSearch?.({ tried: () => this.#tries + (this.#search?.tried() ?? 0) });
    let start = 0n;
    let end: SearchEnd;
    do {
      const step = stepFrom(estimateWork(this.#sketch));
      end = await this.#collect(start, step);
      start += step ?? 0n;
    } while (this.#ending() === undefined);
    const { kernel, threads } = end;
    const [tries, seconds] = [this.#tries, this.#seconds];
    const rate = seconds > 0 ? tries / seconds : 0;
    const ending = this.#ending() ?? "aborted";
    return { sketch: this.#sketch, ending, tries, seconds, rate, kernel, threads };
  }

  /** Searches from a counter on, and keeps what is found until there is a reason to end. */
  async #collect(start: bigint, count?: bigint): Promise<SearchEnd> {
    const search = startSearch({
      algorithm: this.#sketch.subject.algorithm,
      message: Buffer.from(this.#template.text, "latin1"),
      positions: this.#template.positions,
      alphabet: COUNTER_DIGITS,
      limit: this.#limit(),
      wanted: 0,
      start,
      count,
      threads: this.#options.threads,
      nice: this.#options.nice,
      kernel: this.#options.kernel,
      signal: this.#options.signal,
    });
    this.#search = search;
    try {
      await this.#takeUntilEnd(search);
    } finally {
      search.cancel();
      const { tries, seconds } = await search.done;
      this.#search = undefined;
      this.#tries += tries;
      this.#seconds += seconds;
    }
    // What was found between the last look and the end.
    await this.#take(search);
    return search.done;
  }

  async #takeUntilEnd(search: RunningSearch): Promise<void> {
    const pause = new Pause();
    let ended = false;
    search.done.then(() => {
      ended = true;
      pause.end();
    });
    // As often as the number of tries doubles, so that what waits to be taken stays about k hashes.
    for (let wait = 1; !ended && this.#ending() === undefined; wait *= 2) {
      const left = this.#deadline - performance.now();
      await pause.begin(Math.min(wait, LONGEST_WAIT, left));
      await this.#take(search);
    }
  }

  /** Takes what the search has found, and has it saved if it is of use. */
  async #take(search: RunningSearch): Promise<void> {
    const { subject } = this.#sketch;
    // A clock before 1970 must not make a sketch that nobody takes.
    const time = Math.max(0, Math.floor(Date.now() / 1000));
    let improved = false;
    for (const counter of search.take()) {
      const nonce = nonceOf(this.#template.run, counter);
      // By node:crypto, whatever the kernel thought.
      if (this.#builder.add({ nonce, digest: digestOf(subject, nonce), time })) improved = true;
    }
    if (!improved) return;
    this.#sketch = this.#builder.sketch;
    search.lower(this.#limit());
    await this.#options.onImproved?.(this.#sketch);
  }

  /** The first 64 bits of the greatest digest that would still be kept. */
  #limit(): bigint {
    const last = this.#sketch.hashes.at(-1);
    if (last === undefined || !isFull(this.#sketch)) return limitOf(0);
    return BigInt(`0x${last.digest.slice(0, 16)}`);
  }

  #ending(): Growth["ending"] | undefined {
    if (this.#options.signal?.aborted) return "aborted";
    if (estimateWork(this.#sketch) >= this.#until) return "target";
    return performance.now() >= this.#deadline ? "time" : undefined;
  }
}

/** How many tries come next; undefined: as many as there is time for. */
function stepFrom(estimate: number): bigint | undefined {
  if (estimate >= STEPS_UNTIL) return undefined;
  return BigInt(Math.max(FIRST_STEP, 2 ** Math.ceil(Math.log2(4 * estimate))));
}

/**
 * A wait that can be cut short. Not a race of promises: each would leave a reaction behind on the
 * search's promise, for as long as it runs.
 */
class Pause {
  #resume = () => {};

  begin(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, milliseconds));
      this.#resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end(): void {
    this.#resume();
  }
}

function checkDuration(duration: number): number {
  if (typeof duration === "number" && duration >= 0) return duration;
  throw badInput("duration", "duration must be a number of milliseconds that is not negative");
}

function checkUntil(until: number): number {
  if (typeof until === "number" && until >= 0) return until;
  throw badInput("until", "until must be a number of hashes that is not negative");
}
