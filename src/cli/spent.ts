import { Command } from "commander";
import { type OpenOptions, openStore } from "../store/open.ts";
import type { SpentStore, StoreStats } from "../store/store.ts";
import { exportSpent } from "../store/transfer/dump.ts";
import { importSpent } from "../store/transfer/import.ts";
import { parseDuration } from "../text/duration.ts";
import { StampmillError } from "../text/errors.ts";
import { formatInstant, parseInstant } from "../text/instant.ts";
import { actionGroup } from "./terminal/action-group.ts";
import { EXIT } from "./terminal/exit.ts";
import { readInput } from "./terminal/input.ts";
import { once } from "./terminal/options.ts";
import { toJsonLine, writeError, writeProduct } from "./terminal/output.ts";

interface Options {
  store: string;
  json?: true;
}

interface PurgeOptions extends Options {
  keep?: number;
  before?: number;
}

/** Damaged lines that are told of one by one. */
const MOST_TOLD = 100;

const DETAILS = `
The store is a FILE (or sqlite:FILE), or a Redis server: redis://HOST:PORT/DATABASE
(rediss:// for TLS), where ?namespace=NAME keeps several stores apart.

verify --store removes what has expired by itself, a bounded number at a time. How
long a stamp is kept is the longest --expires and --grace that verify was ever
given. Whatever is dated no later than what was removed stays refused for good.

Exit codes: 0 done; 1 import could not read everything; 2 wrong usage; 3 the
store, reading or writing failed.

Examples:
  stampmill spent stats --store spent.db
  stampmill spent import --store spent.db hashcash.sdb
  stampmill spent export --store spent.db > spent.txt
  stampmill spent purge --store redis://localhost?namespace=forum`;

/** `stampmill spent`. */
export function spentCommand(): Command {
  return actionGroup("spent", [stats(), list(), purge(), bringIn(), bringOut()], {
    description: "Look after a store of spent stamps.",
    usage: "--store STORE [options]",
    details: DETAILS,
  });
}

function action(name: string, description: string): Command {
  return new Command(name).description(description).requiredOption(
    "--store <store>",
    "FILE or redis://HOST",
    once("--store", (text) => text),
  );
}

const stats = () =>
  action("stats", "How many stamps there are, from when, and how far was purged.")
    .option("--json", "print one line of JSON")
    .addHelpText(
      "after",
      `
JSON: store engine entries oldest newest horizon keep bytes durability. "horizon"
is the date up to which everything is refused since it was purged, "keep" how
many seconds after its date a stamp is kept; null is what there is none of.

Example:
  stampmill spent stats --store spent.db`,
    )
    .action((options: Options) =>
      withStore(options, LOOKING, async (store) => {
        const found = await store.stats();
        await writeProduct(options.json ? toJson(store, found) : toText(store, found));
      }),
    );

const list = () =>
  action("list", "The date and the digest of every stamp.")
    .option("--json", "print a line of JSON for each stamp")
    .addHelpText(
      "after",
      `
The digest is the first 16 bytes of SHA-256 over the stamp; the store does not hold
the stamps themselves. SQLite lists them in the order of their dates.

JSON: date digest.

Example:
  stampmill spent list --store spent.db | grep "$(printf %s "$stamp" | sha256sum | cut -c 1-32)"`,
    )
    .action((options: Options) =>
      withStore(options, LOOKING, async (store) => {
        for await (const page of store.list()) {
          const rows = page.map(({ time, digest }) => ({
            date: formatInstant(time),
            digest: Buffer.from(digest).toString("hex"),
          }));
          const lines = rows.map((row) =>
            options.json ? toJsonLine(row) : `${row.date} ${row.digest}\n`,
          );
          await writeProduct(lines.join(""));
        }
      }),
    );

const purge = () =>
  action("purge", "Remove every stamp that has expired.")
    .option(
      "--keep <duration>",
      "from now on keep stamps this long after their date (expires and grace)",
      once("--keep", (text) => parseDuration(text, "--keep")),
    )
    .option(
      "--before <time>",
      "refuse everything dated before this, spent or not, and remove it",
      once("--before", (text) => parseInstant(text, "--before")),
    )
    .option("--json", "print one line of JSON")
    .addHelpText(
      "after",
      `
--before is for a store that was lost: in a new one it refuses all that may have
been spent already. It cannot be taken back.

JSON: removed.

Examples:
  stampmill spent purge --store spent.db --keep 30d
  stampmill spent purge --store spent.db --before 2024-03-01`,
    )
    .action((options: PurgeOptions) => runPurge(options));

