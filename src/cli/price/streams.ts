import { PORTRAIT_NAMES, type PortraitName, portrait } from "../../price/portraits.ts";
import { type Stream, steadyStream } from "../../price/stream.ts";
import { readTrace } from "../../price/trace.ts";
import { parseDuration } from "../../text/duration.ts";
import { badInput, StampmillError } from "../../text/errors.ts";
import { readInput } from "../terminal/input.ts";

/** Where the posts come from, as options have it. */
export interface StreamChoice {
  rate?: number;
  poisson?: true;
  seed?: number;
  posters?: number;
  weight?: number;
  known?: true;
  for?: string;
  trace?: string;
  portrait?: PortraitName[];
}

const DEFAULT_DURATION = "1h";
const MOST_POSTERS = 1_000_000;

const UNITS = new Map([
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** Milliseconds between two posts, from a rate such as `100/m`. */
export function readRate(text: string): number {
  const [, count = "", unit = ""] = /^(\d{1,6}(?:\.\d{1,6})?)\/([smhd])$/.exec(text) ?? [];
  const gap = (UNITS.get(unit) ?? Number.NaN) / Number(count);
  if (gap > 0 && gap < Infinity) return gap;
  const example = "a number of posts and a unit, such as 100/m (s, m, h or d)";
  throw badInput("--rate", `--rate must be ${example}, not ${JSON.stringify(text)}`);
}

/** The streams that were asked for: a rate, a trace, or portraits; all of these by default. */
export async function streamsOf(choice: StreamChoice): Promise<Stream[]> {
  const { rate, trace, portrait: names } = choice;
  if ([rate, trace, names].filter((kind) => kind !== undefined).length > 1) {
    throw new StampmillError("bad-input", "give one of --rate, --trace and --portrait");
  }
  checkFitting(choice);
  if (trace !== undefined) {
    const stream = await readTrace(trace === "-" ? "trace" : trace, readInput(trace));
    return [{ ...stream, known: choice.known ?? false }];
  }
  const duration = parseDuration(choice.for ?? DEFAULT_DURATION, "--for");
  if (duration === 0) throw badInput("--for", "--for must be longer than that");
  if (rate === undefined) {
    return (names ?? PORTRAIT_NAMES).map((name) => portrait(name, duration));
  }
  return [steady(rate, duration, choice)];
}

/** What says nothing about the kind of stream that was chosen is a mistake. */
function checkFitting({ rate, trace, seed, poisson, ...choice }: StreamChoice): void {
  const given = { poisson, seed, ...choice };
  for (const name of ["poisson", "seed", "posters", "weight"] as const) {
    if (rate === undefined && given[name] !== undefined) {
      throw badInput(`--${name}`, `--${name} goes with --rate`);
    }
  }
  if (rate === undefined && trace === undefined && choice.known) {
    throw badInput("--known", "--known goes with --rate or --trace");
  }
  if (trace !== undefined && choice.for !== undefined) {
    throw badInput("--for", "--for does not go with --trace, which lasts as long as it lasts");
  }
  if (seed !== undefined && !poisson) throw badInput("--seed", "--seed goes with --poisson");
}

function steady(gap: number, duration: number, choice: StreamChoice): Stream {
  const { poisson, seed = 1, posters = 1, weight = 1, known = false } = choice;
  if (posters < 1 || posters > MOST_POSTERS) {
    throw badInput("--posters", `--posters must be from 1 to ${MOST_POSTERS}`);
  }
  const name = posters === 1 ? "poster" : "posters";
  const random = poisson ? seed : undefined;
  return steadyStream({ name, gap, duration, seed: random, posters, weight, known });
}
