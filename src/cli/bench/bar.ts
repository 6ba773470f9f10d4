import { formatCount } from "../figures/quantity.ts";
import { canShowBar, createBar } from "../terminal/bar.ts";

/** A bar of its own text, on a terminal; nothing elsewhere. */
export interface StepBar {
  /** Before step `step` of `steps`, from 0. */
  show(what: string, step: number, steps: number): void;
  /** Removes it. */
  end(): void;
}

const SILENT: StepBar = { show: () => {}, end: () => {} };

const FORMAT = "{bar} {percentage} % | {what}";

/** Begins a bar on standard error, if that is a terminal that can move its cursor. */
export async function stepBar(): Promise<StepBar> {
  if (!canShowBar()) return SILENT;
  const bar = await createBar(FORMAT, 10, { what: "" });
  return {
    show: (what, step, steps) => bar.update(step / steps, { what }),
    end: () => bar.end(),
  };
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
