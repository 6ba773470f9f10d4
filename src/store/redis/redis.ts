import { StampmillError } from "../../text/errors.ts";
import {
  type Charge,
  type ChargeOutcome,
  type ChargeTerms,
  checkCharges,
  checkQuestions,
  type PosterQuestion,
  type Store,
} from "../charge.ts";
import { checkEntries, checkSets } from "../entry.ts";
import {
  type AddReport,
  batchesOf,
  type PurgeOptions,
  purgeCutoff,
  purgeLimit,
  type SpendOutcome,
  type SpendTerms,
  type SpentEntry,
  type StoreMarks,
  type StoreStats,
  sizeOfSet,
} from "../store.ts";
import { MAX_SCRIPT, readLetters, toArguments, whole } from "./arguments.ts";
import { RedisLink, redisError } from "./link.ts";
import { RedisPosters } from "./posters.ts";
import { SCRIPTS } from "./scripts.ts";

/**
 * Opens a store in a Redis server.
 *
 * @throws StampmillError `bad-input` for a URL that is none; `store` if there is no server, or one
 *   that may forget what it is told
 */
export async function openRedis(url: string): Promise<Store> {
  const store = new RedisStore(readUrl(url));
  try {
    await store.look([]);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Place {
  readonly url: URL;
  readonly namespace: string;
}

function readUrl(text: string): Place {
  // Errors do not repeat the URL: it may hold a password.
  if (!URL.canParse(text)) throw badUrl("the store is not a valid redis:// URL");
  const url = new URL(text);
  if (url.hostname === "") throw badUrl("a redis:// URL needs a host");
  const namespace = url.searchParams.get("namespace") ?? "default";
  const parameters = [...url.searchParams.keys()];
  if (parameters.some((name) => name !== "namespace") || parameters.length > 1 || url.hash) {
    throw badUrl("a redis:// URL has no parameter but namespace");
  }
  if (!/^[\w.-]{1,64}$/.test(namespace)) {
    throw badUrl("namespace must be 1 to 64 letters, digits, dots, dashes and underscores");
  }
  if (!/^\/?\d*$/.test(url.pathname)) {
    throw badUrl("after the host of a redis:// URL comes the number of a database");
  }
  url.search = "";
  return { url, namespace };
}

function badUrl(message: string): StampmillError {
  return new StampmillError("bad-input", message, {
    parameter: "store",
    hint: "redis://USER:PASSWORD@HOST:PORT/DATABASE?namespace=NAME",
  });
}

/** Refuses a server that throws keys away, whatever they are, when it runs out of memory. */
function checkServer(info: ReadonlyMap<string, string>): void {
  const policy = info.get("maxmemory_policy") ?? "";
  if (info.get("maxmemory") !== "0" && policy.startsWith("allkeys-")) {
    throw new StampmillError("store", `Redis may evict spent stamps: its policy is ${policy}`, {
      parameter: "store",
      hint: "set maxmemory-policy to noeviction, or to one of the volatile- policies",
    });
  }
}

class RedisStore implements Store {
  readonly url: string;
  readonly #link: RedisLink;
  readonly #keys: readonly [spent: string, marks: string, posters: string];
  readonly #posters: RedisPosters;
  #info: ReadonlyMap<string, string> = new Map();

  constructor({ url, namespace }: Place) {
    this.#link = new RedisLink(url, (info) => {
      checkServer(info);
      this.#info = info;
    });
    this.url = `${this.#link.name}?namespace=${namespace}`;
    // What stands in braces decides the slot in a cluster: all keys must be on the same node.
    const [spent, marks, posters] = ["spent", "marks", "posters"].map(
      (name) => `stampmill:{${namespace}}:${name}`,
    ) as [string, string, string];
    this.#keys = [spent, marks, posters];
    this.#posters = new RedisPosters((script, args) => this.#run(script, args));
  }

  async spend(
    sets: readonly (readonly SpentEntry[])[],
    { keep, now }: SpendTerms,
  ): Promise<SpendOutcome[][]> {
    checkSets(sets);
    const outcomes: SpendOutcome[][] = [];
    for (const batch of batchesOf(sets, MAX_SCRIPT, sizeOfSet)) {
      const size = batch.reduce((sum, set) => sum + set.length, 0);
      const args: (string | Buffer)[] = [
        whole(Math.ceil(keep / 1000)),
        whole(Math.floor(purgeCutoff(now, 0) / 1000)),
        String(purgeLimit(size)),
      ];
      for (const set of batch) args.push(String(set.length), ...set.flatMap(toArguments));
      const letters = await this.#letters(SCRIPTS.spend, args, size);
      let next = 0;
      for (const set of batch) outcomes.push(set.map(() => letters[next++] as SpendOutcome));
    }
    return outcomes;
  }

  async charge(charges: readonly Charge[], terms: ChargeTerms): Promise<readonly ChargeOutcome[]> {
    checkCharges(charges);
    return this.#try(() => this.#posters.charge(charges, terms));
  }

  async leads(questions: readonly PosterQuestion[]): Promise<readonly (number | null)[]> {
    checkQuestions(questions);
    return this.#try(() => this.#posters.leads(questions));
  }

  secret(): Promise<Uint8Array> {
    return this.#try(() => this.#posters.secret());
  }

  async look(entries: readonly SpentEntry[]): Promise<SpendOutcome[]> {
    checkEntries(entries);
    if (entries.length === 0) await this.#run(SCRIPTS.look, []);
    const outcomes: SpendOutcome[] = [];
    for (const batch of pagesOf(entries)) {
      const args = batch.flatMap(toArguments);
      outcomes.push(...(await this.#letters(SCRIPTS.look, args, batch.length)));
    }
    return outcomes;
  }

  async add(entries: readonly SpentEntry[]): Promise<AddReport> {
    checkEntries(entries);
    const report = { added: 0, known: 0, purged: 0 };
    for (const batch of pagesOf(entries)) {
      const args = batch.flatMap(toArguments);
      for (const was of await this.#letters(SCRIPTS.add, args, batch.length)) {
        if (was === "fresh") report.added++;
        else if (was === "spent") report.known++;
        else report.purged++;
      }
    }
    return report;
  }

  async raise({ horizon, keep }: StoreMarks): Promise<void> {
    const least = horizon === null ? -1 : Math.floor(horizon / 1000);
    await this.#run(SCRIPTS.mark, [whole(least), whole(Math.ceil(keep / 1000)), ""]);
  }

  async purge({ now, keep, before }: PurgeOptions): Promise<number> {
    const least = before === undefined ? -1 : Math.ceil(before / 1000) - 1;
    const exact = keep === undefined ? "" : whole(Math.ceil(keep / 1000));
    await this.#run(SCRIPTS.mark, [whole(least), "0", exact]);
    let removed = 0;
    for (;;) {
      const args = [whole(Math.floor(purgeCutoff(now, 0) / 1000)), String(MAX_SCRIPT)];
      const count = Number(await this.#run(SCRIPTS.purge, args));
      if (count === 0) return removed;
      removed += count;
    }
  }

  async *list(): AsyncGenerator<SpentEntry[]> {
    let cursor = "0";
    do {
      const command = ["ZSCAN", this.#keys[0], cursor, "COUNT", "1000"];
      const [next, flat] = (await this.#try(() => this.#link.send(command, true))) as [
        Buffer,
        Buffer[],
      ];
      const page: SpentEntry[] = [];
      for (let i = 0; i < flat.length; i += 2) {
        page.push({ time: 1000 * Number(flat[i + 1]), digest: flat[i] as Buffer });
      }
      if (page.length > 0) yield page;
      cursor = String(next);
    } while (cursor !== "0");
  }

  async stats(): Promise<StoreStats> {
    const reply = (await this.#run(SCRIPTS.stats, [])) as [number, string, string, number, number];
    const [entries, oldest, newest, horizon, keep] = reply;
    const bytes = await this.#optional(["MEMORY", "USAGE", this.#keys[0], "SAMPLES", "100"]);
    const fsync = await this.#optional(["CONFIG", "GET", "appendfsync"]);
    return {
      engine: `Redis ${this.#info.get("redis_version")}`,
      entries,
      oldest: toTime(oldest),
      newest: toTime(newest),
      horizon: horizon < 0 ? null : 1000 * horizon,
      keep: 1000 * keep,
      bytes: bytes === null ? (entries === 0 ? 0 : null) : Number(bytes),
      durability: this.#durability(Array.isArray(fsync) ? String(fsync[1]) : "unknown"),
    };
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #durability(fsync: string): string {
    if (this.#info.get("aof_enabled") !== "1") {
      return "only in Redis's snapshots: a crash of the server forgets what came after the last";
    }
    if (fsync === "always") return "on the server's disk before a stamp is called valid";
    return `in Redis's append-only file, written out as its appendfsync says: ${fsync}`;
  }

  /** What servers with few rights granted may refuse, and what nothing depends on. */
  async #optional(command: readonly string[]): Promise<unknown> {
    try {
      return await this.#link.send(command);
    } catch {
      return null;
    }
  }

  async #letters(
    script: string,
    args: readonly (string | Buffer)[],
    count: number,
  ): Promise<SpendOutcome[]> {
    return this.#try(async () => readLetters(await this.#run(script, args), count));
  }

  #run(script: string, args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.#try(() => this.#link.run(script, this.#keys, args));
  }

  async #try<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw redisError(this.url, cause);
    }
  }
}

function* pagesOf(entries: readonly SpentEntry[]): Generator<readonly SpentEntry[]> {
  for (let i = 0; i < entries.length; i += MAX_SCRIPT) yield entries.slice(i, i + MAX_SCRIPT);
}

function toTime(text: string): number | null {
  return text === "" ? null : 1000 * Number(text);
}
