import { badInput, StampmillError } from "../text/errors.ts";
import { parseInstant } from "../text/instant.ts";
import { readLines } from "../text/lines.ts";
import { type Arrival, MAX_ARRIVALS, type Stream } from "./stream.ts";

/** Longest line of a trace, in bytes. */
export const MAX_TRACE_LINE = 4096;

/** Largest number of seconds that is taken for a time: more is one in milliseconds. */
const MOST_SECONDS = 1e11;

/**
 * Reads a trace: a post a line, `TIME [POSTER [WEIGHT]]` or a JSON object with `time`, `poster` and
 * `weight`. A time is a number of seconds, from any beginning, or whatever `parseInstant` takes with
 * a date in it. Empty lines and those that begin with # are passed over; the order does not matter.
 *
 * @throws StampmillError `bad-input` with the line's number, or for more than a million posts
 */
export async function readTrace(
  name: string,
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Stream> {
  const arrivals: Arrival[] = [];
  let number = 0;
  for await (const lines of readLines(input, MAX_TRACE_LINE)) {
    for (const line of lines) {
      number++;
      const text = line.trim();
      if (text === "" || text.startsWith("#")) continue;
      if (arrivals.length === MAX_ARRIVALS) {
        throw badInput("trace", `${name}: more than ${MAX_ARRIVALS} posts`);
      }
      arrivals.push(readLine(text, `${name}, line ${number}`));
    }
  }
  if (arrivals.length === 0) throw badInput("trace", `${name}: there is no post in it`);
  // Stable, so that posts of one moment stay in the order of the file.
  arrivals.sort((a, b) => a.time - b.time);
  const start = arrivals[0]?.time ?? 0;
  return { name, arrivals, start, end: (arrivals.at(-1)?.time ?? 0) + 1, known: false };
}

function readLine(text: string, where: string): Arrival {
  if (text.length > MAX_TRACE_LINE) {
    throw badInput("trace", `${where}: longer than ${MAX_TRACE_LINE} bytes`);
  }
  if (text.startsWith("{")) return readJson(text, where);
  const [time = "", poster = "poster", weight = "1", ...more] = text.split(/\s+/);
  if (more.length > 0) {
    throw badInput("trace", `${where}: a line is TIME [POSTER [WEIGHT]]`);
  }
  return { time: readTime(time, where), poster, weight: readWeight(weight, where) };
}

function readJson(text: string, where: string): Arrival {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "latin1").toString("utf8"));
  } catch (cause) {
    throw new StampmillError("bad-input", `${where}: not JSON`, { parameter: "trace", cause });
  }
  const { time, poster = "poster", weight = 1 } = value as Record<string, unknown>;
  if (typeof time !== "number" && typeof time !== "string") {
    throw badInput("trace", `${where}: "time" must be seconds or a date and time`);
  }
  if (typeof poster !== "string") throw badInput("trace", `${where}: "poster" must be text`);
  return {
    time: readTime(String(time), where),
    poster,
    weight: readWeight(String(weight), where),
  };
}

function readTime(text: string, where: string): number {
  if (/^\d{1,15}(\.\d{1,15})?$/.test(text)) {
    const seconds = Number(text);
    if (seconds <= MOST_SECONDS) return Math.floor(1000 * seconds);
    throw badInput("trace", `${where}: ${text} is too late; times are in seconds`);
  }
  try {
    return parseInstant(text, "a time");
  } catch (error) {
    if (!(error instanceof StampmillError)) throw error;
    throw badInput("trace", `${where}: ${error.message}, or a number of seconds`);
  }
}

function readWeight(text: string, where: string): number {
  const weight = /^\d{1,4}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (weight >= 1 && weight <= 1000) return weight;
  throw badInput("trace", `${where}: a weight is from 1 to 1000, not ${JSON.stringify(text)}`);
}
