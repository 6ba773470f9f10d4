import { type MintedStamp, type MintOptions, mint } from "../../stamp/mint.ts";
import { formatSeconds, withPrefix } from "../figures/quantity.ts";
import { writeAside } from "./output.ts";

/** What is watched: a search for one hit whose chance is 2^-bits a try. */
interface Watched {
  bits: number;
  /** What comes before the bar, such as which of several stamps this is. */
  label: string;
  tried(): number;
}

const FIRST_SHOWN_AFTER = 500;
const REDRAWN_EVERY = 100;

/**
 * Shows a progress bar on standard error for a search that takes longer than half a second, if
 * that is a terminal.
 *
 * @returns ends the bar and removes it
 */
function showProgress(watched: Watched): () => void {
  const start = process.uptime();
  let end = () => {};
  let ended = false;
  const timer = setTimeout(async () => {
    // Asked this late because asking costs a start 2 ms.
    if (!process.stderr.isTTY || process.env.TERM === "dumb") return;
    const bar = await createBar();
    if (ended) return;
    bar.start(1, 0, textsFor(watched, start));
    const redraw = () => bar.update(chanceBy(watched), textsFor(watched, start));
    const repeat = setInterval(redraw, REDRAWN_EVERY);
    end = () => {
      clearInterval(repeat);
      bar.stop();
    };
    // On a signal the process ends from elsewhere; the shell's prompt wants a line of its own.
    process.once("exit", endWithNewLine);
  }, FIRST_SHOWN_AFTER);
  const endWithNewLine = () => {
    end();
    writeAside("\n");
  };
  return () => {
    ended = true;
    clearTimeout(timer);
    process.removeListener("exit", endWithNewLine);
    end();
  };
}

/** Mints a stamp behind a progress bar. */
export async function mintWithProgress(
  options: MintOptions & { bits: number },
  label = "",
): Promise<MintedStamp> {
  let end = () => {};
  return mint({
    ...options,
    onSearch: ({ tried }) => {
      end();
      end = showProgress({ bits: options.bits, label, tried });
    },
  }).finally(() => end());
}

async function createBar() {
  // The default, for the names of a CommonJS module are lost when a bundle is split.
  const { SingleBar, Presets } = (await import("cli-progress")).default;
  return new SingleBar(
    {
      format: "{label}{bar} {chance} % | {rate} | {tries} tries | even chance within {even}",
      stream: process.stderr,
      barsize: 20,
      fps: 1000 / REDRAWN_EVERY,
      hideCursor: null,
      clearOnComplete: true,
      linewrap: null,
      gracefulExit: false,
    },
    Presets.legacy,
  );
}

/**
 * How likely a search would have ended by now: every try is independent, so the number of tries
 * until the first hit is geometric.
 */
function chanceBy({ bits, tried }: Watched): number {
  return -Math.expm1(-tried() / 2 ** bits);
}

/** The rest is as long as the whole was at the start: what has been tried does not count. */
function textsFor(watched: Watched, start: number) {
  const tries = watched.tried();
  const rate = tries / (process.uptime() - start);
  return {
    label: watched.label,
    chance: (100 * chanceBy(watched)).toFixed(0).padStart(2),
    rate: `${withPrefix(rate)}H/s`,
    tries: withPrefix(tries).trimEnd(),
    even: rate > 0 ? formatSeconds((Math.LN2 * 2 ** watched.bits) / rate) : "?",
  };
}
