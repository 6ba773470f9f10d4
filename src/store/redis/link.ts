import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { StampmillError } from "../../text/errors.ts";

/** Milliseconds until a connection must stand, and until a command must be answered. */
const CONNECT_TIMEOUT = 3000;
const COMMAND_TIMEOUT = 5000;

/** Attempts to connect before a call fails, and the first pause between them in milliseconds. */
const CONNECT_ATTEMPTS = 3;
const CONNECT_PAUSE = 100;

/** Nodes of a cluster to be sent to before a call fails. */
const MAX_REDIRECTIONS = 3;

/** The protocol's sign for a blob: "$". */
const BLOB_STRING = 36;

type Redis = typeof import("@redis/client");
type Argument = string | Buffer;
type Client = Awaited<ReturnType<typeof newClient>>;

async function newClient(url: string) {
  // Half a megabyte that only these stores need; the build makes it a file of its own.
  const loaded: Partial<Redis> & { default?: Redis } = await import("@redis/client");
  // What CommonJS exports has its names or is one default, depending on what loads or bundles it.
  const { createClient } = (loaded.createClient ? loaded : loaded.default) as Redis;
  return createClient({
    url,
    RESP: 2,
    // A command is sent once or fails: were it sent again after a lost answer, what it has spent
    // would come back as spent. Connecting again is for the next call, below.
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_TIMEOUT, reconnectStrategy: false },
  });
}

/**
 * A connection to a Redis server that is made when it is needed, again after it broke, and on which
 * nothing waits for ever. Whatever goes wrong is a StampmillError `store`.
 */
export class RedisLink {
  /** Without password and parameters. */
  readonly name: string;
  #url: string;
  #client: Promise<Client> | null = null;
  #closed = false;
  readonly #check: (info: ReadonlyMap<string, string>) => void;
  readonly #digests = new Map<string, string>();

  /** @param check looks at what a server says of itself; what it throws ends the call */
  constructor(url: URL, check: (info: ReadonlyMap<string, string>) => void) {
    const shown = new URL(url);
    shown.password = "";
    shown.username = "";
    this.name = shown.href;
    this.#url = url.href;
    this.#check = check;
  }

  /** Sends a command; blobs come back as Buffers if asked for. */
  async send(args: readonly Argument[], blobs = false): Promise<unknown> {
    for (let redirections = 0; ; redirections++) {
      try {
        const client = await this.#connected();
        const typeMapping = blobs ? { [BLOB_STRING]: Buffer } : {};
        return await this.#within(client.sendCommand([...args], { typeMapping }), client);
      } catch (error) {
        const moved = /^MOVED \d+ (.+):(\d+)$/.exec(error instanceof Error ? error.message : "");
        if (moved === null || redirections === MAX_REDIRECTIONS) throw error;
        await this.#moveTo(moved[1] ?? "", moved[2] ?? "");
      }
    }
  }

  /** Runs a script by its digest, and in full where the server does not know it. */
  async run(script: string, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    let digest = this.#digests.get(script);
    if (digest === undefined) {
      digest = createHash("sha1").update(script).digest("hex");
      this.#digests.set(script, digest);
    }
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.send(["EVALSHA", digest, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
      return await this.send(["EVAL", script, ...rest]);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#drop();
  }

  /** Connects if there is no connection that stands; callers at the same time share one. */
  async #connected(): Promise<Client> {
    const known = this.#client;
    if (known !== null) {
      const client = await known;
      if (client.isReady) return client;
      if (this.#client === known) this.#client = null;
    }
    if (this.#closed) throw new Error("it is closed");
    this.#client ??= this.#connect().catch((error) => {
      this.#client = null;
      throw error;
    });
    return this.#client;
  }

  async #connect(): Promise<Client> {
    for (let attempt = 1; ; attempt++) {
      const client = await newClient(this.#url);
      // Without a listener the event would end the process; callers learn from their commands.
      client.on("error", () => {});
      try {
        await this.#within(client.connect(), client);
        const info = await this.#within(client.sendCommand<string>(["INFO"]), client);
        this.#check(readInfo(String(info)));
        return client;
      } catch (error) {
        if (client.isOpen) client.destroy();
        if (attempt === CONNECT_ATTEMPTS || !isUnreachable(error)) throw error;
        await sleep(CONNECT_PAUSE * attempt);
      }
    }
  }

  /** An answer that came late could be taken for another's: the connection ends with it. */
  async #within<T>(answer: Promise<T>, client: Client): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${COMMAND_TIMEOUT / 1000} seconds`));
        if (client.isOpen) client.destroy();
      }, COMMAND_TIMEOUT);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** All keys of a store are in one slot of a cluster, so there is one node to talk to. */
  async #moveTo(host: string, port: string): Promise<void> {
    const url = new URL(this.#url);
    url.hostname = host.includes(":") ? `[${host}]` : host;
    url.port = port;
    this.#url = url.href;
    await this.#drop();
  }

  async #drop(): Promise<void> {
    const current = this.#client;
    this.#client = null;
    const client = await current?.catch(() => undefined);
    if (client?.isOpen) client.destroy();
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Error && /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? "");
}

/** The lines `name:value` of INFO. */
function readInfo(text: string): Map<string, string> {
  const lines = text.matchAll(/^([a-z_0-9]+):(.*?)\r?$/gm);
  return new Map([...lines].map(([, name = "", value = ""]) => [name, value]));
}

/** The error for whatever went wrong with the server. */
export function redisError(name: string, cause: unknown): StampmillError {
  if (cause instanceof StampmillError) return cause;
  const why = (cause instanceof Error ? cause.message : String(cause)) || "no connection";
  return new StampmillError("store", `the store ${name} failed: ${why}`, {
    parameter: "store",
    cause,
  });
}
