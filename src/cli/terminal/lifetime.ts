import { onReplacement, REPLACED } from "../../engine/replacement.ts";
import { EXIT, exitCodeFor } from "./exit.ts";
import { isIgnored, keepIgnored } from "./ignored.ts";
import { reportError, writeHint, writeNote } from "./output.ts";

let end: (code: number) => void = (code) => process.exit(code);

/** Has the first SIGINT or SIGTERM do this with its exit code; a second one ends the process. */
export function onSignal(stop: (code: number) => void): void {
  end = stop;
}

/**
 * Runs a command to its end, and reports what it throws. A signal, and an error that nobody waits for,
 * end the process with their exit codes; one that was ignored when it was started does nothing.
 */
export function liveThrough(main: () => Promise<void>): void {
  keepIgnored();
  onReplacement(({ message, hint }) => {
    writeNote(`${message}; ${REPLACED}`);
    if (hint !== undefined) writeHint(hint);
  });
  const codes = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated };
  for (const [name, code] of Object.entries(codes)) {
    if (!isIgnored(name)) process.once(name, () => end(code));
  }
  process.once("uncaughtException", (error) => {
    reportError(error);
    process.exit(EXIT.environment);
  });
  main().catch((error: unknown) => {
    reportError(error);
    process.exitCode = exitCodeFor(error);
  });
}
