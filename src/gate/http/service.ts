import { readFileSync } from "node:fs";
import { openStore } from "../../store/open.ts";
import { badInput } from "../../text/errors.ts";
import { createGate } from "../gate.ts";
import type { Gate, GateOptions } from "../types.ts";
import { type AddressList, DEFAULT_PROXIES, readAddresses } from "./addresses.ts";
import { type Config, DEFAULT_LIMITS, DEFAULT_LISTEN, parseListen, said } from "./config.ts";
import { gateEndpoints } from "./handler.ts";
import { type GateHandlerOptions, readHandlerRules } from "./handler-options.ts";
import type { Log } from "./log.ts";
import { GateServer, type ServerLimits } from "./server.ts";

/** A gate that is open to the network. */
export interface Service {
  /** Such as `http://127.0.0.1:8402`. */
  readonly url: string;
  /** Finishes what is under way, and closes the store. */
  stop(): Promise<void>;
}

/** Longest secret in a file, in bytes. */
const MAX_SECRET = 4096;

/**
 * Checks all of a configuration that can be checked without opening anything.
 *
 * @throws StampmillError `bad-input`
 */
export function checkConfig(config: Config): void {
  if (config.store === undefined) {
    throw badInput(
      "store",
      "there is no store",
      "give --store FILE, or store in the configuration",
    );
  }
  if (config.secret !== undefined && config.secretFile !== undefined) {
    throw badInput("secret", "give secret or secretFile, not both");
  }
  parseListen(config.listen ?? DEFAULT_LISTEN);
  checkLimits(limitsOf(config));
  proxiesOf(config);
  readHandlerRules(handlerOptionsOf(config));
  // No gate without a store; this one is never asked.
  const nowhere = { charge: () => {} } as unknown as GateOptions["store"];
  createGate({ ...gateOptionsOf(config), store: nowhere });
}

/**
 * Opens the store and takes requests.
 *
 * @throws StampmillError `bad-input` for a wrong configuration, `store` if that cannot be opened; the
 *   system's error if it cannot listen
 */
export async function startService(config: Config, log: Log): Promise<Service> {
  checkConfig(config);
  const options = gateOptionsOf(config);
  const { host, port } = parseListen(config.listen ?? DEFAULT_LISTEN);
  const store = await openStore(config.store ?? "");
  try {
    const gate: Gate = createGate({ ...options, store });
    const server = new GateServer({
      endpoints: gateEndpoints(gate, handlerOptionsOf(config)),
      check: async () => {
        await store.look([]);
        return null;
      },
      metrics: config.metrics ?? true,
      limits: limitsOf(config),
      proxies: proxiesOf(config),
      log,
    });
    const url = await server.listen(host, port);
    log("info", "listening", { url, store: store.url, pid: process.pid });
    return {
      url,
      async stop() {
        await server.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function gateOptionsOf(config: Config): Omit<GateOptions, "store"> {
  const { price, algorithm, rotate, grace, maxStamps, known, secret, secretFile } = config;
  return {
    terms: price,
    algorithm,
    rotate,
    grace,
    maxStamps,
    known,
    secret: secretFile === undefined ? secret : readSecret(secretFile),
  };
}

/** What the handler is told of a configuration. */
function handlerOptionsOf({
  resources,
  posterFrom,
  posterHeader,
  auth,
}: Config): GateHandlerOptions {
  return { resources, posterFrom, posterHeader, auth };
}

function limitsOf({ limits = {} }: Config): ServerLimits {
  return { ...DEFAULT_LIMITS, ...said(limits) };
}

function proxiesOf({ proxies = DEFAULT_PROXIES }: Config): AddressList {
  return readAddresses(proxies, "proxies");
}

function checkLimits({ headersTimeout, requestTimeout }: ServerLimits): void {
  if (headersTimeout <= requestTimeout) return;
  const message = "limits.headersTimeout must not be longer than limits.requestTimeout";
  throw badInput("limits.headersTimeout", message);
}

function readSecret(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw badInput("secretFile", `secretFile cannot be read: ${why}`);
  }
  if (bytes.length > MAX_SECRET) {
    throw badInput("secretFile", `secretFile has more than ${MAX_SECRET} bytes`);
  }
  return Buffer.from(bytes).toString("utf8").trimEnd();
}
