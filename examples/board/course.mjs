// How the price of a poster went of late: worked out again from when the poster posted.
import { advanceFor, debtAt, priceAt, STEPS, takeStep, tariffFor } from "stampmill/gate";

/** How far back it goes, and how far the times are apart, in milliseconds. */
const WINDOW = 5 * 60_000;
const EVERY = 1000;

/**
 * What a post would have cost at each second of the last five minutes, as `[time, bits]`.
 *
 * @param terms what `readTerms` gives
 * @param posts when the poster posted, the earliest first
 */
export function courseOf(terms, posts, now) {
  const tariff = tariffFor(terms, null);
  const advance = advanceFor(terms);
  const course = [];
  // When the poster's debt will be gone; null before the first post.
  let free = null;
  let next = 0;
  for (let time = now - WINDOW; time <= now; time += EVERY) {
    while (next < posts.length && posts[next] <= time) {
      free = takeStep(tariff, free, posts[next], advance).next;
      next++;
    }
    // A quote counts a little more, since the clocks of several servers differ.
    const counted = free === null ? null : free + terms.tolerance;
    course.push([time, priceAt(tariff, debtAt(tariff, counted, time)) / STEPS]);
  }
  return course;
}
