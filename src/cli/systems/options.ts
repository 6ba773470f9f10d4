import type { Command } from "commander";
import { parseDuration } from "../../text/duration.ts";
import { niceSearch, once, searchKernel, searchThreads } from "../terminal/options.ts";

/** What every search takes, as the command line gives it. */
export interface SearchFlags {
  threads?: number;
  nice?: true;
  kernel?: string;
  timeout?: number;
}

/** Adds the options of a search. */
export function withSearchFlags(command: Command): Command {
  return command
    .addOption(searchThreads())
    .addOption(niceSearch())
    .addOption(searchKernel())
    .option(
      "--timeout <duration>",
      "give up on a proof after this long, such as 30s",
      once("--timeout", (text) => parseDuration(text, "--timeout")),
    );
}

/** The part of the options that a search takes. */
export function searchFlags({ threads, nice, kernel, timeout }: SearchFlags): SearchFlags {
  return { threads, nice, kernel, timeout } as SearchFlags;
}

/** The last lines of every help. */
export const EXIT_CODES = `Exit codes: 0 done, or every one is valid; 1 rejected, or not found in time; 2 wrong
usage or input; 3 the engine is missing, or reading or writing failed.`;
