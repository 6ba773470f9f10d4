/**
 * Time as a store tells it: it never goes back, whatever the clocks of those that use it do, so
 * nobody's debt is larger or smaller for a clock that was set. All in milliseconds.
 */
export interface ClockMarks {
  /** The latest time there was. */
  readonly seen: number;
  /** What is added to a clock that was set back for good; 0 as a rule. */
  readonly offset: number;
  /** What a clock said when it was first seen far behind; -1 as a rule. */
  readonly low: number;
}

/** Where a store begins. */
export const CLOCK_START: ClockMarks = { seen: 0, offset: 0, low: -1 };

/** A clock less far behind than this is one of several that differ, or was put right. */
const SMALL_STEP = 60_000;

/**
 * Tells the time: `seen` of what this returns. Time stands still while a clock is behind the latest
 * time seen. One that stays far behind for `patience`, with nobody else ahead, is believed: time
 * goes on from where it stood. So a clock far ahead stops forgiveness for no longer than that once it
 * was put right, and with a patience in which every debt would have gone nobody gains by it.
 */
export function tick(marks: ClockMarks, now: number, patience: number): ClockMarks {
  if (now >= marks.seen) return { seen: now, offset: 0, low: -1 };
  const time = now + marks.offset;
  if (time >= marks.seen) return { ...marks, seen: time, low: -1 };
  if (marks.seen - time <= SMALL_STEP) return marks;
  if (marks.low < 0 || now < marks.low) return { ...marks, low: now };
  if (now - marks.low < patience) return marks;
  return { ...marks, offset: marks.seen - now, low: -1 };
}
