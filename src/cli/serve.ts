import { readFileSync, statSync } from "node:fs";
import { Command } from "commander";
import { ALGORITHMS, type Algorithm, UNNAMED_ALGORITHM } from "../engine/algorithms.ts";
import { DEFAULT_PROXIES } from "../gate/http/addresses.ts";
import {
  type Config,
  connections,
  DEFAULT_LIMITS,
  DEFAULT_LISTEN,
  overlay,
  parseConfig,
  said,
} from "../gate/http/config.ts";
import { createLog, LOG_LEVELS, type LogLevel } from "../gate/http/log.ts";
import { checkConfig, type Service, startService } from "../gate/http/service.ts";
import { DEFAULT_TERMS } from "../price/terms.ts";
import { toAscii } from "../text/ascii-json.ts";
import { badInput, StampmillError } from "../text/errors.ts";
import { type TermOptions, termsOf, withTerms } from "./price/terms-options.ts";
import { EnvironmentError, EXIT } from "./terminal/exit.ts";
import { onSignal } from "./terminal/lifetime.ts";
import { gather, once, oneOf, wholeNumber } from "./terminal/options.ts";
import { writeProduct } from "./terminal/output.ts";

interface Options extends TermOptions {
  config?: string;
  checkConfig?: true;
  listen?: string;
  store?: string;
  algorithm?: Algorithm;
  resource?: string[];
  posterFrom?: "request" | "header";
  posterHeader?: string;
  maxConnections?: number;
  maxPerAddress?: number;
  maxPerNetwork?: number;
  proxy?: string[];
  log?: LogLevel;
}

const STDERR = 2;

/** Bytes of a configuration that are read. */
const MAX_CONFIG = 1 << 20;

const DETAILS = `
GET /price?resource=R&poster=P[&digest=D][&weight=W] says what a post costs now and
what to mint; POST /posts takes JSON with stamps, resource, poster, and message or
digest (SHA-256 of the message): 201 if it is paid for, 402 with the price and a
reason if not. /auth is for nginx, Caddy and Traefik, /healthz and /metrics for
whoever looks after it. docs/serve.md has all of it, and every key of the
configuration, a JSON file; options here override it.

Every poster has a price of its own: BASE bits for one post an INTERVAL, free to
run ahead of that by BURST; beyond that a debt of TAU doubles the price, up to CAP.

Whoever can reach /posts can post in any name: let only programs you trust, or a
proxy that says who it is, with --poster-from header. Secrets do not belong on a
command line: STAMPMILL_STORE may hold a store's URL with its password,
STAMPMILL_SECRET what salts are made from; both may stand in the file, too.

Where there are too many connections, the one that has waited longest for its client
goes first. A proxy with a public address belongs in --proxy, since it brings
everybody's connections.

The log is lines of JSON on standard error. SIGTERM and SIGINT let requests end
that are under way. Several servers with one Redis store and the same configuration
are as one.

Exit codes: 0 the configuration is good (--check-config); 2 wrong usage or
configuration; 3 the store or the network failed; 130, 143 after a signal.

Examples:
  stampmill serve --store posts.db
  stampmill serve --store redis://localhost --listen 0.0.0.0:8402 --base 18 --interval 10m
  stampmill serve --config gate.json --check-config`;

/** How many connections are held, and how many of them for one client. */
const COUNTS: readonly [
  flag: string,
  key: "maxConnections" | "maxPerAddress" | "maxPerNetwork",
  help: string,
][] = [
  ["--max-connections", "maxConnections", "connections that are held"],
  ["--max-per-address", "maxPerAddress", "of these, from one address that wait for their client"],
  ["--max-per-network", "maxPerNetwork", "the same for one /64 of IPv6"],
];

function withConnections(command: Command): Command {
  for (const [flag, key, help] of COUNTS) {
    const read = wholeNumber(flag);
    const shown = `${help} (default: ${DEFAULT_LIMITS[key]})`;
    command.option(`${flag} <number>`, shown, (text) => connections(read(text), flag));
  }
  const shown =
    "address or network that is not counted so (default: this machine and private networks); may be given again";
  return command.option("--proxy <address>", shown, gather);
}

