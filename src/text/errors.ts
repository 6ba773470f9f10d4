/**
 * What went wrong, as a stable name a program can test for.
 *
 * - `bad-input`: an argument is outside what the function documents; `parameter` names it.
 * - `malformed`: text is not a stamp; `position` is the offset of the first offending character.
 * - `not-found`: the search ended (time-out, or every candidate tried) without a stamp.
 * - `aborted`: the caller's `AbortSignal` fired.
 * - `engine`: there is no engine that can search, or the kernel that is named cannot be used.
 * - `git`: git could not be run or failed, or the repository lacks what is needed.
 * - `ssh`: ssh-keygen could not be run, or could not sign.
 * - `server`: a gate's server could not be asked, or its answer makes no sense.
 * - `store`: the store of spent stamps failed; nothing was accepted.
 */
export type ErrorCode =
  | "bad-input"
  | "malformed"
  | "not-found"
  | "aborted"
  | "engine"
  | "git"
  | "ssh"
  | "server"
  | "store";

export interface ErrorDetails {
  /** The parameter at fault, by its name in the API. */
  parameter?: string;
  /** Offset of the offending character, in UTF-16 code units from 0. */
  position?: number;
  /** One sentence on what to do about it. */
  hint?: string;
  cause?: unknown;
}

/** The only error that stampmill throws on purpose. */
export class StampmillError extends Error {
  override readonly name = "StampmillError";
  readonly code: ErrorCode;
  readonly parameter: string | undefined;
  readonly position: number | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.parameter = details.parameter;
    this.position = details.position;
    this.hint = details.hint;
  }
}

/** The error about a parameter that cannot stand. */
export function badInput(parameter: string, message: string, hint?: string): StampmillError {
  const details = hint === undefined ? { parameter } : { parameter, hint };
  return new StampmillError("bad-input", message, details);
}
