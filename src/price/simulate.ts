import { badInput } from "../text/errors.ts";
import { hashesFor } from "./payment.ts";
import { debtAt, priceAt, STEPS, type Tariff, takeStep } from "./price.ts";
import type { Arrival, Stream } from "./stream.ts";
import { advanceFor, type CheckedTerms, tariffFor } from "./terms.ts";

export interface SimulateOptions {
  /** Intervals of credit that every poster has; null or nothing for posters that are not known. */
  credit?: number | null | undefined;
  /**
   * Hashes a second that all posters of the stream have together. A post then comes once it is paid
   * for, one after the other; by default all come when they are meant to, whatever it takes.
   */
  power?: number | undefined;
}

/** A post that got through. */
export interface SimulatedPost extends Arrival {
  /** Milliseconds of debt when its price was asked for. */
  readonly debt: number;
  /** Bits. */
  readonly price: number;
  readonly hashes: number;
  /** The TAT that it leaves its poster with, in milliseconds. */
  readonly tat: number;
}

/** The poster's tariff: whoever is known, with credit or without, is no newcomer. */
function tariffOf(stream: Stream, terms: CheckedTerms, { credit }: SimulateOptions): Tariff {
  return tariffFor(terms, credit ?? (stream.known ? 0 : null));
}

/**
 * Runs posts through the prices of a board, as the gate would: the price is that of the moment at
 * which it is asked for, the debt grows when the post is accepted.
 *
 * @throws StampmillError `bad-input` for a power that is not positive, or a credit or weight out of
 * range
 */
export function* pricedPosts(
  stream: Stream,
  terms: CheckedTerms,
  options: SimulateOptions = {},
): Generator<SimulatedPost> {
  const { power } = options;
  if (power !== undefined && !(typeof power === "number" && power >= 1 && power <= 1e30)) {
    throw badInput("power", "power must be from 1 to 1e30 hashes a second");
  }
  const tariff = tariffOf(stream, terms, options);
  const tats = new Map<string, number>();
  let free = -Infinity;
  for (const { time, poster, weight } of stream.arrivals) {
    const asked = Math.max(time, free);
    const before = tats.get(poster) ?? null;
    const { price, debt } = takeStep(tariff, before, asked, 0);
    const hashes = Number(hashesFor(price));
    const done = power === undefined ? asked : Math.ceil(asked + (1000 * hashes) / power);
    // Whoever is not through by the end is not through, nor is anybody behind.
    if (done > stream.end) return;
    const tat = takeStep(tariff, before, done, advanceFor(terms, weight)).next;
    tats.set(poster, tat);
    if (power !== undefined) free = done;
    yield { time: done, poster, weight, debt, price: price / STEPS, hashes, tat };
  }
}

/** What somebody's posts came to. */
export interface Sum {
  posts: number;
  /** Hashes paid, on average. */
  hashes: number;
  /** Highest price, in bits. */
  highest: number;
}

export interface Simulation extends Readonly<Sum> {
  readonly name: string;
  /** Posts that were to be made. */
  readonly wanted: number;
  /** How long was looked at, in milliseconds. */
  readonly duration: number;
  /** First price, in bits; null without a post. */
  readonly first: number | null;
  /** Each poster's sum, in the order of their first posts. */
  readonly posters: ReadonlyMap<string, Readonly<Sum>>;
  /** The poster with most posts to make, and what one would have had to pay all along. */
  readonly busiest: string;
  readonly course: readonly (readonly [seconds: number, bits: number])[];
}

/** Points of a course: as many as a wide terminal has dots. */
const COURSE = 240;

/**
 * What a stream's posts pay, altogether and each poster's.
 *
 * @throws as {@link pricedPosts}
 */
export function simulate(
  stream: Stream,
  terms: CheckedTerms,
  options: SimulateOptions = {},
): Simulation {
  const tariff = tariffOf(stream, terms, options);
  const posters = new Map<string, Sum>();
  const total: Sum = { posts: 0, hashes: 0, highest: 0 };
  const busiest = busiestOf(stream.arrivals);
  let first: number | null = null;
  let tat: number | null = null;
  const course = new Course(stream, (time) => priceAt(tariff, debtAt(tariff, tat, time)) / STEPS);
  for (const post of pricedPosts(stream, terms, options)) {
    course.until(post.time);
    if (post.poster === busiest) tat = post.tat;
    const sum = posters.get(post.poster) ?? { posts: 0, hashes: 0, highest: 0 };
    posters.set(post.poster, sum);
    add(sum, post);
    add(total, post);
    first ??= post.price;
  }
  course.until(Infinity);
  const { name, arrivals, start, end } = stream;
  return {
    name,
    wanted: arrivals.length,
    ...total,
    duration: end - start,
    first,
    posters,
    busiest,
    course: course.points,
  };
}

function add(sum: Sum, { price, hashes }: SimulatedPost): void {
  sum.posts++;
  sum.hashes += hashes;
  sum.highest = Math.max(sum.highest, price);
}

function busiestOf(arrivals: readonly Arrival[]): string {
  const counts = new Map<string, number>();
  let busiest = "";
  for (const { poster } of arrivals) {
    const count = (counts.get(poster) ?? 0) + 1;
    counts.set(poster, count);
    if (count > (counts.get(busiest) ?? 0)) busiest = poster;
  }
  return busiest;
}

/** The price at moments an even distance apart, asked for as time goes by. */
class Course {
  readonly points: [seconds: number, bits: number][] = [];
  readonly #start: number;
  readonly #step: number;
  readonly #priceAt: (time: number) => number;

  constructor({ start, end }: Stream, priceAt: (time: number) => number) {
    this.#start = start;
    this.#step = (end - start) / COURSE;
    this.#priceAt = priceAt;
  }

  /** Notes the prices before `time`, at which the next post changes them. */
  until(time: number): void {
    while (this.points.length <= COURSE) {
      const passed = Math.floor(this.points.length * this.#step);
      if (this.#start + passed > time) return;
      this.points.push([passed / 1000, this.#priceAt(this.#start + passed)]);
    }
  }
}
