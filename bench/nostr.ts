// How fast Nostr events are minted on one thread, beside what their number of blocks allows, and how
// many requests of a relay the plugin answers.
//
//   npm run bench:nostr
//
// A try of a stamp of SHA-256 takes 64 - E rounds: its digits are at the end of its block, and the E rounds
// before them are done once for many. An event's digits are at the start of a block, and B blocks end it
// from there on: 64 B rounds. So (64 - E) / (64 B) of the stamp's rate is what it can reach. The searches
// are the real ones, with a target that cannot be met; they take turns, and the median of each counts.

import { layStamp } from "../src/stamp/layout.ts";
import { mint } from "../src/stamp/mint.ts";
import { answerNostrPolicy, mintNostr } from "../src/systems/index.ts";
import { serializeNote } from "../src/systems/nostr/event.ts";
import { nonceShapes } from "../src/systems/nostr/layout.ts";
import { describeMachine } from "./machine.ts";
import { median, spread, WIDE_SPREAD } from "./statistics.ts";

const SLICES = 9;
const SLICE = 600; // ms
const WARM = 100; // ms
const BITS = 64;
const LENGTHS = [40, 280, 10_000];
const LEAST_SHARE = 0.9;
const LEAST_ANSWERS = 20_000;

type Start = (watch: {
  threads: number;
  timeout: number;
  onSearch: (search: { tried(): number }) => void;
}) => Promise<unknown>;

/** Tries a second of a search that finds nothing. */
async function slice(start: Start): Promise<number> {
  let rate = 0;
  const onSearch = ({ tried }: { tried(): number }) => {
    let from = { tries: 0, time: 0 };
    setTimeout(() => {
      from = { tries: tried(), time: performance.now() };
    }, WARM);
    setTimeout(() => {
      rate = (1000 * (tried() - from.tries)) / (performance.now() - from.time);
    }, SLICE - WARM);
  };
  await start({ threads: 1, timeout: SLICE, onSearch }).then(
    () => Promise.reject(new Error("64 bits were found")),
    (error: { code?: string }) => {
      if (error.code !== "not-found") throw error;
    },
  );
  return rate;
}

const noteOf = (length: number) => ({
  pubkey: "a48380f4cfcc1ad5378294fcac36439770f9c878dd880ffa94bb74ea54a6f243",
  ...{ created_at: 1_764_000_000, kind: 1, tags: [], content: "x".repeat(length) },
});

/** Blocks that change with each try, if the nonce ends where the first layout puts it. */
function blocksOf(length: number): number {
  const note = noteOf(length);
  const tagged = { ...note, tags: [["nonce", "", String(BITS)]] };
  const all = serializeNote(tagged).length;
  const after = `","${BITS}"]],"${note.content}"]`.length;
  const place = { before: all - after, after };
  const [shape] = nonceShapes(place, BITS, false);
  if (shape === undefined) throw new Error("there is no layout");
  const digits = shape.fixed.length + shape.digits;
  return Math.ceil((all + digits + 9) / 64) - Math.floor((place.before + digits - 1) / 64);
}

/** Rounds before the first digit in the last block of a stamp. */
function earlyRounds(): number {
  const head = { bits: BITS, date: "261122", resource: "alice@example.org", ext: "alg=sha256" };
  const { positions } = layStamp({ ...head, algorithm: "sha256" }, "fast");
  const block = Math.floor((positions.at(-1) ?? 0) / 64);
  const first = positions.find((position) => position >= 64 * block) ?? 0;
  return Math.floor((first % 64) / 4);
}

const early = earlyRounds();
const searches: Start[] = [
  (watch) => mint({ resource: "alice@example.org", bits: BITS, algorithm: "sha256", ...watch }),
  ...LENGTHS.map(
    (length): Start =>
      (watch) =>
        mintNostr({ event: noteOf(length), bits: BITS, ...watch }),
  ),
];
const rates = searches.map((): number[] => []);
for (let i = 0; i < SLICES; i++) {
  for (const [j, search] of searches.entries()) rates[j]?.push(await slice(search));
}
const [stamp = [], ...events] = rates;
const millions = (list: readonly number[]) => `${(median(list) / 1e6).toFixed(2)} million a second`;
const wide = (list: readonly number[]) => (spread(list) > WIDE_SPREAD ? "  (wide spread)" : "");

console.log(`${describeMachine().cpu}, Node ${process.version}, one thread`);
console.log(`stamp, ${64 - early} rounds of 64  ${millions(stamp)}${wide(stamp)}`);
for (const [i, length] of LENGTHS.entries()) {
  const list = events[i] ?? [];
  const blocks = blocksOf(length);
  const share = (median(list) * 64 * blocks) / (median(stamp) * (64 - early));
  const text = `content of ${String(length).padStart(6)}, ${String(blocks).padStart(3)} blocks`;
  console.log(`${text}  ${millions(list)}, ${share.toFixed(2)} of what they allow${wide(list)}`);
  if (share < LEAST_SHARE) process.exitCode = 1;
}

const { event } = await mintNostr({ event: noteOf(280), bits: 12 });
const line = Buffer.from(JSON.stringify({ type: "new", event, receivedAt: 1, sourceType: "IP4" }));
const answers: number[] = [];
for (let i = 0; i <= SLICES; i++) {
  const start = process.cpuUsage();
  let count = 0;
  let time = 0;
  do {
    if (answerNostrPolicy(line, 12).action !== "accept") throw new Error("a good event is refused");
    count++;
    const { user, system } = process.cpuUsage(start);
    time = user + system;
  } while (time < 250_000);
  answers.push((1e6 * count) / time);
}
// The first was to warm up.
answers.shift();
console.log(`answers to a relay    ${Math.round(median(answers))} a second${wide(answers)}`);
if (median(answers) < LEAST_ANSWERS) process.exitCode = 1;
