import { formatCount } from "../figures/quantity.ts";
import { writeAside } from "../terminal/output.ts";

/** A bar of its own text, on a terminal; nothing elsewhere. */
export interface StepBar {
  /** Before step `step` of `steps`, from 0. */
  show(what: string, step: number, steps: number): void;
  /** Removes it. */
  end(): void;
}

const SILENT: StepBar = { show: () => {}, end: () => {} };

/** Begins a bar on standard error, if that is a terminal that can move its cursor. */
export async function stepBar(): Promise<StepBar> {
  if (!process.stderr.isTTY || process.env.TERM === "dumb") return SILENT;
  // The default, for the names of a CommonJS module are lost when a bundle is split.
  const { SingleBar, Presets } = (await import("cli-progress")).default;
  const bar = new SingleBar(
    {
      format: "{bar} {percentage} % | {what}",
      stream: process.stderr,
      barsize: 20,
      hideCursor: null,
      clearOnComplete: true,
      linewrap: null,
      gracefulExit: false,
    },
    Presets.legacy,
  );
  bar.start(1, 0, { what: "" });
  const end = () => {
    process.removeListener("exit", endWithNewLine);
    bar.stop();
  };
  // On a signal the process ends from elsewhere; the shell's prompt wants a line of its own.
  const endWithNewLine = () => {
    bar.stop();
    writeAside("\n");
  };
  process.once("exit", endWithNewLine);
  return { show: (what, step, steps) => bar.update(step / steps, { what }), end };
}

const REDRAWN_EVERY = 100;

/** A bar that fills with the seconds of a search, and says how many hashes it has tried. */
export async function timeBar(seconds: number, tried: () => number): Promise<() => void> {
  const bar = await stepBar();
  if (bar === SILENT) return () => {};
  const start = process.uptime();
  const timer = setInterval(() => {
    const passed = process.uptime() - start;
    bar.show(`${formatCount(tried())} hashes`, Math.min(passed, seconds), seconds);
  }, REDRAWN_EVERY);
  return () => {
    clearInterval(timer);
    bar.end();
  };
}
