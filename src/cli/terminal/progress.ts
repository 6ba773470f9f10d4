import { type MintedStamp, type MintOptions, mint } from "../../stamp/mint.ts";
import { formatSeconds, withPrefix } from "../figures/quantity.ts";
import { canShowBar, createBar } from "./bar.ts";
import { type Stops, watchStops, withoutStops } from "./stops.ts";

/** What is watched: a search for one hit whose chance is 2^-bits a try. */
interface Watched {
  bits: number;
  /** What comes before the bar, such as which of several stamps this is. */
  label: string;
  tried(): number;
}

const FIRST_SHOWN_AFTER = 500;
const REDRAWN_EVERY = 100;

const FORMAT = "{label}{bar} {chance} % | {rate} | {tries} tries | even chance within {even}";

/**
 * Shows a progress bar on standard error for a search that takes longer than half a second, if
 * that is a terminal.
 *
 * @returns ends the bar and removes it
 */
function showProgress(watched: Watched, stops: Stops): () => void {
  const start = process.uptime() - stops.seconds();
  const texts = () => textsFor(watched, process.uptime() - stops.seconds() - start);
  let end = () => {};
  let ended = false;
  const timer = setTimeout(async () => {
    // Asked this late because asking costs a start 2 ms.
    if (!canShowBar()) return;
    const bar = await createBar(FORMAT, 1000 / REDRAWN_EVERY, texts());
    const repeat = setInterval(() => bar.update(chanceBy(watched), texts()), REDRAWN_EVERY);
    end = () => {
      clearInterval(repeat);
      bar.end();
    };
    if (ended) end();
  }, FIRST_SHOWN_AFTER);
  return () => {
    ended = true;
    clearTimeout(timer);
    end();
  };
}

/** Mints a stamp behind a progress bar. */
export function mintWithProgress(
  options: MintOptions & { bits: number },
  label = "",
): Promise<MintedStamp> {
  return withProgress(options.bits, label, (onSearch) => mint({ ...options, onSearch }));
}

/**
 * Runs a search for one hit behind a progress bar. Time for which the process was stopped is no time of
 * the search.
 *
 * @param start starts it, and has the function called with the search as it begins
 */
export async function withProgress<T extends { tries: number; seconds: number; rate: number }>(
  bits: number,
  label: string,
  start: (onSearch: (search: { tried(): number }) => void) => Promise<T>,
): Promise<T> {
  const stops = watchStops();
  let end = () => {};
  try {
    const found = await start(({ tried }) => {
      end();
      end = showProgress({ bits, label, tried }, stops);
    });
    return withoutStops(found, stops);
  } finally {
    end();
    stops.end();
  }
}

/**
 * How likely a search would have ended by now: every try is independent, so the number of tries
 * until the first hit is geometric.
 */
function chanceBy({ bits, tried }: Watched): number {
  return -Math.expm1(-tried() / 2 ** bits);
}

/** The rest is as long as the whole was at the start: what has been tried does not count. */
function textsFor(watched: Watched, seconds: number) {
  const tries = watched.tried();
  const rate = tries / seconds;
  return {
    label: watched.label,
    chance: (100 * chanceBy(watched)).toFixed(0).padStart(2),
    rate: `${withPrefix(rate)}H/s`,
    tries: withPrefix(tries).trimEnd(),
    even: rate > 0 ? formatSeconds((Math.LN2 * 2 ** watched.bits) / rate) : "?",
  };
}
