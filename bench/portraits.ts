// A bot and a person, played for real against a gate on this machine.
//
//   npm run bench:portraits -- [--seconds 120] [--json]
//
// `stampmill serve` with its own terms and SQLite runs in a process of its own. The bot wants to post
// 100 times a minute under one name, with all threads, and goes on with the next post as soon as one
// is through; the person posts every half minute from the same machine at the same time, which the bot
// keeps busy. Both use sendPost, the client behind `stampmill post`. Prints a table for docs/price.md:
// posts that were wanted and that got through, hashes computed for them, the prices paid, and how long
// the slowest post took. Beside it what `price simulate` foretells for the bot at the hashes a second
// that it really minted with.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { formatCount, formatSeconds } from "../src/cli/figures/quantity.ts";
import { markdownTable } from "../src/cli/figures/table.ts";
import { sendPost } from "../src/gate/post/post.ts";
import { simulate } from "../src/price/simulate.ts";
import { steadyStream } from "../src/price/stream.ts";
import { readTerms } from "../src/price/terms.ts";
import { type MintedStamp, type MintOptions, mint } from "../src/stamp/mint.ts";
import { StampmillError } from "../src/text/errors.ts";
import { describeMachine } from "./machine.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "120" }, json: { type: "boolean" } },
});
const SECONDS = Number(values.seconds);
const BOT_GAP = 0.6;
const PERSON_GAP = 30;
const MAX_BITS = 40;

interface Play {
  who: string;
  wanted: number;
  posts: number;
  /** Hashes of posts that got through, and of one that did not by the end. */
  hashes: number;
  lost: number;
  prices: number[];
  /** Seconds that the slowest post took. */
  slowest: number;
  /** Seconds spent on minting, for the posts that got through. */
  minting: number;
}

async function startGate(store: string): Promise<{ url: string; stop(): Promise<void> }> {
  const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));
  const args = [cli, "serve", "--listen", "127.0.0.1:0", "--store", store];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const [line] = await once(child.stderr.setEncoding("utf8"), "data");
  child.stderr.resume();
  const [, url] = /"url":"([^"]+)"/.exec(String(line)) ?? [];
  if (url === undefined) throw new Error(`the gate did not start: ${line}`);
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

/** Posts at a pace, one after the other, until the time is up. */
async function play(who: string, gap: number, url: string, end: AbortSignal): Promise<Play> {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1000;
  const wanted = Math.ceil(SECONDS / gap);
  const sum = { who, wanted, posts: 0, hashes: 0, lost: 0, slowest: 0, minting: 0 };
  const prices: number[] = [];
  for (let i = 0; i < wanted && !end.aborted; i++) {
    const wait = i * gap - elapsed();
    if (wait > 0) await sleep(1000 * wait);
    const begun = elapsed();
    let tried = () => 0;
    let before = 0;
    const counted = async (options: MintOptions): Promise<MintedStamp> => {
      const minted = await mint({ ...options, onSearch: (search) => (tried = search.tried) });
      before += minted.tries;
      tried = () => 0;
      return minted;
    };
    try {
      const report = await sendPost({
        to: url,
        resource: "forum",
        poster: who,
        message: `${who} ${i}`,
        maxBits: MAX_BITS,
        signal: end,
        mint: counted,
      });
      if (!report.accepted || report.price === null) throw new Error(JSON.stringify(report));
      sum.posts++;
      sum.hashes += report.tries;
      sum.minting += report.seconds;
      prices.push(report.price);
      sum.slowest = Math.max(sum.slowest, elapsed() - begun);
    } catch (error) {
      if (!(error instanceof StampmillError && error.code === "aborted")) throw error;
      sum.lost = before + tried();
    }
  }
  return { ...sum, prices };
}

function rowOf({ who, wanted, posts, hashes, lost, prices, slowest }: Play): string[] {
  const [first = 0] = prices;
  const highest = Math.max(...prices);
  return [
    who,
    String(wanted),
    String(posts),
    formatCount(hashes + lost),
    formatCount((hashes + lost) / posts),
    first.toFixed(1),
    highest.toFixed(1),
    formatSeconds(slowest),
  ];
}

/** What the simulation says of the bot, at the hashes a second that it really minted with. */
function foretold({ hashes, minting }: Play): string[] {
  const power = hashes / minting;
  const stream = steadyStream({ name: "bot", gap: 1000 * BOT_GAP, duration: 1000 * SECONDS });
  const run = simulate(stream, readTerms(), { power });
  return [
    "bot, simulated",
    String(run.wanted),
    String(run.posts),
    formatCount(run.hashes),
    formatCount(run.hashes / run.posts),
    (run.first ?? 0).toFixed(1),
    run.highest.toFixed(1),
    "",
  ];
}

const folder = mkdtempSync(join(tmpdir(), "stampmill-portraits-"));
try {
  const gate = await startGate(join(folder, "gate.db"));
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), 1000 * SECONDS);
  const plays = await Promise.all([
    play("person", PERSON_GAP, gate.url, end.signal),
    play("bot", BOT_GAP, gate.url, end.signal),
  ]);
  clearTimeout(timer);
  await gate.stop();
  if (values.json) {
    for (const one of plays) console.log(JSON.stringify(one));
  } else {
    const { cpu, processors, node } = describeMachine();
    const head = ["", "wanted", "through", "hashes", "a post", "first", "highest", "slowest"];
    const bot = plays.find(({ who }) => who === "bot") as Play;
    console.log(`${SECONDS} s on ${cpu}, ${processors} processors, Node ${node}\n`);
    console.log(markdownTable({ head, rows: [...plays.map(rowOf), foretold(bot)] }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
