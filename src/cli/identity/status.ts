import { estimateWork } from "../../identity/sketch/estimate.ts";
import type { Sketch } from "../../identity/sketch/sketch.ts";
import { formatCount, formatSeconds } from "../figures/quantity.ts";
import { canShowBar, whileShown } from "../terminal/bar.ts";
import { writeAside } from "../terminal/output.ts";
import type { Stops } from "../terminal/stops.ts";
import { hashesInWords } from "./facts.ts";

/** What is watched; it may change meanwhile. */
export interface Watched {
  sketch: Sketch;
  tried: () => number;
  /** Milliseconds that the work shall take. */
  duration: number | undefined;
  /** Bits that the estimate shall reach. */
  until: number | undefined;
}

const FIRST_SHOWN_AFTER = 500;
const REDRAWN_EVERY = 250;
const CLEAR = "\r\u001b[K";

/**
 * Shows a line on standard error about the work under way, if that is a terminal.
 *
 * @returns removes it; may be called again
 */
export function showStatus(watched: Watched, stops: Stops): () => void {
  const { stderr } = process;
  if (!canShowBar()) return () => {};
  const start = performance.now();
  let shown = false;
  let ended = false;
  const draw = () => {
    shown = true;
    // The last column stays empty: some terminals go on to the next line from there.
    const width = (stderr.columns || 80) - 1;
    const seconds = (performance.now() - start) / 1000 - stops.seconds();
    writeAside(CLEAR + describe(watched, seconds).slice(0, width));
  };
  const hide = () => {
    if (shown) writeAside(CLEAR);
    shown = false;
  };
  let leave = () => {};
  let timer = setTimeout(() => {
    // Before it is there: Ctrl-Z may come as soon as it is seen.
    leave = whileShown({ hide, show: draw });
    draw();
    timer = setInterval(draw, REDRAWN_EVERY);
  }, FIRST_SHOWN_AFTER);
  return () => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    leave();
    hide();
  };
}

function describe(watched: Watched, seconds: number): string {
  const tries = watched.tried();
  const rate = seconds > 0 ? tries / seconds : 0;
  const { sketch } = watched;
  const worth = sketch.hashes.length === 0 ? "" : `${hashesInWords(estimateWork(sketch))} | `;
  const done = `+${formatCount(tries)} in ${formatSeconds(seconds)} at ${formatCount(rate)}H/s`;
  return worth + done + left(watched, seconds, rate);
}

/** How long it will take: exactly where a time was set, on average where an amount of work was. */
function left({ sketch, duration, until }: Watched, seconds: number, rate: number): string {
  const times: number[] = [];
  if (duration !== undefined) times.push(duration / 1000 - seconds);
  if (until !== undefined && rate > 0) times.push((2 ** until - estimateWork(sketch)) / rate);
  const least = Math.min(...times);
  return least > 0 && least < Infinity ? ` | about ${formatSeconds(least)} left` : "";
}