async function runPurge(options: PurgeOptions): Promise<void> {
  const { keep, before, json } = options;
  const now = Date.now();
  if (before !== undefined && before > now) {
    throw new StampmillError("bad-input", "--before must not be in the future", {
      parameter: "--before",
      hint: "everything that is minted until then would be refused",
    });
  }
  if (keep === 0) throw new StampmillError("bad-input", "--keep must be more than 0");
  // A new store may be told what to refuse; only then is one made.
  await withStore(options, { create: before !== undefined }, async (store) => {
    const removed = await store.purge({ now, keep, before });
    await writeProduct(json ? toJsonLine({ removed }) : `removed ${removed}\n`);
  });
}

const bringIn = () =>
  action("import", "Record what hashcash(1), or another store, knows to be spent.")
    .argument("[file]", "what to read; standard input without it")
    .option("--json", "print one line of JSON")
    .addHelpText(
      "after",
      `
Reads hashcash(1)'s hashcash.sdb, a list of stamps one a line, and what "spent
export" wrote. Of a damaged file, what can be read is recorded, and each line of
which not everything could be read is named on standard error (the first ${MOST_TOLD}).
"refused" counts stamps that hashcash(1) accepts and verify never does, such as
those with spaces: they need no record.

hashcash(1) has forgotten what it purged: give verify no longer --expires and
--grace than hashcash(1) was given, or see "spent purge --before".

JSON: stamps added known purged refused damaged.

Example:
  stampmill spent import --store spent.db ~/hashcash.sdb`,
    )
    .action((file: string | undefined, options: Options) => runImport(file ?? "-", options));

async function runImport(file: string, options: Options): Promise<void> {
  await withStore(options, {}, async (store) => {
    let told = 0;
    const report = await importSpent(store, readInput(file), (line, problem) => {
      if (told++ < MOST_TOLD) writeError(`line ${line}: ${problem}`);
    });
    const { stamps, added, known, purged, refused, damaged } = report;
    if (told > MOST_TOLD) writeError(`${told - MOST_TOLD} more lines are damaged`);
    const text =
      `${stamps} stamps read: ${added} added, ${known} known before, ${purged} older than ` +
      `what was purged\nlines refused: ${refused}, damaged: ${damaged}\n`;
    await writeProduct(options.json ? toJsonLine({ ...report }) : text);
    if (damaged > 0) process.exitCode = EXIT.rejected;
  });
}

const bringOut = () =>
  action("export", "Write the store as text, for another store to import.")
    .addHelpText(
      "after",
      `
It holds digests, not stamps: hashcash(1) cannot use it. How far the store has
purged goes along, so that what imports it refuses all that this one does.

Example:
  stampmill spent export --store spent.db | stampmill spent import --store redis://localhost`,
    )
    .action((options: Options) =>
      withStore(options, LOOKING, async (store) => {
        for await (const text of exportSpent(store)) await writeProduct(text);
      }),
    );

const LOOKING: OpenOptions = { create: false, readOnly: true };

type Work = (store: SpentStore) => Promise<void>;

async function withStore({ store: url }: Options, how: OpenOptions, work: Work): Promise<void> {
  const store = await openStore(url, how);
  try {
    process.exitCode = EXIT.done;
    await work(store);
  } finally {
    await store.close();
  }
}

const orNull = (time: number | null) => (time === null ? null : formatInstant(time));

function toJson(store: SpentStore, stats: StoreStats): string {
  const { engine, entries, oldest, newest, horizon, keep, bytes, durability } = stats;
  return toJsonLine({
    store: store.url,
    engine,
    entries,
    oldest: orNull(oldest),
    newest: orNull(newest),
    horizon: orNull(horizon),
    keep: keep / 1000,
    bytes,
    durability,
  });
}

function toText(store: SpentStore, stats: StoreStats): string {
  const { engine, entries, oldest, newest, horizon, keep, bytes, durability } = stats;
  const rows = [
    ["store", store.url],
    ["engine", engine],
    ["stamps", `${entries}`],
    ["dated", oldest === null ? "none" : `${orNull(oldest)} to ${orNull(newest)}`],
    ["purged", horizon === null ? "nothing so far" : `all up to ${orNull(horizon)}, now refused`],
    [
      "keep",
      keep === 0 ? "not known before the first is spent" : `${keep / 1000} s after its date`,
    ],
    ["bytes", bytes === null ? "not known" : `${bytes}`],
    ["durable", durability],
  ];
  return rows.map(([name = "", value]) => `${name.padEnd(10)} ${value}\n`).join("");
}
