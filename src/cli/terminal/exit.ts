import { StampmillError } from "../../text/errors.ts";

/** Every exit code there is. */
export const EXIT = {
  /** Done, or valid. */
  done: 0,
  /** Rejected, or not found in time. */
  rejected: 1,
  /** Wrong usage or input. */
  usage: 2,
  /** The environment failed: store, disk, engine, or a fault of stampmill's own. */
  environment: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** Something outside stampmill failed: reading its input, or writing its output. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  /** Nobody is left to be told: the reader of the output has closed it. */
  readonly quiet: boolean;

  constructor(message: string, cause: NodeJS.ErrnoException) {
    super(`${message}: ${cause.message}`, { cause });
    this.quiet = cause.code === "EPIPE";
  }
}

/** The exit code for an error. What is not known of counts as a failure, never as a verdict. */
export function exitCodeFor(error: unknown): number {
  if (!(error instanceof StampmillError)) return EXIT.environment;
  switch (error.code) {
    case "malformed":
    case "not-found":
      return EXIT.rejected;
    case "bad-input":
      return EXIT.usage;
    case "aborted":
      return EXIT.interrupted;
    case "engine":
    case "git":
    case "ssh":
    case "server":
    case "store":
      return EXIT.environment;
  }
}
