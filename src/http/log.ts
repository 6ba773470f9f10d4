import { write } from "node:fs";
import { toAscii } from "../ascii-json.ts";

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

/** Milliseconds that the end waits for a reader. */
const MOST_AT_END = 1000;

/** Milliseconds until a pipe that is full is tried again. */
const TRY_AGAIN = 20;

/**
 * A log in lines of JSON, by way of a file descriptor. Nobody waits for it: lines go out together
 * once the event loop has turned, and while more than 1 MiB waits they are dropped and counted.
 */
export function createLog(descriptor: number, most: LogLevel): Log {
  const limit = LOG_LEVELS.indexOf(most);
  let waiting = "";
  let dropped = 0;
  let busy = false;
  let written = () => {};

  const flush = () => {
    busy = false;
    if (dropped > 0) {
      waiting += line("warn", "log-lines-dropped", { lines: dropped });
      dropped = 0;
    }
    if (waiting === "") return written();
    busy = true;
    const bytes = Buffer.from(waiting);
    waiting = "";
    writeOut(bytes);
  };
  const writeOut = (bytes: Uint8Array) => {
    write(descriptor, bytes, (error, count) => {
      if (error?.code === "EAGAIN") setTimeout(() => writeOut(bytes), TRY_AGAIN);
      else if (error !== null || count === bytes.length) flush();
      else writeOut(bytes.subarray(count));
    });
  };

  const log: Log = (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) > limit) return;
    if (waiting.length > MOST_WAITING) {
      dropped++;
      return;
    }
    waiting += line(level, event, fields);
    if (busy) return;
    busy = true;
    setImmediate(flush);
  };
  log.end = () =>
    new Promise((resolve) => {
      if (!busy) return resolve();
      written = resolve;
      setTimeout(resolve, MOST_AT_END);
    });
  return log;
}

function line(level: string, event: string, fields: LogFields): string {
  // What strangers sent is in it, and it may end in a terminal.
  const time = new Date().toISOString();
  return `${toAscii(JSON.stringify({ time, level, event, ...fields }))}\n`;
}
