import { Option } from "commander";
import { ALGORITHMS, UNNAMED_ALGORITHM } from "../../engine/algorithms.ts";
import { MAX_THREADS } from "../../engine/job.ts";
import { badInput } from "../../text/errors.ts";

/**
 * A reader for an option's text that refuses a second, different value: of `-b 20 … -b 10` it
 * cannot be known which was meant, and the last must not win where stamps are let through.
 */
export function once<T>(flag: string, read: (text: string) => T): (text: string) => T {
  let given: string | undefined;
  return (text) => {
    if (given !== undefined && given !== text) {
      const both = `${JSON.stringify(given)} and ${JSON.stringify(text)}`;
      throw badInput(flag, `${flag} is given twice, as ${both}`);
    }
    given = text;
    return read(text);
  };
}

/** A whole number in decimal; its range is for the library to check. */
export function wholeNumber(flag: string): (text: string) => number {
  return once(flag, (text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw badInput(flag, `${flag} must be a whole number, not ${JSON.stringify(text)}`);
  });
}

/** A number in decimal, with or without a fraction; its range is for the library to check. */
export function decimal(flag: string): (text: string) => number {
  return once(flag, (text) => {
    if (/^\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
    throw badInput(flag, `${flag} must be a number such as 24.3, not ${JSON.stringify(text)}`);
  });
}

/** One of a few words. */
export function oneOf<T extends string>(flag: string, words: readonly T[]): (text: string) => T {
  return once(flag, (text) => {
    const word = words.find((w) => w === text);
    if (word !== undefined) return word;
    throw badInput(flag, `${flag} must be one of ${words.join(", ")}, not ${JSON.stringify(text)}`);
  });
}

/** The algorithm of stamps to be minted. */
export function mintAlgorithm(): Option {
  const description = `${ALGORITHMS.join(" or ")}; hashcash(1) knows only ${UNNAMED_ALGORITHM}`;
  return new Option("-a, --algorithm <algorithm>", description)
    .argParser(oneOf("--algorithm", ALGORITHMS))
    .default(UNNAMED_ALGORITHM);
}

/** The threads of a search. */
export function searchThreads(): Option {
  const description = `threads, 1 to ${MAX_THREADS} (default: what this process may use)`;
  return new Option("-j, --threads <threads>", description).argParser(wholeNumber("--threads"));
}

/** Whether a search stays out of the way. */
export function niceSearch(): Option {
  return new Option("--nice", "search only while nothing else wants the processor");
}

/** The kernel of a search. */
export function searchKernel(): Option {
  const description = "kernel to search with, see stampmill kernels (default: the fastest)";
  return new Option("--kernel <name>", description).argParser(once("--kernel", (text) => text));
}

/** Gathers an option that may be given several times. */
export function gather(text: string, gathered: readonly string[] = []): string[] {
  return [...gathered, text];
}
