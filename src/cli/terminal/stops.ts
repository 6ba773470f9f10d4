/** Seconds between two looks at the clock. */
const TICK = 0.1;

/** A gap between two looks that is longer was a stop, if the process was told to go on right after it. */
const LEAST_STOP = 0.3;

/** Seconds for which the process was stopped, as by Ctrl-Z or `kill -STOP`. */
export interface Stops {
  seconds(): number;
  end(): void;
}

/**
 * Begins to count the time for which the process is stopped: it is no time of a search. A stop cannot be
 * seen while it lasts. SIGCONT tells that there was one, and the clock since when.
 */
export function watchStops(): Stops {
  let total = 0;
  let last = process.uptime();
  let gap = { seconds: 0, end: 0 };
  const look = () => {
    const now = process.uptime();
    if (now - last > LEAST_STOP) gap = { seconds: now - last, end: now };
    last = now;
  };
  const timer = setInterval(look, 1000 * TICK).unref();
  const goOn = () => {
    look();
    // The timer may have been first.
    if (last - gap.end > 1) return;
    total += Math.max(0, gap.seconds - TICK);
    gap = { seconds: 0, end: 0 };
  };
  process.on("SIGCONT", goOn);
  return {
    seconds: () => total,
    end: () => {
      clearInterval(timer);
      process.removeListener("SIGCONT", goOn);
    },
  };
}

/** What was measured while the process may have been stopped, without that time. */
export function withoutStops<T extends { tries: number; seconds: number; rate: number }>(
  measured: T,
  stops: Stops,
): T {
  const stopped = stops.seconds();
  if (stopped === 0) return measured;
  const seconds = Math.max(0, measured.seconds - stopped);
  return { ...measured, seconds, rate: seconds > 0 ? measured.tries / seconds : 0 };
}
