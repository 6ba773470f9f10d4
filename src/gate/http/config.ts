import { ALGORITHMS } from "../../engine/algorithms.ts";
import { badInput } from "../../text/errors.ts";
import { DEFAULT_MAX_BODY } from "./body.ts";
import {
  choice,
  duration,
  number,
  period,
  type Reader,
  record,
  type Section,
  section,
  text,
  texts,
  truth,
  whole,
} from "./config-values.ts";
import { LOG_LEVELS } from "./log.ts";
import type { ServerLimits } from "./server.ts";

/** What one server takes at most, unless said otherwise. */
export const DEFAULT_LIMITS: ServerLimits = {
  maxBody: DEFAULT_MAX_BODY,
  maxHeader: 1 << 16,
  maxConnections: 1000,
  maxPerAddress: 16,
  maxPerNetwork: 32,
  maxPending: 4000,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAlive: 5000,
  parkTime: 3000,
  stopTimeout: 10_000,
};

/** How many connections a server may be told to hold. */
export const connections = whole(1, 100_000);

/** Where it listens, unless said otherwise. */
export const DEFAULT_LISTEN = "127.0.0.1:8402";

/** Every key of a configuration. Ranges that the gate itself checks are not repeated here. */
const KEYS = {
  listen: text,
  store: text,
  secret: text,
  secretFile: text,
  algorithm: choice(ALGORITHMS),
  price: section({
    base: number,
    cap: number,
    interval: period,
    burst: period,
    tau: period,
    newcomer: number,
    tolerance: period,
    remember: period,
  }),
  rotate: period,
  grace: period,
  maxStamps: number,
  known: record(number),
  resources: texts,
  proxies: texts,
  posterFrom: choice(["request", "header"]),
  posterHeader: text,
  auth: section({
    resource: text,
    resourceHeader: text,
    status: choice([401, 402, 403]),
    methodHeader: text,
    uriHeader: text,
  }),
  metrics: truth,
  log: choice(LOG_LEVELS),
  limits: section({
    maxBody: whole(1024, 1 << 24),
    maxHeader: whole(4096, 1 << 20),
    maxConnections: connections,
    maxPerAddress: connections,
    maxPerNetwork: connections,
    maxPending: whole(1, 1_000_000),
    headersTimeout: duration("1s", "10m"),
    requestTimeout: duration("1s", "10m"),
    keepAlive: duration("1s", "10m"),
    parkTime: duration("0s", "10m"),
    stopTimeout: duration("0s", "10m"),
  }),
};

export type Config = Section<typeof KEYS>;

const readKeys: Reader<Config> = section(KEYS);

/**
 * Reads a configuration: a JSON object, each key of which may be missing.
 *
 * @throws StampmillError `bad-input` for what is no JSON, a key that is not known, or a value that
 *   is wrong; its `parameter` is the key, such as `limits.maxBody`
 */
export function parseConfig(json: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw badInput("config", `it is not JSON: ${why}`);
  }
  return readKeys(value, "");
}

/** One configuration over another: what the upper one says counts, of prices and limits each by itself. */
export function overlay(lower: Config, upper: Config): Config {
  const merged: Config = { ...lower, ...said(upper) };
  const price = { ...said(lower.price ?? {}), ...said(upper.price ?? {}) };
  const limits = { ...said(lower.limits ?? {}), ...said(upper.limits ?? {}) };
  return {
    ...merged,
    ...(Object.keys(price).length === 0 ? {} : { price }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}

/** What is not undefined. */
export function said<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as ReturnType<typeof said<T>>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads where to listen: `HOST:PORT`, with an IPv6 address in brackets. Port 0 is any that is free.
 *
 * @throws StampmillError `bad-input`
 */
export function parseListen(listen: string): Address {
  const [, host, bare, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:]+)):(\d{1,5})$/.exec(listen) ?? [];
  if (port !== undefined && Number(port) < 65_536) {
    return { host: host ?? bare ?? "", port: Number(port) };
  }
  throw badInput("listen", `listen must be HOST:PORT, not ${JSON.stringify(listen)}`);
}
