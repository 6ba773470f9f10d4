import { EXIT, exitCodeFor } from "./exit.ts";
import { reportError } from "./output.ts";

/**
 * Runs a command to its end, and reports what it throws. A signal, and an error that nobody waits for,
 * end the process with their exit codes.
 */
export function liveThrough(main: () => Promise<void>): void {
  process.once("SIGINT", () => process.exit(EXIT.interrupted));
  process.once("SIGTERM", () => process.exit(EXIT.terminated));
  process.once("uncaughtException", (error) => {
    reportError(error);
    process.exit(EXIT.environment);
  });
  main().catch((error: unknown) => {
    reportError(error);
    process.exitCode = exitCodeFor(error);
  });
}
