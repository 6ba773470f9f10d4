import assert from "node:assert/strict";
import { type Tariff, takeStep } from "../../src/price/price.ts";
import { posterKey } from "../../src/store/charge.ts";
import { spentEntry } from "../../src/store/entry.ts";
import { openStore } from "../../src/store/open.ts";
import { REQUEST } from "./gate-posts.ts";

// What posts paid, beside what a single gate would have asked for and what the store remembers.

/** A post that was let in. */
export interface Accepted {
  readonly poster: string;
  /** In 1/256 bit. */
  readonly price: number;
  /** One of its stamps. */
  readonly stamp: string;
}

/** On what terms the posts were made. */
export interface Account {
  readonly posters: readonly string[];
  readonly tariff: Tariff;
  /** What a post adds to the debt, in milliseconds. */
  readonly advance: number;
  /** The time of the posts; null if they were made as the clock went on. */
  readonly now: number | null;
}

/** By how much debts may have gone meanwhile where the clock goes on. */
const SLACK = 10 * 60_000;

/** What a single gate would have asked for so many posts of one moment, one after the other. */
export function pricesOf({ tariff, advance }: Account, count: number): number[] {
  const prices: number[] = [];
  let tat: number | null = null;
  for (let i = 0; i < count; i++) {
    const { price, next } = takeStep(tariff, tat, 1e12, advance);
    prices.push(price);
    tat = next;
  }
  return prices;
}

/** What one poster paid, the least first. */
export function pricesPaid(posts: readonly Accepted[], poster: string): number[] {
  const own = posts.filter((post) => post.poster === poster);
  return own.map(({ price }) => price).sort((a, b) => a - b);
}

/** Each price below the cap was paid once at most: no two posts stood at the same debt. */
export function assertNonePaidTwice(posts: readonly Accepted[], { posters, tariff }: Account) {
  for (const poster of posters) {
    const prices = pricesPaid(posts, poster).filter((price) => price < tariff.cap);
    assert.equal(new Set(prices).size, prices.length, `${poster} paid a price twice`);
  }
}

/**
 * Whatever was accepted is spent and owed.
 *
 * @param more posts that may have been recorded beside those, their answers lost
 */
export async function assertRemembered(
  url: string,
  posts: readonly Accepted[],
  { posters, tariff, advance, now }: Account,
  more: number,
): Promise<void> {
  const store = await openStore(url);
  const outcomes = await store.look(posts.map(({ stamp }) => spentEntry(stamp)));
  assert.ok(outcomes.every((outcome) => outcome === "spent"));
  for (const poster of posters) {
    const count = pricesPaid(posts, poster).length;
    const key = posterKey(REQUEST.resource, poster);
    const [lead] = await store.leads([{ poster: key, tariff, now: now ?? Date.now() }]);
    const owed = Math.min(count * advance, tariff.full);
    const said = `${poster}: a debt of ${lead} for ${count} posts`;
    assert.ok((lead ?? 0) >= owed - (now === null ? SLACK : 0), said);
    assert.ok((lead ?? 0) <= owed + more * advance, said);
  }
  await store.close();
}
