import { isIgnored } from "./ignored.ts";
import { writeAside } from "./output.ts";

/** A line on a terminal that goes before the process stops, and comes back when it goes on. */
export interface StatusLine {
  hide(): void;
  show(): void;
}

/**
 * Looks after a line on the terminal for as long as it is shown: Ctrl-Z and Ctrl-\ take it away before
 * they do what they do, and after `fg` it is there again. Where the process ends from elsewhere, the line
 * goes and the shell's prompt begins on one of its own.
 *
 * @returns ends that; the line itself is for the caller to remove
 */
export function whileShown(line: StatusLine): () => void {
  // With our listener gone the signal does what it usually does: where nobody could say `fg`, nothing.
  const give = (signal: "SIGTSTP" | "SIGQUIT", listener: () => void) => {
    line.hide();
    process.removeListener(signal, listener);
    process.kill(process.pid, signal);
  };
  const stop = () => give("SIGTSTP", stop);
  const quit = () => give("SIGQUIT", quit);
  const goOn = () => {
    if (!isIgnored("SIGTSTP")) {
      process.removeListener("SIGTSTP", stop);
      process.on("SIGTSTP", stop);
    }
    line.show();
  };
  const exit = () => {
    line.hide();
    writeAside("\n");
  };
  const all = { SIGTSTP: stop, SIGQUIT: quit, SIGCONT: goOn, exit };
  const listeners = Object.entries(all).filter(([name]) => !isIgnored(name));
  for (const [name, listener] of listeners) process.on(name, listener);
  return () => {
    for (const [name, listener] of listeners) process.removeListener(name, listener);
  };
}

/** A progress bar in one line of standard error. */
export interface Bar {
  /** @param share from 0 to 1 */
  update(share: number, texts: object): void;
  /** Removes it. */
  end(): void;
}

const SAVE_CURSOR = "\u001b7";
const RESTORE_CURSOR = "\u001b8";

/**
 * Standard error for a bar that never leaves its line: where the cursor was at the start is of no use, and
 * wrong after `fg` or once the screen has scrolled.
 */
function oneLine(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (text: string) =>
    text === SAVE_CURSOR || text === RESTORE_CURSOR ? true : stream.write(text);
  return Object.create(stream, { write: { value: write } });
}

/** Whether standard error is a terminal that can move its cursor. */
export function canShowBar(): boolean {
  return process.stderr.isTTY && process.env.TERM !== "dumb";
}

/** Shows a bar of cli-progress; see {@link canShowBar}. */
export async function createBar(format: string, fps: number, texts: object): Promise<Bar> {
  // The terminal may be gone before the command has ended, if SIGHUP is ignored.
  process.stderr.on("error", () => {});
  // The default, for the names of a CommonJS module are lost when a bundle is split.
  const { SingleBar, Presets } = (await import("cli-progress")).default;
  const bar = new SingleBar(
    {
      format,
      stream: oneLine(process.stderr),
      barsize: 20,
      fps,
      hideCursor: null,
      clearOnComplete: true,
      // Wrapping is left as it is: a bar that is too long is cut to the width. What ends the process
      // without a word, such as kill -9, would leave a terminal that does not wrap.
      linewrap: true,
      gracefulExit: false,
    },
    Presets.legacy,
  );
  let now = { share: 0, texts };
  const show = () => bar.start(1, now.share, now.texts);
  const leave = whileShown({ hide: () => bar.stop(), show });
  show();
  return {
    update: (share, more) => {
      now = { share, texts: more };
      bar.update(share, more);
    },
    end: () => {
      leave();
      bar.stop();
    },
  };
}
