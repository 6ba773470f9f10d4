import { EXIT } from "../terminal/exit.ts";
import { isIgnored } from "../terminal/ignored.ts";

/** A wish to end, and the exit code that goes with it. */
export interface Stop {
  readonly signal: AbortSignal;
  exitCode(): number;
}

/**
 * Lets SIGINT and SIGTERM end what the command does rather than the process, so that it can save;
 * the second one ends the process at once.
 */
export function stopOnSignals(): Stop {
  const control = new AbortController();
  let code: number = EXIT.interrupted;
  const listen = (name: "SIGINT" | "SIGTERM", exitCode: number) => {
    if (isIgnored(name)) return;
    process.removeAllListeners(name);
    process.on(name, () => {
      if (control.signal.aborted) process.exit(exitCode);
      code = exitCode;
      control.abort();
    });
  };
  listen("SIGINT", EXIT.interrupted);
  listen("SIGTERM", EXIT.terminated);
  return { signal: control.signal, exitCode: () => code };
}
