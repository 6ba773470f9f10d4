import { isatty } from "node:tty";
import { readStandardInput } from "../terminal/input.ts";
import { writeAside, writeProduct } from "../terminal/output.ts";

/** What a run of the old tool talks to; tests put other things in its place. */
export interface HashcashIo {
  stdin(): AsyncIterable<Uint8Array>;
  stdinIsTerminal(): boolean;
  stdoutIsTerminal(): boolean;
  /** Writes to standard output, and resolves once it is handed over. */
  out(text: string): Promise<void>;
  /** Writes to standard error. */
  err(text: string): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/** This process's own. */
export const processIo: HashcashIo = {
  stdin: readStandardInput,
  stdinIsTerminal: () => isatty(0),
  stdoutIsTerminal: () => isatty(1),
  out: writeProduct,
  err: writeAside,
  now: Date.now,
};

/** What is said, and how: the old tool's rules for `-q` and for terminals. */
export interface Voice {
  /** A line on standard error, unless `-q` was given. */
  tell(line: string): void;
  /** Whether what was asked for is printed bare on standard output. */
  readonly bare: boolean;
}

/** The voice of one run. */
export function voiceOf(io: HashcashIo, quiet: boolean): Voice {
  return {
    tell: (line) => {
      if (!quiet) io.err(`${line}\n`);
    },
    bare: quiet || !io.stdoutIsTerminal(),
  };
}
