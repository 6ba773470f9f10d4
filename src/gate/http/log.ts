import { write } from "node:fs";
import { toAscii } from "../../text/ascii-json.ts";

/** How much is logged: each level has those before it, too. */
export const LOG_LEVELS = ["off", "error", "warn", "info", "debug"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Log {
  /** Logs an event with fields, as one line of JSON. */
  (level: Exclude<LogLevel, "off">, event: string, fields?: LogFields): void;
  /** Resolves when all of it is written, or its reader has not taken any for a second. */
  end(): Promise<void>;
}

/** Bytes that wait at most while the reader of the log is slow. */
const MOST_WAITING = 1 << 20;

/** Milliseconds that lines wait for others: a write for each would take as long as a verdict. */
const GATHER = 50;

/** Bytes that are written at once. */
const ENOUGH = 1 << 16;

/** Milliseconds that the end waits for a reader. */
const MOST_AT_END = 1000;

/** Milliseconds until a pipe that is full is tried again. */
const TRY_AGAIN = 20;

/**
 * A log in lines of JSON, by way of a file descriptor. Nobody waits for it: lines go out together
 * after 50 ms at most, and while more than 1 MiB waits they are dropped and counted.
 */
export function createLog(descriptor: number, most: LogLevel): Log {
  const limit = LOG_LEVELS.indexOf(most);
  let waiting = "";
  let dropped = 0;
  /** Something is being written, or is about to be. */
  let busy = false;
  let timer: NodeJS.Timeout | undefined;
  let ending = false;
  let written = () => {};

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (dropped > 0) {
      waiting += line("warn", "log-lines-dropped", { lines: dropped });
      dropped = 0;
    }
    busy = waiting !== "";
    if (!busy) return written();
    // What strangers sent is in it, and it may end in a terminal.
    const bytes = Buffer.from(toAscii(waiting));
    waiting = "";
    writeOut(bytes);
  };
  const writeOut = (bytes: Uint8Array) => {
    write(descriptor, bytes, (error, count) => {
      if (error?.code === "EAGAIN") setTimeout(() => writeOut(bytes), TRY_AGAIN);
      else if (error === null && count < bytes.length) writeOut(bytes.subarray(count));
      else later();
    });
  };
  const later = () => {
    busy = false;
    if (ending || waiting.length >= ENOUGH) return flush();
    if (waiting !== "") timer ??= setTimeout(flush, GATHER);
  };

  const log: Log = (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) > limit) return;
    if (waiting.length > MOST_WAITING) {
      dropped++;
      return;
    }
    waiting += line(level, event, fields);
    if (!busy) later();
  };
  log.end = () =>
    new Promise((resolve) => {
      ending = true;
      written = resolve;
      setTimeout(resolve, MOST_AT_END);
      if (!busy) flush();
    });
  return log;
}

function line(level: string, event: string, fields: LogFields): string {
  const time = new Date().toISOString();
  return `${JSON.stringify({ time, level, event, ...fields })}\n`;
}