/** `stampmill serve`. */
export function serveCommand(): Command {
  const text = (flag: string) => once(flag, (given) => given);
  const command = new Command("serve")
    .description("Run a gate as an HTTP service: what a post costs, and whether it is paid.")
    .option("--config <file>", "configuration, in JSON", text("--config"))
    .option("--check-config", "print the configuration as it would be used, and do nothing else")
    .option("--store <store>", "FILE or redis://HOST; needed", text("--store"))
    .option(
      "--listen <host:port>",
      `where to listen (default: ${DEFAULT_LISTEN})`,
      text("--listen"),
    )
    .option(
      "-a, --algorithm <algorithm>",
      `${ALGORITHMS.join(" or ")} (default: ${UNNAMED_ALGORITHM})`,
      oneOf("--algorithm", ALGORITHMS),
    );
  withTerms(command)
    .option("--resource <resource>", "a board there is (default: any); may be given again", gather)
    .option(
      "--poster-from <where>",
      "who says who posts: request or header (default: request)",
      oneOf("--poster-from", ["request", "header"]),
    )
    .option("--poster-header <name>", "the header a proxy sets", text("--poster-header"));
  return withConnections(command)
    .option(
      "--log <level>",
      `what is logged: ${LOG_LEVELS.join(", ")} (default: info)`,
      oneOf("--log", LOG_LEVELS),
    )
    .addHelpText("after", DETAILS)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const file = options.config === undefined ? {} : readConfig(options.config);
  const config = overlay(overlay(file, fromEnvironment()), fromOptions(options));
  checkConfig(config);
  if (options.checkConfig) {
    await writeProduct(`${toAscii(JSON.stringify(shown(config), null, 2))}\n`);
    process.exitCode = EXIT.done;
    return;
  }
  const log = createLog(STDERR, config.log ?? "info");
  // From here on a signal waits for what is under way.
  const signalled = new Promise<number>((resolve) => onSignal(resolve));
  const service = await listen(config, log);
  const code = await signalled;
  log("info", "stopping", { code });
  await service.stop();
  log("info", "stopped");
  await log.end();
  process.exit(code);
}

async function listen(config: Config, log: ReturnType<typeof createLog>): Promise<Service> {
  try {
    return await startService(config, log);
  } catch (error) {
    if (error instanceof StampmillError) throw error;
    const where = config.listen ?? DEFAULT_LISTEN;
    throw new EnvironmentError(`cannot listen on ${where}`, error as NodeJS.ErrnoException);
  }
}

function readConfig(file: string): Config {
  let json: string;
  try {
    if (statSync(file).size > MAX_CONFIG) throw new Error("it is larger than 1 MiB");
    json = readFileSync(file, "utf8");
  } catch (cause) {
    throw new EnvironmentError(`cannot read ${file}`, cause as NodeJS.ErrnoException);
  }
  try {
    return parseConfig(json);
  } catch (error) {
    if (!(error instanceof StampmillError)) throw error;
    const { parameter = "config", hint } = error;
    throw badInput(parameter, `${file}: ${error.message}`, hint);
  }
}

/** What is set but empty counts as not set. */
function fromEnvironment(): Config {
  const { STAMPMILL_STORE, STAMPMILL_SECRET } = process.env;
  return { store: STAMPMILL_STORE || undefined, secret: STAMPMILL_SECRET || undefined };
}

function fromOptions(options: Options): Config {
  const { listen, store, algorithm, resource, posterFrom, posterHeader, log } = options;
  if (store !== undefined && hasPassword(store)) {
    throw badInput(
      "--store",
      "a password on a command line can be read by all users of the machine",
      "put the URL into STAMPMILL_STORE, or into the configuration",
    );
  }
  const given = { listen, store, algorithm, resources: resource, posterFrom, posterHeader, log };
  const { maxConnections, maxPerAddress, maxPerNetwork, proxy } = options;
  const limits = said({ maxConnections, maxPerAddress, maxPerNetwork });
  return { ...given, proxies: proxy, price: termsOf(options), limits };
}

function hasPassword(store: string): boolean {
  return /^rediss?:\/\/[^/?#]*:[^/?#]*@/i.test(store);
}

/** The configuration with its defaults, and without what is secret. */
function shown(config: Config): object {
  const { store = "", secret, price, limits, known, proxies } = config;
  return {
    listen: DEFAULT_LISTEN,
    ...said(config),
    store: store.replace(/^(rediss?:\/\/[^/?#:]*):[^/?#]*@/i, "$1:***@"),
    ...(secret === undefined ? {} : { secret: "***" }),
    ...(known === undefined ? {} : { known: Object.fromEntries(known) }),
    price: { ...DEFAULT_TERMS, ...price },
    proxies: proxies ?? DEFAULT_PROXIES,
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
}
